package dev.belfry.console.cli;

import dev.belfry.agent.client.Journal;
import dev.belfry.console.query.QueueView;
import dev.belfry.console.query.Run;
import dev.belfry.console.query.Snapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The runs that the journal lists, one a row, newest first. */
final class RunList {
    private static final int AGENTS = 3;

    private RunList() {}

    /**
     * @param job only this one's; null for all
     * @param limit at most so many
     */
    static Listing of(Journal journal, QueueView queue, Snapshot snapshot, @Nullable String job, int limit) {
        Listing list = new Listing(
                new TextTable("JOB", "DUE", "OUTCOME", ">SHARDS", ">ATTEMPTS", "STARTED", "TOOK", "AGENTS", "RUN"));
        List<Run> runs = Run.of(journal);
        int queued = queued(list, queue, runs, job, limit);
        runs.stream()
                .filter(run -> job == null || job.equals(snapshot.nameOf(run.jobUid())))
                .limit(limit - queued)
                .forEach(run -> {
                    String name = snapshot.nameOf(run.jobUid());
                    list.table()
                            .row(
                                    name,
                                    Times.instant(run.fire().due())
                                            + (run.count() > 1 ? " and " + (run.count() - 1) + " more" : ""),
                                    queue.split(run.id()).map(SplitState::brief).orElse(run.state()),
                                    run.shards().size(),
                                    run.attempts(),
                                    run.started()
                                            .map(at -> Times.past(at, snapshot.now()))
                                            .orElse("-"),
                                    took(run, snapshot.now()),
                                    agents(run),
                                    run.id());
                    list.tree().add(RunDescription.tree(run, name));
                });
        return list;
    }

    /** Runs of the queue that have no line yet, newest first; how many they are. */
    private static int queued(Listing list, QueueView queue, List<Run> listed, @Nullable String job, int limit) {
        Set<String> known = listed.stream().map(Run::id).collect(Collectors.toSet());
        Map<String, List<QueueView.Task>> runs = new LinkedHashMap<>();
        queue.tasks().stream()
                .filter(task -> job == null || job.equals(task.jobName()))
                .filter(task -> !known.contains(task.run().runId()))
                .forEach(task -> runs.computeIfAbsent(task.run().runId(), id -> new ArrayList<>())
                        .add(task));
        List<List<QueueView.Task>> newest = new ArrayList<>(runs.values());
        newest.sort(Comparator.comparing(
                        (List<QueueView.Task> tasks) -> tasks.get(0).accepted())
                .reversed());
        newest.stream().limit(limit).forEach(tasks -> queued(list, queue, tasks));
        return Math.min(limit, newest.size());
    }

    private static void queued(Listing list, QueueView queue, List<QueueView.Task> tasks) {
        QueueView.Task first = tasks.get(0);
        Set<String> agents = tasks.stream()
                .flatMap(task -> Stream.of(task.agent(), task.backup()))
                .filter(agent -> !agent.isEmpty())
                .collect(Collectors.toCollection(TreeSet::new));
        String state =
                queue.split(first.run().runId()).map(SplitState::brief).orElse(agents.isEmpty() ? "queued" : "running");
        int attempts = tasks.stream().mapToInt(QueueView.Task::attempts).sum();
        list.table()
                .row(
                        first.jobName(),
                        Times.instant(first.accepted()),
                        state,
                        first.run().shards(),
                        attempts,
                        "-",
                        "-",
                        agents.size() <= AGENTS ? String.join(",", agents) : agents.size() + " agents",
                        first.run().runId());
        Map<String, Object> one = new LinkedHashMap<>();
        one.put("run", first.run().runId());
        one.put("job", first.jobName());
        one.put("due", Times.iso(first.accepted()));
        one.put("fires", 1);
        one.put("state", state);
        one.put("attempts", attempts);
        one.put("started", null);
        one.put("ended", null);
        one.put("tookMillis", null);
        one.put("agents", List.copyOf(agents));
        one.put("shards", Map.of());
        list.tree().add(one);
    }

    private static String took(Run run, Instant now) {
        return run.took()
                .map(Times::length)
                .or(() -> run.started()
                        .map(at -> Times.length(Duration.between(at.isAfter(now) ? now : at, now)) + " so far"))
                .orElse("-");
    }

    private static String agents(Run run) {
        var agents = run.agents();
        return agents.size() <= AGENTS ? String.join(",", agents) : agents.size() + " agents";
    }
}
