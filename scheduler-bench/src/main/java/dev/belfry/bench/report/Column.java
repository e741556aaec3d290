package dev.belfry.bench.report;

import java.util.List;
import java.util.Map;

/** A column of a workload's table. */
record Column(String title, String metric) {

    private static final List<Column> MACHINE = List.of(
            new Column("agents, cores", "cpu_agents_cores"),
            new Column("store, cores", "cpu_store_cores"),
            new Column("others, cores", "cpu_others_cores"),
            new Column("agents, MiB", "rss_agents_mib"),
            new Column("heap, MiB", "heap_agents_mib"),
            new Column("store, MiB", "rss_store_mib"));

    /** By workload. */
    static final Map<String, List<Column>> TABLES = Map.of(
            "same-instant",
            List.of(
                    new Column("late p50 ms", "late_p50_ms"),
                    new Column("p99 ms", "late_p99_ms"),
                    new Column("max ms", "late_max_ms"),
                    new Column("lost", "lost"),
                    new Column("warm-up p99 ms", "warmup_late_p99_ms")),
            "sustained-fires",
            List.of(
                    new Column("fired/s", "fired_per_s"),
                    new Column("lost", "lost"),
                    new Column("late p50 ms", "late_p50_ms"),
                    new Column("p99 ms", "late_p99_ms"),
                    new Column("max ms", "late_max_ms"),
                    new Column("store requests/s", "store_requests_per_s"),
                    new Column("transactions/s", "store_transactions_per_s"),
                    new Column("fsyncs/s", "store_fsyncs_per_s")),
            "fire-cost",
            List.of(
                    new Column("operations", "fire_operations"),
                    new Column("reads", "fire_reads"),
                    new Column("watches set", "fire_watches"),
                    new Column("writes", "fire_writes"),
                    new Column("checks", "fire_checks"),
                    new Column("requests", "fire_requests"),
                    new Column("watch events", "fire_watch_events"),
                    new Column("bytes in", "fire_bytes_in"),
                    new Column("bytes out", "fire_bytes_out"),
                    new Column("fsyncs", "fire_fsyncs"),
                    new Column("all requests/s", "store_requests_per_s"),
                    new Column("pings/s", "store_pings_per_s")),
            "idle-agent",
            List.of(
                    new Column("registered in s", "register_s"),
                    new Column("threads", "threads"),
                    new Column("resident MiB", "rss_mib"),
                    new Column("heap MiB", "heap_mib"),
                    new Column("requests to register", "store_requests")),
            "leave-join",
            List.of(
                    new Column("moved %", "moved_percent"),
                    new Column("minimum %", "minimum_percent"),
                    new Column("agents with shards", "agents_with_shards")));

    /** What a ratio to Belfry is of, by workload. */
    static final Map<String, Column> RATIOS = Map.of(
            "same-instant", new Column("p50 × Belfry", "late_p50_ms"),
            "fire-cost", new Column("operations × Belfry", "fire_operations"),
            "idle-agent", new Column("threads × Belfry", "threads"),
            "leave-join", new Column("moved × Belfry", "moved_percent"));

    /** The table's columns; those of fires have the machine's as well. */
    static List<Column> of(String workload) {
        List<Column> own = TABLES.getOrDefault(workload, List.of());
        boolean fires = workload.equals("same-instant") || workload.equals("sustained-fires");
        return fires
                ? java.util.stream.Stream.concat(own.stream(), MACHINE.stream()).toList()
                : own;
    }
}
