package dev.belfry.agent.loop;

import dev.belfry.core.ledger.Reasons;
import dev.belfry.core.ownership.Generation;
import dev.belfry.core.ownership.Release;
import dev.belfry.core.ownership.ShardKey;
import dev.belfry.core.run.Moment;
import dev.belfry.core.shard.ShardRef;
import dev.belfry.core.shard.ShardRuns;
import dev.belfry.core.version.JobRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;

/**
 * How an owner lets go of a shard (rule R7): nothing runs, what an ended layout still owed is settled, everything is
 * recorded and durable, and then it is listed as released.
 *
 * <p>Not thread-safe; owned by the agent's loop.
 */
final class LettingGo {
    /** So far our clock may be behind the master's before this agent drains itself. */
    private static final Duration END_TOLERANCE = EnsembleClock.DRAIN.multipliedBy(2);

    private final Loop loop;
    private final OwnedShards.Owner owner;
    private final GroupCommit commit;
    private final Consumer<OwnedShard> dropped;
    /** Those whose definition is being read again. */
    private final Set<OwnedShard> looking = new LinkedHashSet<>();

    /** @param dropped told of each broadcast shard that is let go of: nobody else has to know */
    LettingGo(Loop loop, OwnedShards.Owner owner, GroupCommit commit, Consumer<OwnedShard> dropped) {
        this.loop = loop;
        this.owner = owner;
        this.commit = commit;
        this.dropped = dropped;
    }

    private Moment moment() {
        return new Moment(loop.now(), loop.nanoTime());
    }

    /** The layout of which a shard owes fires. */
    static int layoutOf(JobRecord job, ShardRef ref) {
        return ref.isBroadcast() ? job.lastBroadcast().orElse(job.newest()).layout() : ref.layout();
    }

    /** Moves a shard that the master wants back one step on: quiet, recorded, durable, released. */
    void step(OwnedShard shard) {
        ShardRuns runs = shard.runs;
        if (runs == null || shard.stage != OwnedShard.Stage.ACTIVE || !runs.handingOver() || !runs.quiet()) {
            return;
        }
        if (!runs.releasePrepared()) {
            if (awaitsEnd(shard)) {
                return;
            }
            shard.settled = settle(shard, runs);
            runs.prepareRelease(moment());
            commit.changed(shard, true);
            return;
        }
        if (commit.settled(shard) && !shard.held) {
            release(shard);
        }
    }

    private void release(OwnedShard shard) {
        shard.stage = OwnedShard.Stage.RELEASED;
        if (shard.ref.isBroadcast()) {
            dropped.accept(shard);
        } else {
            ShardKey key = new ShardKey(shard.ref.jobUid(), shard.ref.layout(), shard.ref.number());
            owner.released(new Release(key, new Generation(shard.since)), shard.settled);
        }
    }

    /** The instant from which on the shard owes nothing more; empty while its layout is the newest of a living job. */
    private Optional<Instant> endOf(OwnedShard shard) {
        return owner.job(shard.job).flatMap(job -> job.endOfLayout(layoutOf(job, shard.ref)));
    }

    /**
     * Whether to wait with the release because the layout is over for the master and not yet for us: our clock is a
     * little behind, or the definition has not arrived.
     */
    private boolean awaitsEnd(OwnedShard shard) {
        Optional<Instant> end = endOf(shard);
        if (!shard.ending || shard.held || (end.isEmpty() && !shard.settling)) {
            return false;
        }
        if (looks(shard)) {
            return true;
        }
        if (end.isEmpty()) {
            return false;
        }
        Duration left = Duration.between(owner.horizon(), end.get());
        // Further away, it is not the end of the layout that the master means: nobody may have the shard at present.
        boolean waits = !left.isNegative() && (shard.settling || left.compareTo(END_TOLERANCE) < 0);
        if (waits) {
            loop.after(Math.min(left.toNanos() + 1_000_000, DueTimer.LONGEST_SLEEP.toNanos()), () -> step(shard));
        }
        return waits;
    }

    /**
     * Whether the definition is still to be read. The master may know an end of the layout, and runs asked for in its last
     * moments, that this agent does not. It writes the row after it has written or read of both, and a session never sees less than it has
     * seen: the definition, read after the row, tells.
     */
    private boolean looks(OwnedShard shard) {
        Optional<JobRecord> job = owner.job(shard.job);
        if (job.isEmpty()) {
            return false;
        }
        if (shard.lookedAgain.isEmpty()) {
            shard.lookedAgain = OptionalLong.of(owner.lookAgain(job.get()));
            looking.add(shard);
        }
        return !owner.hasLooked(shard.lookedAgain.getAsLong());
    }

    /** Definitions were read: those that wait for theirs go on. */
    void definitionsRead() {
        if (!looking.isEmpty()) {
            List<OwnedShard> waiting = List.copyOf(looking);
            looking.clear();
            waiting.forEach(shard -> {
                boolean waits = shard.lookedAgain.isPresent() && !owner.hasLooked(shard.lookedAgain.getAsLong());
                if (waits) {
                    looking.add(shard);
                } else {
                    step(shard);
                }
            });
        }
    }

    /** Gives what a layout that is over still owes its outcome; returns whether it is over. */
    private boolean settle(OwnedShard shard, ShardRuns runs) {
        if (shard.lost()) {
            runs.giveUp(moment());
            return true;
        }
        Optional<JobRecord> job = owner.job(shard.job);
        if (owner.unreadable(shard.job)) {
            return false; // not deleted: what is owed runs late where it can be read again
        }
        if (job.isEmpty()) {
            runs.supersede(loop.now(), Reasons.DELETED, List.of(), moment());
            return true;
        }
        Optional<Instant> end = endOf(shard);
        if (end.isEmpty() || end.get().isAfter(owner.horizon())) {
            return false;
        }
        boolean deleted = job.get().deletedAt().equals(end);
        runs.supersede(
                end.get().minusMillis(1),
                deleted ? Reasons.DELETED : Reasons.LAYOUT,
                RequestedRuns.owed(job.get(), shard),
                moment());
        return true;
    }

    /** A shard that is not in charge yet and whose definition has gone meanwhile. */
    void giveBackUnknown(OwnedShard shard) {
        boolean gone = owner.job(shard.job).isEmpty() && owner.jobsKnown();
        if (shard.stage == OwnedShard.Stage.LOADING && shard.ending && gone) {
            release(shard);
        }
    }
}
