package dev.belfry.console.proof;

import dev.belfry.agent.client.Journal;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.ledger.Reasons;
import dev.belfry.core.run.Outcome;
import dev.belfry.core.version.JobRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * Compares what the queue owed of one job with what its record says. Nobody owns a queued task, so that no ledger is asked: how
 * far the schedule was decided, and what is in the queue, say what may still be without an outcome. What is not run at all is
 * recorded once, for all shards, as shard 0. One use, not thread-safe.
 */
final class QueuedProof {
    private final JobRecord job;
    private final Evidence evidence;
    private final Tally tally;
    private final Instant from;
    private final Instant until;
    private final Consumer<Lines.Shard> seen;

    /** @param seen is told which shards were looked at */
    QueuedProof(
            JobRecord job, Evidence evidence, Tally tally, Instant from, Instant until, Consumer<Lines.Shard> seen) {
        this.job = job;
        this.evidence = evidence;
        this.tally = tally;
        this.from = from;
        this.until = until;
        this.seen = seen;
    }

    private int shards() {
        return job.versions().stream()
                .filter(Layout::isQueued)
                .mapToInt(version -> version.definition().shards().count())
                .max()
                .orElse(0);
    }

    /** Looks at what is due, and enters what is counted at best. */
    void prove(Unlisted.OfJob missing, Duration grace) {
        int shards = shards();
        List<FireEntry> forAll = forAll();
        Set<Instant> delayed = delayed(shards);
        for (int shard = 0; shard < shards; shard++) {
            Layout layout = Layout.queued(job, shard, from, until);
            QueueSight sight = new QueueSight(evidence.queue(), job.uid(), shard);
            List<FireEntry> entries = lines(id(shard));
            ShardProof proof = proof(layout, shard, entries, Optional.of(sight));
            proof.layLines(from, until);
            proof.pairs(from, until);
            if (shard > 0) {
                forAll.forEach(proof::layForAll);
            }
            for (Layout.Chain chain : layout.chains()) {
                follow(chain, proof, entries, delayed, forAll, grace);
            }
            tally.due += layout.due().length;
            proof.judgeRest(from.toEpochMilli(), until.toEpochMilli(), evidence.now(), grace);
            String name = Integer.toString(shard);
            proof.unlisted.forEach(instant -> missing.add(0, name, instant));
        }
    }

    /** Looks at what is listed alone. */
    void proveListed() {
        for (int shard = 0; shard < shards(); shard++) {
            Layout layout = Layout.queued(job, shard, from, until);
            List<FireEntry> entries = lines(id(shard));
            ShardProof proof = proof(layout, shard, entries, Optional.empty());
            proof.layLines(from, until);
            for (Layout.Chain chain : layout.chains()) {
                new ChainProof(chain, proof, entries, tally, from, until).count();
            }
        }
    }

    private ShardProof proof(Layout layout, int shard, List<FireEntry> entries, Optional<QueueSight> sight) {
        seen.accept(id(shard));
        List<FireEntry> ended = evidence.journal().ended(id(shard)).stream()
                .map(Journal.Line::entry)
                .toList();
        String name = Integer.toString(shard);
        return new ShardProof(layout, new ShardEvidence(name, entries, ended, Optional.empty(), sight, false), tally);
    }

    private Lines.Shard id(int shard) {
        return new Lines.Shard(job.uid(), 0, Integer.toString(shard));
    }

    /** Its lines, without what an agent of that name has recorded while the job was a broadcast one. */
    private List<FireEntry> lines(Lines.Shard id) {
        return evidence.journal().of(id).stream()
                .map(Journal.Line::entry)
                .filter(entry -> Layout.isQueued(job.at(entry.fire().due())))
                .toList();
    }

    /** Outcomes of fires that were not run on any shard. */
    private List<FireEntry> forAll() {
        return lines(id(0)).stream()
                .filter(line -> ShardProof.isScheduledOutcome(line) && line.token() == 0 && line.attempt() == 0)
                .filter(line -> line.outcome() == Outcome.SKIPPED
                        || line.outcome() == Outcome.MISSED
                        || (line.outcome() == Outcome.SUPERSEDED
                                && line.reason().equals(Reasons.DELETED)))
                .toList();
    }

    /** The fires of fixed delays, which the definition alone does not tell: those that a shard has recorded, and the next. */
    private Set<Instant> delayed(int shards) {
        Set<Instant> delayed = new TreeSet<>();
        for (int shard = 0; shard < shards; shard++) {
            Layout layout = Layout.queued(job, shard, from, until);
            lines(id(shard)).stream()
                    .filter(ShardProof::isScheduledOutcome)
                    .map(line -> line.fire().due())
                    .filter(layout::chained)
                    .forEach(delayed::add);
            layout.chains().stream()
                    .filter(chain -> chain.rules().admits(chain.from()))
                    .forEach(chain -> delayed.add(Instant.ofEpochMilli(chain.from())));
        }
        new QueueSight(evidence.queue(), job.uid(), 0).delayNext().ifPresent(delayed::add);
        delayed.removeIf(due -> due.isBefore(from) || !due.isBefore(until));
        return delayed;
    }

    /** Each fire of a delay has an outcome on each shard, and none comes before the delay has passed since the one before. */
    private void follow(
            Layout.Chain chain,
            ShardProof proof,
            List<FireEntry> entries,
            Set<Instant> delayed,
            List<FireEntry> forAll,
            Duration grace) {
        new ChainProof(chain, proof, entries, tally, from, until).count();
        Set<Instant> recorded = new HashSet<>();
        List<FireEntry> outcomes = new ArrayList<>(entries);
        outcomes.addAll(forAll);
        outcomes.stream()
                .filter(ShardProof::isScheduledOutcome)
                .forEach(line -> recorded.add(line.fire().due()));
        Instant before = Instant.MIN;
        for (Instant due : delayed) {
            if (!chain.covers(due)) {
                continue;
            }
            if (!recorded.contains(due)) {
                proof.judge(due.toEpochMilli(), evidence.now(), grace);
            } else if (!before.equals(Instant.MIN)
                    && due.toEpochMilli() < chain.rules().following(before.toEpochMilli(), before.toEpochMilli())) {
                String earlier = "but the fire before was due at " + before + ", less than the delay earlier";
                entries.stream()
                        .filter(line -> ShardProof.isScheduledOutcome(line)
                                && line.fire().due().equals(due))
                        .forEach(line -> proof.phantom(line, earlier));
                continue;
            }
            before = due;
        }
    }
}
