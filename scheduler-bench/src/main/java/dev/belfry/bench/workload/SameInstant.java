package dev.belfry.bench.workload;

import dev.belfry.bench.peer.Contender;
import java.io.IOException;
import java.util.List;

/** How late fires start when 100 jobs are due at the same instant of every second, on two agents. */
public final class SameInstant implements Workload {
    private static final String POINT = "100 jobs";
    private static final List<String> OPTIONS = List.of("-Xmx1g");

    /** Arguments: see {@link Options}. */
    public static void main(String[] words) throws IOException, InterruptedException {
        Bench.run(List.of(new SameInstant()), Options.parse(words));
    }

    @Override
    public String name() {
        return "same-instant";
    }

    @Override
    public void repeat(Bench bench) throws InterruptedException {
        for (Contender contender : bench.contenders()) {
            bench.attempt(contender, POINT, () -> {
                try (Cluster cluster = Cluster.start(contender, Load.everySecond(2, 100, 1), OPTIONS)) {
                    Observation seen = Observation.of(
                            cluster, bench.options().warmUp(), bench.options().time());
                    bench.keep(contender, POINT, seen.metrics());
                    return true;
                }
            });
        }
    }
}
