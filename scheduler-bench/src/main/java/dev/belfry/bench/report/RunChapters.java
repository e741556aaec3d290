package dev.belfry.bench.report;

import java.util.List;
import java.util.Optional;

/** What the page says of runs that are submitted. */
final class RunChapters {
    private static final Column LOST = new Column("lost", "lost");
    private static final Column SESSION_ENDED = new Column("session ended after s", "session_end_s");
    private static final Column AGAIN = new Column("ran again", "again");

    static final List<Chapter> ALL = List.of(
            new Chapter(
                    "run-rate",
                    "One-off runs a second",
                    List.of(
                            new Column("runs/s", "started_per_s"),
                            LOST,
                            AGAIN,
                            new Column("operations a run", "run_operations"),
                            new Column("writes a run", "run_writes"),
                            new Column("requests a run", "run_requests"),
                            new Column("bytes in a run", "run_bytes_in"),
                            new Column("fsyncs/s", "store_fsyncs_per_s"),
                            new Column("transactions/s", "store_transactions_per_s"),
                            new Column("workers, cores", "cpu_agents_cores"),
                            new Column("submitter, cores", "cpu_submitter_cores"),
                            new Column("store, cores", "cpu_store_cores"),
                            new Column("others, cores", "cpu_others_cores"),
                            new Column("workers, MiB", "rss_agents_mib")),
                    Optional.of(new Column("runs/s × Belfry", "started_per_s"))),
            new Chapter(
                    "run-submissions",
                    "Submissions a second",
                    List.of(new Column("acknowledged/s", "acknowledged_per_s"), LOST, AGAIN),
                    Optional.of(new Column("× Belfry", "acknowledged_per_s"))),
            new Chapter(
                    "run-latency",
                    "From submission to start",
                    List.of(
                            new Column("p50 ms", "start_p50_ms"),
                            new Column("p99 ms", "start_p99_ms"),
                            new Column("max ms", "start_max_ms"),
                            LOST,
                            AGAIN),
                    Optional.of(new Column("p50 × Belfry", "start_p50_ms"))),
            new Chapter(
                    "run-killed-agent",
                    "An agent with runs is killed",
                    List.of(
                            new Column("its runs", "runs"),
                            new Column("elsewhere after s, p50", "elsewhere_p50_s"),
                            new Column("p99", "elsewhere_p99_s"),
                            new Column("all", "elsewhere_max_s"),
                            SESSION_ENDED,
                            new Column("never", "never_again"),
                            new Column("others run again", "needless"),
                            new Column("others, cores", "cpu_others_cores")),
                    Optional.of(new Column("all × Belfry", "elsewhere_max_s"))),
            new Chapter(
                    "run-killed-master",
                    "The master is killed with runs queued",
                    List.of(
                            new Column("queued then", "queued_at_kill"),
                            new Column("dispatching again after s", "again_s"),
                            SESSION_ENDED,
                            new Column("nothing started for s", "pause_s"),
                            new Column("all run after s", "all_s"),
                            LOST,
                            AGAIN,
                            new Column("segments left", "unsettled")),
                    Optional.empty()),
            new Chapter(
                    "queue-memory",
                    "Memory of the queue",
                    List.of(
                            new Column("queued", "queued"),
                            new Column("heap MiB", "heap_mib"),
                            new Column("empty, heap MiB", "heap_empty_mib"),
                            new Column("bytes a run", "run_bytes"),
                            new Column("resident MiB", "rss_mib")),
                    Optional.empty()));

    private RunChapters() {}
}
