package dev.belfry.bench.workload;

import java.io.IOException;
import java.util.List;

/** All workloads, in the order in which they are measured. */
public final class Workloads {

    private Workloads() {}

    /**
     * Measures them all.
     *
     * @param options how much, and where to
     */
    public static void run(Options options) throws IOException, InterruptedException {
        Bench.run(
                List.of(
                        SameInstant.usual(),
                        new FireCost(),
                        new IdleAgent(),
                        new LeaveJoin(),
                        KilledAgent.usual(),
                        KilledMaster.usual(),
                        StalledAgent.usual(),
                        StoreDown.usual(),
                        Export.usual(),
                        RunSubmissions.usual(),
                        new RunLatency(),
                        RunAgentKilled.usual(),
                        RunMasterKilled.usual(),
                        QueueMemory.usual(),
                        RunRate.usual(),
                        new PureParts(false),
                        new SustainedFires()),
                options);
    }
}
