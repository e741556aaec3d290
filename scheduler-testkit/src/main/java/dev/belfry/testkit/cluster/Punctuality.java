package dev.belfry.testkit.cluster;

import dev.belfry.core.job.MisfirePolicy;
import dev.belfry.core.job.Recovery;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.ledger.FireId;
import dev.belfry.core.ledger.Reasons;
import dev.belfry.core.run.Outcome;
import dev.belfry.core.shard.ShardRef;
import dev.belfry.core.version.JobRecord;
import dev.belfry.testkit.cluster.CommittedJournal.Said;
import dev.belfry.testkit.cluster.Presence.Stretch;
import dev.belfry.testkit.time.SimClock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Whether what became of each fire fits the circumstances (I2), after the quiet: what was due under an owner that nothing
 * hindered was not missed, and started in time if the shard was idle; what was left out for another fire was left out beside
 * one. {@link Permitted} says what is right under any circumstances.
 */
final class Punctuality {
    /** Since when an owner has to be unhindered for a fire to be its own from the beginning. */
    private static final long BEFORE = Duration.ofMillis(1_200).toNanos();
    /**
     * For how long after, so that it cannot have been lost with what it had not recorded yet: two leases, the second of which
     * was renewed after the record had left.
     */
    private static final long RECORDED = Duration.ofSeconds(8).toNanos();
    /** In the quiet an owner starts what is due at once, but for what its clock is off by. */
    private static final long PROMPT = Duration.ofMillis(300).toNanos();
    /** In trouble the store may be slow, and its clock hard to tell: no later than a lease renewed in such a time allows. */
    private static final long SLOW = Duration.ofMillis(3_500).toNanos();
    /** A claim has to be durable first. */
    private static final long CLAIMED = Duration.ofSeconds(5).toNanos();
    /** An owner that nothing hindered may take a fire for due so much before its instant, and find the shard busy then. */
    private static final long AHEAD = Presence.RIGHT.toNanos();
    /** Nothing that is due later than this after a line was committed can have had a part in it. */
    private static final Duration EARLY = Duration.ofMillis(1_250);

    private static final Set<String> BESIDE = Set.of(Reasons.OVERLAP, Reasons.BUFFER_FULL, Reasons.OUTCOME_UNKNOWN);

    private final SimCluster cluster;
    private final Safety safety;
    private long judged;

    Punctuality(SimCluster cluster) {
        this.cluster = cluster;
        this.safety = cluster.safety();
    }

    /** How many fires were due under an owner that nothing hindered. */
    long judged() {
        return judged;
    }

    static long nanos(Instant instant) {
        return Duration.between(SimClock.EPOCH, instant).toNanos();
    }

    /**
     * Judges the fires of one shard.
     *
     * @param due what it owed, ascending
     * @param outcomes those of {@code due} that are known
     */
    void check(JobRecord job, ShardRef shard, List<Instant> due, Map<Instant, Said> outcomes) {
        List<Said> said = safety.journal().said(ShardId.of(shard));
        Map<FireId, Long> starts = new HashMap<>();
        cluster.evidence().of(shard).forEach(one -> starts.putIfAbsent(one.fire(), one.start()));
        Requests requests = new Requests(job, said);
        List<Stretch> stretches = safety.presence().of(ShardId.of(shard));
        boolean listed = CommittedJobs.hasInstants(job);
        int at = 0;
        long settled = Long.MIN_VALUE;
        for (Instant instant : due) {
            long nanos = nanos(instant);
            while (at < stretches.size() && stretches.get(at).to() < nanos + PROMPT) {
                at++;
            }
            Said outcome = outcomes.get(instant);
            if (outcome == null) {
                continue;
            }
            if (at < stretches.size() && stretches.get(at).from() + BEFORE <= nanos) {
                judged++;
                FireId fire = FireId.scheduled(instant);
                FireEntry line = outcome.line();
                // What is due a fixed delay after another is in no list, and may run.
                boolean idle = listed && settled < nanos - AHEAD && !requests.busyAt(nanos);
                notMissed(outcome, stretches.get(at), nanos, idle);
                // What is claimed and not begun gives way to a newer fire.
                boolean gaveWay =
                        line.outcome() == Outcome.SKIPPED && line.reason().equals(Reasons.REPLACED);
                if (idle
                        && !gaveWay
                        && safety.jobs().cancelledAt(job.uid(), fire).isEmpty()) {
                    started(job, fire, starts, stretches.get(at), line);
                }
            }
            settled = Math.max(settled, outcome.at());
        }
        leftOut(job, shard, said);
    }

