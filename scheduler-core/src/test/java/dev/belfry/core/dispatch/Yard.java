package dev.belfry.core.dispatch;

import dev.belfry.core.agent.AgentFacts;
import dev.belfry.core.agent.Capacity;
import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.job.Job;
import dev.belfry.core.job.Placement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/** A queue with a clock of its own, for tests. Jobs are called what their uid is; agents have registered a minute ago. */
final class Yard {
    static final Instant START = Instant.parse("2026-11-22T12:00:00Z");

    final TaskQueue queue;
    Instant now = START;
    private long number;

    Yard() {
        this(Rules.USUAL);
    }

    Yard(Rules rules) {
        queue = new TaskQueue(rules, START);
    }

    static AgentFacts facts(String id, Capacity capacity, Map<String, String> labels) {
        return new AgentFacts(
                Incarnation.of(id, 1),
                "host-" + id,
                1,
                Optional.empty(),
                Set.of("h"),
                labels,
                Optional.ofNullable(labels.get("zone")),
                capacity,
                false,
                Duration.ofSeconds(15),
                1,
                1,
                "2026a",
                START.minusSeconds(60),
                false);
    }

    Yard agent(String id, int slots) {
        return agent(facts(id, new Capacity(slots, 8, 8L << 30), Map.of()));
    }

    Yard agent(String id, int slots, Map<String, String> labels) {
        return agent(facts(id, new Capacity(slots, 8, 8L << 30), labels));
    }

    Yard agent(AgentFacts facts) {
        queue.agent(AgentState.of(facts));
        return this;
    }

    static QueuedJob terms(String name, UnaryOperator<Job> with) {
        return QueuedJob.of(
                name,
                with.apply(Job.named(name).manual().handler("h").placement(Placement.QUEUED))
                        .build());
    }

    Yard job(String name) {
        return job(name, job -> job);
    }

    Yard job(String name, UnaryOperator<Job> with) {
        queue.job(terms(name, with));
        return this;
    }

    /** A task of priority 5, submitted now; each further one comes after it. */
    QueuedTask task(String job, String run) {
        return QueuedTask.of(TaskId.of(run, 0), job, 5, now).withNumber(number++);
    }

    Yard add(String job, String... runs) {
        for (String run : runs) {
            queue.add(task(job, run));
        }
        return this;
    }

    Yard add(String job, int priority, String run) {
        queue.add(QueuedTask.of(TaskId.of(run, 0), job, priority, now).withNumber(number++));
        return this;
    }

    Yard pass(Duration time) {
        now = now.plus(time);
        return this;
    }

    /** Decides; each dispatch as {@code run>agent}. */
    List<String> decide() {
        return decide(1_000);
    }

    List<String> decide(int most) {
        return queue.decide(now, most).dispatches().stream()
                .map(each -> each.task().id().run() + ">" + each.agent().agentId())
                .toList();
    }

    Yard end(String... runs) {
        for (String run : runs) {
            queue.ended(TaskId.of(run, 0)).orElseThrow();
        }
        return this;
    }

    /** Ends what runs, one after the other as it is started, until nothing more starts; the runs in that order. */
    String drain() {
        StringBuilder order = new StringBuilder();
        for (List<Dispatch> next = queue.decide(now, 1).dispatches();
                !next.isEmpty();
                next = queue.decide(now, 1).dispatches()) {
            order.append(order.length() == 0 ? "" : " ")
                    .append(next.get(0).task().id().run());
            queue.ended(next.get(0).task().id());
        }
        return order.toString();
    }

    Explanation explain(String run) {
        return queue.explain(TaskId.of(run, 0), now).orElseThrow();
    }

    String why(String run) {
        return explain(run).reason().text();
    }
}
