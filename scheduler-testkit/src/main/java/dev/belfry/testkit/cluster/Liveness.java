package dev.belfry.testkit.cluster;

import dev.belfry.core.command.CommandCodec;
import dev.belfry.core.job.Placement;
import dev.belfry.core.job.Recovery;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.ledger.FireId;
import dev.belfry.core.ledger.LedgerCodec;
import dev.belfry.core.ledger.LedgerRecord;
import dev.belfry.core.ledger.Mark;
import dev.belfry.core.ledger.Span;
import dev.belfry.core.ownership.ShardKey;
import dev.belfry.core.ownership.Successor;
import dev.belfry.core.ownership.Tenancy;
import dev.belfry.core.record.Paths;
import dev.belfry.core.run.Outcome;
import dev.belfry.core.shard.ShardRef;
import dev.belfry.core.version.JobRecord;
import dev.belfry.store.Znode;
import dev.belfry.testkit.cluster.CommittedJournal.Said;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What must hold again a bounded time after the last fault. */
final class Liveness {
    /** No attempt of a calm cluster takes this long. */
    private static final Duration LONGEST_ATTEMPT = Duration.ofSeconds(30);

    /** Until a claim is durable, and until somebody who has a lease has heard of what is committed. */
    private static final long CLAIMED = Duration.ofSeconds(5).toNanos();

    private final SimCluster cluster;
    private final Safety safety;
    private final Punctuality punctuality;

    Liveness(SimCluster cluster) {
        this.cluster = cluster;
        this.safety = cluster.safety();
        this.punctuality = new Punctuality(cluster);
    }

    void check(Instant upTo) {
        if (cluster.master().isEmpty()) {
            throw new InvariantViolation(
                    "I7", "nobody is master: " + safety.table().epoch());
        }
        for (Execution execution : cluster.evidence().running()) {
            if (cluster.scheduler().nanos() - execution.start() > LONGEST_ATTEMPT.toNanos()) {
                throw new InvariantViolation("I11", execution + " never ends");
            }
        }
        commands();
        safety.queue().checkSettled();
        submitters();
        traces(upTo);
        for (JobRecord job : safety.jobs().all()) {
            if (job.definition().placement() == Placement.QUEUED) {
                // No agent owns anything of it.
                continue;
            }
            if (job.definition().placement() == Placement.STICKY) {
                coverage(job);
                accounted(job, upTo);
                boolean replaced =
                        safety.jobs().named(job.name()).filter(job::equals).isEmpty();
                if (!replaced) {
                    ended(job);
                }
            } else {
                if (job.deletedAt().isEmpty()) {
                    everywhere(job);
                }
                accountedEverywhere(job, upTo);
            }
            requested(job, upTo);
        }
    }

    /** Q-I7: whoever submitted runs and lives was told what became of them. */
    private void submitters() {
        for (SimSubmitter submitter : cluster.submitters()) {
            if (submitter.process().alive() && !submitter.idle()) {
                throw new InvariantViolation("Q-I7", submitter.process().name() + " waits for answers");
            }
        }
    }

    /** I4: of a fire that ran without a trace the record says that it may have run. */
    private void traces(Instant upTo) {
        for (Execution execution : cluster.evidence().all()) {
            if (execution.shard().isQueued()) {
                continue;
            }
            ShardId shard = ShardId.of(execution.shard());
            FireId fire = execution.fire();
            // An instant that follows from a completion without a trace is not known to anybody else either.
            boolean known = safety.jobs().all().stream()
                    .anyMatch(job -> job.uid().equals(shard.jobUid()) && CommittedJobs.hasInstants(job));
            boolean traceless =
                    known && fire.due().isBefore(upTo) && !safety.journal().tells(shard, execution.token());
            if (traceless && !safety.journal().saysUnknown(shard, fire) && !wasCancelled(shard, fire)) {
                throw new InvariantViolation(
                        "I4", execution + " has run without a trace, and no line says that it may have");
            }
        }
    }

    /** An operator has called it off, whether it had begun or not. */
    private boolean wasCancelled(ShardId shard, FireId fire) {
        return safety.journal().finals(shard).stream()
                .anyMatch(line -> line.outcome() == Outcome.CANCELLED && CommittedJournal.covers(line, fire));
    }

