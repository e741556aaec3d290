package dev.belfry.agent.loop;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The one timer of an agent: looks at each shard when something of it is due.
 *
 * <p>Not thread-safe; owned by the agent's loop.
 */
final class DueTimer {
    /** The wall clock is looked at this often at least, so that a step of it is noticed. */
    static final Duration LONGEST_SLEEP = Duration.ofSeconds(1);

    /** Shards looked at in one event: what they start then begins before the next ones are looked at. */
    private static final int AT_ONCE = 32;

    private final Loop loop;
    private final Supplier<Instant> horizon;
    private final Consumer<OwnedShard> look;
    private final WakeQueue wakes = new WakeQueue();
    private Loop.Timer timer = () -> {};
    /** What the timer is set to; null while it is not set. */
    private @Nullable Instant armed;

    private boolean closed;

    /**
     * @param horizon the clock that decides what is due
     * @param look called for each shard of which something is due
     */
    DueTimer(Loop loop, Supplier<Instant> horizon, Consumer<OwnedShard> look) {
        this.loop = loop;
        this.horizon = horizon;
        this.look = look;
    }

    /** The shard is to be looked at then, and not before; or not at all. */
    void set(OwnedShard shard, Optional<Instant> at) {
        wakes.set(shard, at);
        arm();
    }

    void close() {
        closed = true;
        timer.cancel();
    }

    /** Sets the timer to the first wake, unless it is set so already. */
    private void arm() {
        Optional<Instant> first = wakes.first();
        if (!closed && first.isPresent() && first.get().equals(armed)) {
            return;
        }
        timer.cancel();
        armed = null;
        if (closed || first.isEmpty()) {
            return;
        }
        armed = first.get();
        // By the clock that decides what is due: by ours alone the timer would spin while ours is ahead.
        Duration sleep = Duration.between(horizon.get(), first.get());
        if (sleep.compareTo(LONGEST_SLEEP) > 0) {
            sleep = LONGEST_SLEEP;
        }
        timer = loop.after(Math.max(0, sleep.toNanos()), this::tick);
    }

    private void tick() {
        armed = null;
        for (OwnedShard shard : wakes.due(horizon.get(), AT_ONCE)) {
            look.accept(shard);
        }
        arm();
    }
}