    /**
     * What came on time is not missed by the owner to which it came, nor by a later one if it was idle, so that it began at
     * once, and there was time to record that. What waited for its turn is found late by whoever follows a lost owner.
     */
    private static void notMissed(Said said, Stretch stretch, long due, boolean idle) {
        FireEntry line = said.line();
        boolean missed = line.outcome() == Outcome.MISSED && line.attempt() == 0;
        if (missed && (stretch.to() >= said.at() || (idle && stretch.to() >= due + RECORDED))) {
            throw new InvariantViolation(
                    "I2", ShardId.of(line) + " had an owner that nothing hindered when it was due: " + line);
        }
    }

    private void started(JobRecord job, FireId fire, Map<FireId, Long> starts, Stretch stretch, FireEntry line) {
        long due = nanos(fire.due());
        boolean claims =
                CommittedJobs.rules(job, line.layout(), fire.due()).definition().recovery() == Recovery.SKIP;
        if (claims && !cluster.isQuietAt(due)) {
            return; // while messages are lost a claim may take any time
        }
        long bound = claims ? CLAIMED : cluster.isQuietAt(due) ? PROMPT : SLOW;
        Long start = starts.get(fire);
        if (stretch.to() >= due + bound && (start == null || start > due + bound)) {
            throw new InvariantViolation(
                    "I2",
                    ShardId.of(line) + " was idle and had an owner that nothing hindered, and the fire due at "
                            + fire.due() + " started "
                            + (start == null ? "never" : (start - due) / 1_000_000 + " ms late") + ": " + line);
        }
    }

    /** The runs of a job that were asked for, as one shard has recorded them. */
    private final class Requests {
        private final List<long[]> spans;

        Requests(JobRecord job, List<Said> said) {
            Map<String, Long> ends = new HashMap<>();
            said.stream()
                    .filter(one -> !one.line().fire().isScheduled())
                    .forEach(one -> ends.put(one.line().fire().requested().orElseThrow(), one.at()));
            this.spans = safety.jobs().requested(job.uid()).stream()
                    .map(asked -> new long[] {
                        asked.at(), ends.getOrDefault(asked.request().runId(), Long.MAX_VALUE)
                    })
                    .toList();
        }

        /** Whether one of them may have been in the way of what was due then. */
        boolean busyAt(long nanos) {
            return spans.stream().anyMatch(span -> span[0] <= nanos + CLAIMED && span[1] >= nanos - AHEAD);
        }
    }

    /** What was left out for another fire: that one was there then, and had not ended. */
    private void leftOut(JobRecord job, ShardRef shard, List<Said> said) {
        long end = cluster.scheduler().nanos() - CLAIMED;
        for (int i = 0; i < said.size(); i++) {
            FireEntry line = said.get(i).line();
            Instant latest = SimClock.EPOCH.plusNanos(said.get(i).at()).plus(EARLY);
            List<Said> later = said.subList(i + 1, said.size());
            boolean recent = said.get(i).at() > end - Duration.ofSeconds(3).toNanos();
            if (recent || !line.fire().isScheduled()) {
                continue;
            }
            boolean skipped = line.outcome() == Outcome.SKIPPED && BESIDE.contains(line.reason());
            if (skipped && later.stream().noneMatch(other -> beside(other.line(), latest))) {
                throw new InvariantViolation("I2", shard + " was idle when this fire was skipped: " + line);
            }
            boolean once = CommittedJobs.rules(job, line.layout(), line.last())
                            .definition()
                            .misfire()
                            .policy()
                    == MisfirePolicy.FIRE_ONCE;
            boolean coalesced = line.outcome() == Outcome.MISSED && once && !shard.isBroadcast();
            if (coalesced
                    && CommittedJobs.hasInstants(job)
                    && later.stream().noneMatch(other -> standsFor(other.line(), line, latest))) {
                throw new InvariantViolation("I2", "no later fire of " + shard + " stands for this one: " + line);
            }
        }
    }

    /** Whether this outcome is of a fire that was there when another was skipped. */
    private static boolean beside(FireEntry other, Instant latest) {
        return !other.fire().due().isAfter(latest)
                && !(other.outcome() == Outcome.SKIPPED && BESIDE.contains(other.reason()));
    }

    /** At most once, it may give way to a newer one while its claim is not durable. */
    private static boolean standsFor(FireEntry other, FireEntry missed, Instant latest) {
        return other.fire().isScheduled()
                && other.last().isAfter(missed.last())
                && !other.fire().due().isAfter(latest)
                && (other.outcome() != Outcome.SKIPPED || other.reason().equals(Reasons.REPLACED));
    }
}
