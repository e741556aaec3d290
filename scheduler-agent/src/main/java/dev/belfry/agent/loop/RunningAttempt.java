package dev.belfry.agent.loop;

import dev.belfry.core.job.Timeouts;
import dev.belfry.core.shard.AttemptEnd;
import dev.belfry.core.shard.AttemptOrder;
import dev.belfry.core.version.JobRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One running attempt, as the listener of what it says, with its time-outs. Not thread-safe; owned by the agent's loop. */
final class RunningAttempt implements Attempts.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(RunningAttempt.class);

    /** Who decides what follows. */
    interface Owner {
        void ended(OwnedShard shard, long token, AttemptEnd end);

        void abandoned(OwnedShard shard, long token);

        void timedOut(OwnedShard shard, long token, String reason);

        void checkpoint(OwnedShard shard, AttemptOrder order, byte[] data);
    }

    private final Owner owner;
    private final OwnedShard shard;
    private final AttemptOrder order;
    private final JobRecord job;
    private final AttemptTimeouts timeouts;
    private boolean over;

    RunningAttempt(Loop loop, Owner owner, OwnedShard shard, AttemptOrder order, JobRecord job, Timeouts timeouts) {
        this.owner = owner;
        this.shard = shard;
        this.order = order;
        this.job = job;
        this.timeouts = new AttemptTimeouts(
                loop, order, job.name(), timeouts, reason -> owner.timedOut(shard, order.token(), reason));
    }

    void armTimeouts() {
        timeouts.arm();
    }

    @Override
    public void ended(AttemptEnd end) {
        over = true;
        timeouts.over();
        owner.ended(shard, order.token(), end);
    }

    /** Its code is not begun, because what it is to be given cannot be had. */
    void unbegun(AttemptEnd why) {
        LOG.warn(
                "attempt fails before its code begins: job={} shard={} run={} attempt={}: {}",
                job.name(),
                shard.ref.shard(),
                order.fire().runId(job.uid()),
                order.number(),
                why.reason());
        ended(why);
    }

    @Override
    public void abandoned() {
        LOG.error(
                "attempt does not end although it was interrupted: job={} shard={} run={} attempt={};"
                        + " it is left to itself, and the shard cannot be handed over until it ends",
                job.name(),
                shard.ref.shard(),
                order.fire().runId(job.uid()),
                order.number());
        owner.abandoned(shard, order.token());
    }

    @Override
    public void checkpoint(byte[] data) {
        if (!over) {
            owner.checkpoint(shard, order, data);
        }
    }

    @Override
    public void progress(double fraction, String message) {
        timeouts.alive();
    }
}
