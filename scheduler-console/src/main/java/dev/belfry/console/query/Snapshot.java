package dev.belfry.console.query;

import dev.belfry.agent.BelfryClient;
import dev.belfry.agent.client.AgentState;
import dev.belfry.agent.client.JobState;
import dev.belfry.agent.client.Readings;
import dev.belfry.agent.client.TableState;
import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.ledger.LedgerRecord;
import dev.belfry.core.ownership.AssignmentTable;
import dev.belfry.core.ownership.LayoutKey;
import dev.belfry.core.record.Paths;
import dev.belfry.core.version.JobRecord;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * The namespace as it was read, one part after the other: the parts may be a moment apart.
 *
 * @param jobs by name, deleted ones included
 * @param agents by id
 * @param emptied buckets of the table that name nobody although they were written, and the zxid of that
 * @param restarting incarnations that announced that they close and come back, and when; those that are gone included
 * @param problems records that cannot be read
 */
public record Snapshot(
        List<JobState> jobs,
        List<AgentState> agents,
        AssignmentTable table,
        Map<Integer, Long> emptied,
        SortedMap<Incarnation, Instant> restarting,
        List<String> problems,
        Instant now) {

    public Snapshot {
        jobs = List.copyOf(jobs);
        agents = List.copyOf(agents);
        emptied = Map.copyOf(emptied);
        restarting = Collections.unmodifiableSortedMap(new TreeMap<>(restarting));
        problems = List.copyOf(problems);
    }

    /**
     * Reads it.
     *
     * @param present the present; kept to the millisecond, as everything else is
     */
    public static Snapshot read(BelfryClient client, Instant present) {
        return of(
                client.agents(),
                client.jobs(),
                client.shards(),
                layout -> client.ledgers(layout.jobUid(), layout.layout()).byShard(),
                present);
    }

    /**
     * Puts together what was read.
     *
     * @param ledgers reads those of a layout, by shard; seldom asked
     */
    static Snapshot of(
            Readings<AgentState> agents,
            Readings<JobState> jobs,
            TableState table,
            Function<LayoutKey, Map<String, LedgerRecord>> ledgers,
            Instant present) {
        List<String> problems = new ArrayList<>(agents.problems());
        problems.addAll(jobs.problems());
        problems.addAll(table.problems());
        Snapshot read = new Snapshot(
                jobs.found().stream()
                        .sorted(Comparator.comparing(JobState::name))
                        .toList(),
                agents.found().stream()
                        .sorted(Comparator.comparing(AgentState::id))
                        .toList(),
                table.table(),
                table.emptied(),
                Collections.emptySortedMap(),
                problems,
                present.truncatedTo(ChronoUnit.MILLIS));
        return read.with(Restarts.of(read, ledgers));
    }

    private Snapshot with(SortedMap<Incarnation, Instant> announced) {
        return new Snapshot(jobs, agents, table, emptied, announced, problems, now);
    }

    /** The same with these jobs, one for each name. */
    public Snapshot with(List<JobRecord> merged) {
        return new Snapshot(
                merged.stream().map(this::state).toList(), agents, table, emptied, restarting, problems, now);
    }

    /** The same once an incarnation is gone. */
    Snapshot without(Incarnation incarnation) {
        List<AgentState> left = agents.stream()
                .filter(agent -> !agent.facts().incarnation().equals(incarnation))
                .toList();
        return new Snapshot(jobs, left, table, emptied, restarting, problems, now);
    }

    private JobState state(JobRecord job) {
        return jobs.stream()
                .filter(known -> known.name().equals(job.name()))
                .findFirst()
                .map(known -> new JobState(job, known.znodeVersion(), known.zxid(), known.written()))
                .orElseGet(() -> new JobState(job, 0, 0, job.newest().changed()));
    }

    /** A job by its name, deleted or not. */
    public Optional<JobRecord> job(String name) {
        return jobs.stream()
                .filter(job -> job.name().equals(name))
                .map(JobState::record)
                .findFirst();
    }

    /** Why the definition of a job cannot be read; empty if it can, or if there is no such job. */
    public Optional<String> problem(String job) {
        return problems.stream()
                .filter(problem -> problem.startsWith(Paths.job(job) + " "))
                .findFirst();
    }

    /** The name of the job with a uid; the uid itself if it is not known. */
    public String nameOf(String uid) {
        return jobs.stream()
                .filter(job -> job.record().withPredecessors().stream()
                        .anyMatch(record -> record.uid().equals(uid)))
                .map(JobState::name)
                .findFirst()
                .orElse(uid);
    }
}