    /** I13: every command that was accepted has been consumed. */
    private void commands() {
        for (String id : cluster.ensemble().peekChildren(Paths.COMMANDS)) {
            Znode znode = cluster.ensemble().peek(Paths.command(id)).orElseThrow();
            if (CommandCodec.decode(znode.path(), znode.data()).result().isEmpty()) {
                throw new InvariantViolation("I13", "nobody has consumed " + znode.path());
            }
        }
    }

    /** I8: each shard of the present layout has one live owner, none of another layout has any. */
    private void coverage(JobRecord job) {
        int layout = job.newest().layout();
        boolean active = job.deletedAt().isEmpty();
        for (int shard = 0; active && shard < job.definition().shards().count(); shard++) {
            ShardKey key = new ShardKey(job.uid(), layout, shard);
            Tenancy row = safety.table().rows().get(key);
            if (row == null || !acts(row)) {
                throw new InvariantViolation("I8", key + " has no owner that acts: " + row);
            }
            if (!row.next().equals(Successor.NONE)) {
                throw new InvariantViolation("I8", key + " is still on the move: " + row);
            }
        }
        safety.table().rows().forEach((key, row) -> {
            if (key.jobUid().equals(job.uid()) && (!active || key.layout() != layout)) {
                throw new InvariantViolation("I8", key + " is owned although it is over: " + row);
            }
        });
    }

    /** A broadcast job is in charge on every agent that lives. */
    private void everywhere(JobRecord job) {
        for (SimAgent agent : cluster.agents()) {
            boolean takesPart = agent.agent().shards().stream()
                    .anyMatch(shard ->
                            shard.ref().isBroadcast() && shard.ref().jobUid().equals(job.uid()) && shard.inCharge());
            if (agent.alive() && agent.agent().leaseHolds() && !takesPart) {
                throw new InvariantViolation("I8", job.uid() + " is not in charge on " + agent);
            }
        }
    }

    private boolean acts(Tenancy row) {
        return cluster.agents().stream()
                .anyMatch(agent -> agent.alive()
                        && agent.agent()
                                .incarnation()
                                .filter(row.owner().name()::equals)
                                .isPresent()
                        && agent.agent().leaseHolds());
    }

    /** I1, I2, I10: every due fire of every shard has exactly one final outcome, in the ledger and in the journal. */
    private void accounted(JobRecord job, Instant upTo) {
        CommittedJobs.layouts(job).forEach((layout, count) -> {
            for (int shard = 0; shard < count; shard++) {
                ShardRef ref = ShardRef.numbered(job.uid(), layout, count, shard);
                List<Instant> due = CommittedJobs.due(job, layout, Instant.EPOCH, upTo);
                boolean present =
                        layout == job.newest().layout() && job.deletedAt().isEmpty();
                Map<Instant, Said> outcomes = outcomes(ShardId.of(ref), due, CommittedJobs.hasInstants(job));
                allOf(due, outcomes, ref);
                if (present) {
                    inLedger(ref, due);
                }
                punctuality.check(job, ref, due, outcomes);
            }
        });
    }

    /**
     * The same of each agent's part of a broadcast job: what was due while it was there and had a lease, by whatever it was
     * lost a moment later, has exactly one outcome; of other instants there may be one, and never two.
     */
    private void accountedEverywhere(JobRecord job, Instant upTo) {
        List<Instant> due = CommittedJobs.due(job, 0, Instant.EPOCH, upTo);
        for (String agent : cluster.agentIds()) {
            ShardRef ref = ShardRef.broadcast(job.uid(), agent);
            Map<Instant, Said> outcomes = outcomes(ShardId.of(ref), due, CommittedJobs.hasInstants(job));
            List<Instant> owed = owed(job, ref, due);
            allOf(owed, outcomes, ref);
            inLedger(ref, owed);
            punctuality.check(job, ref, due, outcomes);
        }
    }

    /** What an agent owes of a broadcast job at least: at most once, nobody tells of what it may have begun before it was lost. */
    private List<Instant> owed(JobRecord job, ShardRef shard, List<Instant> due) {
        List<Presence.Stretch> there = safety.presence().of(ShardId.of(shard));
        return due.stream()
                .filter(instant -> {
                    Recovery recovery =
                            CommittedJobs.rules(job, 0, instant).definition().recovery();
                    long at = Punctuality.nanos(instant);
                    // Its clock may be a little behind: by that it leaves before the fire is due.
                    long until = at + (recovery == Recovery.RERUN ? Presence.RIGHT.toNanos() : CLAIMED);
                    return there.stream().anyMatch(stretch -> stretch.from() <= at && stretch.to() >= until);
                })
                .toList();
    }

