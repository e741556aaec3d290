package dev.belfry.bench.workload;

import dev.belfry.bench.peer.Contender;
import java.io.IOException;
import java.util.List;

/** How late fires start when 100 jobs are due at the same instant of every second, on two agents. */
public final class SameInstant implements Workload {
    private static final int JOBS = 100;
    private static final List<String> OPTIONS = List.of("-Xmx1g");

    private final int jobs;

    SameInstant(int jobs) {
        this.jobs = jobs;
    }

    /** Arguments: see {@link Options}. */
    public static void main(String[] words) throws IOException, InterruptedException {
        Bench.run(List.of(usual()), Options.parse(words));
    }

    /** With the number of jobs that the target names. */
    static SameInstant usual() {
        return new SameInstant(JOBS);
    }

    @Override
    public String name() {
        return "same-instant";
    }

    @Override
    public void repeat(Bench bench) throws InterruptedException {
        String point = jobs + " jobs";
        for (Contender contender : bench.contenders()) {
            bench.attempt(contender, point, () -> {
                try (Cluster cluster = Cluster.start(contender, Load.everySecond(2, jobs, 1), OPTIONS)) {
                    Observation seen = Observation.of(
                            cluster, bench.options().warmUp(), bench.options().time());
                    bench.keep(contender, point, seen.metrics());
                    return true;
                }
            });
        }
    }
}
