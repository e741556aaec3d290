package dev.belfry.faults.check;

import dev.belfry.agent.BelfryClient;
import dev.belfry.agent.client.JobState;
import dev.belfry.agent.client.Journal;
import dev.belfry.agent.client.Ledgers;
import dev.belfry.agent.client.QueueState;
import dev.belfry.agent.client.Readings;
import dev.belfry.agent.client.TableState;
import dev.belfry.console.proof.Evidence;
import dev.belfry.console.proof.Proof;
import dev.belfry.console.proof.Prover;
import dev.belfry.console.proof.QueueEvidence;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.ledger.LedgerRecord;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.JobVersion;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the product says of itself.
 *
 * @param jobs names by uid
 * @param lines of the journal
 * @param proof what {@code belfry verify} makes of it
 * @param problems records that cannot be read
 */
public record ProductRecord(Map<String, String> jobs, List<FireEntry> lines, Proof proof, List<String> problems) {
    public ProductRecord {
        jobs = Map.copyOf(jobs);
        lines = List.copyOf(lines);
        problems = List.copyOf(problems);
    }

    /**
     * Reads it, and judges everything that was due in [{@code from}, {@code until}) without any grace.
     *
     * @throws dev.belfry.agent.client.ClientException if the store cannot be reached
     */
    public static ProductRecord read(BelfryClient client, Instant from, Instant until) {
        List<String> problems = new ArrayList<>();
        Readings<JobState> states = client.jobs();
        problems.addAll(states.problems());
        List<JobRecord> jobs = states.found().stream().map(JobState::record).toList();
        // Marks first, then the lines: what a mark says is final has its line in the journal by then.
        Map<String, Map<String, LedgerRecord>> ledgers = new HashMap<>();
        for (JobRecord job : jobs) {
            List<Integer> layouts = new ArrayList<>(
                    job.versions().stream().map(JobVersion::layout).distinct().toList());
            layouts.add(0);
            for (int layout : layouts) {
                Ledgers read = client.ledgers(job.uid(), layout);
                problems.addAll(read.problems());
                ledgers.put(job.uid() + '.' + layout, read.byShard());
            }
        }
        QueueState queue = client.queue();
        problems.addAll(queue.problems());
        Journal journal = client.journal();
        problems.addAll(journal.problems());
        TableState table = client.shards();
        Instant judgedAt = Instant.ofEpochMilli(until.toEpochMilli()).plus(Prover.GRACE);
        Evidence evidence = new Evidence(
                jobs,
                (uid, layout) -> ledgers.getOrDefault(uid + '.' + layout, Map.of()),
                journal,
                client.agents().found().stream().map(agent -> agent.facts()).toList(),
                key -> table.table().tenancy(key).isPresent(),
                QueueEvidence.of(queue),
                judgedAt);
        Map<String, String> names = new HashMap<>();
        jobs.forEach(job -> names.put(job.uid(), job.name()));
        List<FireEntry> lines =
                journal.fires().stream().map(Journal.Line::entry).toList();
        return new ProductRecord(names, lines, Prover.prove(evidence, from, until), problems);
    }

    /** Whether nothing is open any more, and nothing is wrong. */
    public boolean settled() {
        return proof.pending() == 0 && proof.holds();
    }
}
