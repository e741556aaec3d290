package dev.belfry.bench.workload;

import dev.belfry.bench.machine.ProcessStat;
import dev.belfry.bench.peer.Contender;
import dev.belfry.bench.store.Store;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** What an agent costs whose jobs do not fire, and how long it takes to register them. */
public final class IdleAgent implements Workload {
    private static final List<String> OPTIONS = List.of("-Xmx1g");
    private static final Duration SETTLE = Duration.ofSeconds(3);
    private static final int FEW = 500;
    private static final int MANY = 10_000;

    /** Arguments: see {@link Options}. */
    public static void main(String[] words) throws IOException, InterruptedException {
        Bench.run(List.of(new IdleAgent()), Options.parse(words));
    }

    @Override
    public String name() {
        return "idle-agent";
    }

    @Override
    public boolean timed() {
        return false;
    }

    @Override
    public void repeat(Bench bench) throws InterruptedException {
        for (Contender contender : bench.contenders()) {
            if (contender.store() == Store.Kind.ZOOKEEPER) {
                bench.attempt(contender, FEW + " jobs", () -> measure(bench, contender, FEW));
                if (contender.abilities().registersOnce()) {
                    bench.attempt(contender, MANY + " jobs", () -> measure(bench, contender, MANY));
                }
            }
        }
    }

    private static boolean measure(Bench bench, Contender contender, int jobs)
            throws IOException, InterruptedException {
        try (Cluster cluster = Cluster.start(contender, Load.idle(1, jobs, 1), OPTIONS)) {
            Pause.of(SETTLE);
            SortedMap<String, Double> metrics = new TreeMap<>();
            long pid = cluster.processes().getOrDefault("agent-0", -1L);
            long resident = ProcessStat.residentBytes(pid);
            int systemThreads = ProcessStat.of(pid).threads();
            // The collection that a look at the heap takes comes after the look at the memory.
            Cluster.AgentState state = cluster.state("agent-0");
            metrics.put("register_s", cluster.registerMillis() / 1e3);
            metrics.put("threads", (double) state.threads());
            metrics.put("os_threads", (double) systemThreads);
            metrics.put("rss_mib", resident / 1048576.0);
            metrics.put("heap_mib", state.heapBytes() / 1048576.0);
            metrics.put("store_requests", cluster.store().counters().values().getOrDefault("requests", 0.0));
            bench.keep(contender, jobs + " jobs", metrics);
            return true;
        }
    }
}