    /** I13, I1: a run that was asked for has exactly one outcome of each shard that owes it, and none of any other. */
    private void requested(JobRecord job, Instant upTo) {
        for (CommittedJobs.Asked asked : safety.jobs().requested(job.uid())) {
            if (asked.at() > Punctuality.nanos(upTo)) {
                continue;
            }
            if (job.definition().placement() == Placement.BROADCAST) {
                for (String agent : cluster.agentIds()) {
                    ShardId part = new ShardId(job.uid(), 0, agent);
                    boolean there = safety.presence().of(part).stream()
                            .anyMatch(stretch ->
                                    stretch.from() <= asked.at() - CLAIMED && stretch.to() >= asked.at() + 2 * CLAIMED);
                    once(part, asked, there ? 1 : 0, 1);
                }
            } else {
                int owing = CommittedJobs.layoutAt(job, asked.request().accepted());
                CommittedJobs.layouts(job).forEach((layout, count) -> {
                    for (int shard = 0; shard < count; shard++) {
                        int times = layout == owing ? 1 : 0;
                        once(new ShardId(job.uid(), layout, Integer.toString(shard)), asked, times, times);
                    }
                });
            }
        }
    }

    private void once(ShardId shard, CommittedJobs.Asked asked, int least, int most) {
        long times = safety.journal().said(shard).stream()
                .filter(said -> said.line()
                        .fire()
                        .requested()
                        .filter(asked.request().runId()::equals)
                        .isPresent())
                .count();
        if (times < least || times > most) {
            throw new InvariantViolation(
                    "I13",
                    shard + " has " + times + " outcomes of the run asked for at "
                            + asked.request().accepted() + ": " + asked.request());
        }
    }

    /** The record of a job says of everything that is over that it is settled, so that no master asks again. */
    private static void ended(JobRecord job) {
        int over = job.newest().layout() - (job.deleted() ? 0 : 1);
        if (job.settled() < over) {
            throw new InvariantViolation(
                    "I11", job.uid() + " is settled up to layout " + job.settled() + " and over up to " + over);
        }
    }

    private Map<Instant, Said> outcomes(ShardId shard, List<Instant> due, boolean listed) {
        Map<Instant, Said> outcomes = new HashMap<>();
        for (Said said : safety.journal().said(shard)) {
            FireEntry line = said.line();
            if (!line.fire().isScheduled()) {
                continue;
            }
            long covered = 0;
            int first = Collections.binarySearch(due, line.fire().due());
            for (int i = first < 0 ? -first - 1 : first;
                    i < due.size() && !due.get(i).isAfter(line.last());
                    i++) {
                covered++;
                Said other = outcomes.put(due.get(i), said);
                if (other != null) {
                    throw new InvariantViolation(
                            "I1", shard + " has two outcomes of " + due.get(i) + ": " + other.line() + " and " + line);
                }
            }
            boolean complete = !due.isEmpty() && !line.last().isAfter(due.get(due.size() - 1));
            if (listed && complete && covered != line.count()) {
                throw new InvariantViolation("I1", shard + ": " + line + " covers " + covered + " due fires");
            }
        }
        return outcomes;
    }

    private static void allOf(List<Instant> due, Map<Instant, Said> outcomes, ShardRef shard) {
        for (Instant instant : due) {
            if (!outcomes.containsKey(instant)) {
                throw new InvariantViolation("I1", shard + " has no outcome of the fire due at " + instant);
            }
        }
    }

    private void inLedger(ShardRef shard, List<Instant> due) {
        if (due.isEmpty()) {
            return;
        }
        String path = shard.ledgerPath();
        Optional<Znode> znode = cluster.ensemble().peek(path);
        if (znode.isEmpty()) {
            throw new InvariantViolation("I1", shard + " has no ledger");
        }
        LedgerRecord ledger = LedgerCodec.decode(path, znode.get().data());
        for (Instant instant : due) {
            boolean known = !instant.isAfter(ledger.mark())
                    || ledger.above().stream()
                            .filter(span -> span.mark() instanceof Mark.Final)
                            .anyMatch((Span span) -> span.covers(instant));
            if (!known) {
                throw new InvariantViolation("I1", path + " does not say what became of " + instant + ": " + ledger);
            }
        }
        if (!Paths.name(path).equals(shard.shard())) {
            throw new IllegalStateException("not a ledger of " + shard + ": " + path);
        }
    }
}
