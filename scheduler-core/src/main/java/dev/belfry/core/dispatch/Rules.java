package dev.belfry.core.dispatch;

import dev.belfry.core.job.QueueRules;
import dev.belfry.core.job.Queueing;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What holds for the whole queue of a namespace.
 *
 * @param queues rules by the name of the queue; a queue that is not among them is one with {@code default}
 * @param pools slots by the name of the pool
 * @param mostRunning tasks of the namespace that run at once, at least 0
 * @param mostPerAgent entries of an agent's inbox, at least 1
 * @param mostBytes bytes of the entries of an agent's inbox, at least 1
 * @param mostLoad the load per processor above which an agent gets nothing
 * @param mostMemory the share of memory in use above which an agent gets nothing
 * @param settling how long an agent gets nothing after it has registered
 * @param seed of what is chosen at random
 */
public record Rules(
        SortedMap<String, QueueRules> queues,
        SortedMap<String, Integer> pools,
        int mostRunning,
        int mostPerAgent,
        int mostBytes,
        double mostLoad,
        double mostMemory,
        Duration settling,
        long seed) {
    /** The queue {@code default}, no pools, no limit of the namespace, 500 entries of 60,000 bytes, 0.9, one second. */
    public static final Rules USUAL = new Rules(
            new TreeMap<>(), new TreeMap<>(), Integer.MAX_VALUE, 500, 60_000, 0.9, 0.9, Duration.ofSeconds(1), 0);

    /** What holds until somebody declares otherwise: agents are overloaded above a load of 4 per processor, or with 0.9 of their memory in use. */
    public static final Rules DEFAULT = USUAL.withThresholds(4, 0.9);

    /** Copies; throws {@link IllegalArgumentException} for a limit that is impossible. */
    public Rules {
        if (mostRunning < 0 || mostPerAgent < 1 || mostBytes < 1 || settling.isNegative()) {
            throw new IllegalArgumentException("impossible rules: mostRunning " + mostRunning + ", mostPerAgent "
                    + mostPerAgent + ", mostBytes " + mostBytes + ", settling " + settling);
        }
        if (!(mostLoad > 0) || !(mostMemory > 0)) {
            throw new IllegalArgumentException("impossible thresholds: load " + mostLoad + ", memory " + mostMemory);
        }
        TreeMap<String, QueueRules> all = new TreeMap<>(queues);
        all.putIfAbsent(Queueing.DEFAULT_QUEUE, QueueRules.USUAL);
        queues = Collections.unmodifiableSortedMap(all);
        pools = Collections.unmodifiableSortedMap(new TreeMap<>(pools));
    }

    /** The same with these queues. */
    public Rules withQueues(Map<String, QueueRules> declared) {
        return new Rules(
                new TreeMap<>(declared),
                pools,
                mostRunning,
                mostPerAgent,
                mostBytes,
                mostLoad,
                mostMemory,
                settling,
                seed);
    }

    /** The same with these pools. */
    public Rules withPools(Map<String, Integer> declared) {
        return new Rules(
                queues,
                new TreeMap<>(declared),
                mostRunning,
                mostPerAgent,
                mostBytes,
                mostLoad,
                mostMemory,
                settling,
                seed);
    }

    /** The same with a limit for the namespace. */
    public Rules withMostRunning(int most) {
        return new Rules(queues, pools, most, mostPerAgent, mostBytes, mostLoad, mostMemory, settling, seed);
    }

    /** The same with limits for an inbox. */
    public Rules withInbox(int entries, int bytes) {
        return new Rules(queues, pools, mostRunning, entries, bytes, mostLoad, mostMemory, settling, seed);
    }

    /** The same with thresholds for load per processor and share of memory. */
    public Rules withThresholds(double load, double memory) {
        return new Rules(queues, pools, mostRunning, mostPerAgent, mostBytes, load, memory, settling, seed);
    }

    /** The same with a seed. */
    public Rules withSeed(long random) {
        return new Rules(queues, pools, mostRunning, mostPerAgent, mostBytes, mostLoad, mostMemory, settling, random);
    }
}
