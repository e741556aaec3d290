package dev.belfry.bench.report;

import java.util.List;

/** What Belfry has to show of runs that are submitted. */
final class RunTargets {
    static final List<Target> ALL = List.of(
            Target.atLeast(
                    "run-rate",
                    "without an end",
                    "started_per_s",
                    10_000,
                    "10,000 runs a second submitted, run by 2 workers and recorded"),
            new Target(
                    "run-rate",
                    "without an end",
                    "run_operations",
                    0.499,
                    "ZooKeeper operations for one run at the ceiling, its submission included: under 0.5"),
            new Target("run-rate", "without an end", "lost", 0, "at the ceiling: no run that was acknowledged is lost"),
            new Target("run-rate", "without an end", "again", 0, "at the ceiling: none runs twice"),
            Target.atLeast(
                    "run-submissions",
                    "one caller that does not wait",
                    "acknowledged_per_s",
                    10_000,
                    "10,000 submissions a second made durable for one caller that does not wait"),
            Target.atLeast(
                    "run-submissions",
                    "64 callers that wait",
                    "acknowledged_per_s",
                    10_000,
                    "10,000 submissions a second made durable for 64 callers that wait"),
            Target.atLeast(
                    "run-submissions",
                    "batches of 10000",
                    "acknowledged_per_s",
                    50_000,
                    "50,000 submissions a second made durable in batches"),
            new Target(
                    "run-latency",
                    "idle",
                    "start_p50_ms",
                    5,
                    "an idle cluster: p50 starts within 5 ms of its submission"),
            new Target(
                    "run-latency",
                    "idle",
                    "start_p99_ms",
                    25,
                    "an idle cluster: p99 starts within 25 ms of its submission"),
            new Target(
                    "run-killed-agent",
                    "100 runs on it",
                    "elsewhere_max_s",
                    8.5,
                    "an agent with 100 runs is killed: all run elsewhere within session time-out + tick + 0.5 s, 8.5 s"),
            new Target(
                    "run-killed-agent",
                    "100 runs on it",
                    "never_again",
                    0,
                    "an agent with 100 runs is killed: none is lost"),
            new Target(
                    "run-killed-master",
                    "50000 runs queued",
                    "again_s",
                    8,
                    "the master is killed with 50,000 runs queued: dispatching again within session time-out + 2 s, 8 s"),
            new Target(
                    "run-killed-master",
                    "50000 runs queued",
                    "lost",
                    0,
                    "the master is killed with 50,000 runs queued: none is lost"),
            new Target(
                    "run-killed-master",
                    "50000 runs queued",
                    "again",
                    0,
                    "the master is killed with 50,000 runs queued: none runs twice"),
            new Target(
                    "queue-memory",
                    "100000 runs queued",
                    "heap_mib",
                    299,
                    "heap of the master with 100,000 runs queued: under 300 MB"));

    private RunTargets() {}
}
