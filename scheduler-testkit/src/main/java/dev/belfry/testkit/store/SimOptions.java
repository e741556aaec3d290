package dev.belfry.testkit.store;

import java.time.Duration;

/**
 * What a simulated ensemble is like.
 *
 * @param servers how many there are, 1 to 9
 * @param tick the ensemble's unit of time: session time-outs are granted between 2 and 20 of it
 * @param syncLimit ticks after which a follower and a leader that do not hear from each other part
 * @param minDelay least time a message takes between any two machines
 * @param maxDelay most time it takes without a fault
 * @param maxLag most time by which a follower applies transactions later than it learns of them
 * @param fsync time in which a transaction becomes durable on a quorum
 * @param maxBackoff most time that a client waits before it tries the next server
 * @param quorumSync whether a sync is answered only by a leader that has a quorum, as the port promises. ZooKeeper's own
 *     leader answers without asking, so for up to {@code syncLimit} one that was deposed may answer too: false
 */
public record SimOptions(
        int servers,
        Duration tick,
        int syncLimit,
        Duration minDelay,
        Duration maxDelay,
        Duration maxLag,
        Duration fsync,
        Duration maxBackoff,
        boolean quorumSync) {

    /** Three servers, ticks of 2 s, five of them as the limit, and a network as in one data centre. */
    public static final SimOptions DEFAULT = new SimOptions(
            3,
            Duration.ofSeconds(2),
            5,
            Duration.ofNanos(200_000),
            Duration.ofMillis(3),
            Duration.ofMillis(20),
            Duration.ofMillis(2),
            Duration.ofSeconds(1),
            true);

    public SimOptions {
        if (servers < 1 || servers > 9) {
            throw new IllegalArgumentException("an ensemble has 1 to 9 servers, not " + servers);
        }
        if (syncLimit < 1 || tick.toNanos() <= 0) {
            throw new IllegalArgumentException("tick and syncLimit must be positive: " + tick + ", " + syncLimit);
        }
        if (minDelay.toNanos() <= 0 || maxDelay.compareTo(minDelay) < 0) {
            throw new IllegalArgumentException("delays must be positive and ordered: " + minDelay + ", " + maxDelay);
        }
        if (maxLag.isNegative() || fsync.isNegative() || maxBackoff.isNegative()) {
            throw new IllegalArgumentException("maxLag, fsync and maxBackoff must not be negative");
        }
    }

    public SimOptions withServers(int count) {
        return new SimOptions(count, tick, syncLimit, minDelay, maxDelay, maxLag, fsync, maxBackoff, quorumSync);
    }

    public SimOptions withTick(Duration length) {
        return new SimOptions(servers, length, syncLimit, minDelay, maxDelay, maxLag, fsync, maxBackoff, quorumSync);
    }

    public SimOptions withSyncLimit(int ticks) {
        return new SimOptions(servers, tick, ticks, minDelay, maxDelay, maxLag, fsync, maxBackoff, quorumSync);
    }

    public SimOptions withMaxLag(Duration lag) {
        return new SimOptions(servers, tick, syncLimit, minDelay, maxDelay, lag, fsync, maxBackoff, quorumSync);
    }

    public SimOptions withQuorumSync(boolean needed) {
        return new SimOptions(servers, tick, syncLimit, minDelay, maxDelay, maxLag, fsync, maxBackoff, needed);
    }
}
