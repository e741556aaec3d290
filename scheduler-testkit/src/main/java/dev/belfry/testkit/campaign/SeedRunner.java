package dev.belfry.testkit.campaign;

import dev.belfry.testkit.cluster.ClusterOptions;
import dev.belfry.testkit.cluster.Scenario;
import dev.belfry.testkit.cluster.SimCluster;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/** Runs the scenarios of a range of seeds, each in one thread, several at a time. */
public final class SeedRunner {
    private final int threads;
    private final int patience;

    /**
     * @param threads how many run at a time, at least 1
     * @param patience after how many broken seeds of a range it stops
     */
    public SeedRunner(int threads, int patience) {
        this.threads = threads;
        this.patience = patience;
    }

    /** Runs all of them; stops early when its patience is at an end. */
    public Findings run(SeedRange seeds) {
        Findings.Builder findings = new Findings.Builder(seeds);
        AtomicLong next = new AtomicLong(seeds.first());
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<?>> workers = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                workers.add(pool.submit(() -> work(next, seeds, findings)));
            }
            for (Future<?> worker : workers) {
                worker.get();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted at seed " + next.get(), e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("the simulation itself failed", e.getCause());
        } finally {
            pool.shutdownNow();
        }
        return findings.build();
    }

    private void work(AtomicLong next, SeedRange seeds, Findings.Builder findings) {
        for (long seed = next.getAndIncrement();
                seed <= seeds.last()
                        && findings.brokenSoFar() < patience
                        && !Thread.currentThread().isInterrupted();
                seed = next.getAndIncrement()) {
            SimCluster cluster = new SimCluster(seed, ClusterOptions.DEFAULT);
            long number = seed;
            Verdict.on(Scenario.of(seed), cluster).ifPresent(verdict -> findings.broke(number, verdict));
            findings.add(cluster);
        }
    }
}
