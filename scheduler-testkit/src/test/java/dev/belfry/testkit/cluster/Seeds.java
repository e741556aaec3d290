package dev.belfry.testkit.cluster;

import dev.belfry.testkit.store.SiteCounts;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/** Runs scenarios of many seeds, two at a time, and keeps what went wrong and what every call site has met. */
final class Seeds {

    /** A seed whose scenario broke something. */
    record Failure(long seed, Throwable cause) {}

    private final List<Failure> failures = Collections.synchronizedList(new ArrayList<>());
    private final TreeMap<String, SiteCounts> sites = new TreeMap<>();
    private long executions;
    private long events;

    /** Runs the scenarios of {@code count} seeds; stops early once ten have failed. */
    static Seeds run(long first, int count) {
        Seeds seeds = new Seeds();
        AtomicLong next = new AtomicLong(first);
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            List<Future<?>> both = new ArrayList<>();
            for (int thread = 0; thread < 2; thread++) {
                both.add(threads.submit(() -> {
                    for (long seed = next.getAndIncrement();
                            seed < first + count && seeds.failures.size() < 10;
                            seed = next.getAndIncrement()) {
                        seeds.one(seed);
                    }
                }));
            }
            for (Future<?> each : both) {
                each.get();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } finally {
            threads.shutdownNow();
        }
        return seeds;
    }

    private void one(long seed) {
        SimCluster cluster = new SimCluster(seed, ClusterOptions.DEFAULT);
        try {
            Scenario.of(seed).run(cluster);
        } catch (RuntimeException | AssertionError e) {
            failures.add(new Failure(seed, e));
        }
        add(cluster);
    }

    private synchronized void add(SimCluster cluster) {
        executions += cluster.evidence().all().size();
        events += cluster.scheduler().executed();
        cluster.ensemble().faults().counts().forEach(row -> sites.merge(row.site(), row, Seeds::sum));
    }

    static SiteCounts sum(SiteCounts a, SiteCounts b) {
        return new SiteCounts(
                a.site(),
                a.sent() + b.sent(),
                a.lostBefore() + b.lostBefore(),
                a.lostAfter() + b.lostAfter(),
                a.applied() + b.applied(),
                a.refused() + b.refused(),
                a.unavailable() + b.unavailable(),
                a.indeterminate() + b.indeterminate(),
                a.over() + b.over());
    }

    List<Failure> failures() {
        return failures;
    }

    List<SiteCounts> sites() {
        return List.copyOf(sites.values());
    }

    long executions() {
        return executions;
    }

    long events() {
        return events;
    }

    /** The same seed again, with its story. */
    static SimCluster retold(long seed) {
        SimCluster cluster = new SimCluster(seed, ClusterOptions.DEFAULT.withStory(true));
        try {
            Scenario.of(seed).run(cluster);
        } catch (RuntimeException | AssertionError e) {
            cluster.story().add("BROKEN " + e.getMessage());
        }
        return cluster;
    }
}
