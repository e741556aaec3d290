package dev.belfry.agent.loop;

import dev.belfry.core.job.TimeoutAction;
import dev.belfry.core.job.Timeouts;
import dev.belfry.core.ledger.Reasons;
import dev.belfry.core.shard.AttemptOrder;
import java.time.Duration;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The time-outs of one running attempt: how long it may take, and how long it may be silent. Not thread-safe; owned by the agent's loop. */
public final class AttemptTimeouts {
    private static final Logger LOG = LoggerFactory.getLogger(AttemptTimeouts.class);

    private final Loop loop;
    private final AttemptOrder order;
    private final String job;
    private final Timeouts timeouts;
    private final Consumer<String> usedUp;
    private boolean over;
    private Loop.Timer limit = () -> {};
    private Loop.Timer heartbeat = () -> {};

    /**
     * Time-outs that do not run yet.
     *
     * @param job its name
     * @param usedUp told which of them it was, if the attempt is to be cancelled for it
     */
    public AttemptTimeouts(Loop loop, AttemptOrder order, String job, Timeouts timeouts, Consumer<String> usedUp) {
        this.loop = loop;
        this.order = order;
        this.job = job;
        this.timeouts = timeouts;
        this.usedUp = usedUp;
    }

    /** The attempt begins. */
    public void arm() {
        order.limit()
                .ifPresent(limitTime ->
                        limit = loop.after(limitTime.toNanos(), () -> usedUp(order.limitReason(), limitTime)));
        alive();
    }

    /** The attempt has said how far it is. */
    public void alive() {
        heartbeat.cancel();
        Duration silence = timeouts.heartbeat();
        if (silence != null && !over) {
            heartbeat = loop.after(silence.toNanos(), () -> usedUp(Reasons.HEARTBEAT_TIMEOUT, silence));
        }
    }

    /** The attempt has ended. */
    public void over() {
        over = true;
        limit.cancel();
        heartbeat.cancel();
    }

    private void usedUp(String reason, Duration after) {
        if (over) {
            return;
        }
        if (timeouts.action() == TimeoutAction.WARN) {
            LOG.warn(
                    "attempt runs too long: job={} shard={} run={} attempt={} reason={} after={}; it goes on",
                    job,
                    order.shard().shard(),
                    order.fire().runId(order.shard().jobUid()),
                    order.number(),
                    reason,
                    after);
            return;
        }
        usedUp.accept(reason);
    }
}
