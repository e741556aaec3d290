package dev.belfry.console.cli;

import dev.belfry.console.query.QueueView;
import dev.belfry.console.query.QueueView.Task;
import dev.belfry.core.workflow.SplitHead;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The tasks that wait in the queue, in their order, after those that agents have. */
final class QueueList {
    private QueueList() {}

    /**
     * @param job only this one's; null for all
     * @param limit at most so many that wait
     */
    static Listing of(QueueView queue, @Nullable String job, int limit, Instant now) {
        Listing list =
                new Listing(new TextTable("RUN", "JOB", ">PRIORITY", "SINCE", "STATE", ">POSITION", "EXPECTED", "WHY"));
        queue.running().stream()
                .filter(task -> job == null || job.equals(task.jobName()))
                .limit(limit)
                .forEach(task -> row(list, queue, task, now));
        queue.gathering().stream()
                .filter(task -> job == null || job.equals(task.jobName()))
                .limit(limit)
                .forEach(task -> row(list, queue, task, now));
        queue.waiting(job == null ? limit : Integer.MAX_VALUE).stream()
                .filter(task -> job == null || job.equals(task.jobName()))
                .limit(limit)
                .forEach(task -> row(list, queue, task, now));
        return list;
    }

    private static void row(Listing list, QueueView queue, Task task, Instant now) {
        Optional<SplitHead> split = queue.split(task.run().runId());
        String why = split.map(SplitHead::story).orElseGet(() -> why(task));
        String state = split.filter(SplitHead::gathers).map(SplitState::word).orElseGet(() -> state(task));
        String id = task.run().shards() > 1 ? task.id().toString() : task.run().runId();
        list.table()
                .row(
                        id,
                        task.jobName(),
                        task.priority(),
                        Times.length(Duration.between(task.accepted().isAfter(now) ? now : task.accepted(), now)),
                        state,
                        task.explanation()
                                .map(e -> Integer.toString(e.position()))
                                .orElse("-"),
                        task.explanation()
                                .flatMap(e -> e.expectedStart())
                                .map(at -> Times.relative(at, now))
                                .orElse("-"),
                        why);
        Map<String, Object> one = new LinkedHashMap<>();
        one.put("run", task.run().runId());
        one.put("shard", task.id().shard());
        one.put("job", task.jobName());
        one.put("priority", task.priority());
        one.put("accepted", Times.iso(task.accepted()));
        one.put("state", state);
        one.put("attempts", task.attempts());
        one.put("agent", task.agent());
        one.put("backup", task.backup().isEmpty() ? null : task.backup());
        one.put("queue", task.explanation().map(e -> e.queue()).orElse(null));
        one.put("position", task.explanation().map(e -> e.position()).orElse(null));
        one.put("expectedStart", Times.iso(task.explanation().flatMap(e -> e.expectedStart())));
        one.put("why", why);
        one.put("labels", task.run().options().labels());
        one.put("by", task.run().by());
        list.tree().add(one);
    }

    private static String state(Task task) {
        if (task.cancelling()) {
            return "cancelling";
        }
        return task.agent().isEmpty() ? "waiting" : "with an agent";
    }

    private static String why(Task task) {
        if (!task.agent().isEmpty()) {
            String slow =
                    task.backup().isEmpty() ? "" : ", and as it is slow, agent " + task.backup() + " a second one";
            return "agent " + task.agent() + " has it, attempt " + task.attempts() + slow;
        }
        return task.explanation()
                .map(e -> e.reason().text())
                .orElse("its job is not known; it is settled with the next dispatch");
    }
}
