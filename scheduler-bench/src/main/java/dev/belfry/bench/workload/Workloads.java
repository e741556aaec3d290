package dev.belfry.bench.workload;

import java.io.IOException;
import java.util.List;

/** All workloads, in the order in which they are measured. */
public final class Workloads {

    private Workloads() {}

    /**
     * Measures them all.
     *
     * @param words see {@link Options}
     */
    public static void run(String[] words) throws IOException, InterruptedException {
        Bench.run(
                List.of(new SameInstant(), new FireCost(), new IdleAgent(), new LeaveJoin(), new SustainedFires()),
                words);
    }
}
