package dev.belfry.agent.loop;

import dev.belfry.core.job.TimeoutAction;
import dev.belfry.core.job.Timeouts;
import dev.belfry.core.ledger.Reasons;
import dev.belfry.core.shard.AttemptEnd;
import dev.belfry.core.shard.AttemptOrder;
import dev.belfry.core.version.JobRecord;
import java.time.Duration;
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

    private final Loop loop;
    private final Owner owner;
    private final OwnedShard shard;
    private final AttemptOrder order;
    private final JobRecord job;
    private final Timeouts timeouts;
    private boolean over;
    private Loop.Timer limit = () -> {};
    private Loop.Timer heartbeat = () -> {};

    RunningAttempt(Loop loop, Owner owner, OwnedShard shard, AttemptOrder order, JobRecord job, Timeouts timeouts) {
        this.loop = loop;
        this.owner = owner;
        this.shard = shard;
        this.order = order;
        this.job = job;
        this.timeouts = timeouts;
    }

    void armTimeouts() {
        order.limit()
                .ifPresent(limitTime ->
                        limit = loop.after(limitTime.toNanos(), () -> timedOut(order.limitReason(), limitTime)));
        armHeartbeat();
    }

    private void armHeartbeat() {
        heartbeat.cancel();
        Duration silence = timeouts.heartbeat();
        if (silence != null && !over) {
            heartbeat = loop.after(silence.toNanos(), () -> timedOut(Reasons.HEARTBEAT_TIMEOUT, silence));
        }
    }

    private void timedOut(String reason, Duration after) {
        if (over) {
            return;
        }
        if (timeouts.action() == TimeoutAction.WARN) {
            LOG.warn(
                    "attempt runs too long: job={} shard={} run={} attempt={} reason={} after={}; it goes on",
                    job.name(),
                    shard.ref.shard(),
                    order.fire().runId(job.uid()),
                    order.number(),
                    reason,
                    after);
            return;
        }
        owner.timedOut(shard, order.token(), reason);
    }

    @Override
    public void ended(AttemptEnd end) {
        over = true;
        limit.cancel();
        heartbeat.cancel();
        owner.ended(shard, order.token(), end);
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
        armHeartbeat();
    }
}
