package dev.belfry.bench.report;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the page says of one workload: under which title, in which columns. Columns that nobody measured are left out.
 *
 * @param ratio what a ratio to Belfry is of
 */
record Chapter(String workload, String title, List<Column> columns, Optional<Column> ratio) {

    private static final List<Column> MACHINE = List.of(
            new Column("agents, cores", "cpu_agents_cores"),
            new Column("store, cores", "cpu_store_cores"),
            new Column("others, cores", "cpu_others_cores"),
            new Column("agents, MiB", "rss_agents_mib"),
            new Column("heap, MiB", "heap_agents_mib"),
            new Column("store, MiB", "rss_store_mib"));

    private static final List<Column> ACCOUNT = List.of(
            new Column("fires due", "due"),
            new Column("in time", "due_in_time"),
            new Column("ran late", "due_late"),
            new Column("recorded", "due_recorded"),
            new Column("lost", "due_lost"),
            new Column("ran again", "due_again"));

    private static final List<Column> ONLY_OTHERS = List.of(new Column("others, cores", "cpu_others_cores"));

    private static final List<Chapter> FIRES = List.of(
            new Chapter(
                    "sustained-fires",
                    "Sustained fires",
                    and(
                            List.of(
                                    new Column("fired/s", "fired_per_s"),
                                    new Column("lost", "lost"),
                                    new Column("late p50 ms", "late_p50_ms"),
                                    new Column("p99 ms", "late_p99_ms"),
                                    new Column("max ms", "late_max_ms"),
                                    new Column("store requests/s", "store_requests_per_s"),
                                    new Column("transactions/s", "store_transactions_per_s"),
                                    new Column("fsyncs/s", "store_fsyncs_per_s")),
                            MACHINE),
                    Optional.empty()),
            new Chapter(
                    "same-instant",
                    "Due at the same instant",
                    and(
                            List.of(
                                    new Column("late p50 ms", "late_p50_ms"),
                                    new Column("p99 ms", "late_p99_ms"),
                                    new Column("max ms", "late_max_ms"),
                                    new Column("lost", "lost"),
                                    new Column("warm-up p99 ms", "warmup_late_p99_ms")),
                            MACHINE),
                    Optional.of(new Column("p50 × Belfry", "late_p50_ms"))),
            new Chapter(
                    "fire-cost",
                    "What a fire costs ZooKeeper",
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
                    Optional.of(new Column("operations × Belfry", "fire_operations"))),
            new Chapter(
                    "idle-agent",
                    "Idle jobs",
                    List.of(
                            new Column("registered in s", "register_s"),
                            new Column("threads", "threads"),
                            new Column("resident MiB", "rss_mib"),
                            new Column("heap MiB", "heap_mib"),
                            new Column("requests to register", "store_requests")),
                    Optional.of(new Column("threads × Belfry", "threads"))),
            new Chapter(
                    "leave-join",
                    "Agents that leave and join",
                    List.of(
                            new Column("moved %", "moved_percent"),
                            new Column("minimum %", "minimum_percent"),
                            new Column("agents with shards", "agents_with_shards")),
                    Optional.of(new Column("moved × Belfry", "moved_percent"))),
            new Chapter(
                    "killed-agent",
                    "An agent is killed",
                    and(
                            List.of(
                                    new Column("its shards", "shards"),
                                    new Column("fire elsewhere after s, p50", "refire_p50_s"),
                                    new Column("p99", "refire_p99_s"),
                                    new Column("max", "refire_max_s"),
                                    new Column("session ended after s", "session_end_s"),
                                    new Column("then ms, p50", "takeover_p50_ms"),
                                    new Column("p99 ms", "takeover_p99_ms"),
                                    new Column("max ms", "takeover_max_ms")),
                            and(ACCOUNT, ONLY_OTHERS)),
                    Optional.of(new Column("p50 × Belfry", "refire_p50_s"))),
            new Chapter(
                    "killed-master",
                    "The master is killed",
                    and(
                            List.of(
                                    new Column("next in office after s", "office_s"),
                                    new Column("late p50 ms", "after_p50_ms"),
                                    new Column("p99 ms", "after_p99_ms"),
                                    new Column("max ms", "after_max_ms"),
                                    new Column("over 100 ms", "after_over"),
                                    new Column("quiet p50 ms", "quiet_p50_ms"),
                                    new Column("p99 ms", "quiet_p99_ms"),
                                    new Column("max ms", "quiet_max_ms"),
                                    new Column("over 100 ms", "quiet_over"),
                                    new Column("shards moved", "moved")),
                            ACCOUNT),
                    Optional.empty()),
            new Chapter(
                    "stalled-agent",
                    "An agent is stopped and wakes",
                    List.of(
                            new Column("attempts under way", "under_way"),
                            new Column("taken over", "taken_over"),
                            new Column("after s", "elsewhere_max_s"),
                            new Column("told to stop, ms after waking", "cancelled_max_ms"),
                            new Column("never told", "not_cancelled"),
                            new Column("begun after waking", "begun_after_waking"),
                            new Column("side by side s", "side_by_side_s"),
                            new Column("to the end twice", "to_the_end_twice"),
                            new Column("tokens not smaller", "token_not_smaller")),
                    Optional.empty()),
            new Chapter(
                    "store-down",
                    "The store is down",
                    and(
                            List.of(
                                    new Column("first fire after s", "refire_first_s"),
                                    new Column("p50", "refire_p50_s"),
                                    new Column("p99", "refire_p99_s"),
                                    new Column("all again after s", "refire_max_s")),
                            ACCOUNT),
                    Optional.of(new Column("all again × Belfry", "refire_max_s"))),
            new Chapter(
                    "export",
                    "Export of the history",
                    List.of(
                            new Column("rows/s", "rows_per_s"),
                            new Column("lag p50 ms", "lag_p50_ms"),
                            new Column("p99 ms", "lag_p99_ms"),
                            new Column("max ms", "lag_max_ms"),
                            new Column("heap MiB", "heap_mib"),
                            new Column("others, cores", "cpu_others_cores")),
                    Optional.empty()),
            new Chapter(
                    "pure-parts",
                    "Parts without I/O",
                    List.of(
                            new Column("ns", "ns"),
                            new Column("allocated B", "allocated_bytes"),
                            new Column("kept B", "kept_bytes"),
                            new Column("encoded B", "encoded_bytes"),
                            new Column("cold ms", "cold_ms")),
                    Optional.of(new Column("ns × Belfry", "ns"))));

    /** All of them, in the order of the page. */
    static final List<Chapter> ALL =
            Stream.concat(FIRES.stream(), RunChapters.ALL.stream()).toList();

    Chapter {
        columns = List.copyOf(columns);
    }

    private static List<Column> and(List<Column> first, List<Column> second) {
        return Stream.concat(first.stream(), second.stream()).toList();
    }

    /** @throws IllegalArgumentException if the page knows nothing of the workload */
    static Chapter of(String workload) {
        return ALL.stream()
                .filter(chapter -> chapter.workload.equals(workload))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("the page has no chapter on " + workload));
    }
}
