package dev.belfry.core.dispatch;

import dev.belfry.core.agent.AgentFacts;
import dev.belfry.core.agent.LabelSelector;
import dev.belfry.core.assign.Spread;
import dev.belfry.core.job.QueueRules;
import dev.belfry.core.job.Queueing;
import dev.belfry.core.job.Strategy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The rules of the queue as one would write them down: everything is looked at and counted again for every single dispatch. The
 * strategies least-loaded, most-utilised and failover only; no rates.
 */
final class NaiveQueue {
    final Rules rules;
    final Map<String, QueuedJob> jobs = new TreeMap<>();
    final Map<TaskId, QueuedTask> queued = new TreeMap<>();
    final Map<TaskId, Dispatch> running = new TreeMap<>();
    final Map<TaskId, QueuedJob> asDispatched = new HashMap<>();
    final Map<String, AgentState> agents = new TreeMap<>();
    final Map<String, MeasuredDurations> measured = new HashMap<>();
    final Map<String, Long> served = new HashMap<>();
    private final Map<Line, Long> roomSince = new HashMap<>();
    private final Map<String, Held> reserved = new TreeMap<>();
    private final Set<String> firstFound = new HashSet<>();
    private final Set<Line> passed = new HashSet<>();
    private long now;

    /** Tasks that what holds for the first of them holds for. */
    record Line(String job, Optional<String> only, Optional<String> never, LabelSelector labels) {}

    private record Held(Line line, String agent, boolean served) {}

    NaiveQueue(Rules rules) {
        this.rules = rules;
    }

    private static Line line(QueuedTask task) {
        Where where = task.where();
        return new Line(task.jobUid(), where.only(), where.never(), where.labels());
    }

    private String queueOf(String job) {
        String name = terms(job).queueing().queue();
        return rules.queues().containsKey(name) ? name : Queueing.DEFAULT_QUEUE;
    }

    private QueuedJob terms(String job) {
        return Objects.requireNonNull(jobs.get(job));
    }

    private QueueRules queueRules(String job) {
        return Objects.requireNonNull(rules.queues().get(queueOf(job)));
    }

    private long rank(QueuedTask task) {
        long step = queueRules(task.jobUid()).ageing().toMillis();
        return Math.floorDiv(task.since().toEpochMilli(), step) * step - (task.priority() - 5) * step;
    }

    private long runningOf(String job) {
        return running.values().stream()
                .filter(each -> each.task().jobUid().equals(job))
                .count();
    }

    private long key(String job) {
        QueueRules of = queueRules(job);
        return switch (of.order()) {
            case FIFO -> 0;
            case LEAST_JOBS_FIRST -> runningOf(job);
            case LEAST_RECENTLY_SERVED -> served.getOrDefault(job, 0L);
            case SHORTEST_JOB_FIRST ->
                switch (of.cost()) {
                    case SPACE -> terms(job).requires().resources().memory();
                    case TIME -> typical(job);
                };
        };
    }

    private long typical(String job) {
        MeasuredDurations of = measured.getOrDefault(job, MeasuredDurations.NONE);
        Duration declared = terms(job).queueing().cost();
        return of.count() < 5 && declared != null
                ? declared.toMillis()
                : of.median().map(Duration::toMillis).orElse(Long.MAX_VALUE);
    }

    private List<QueuedTask> inOrder() {
        List<QueuedTask> ready = new ArrayList<>(queued.values());
        ready.removeIf(each -> each.earliest().isAfter(Instant.ofEpochMilli(now)));
        ready.sort(Comparator.comparingLong(this::rank)
                .thenComparing(each -> queueOf(each.jobUid()))
                .thenComparingLong(each -> key(each.jobUid()))
                .thenComparing(QueuedTask::since)
                .thenComparingLong(QueuedTask::number)
                .thenComparing(QueuedTask::id));
        return ready;
    }

    /** As {@link TaskQueue#decide}. */
    List<Dispatch> decide(Instant at, int most) {
        now = at.toEpochMilli();
        passed.clear();
        firstFound.clear();
        review();
        List<Dispatch> dispatches = new ArrayList<>();
        while (dispatches.size() < most && dispatchOne(dispatches)) {
            // The order is made anew for each.
        }
        return dispatches;
    }

    /** Agents that are kept free, by the names of the queues. */
    Map<String, String> kept() {
        Map<String, String> kept = new TreeMap<>();
        reserved.forEach((queue, held) ->
                kept.put(queue, held.agent + " for " + held.line.job + (held.served ? ", served" : "")));
        return kept;
    }

    /** What could start now after all; after a decision without a limit this is nothing. */
    Optional<QueuedTask> overlooked() {
        passed.clear();
        return heads().stream()
                .filter(each -> limit(each.jobUid()).isEmpty() && place(each).isPresent())
                .findFirst();
    }

    private List<QueuedTask> heads() {
        Map<Line, QueuedTask> heads = new HashMap<>();
        inOrder().forEach(each -> heads.putIfAbsent(line(each), each));
        List<QueuedTask> first = inOrder();
        first.removeIf(each -> heads.get(line(each)) != each);
        return first;
    }

    private boolean dispatchOne(List<Dispatch> dispatches) {
        for (QueuedTask task : heads()) {
            if (passed.contains(line(task))) {
                continue;
            }
            if (limit(task.jobUid()).isPresent()) {
                roomSince.remove(line(task));
                passed.add(line(task));
                continue;
            }
            Optional<AgentState> agent = place(task);
            if (agent.isPresent()) {
                dispatches.add(dispatch(task, agent.get()));
                return true;
            }
            waitForRoom(task);
            passed.add(line(task));
        }
        return false;
    }

    private Dispatch dispatch(QueuedTask task, AgentState agent) {
        String queue = queueOf(task.jobUid());
        Held held = reserved.get(queue);
        if (held != null && held.line.equals(line(task))) {
            reserved.put(queue, new Held(held.line, held.agent, true));
        }
        QueuedJob job = terms(task.jobUid());
        Dispatch made = new Dispatch(
                task, agent.facts().incarnation(), Needs.of(job.requires().resources()), Instant.ofEpochMilli(now));
        queued.remove(task.id());
        roomSince.remove(line(task));
        running.put(task.id(), made);
        asDispatched.put(task.id(), job);
        served.merge(task.jobUid(), now * 1024, (old, stamp) -> Math.max(old + 1, stamp));
        return made;
    }

    private void waitForRoom(QueuedTask task) {
        roomSince.putIfAbsent(line(task), now);
        String queue = queueOf(task.jobUid());
        long step = queueRules(task.jobUid()).ageing().toMillis();
        long since = roomSince.getOrDefault(line(task), now);
        boolean possible = agents.values().stream().anyMatch(each -> useful(line(task), each) && !isReserved(each));
        if (reserved.containsKey(queue) || !possible || !firstFound.add(queue) || now - since < step) {
            return;
        }
        Optional<String> soonest = agents.values().stream()
                .filter(each -> useful(line(task), each) && !isReserved(each))
                .map(each -> each.facts().incarnation().agentId())
                .filter(id -> wait(id, needs(task.jobUid())) != null)
                .min(Comparator.comparingLong((String id) -> wait(id, needs(task.jobUid()))[0])
                        .thenComparingLong(id -> wait(id, needs(task.jobUid()))[1])
                        .thenComparing(id -> id));
        soonest.ifPresent(id -> reserved.put(queue, new Held(line(task), id, false)));
    }

    private Needs needs(String job) {
        return Needs.of(terms(job).requires().resources());
    }

    private long @Nullable [] wait(String id, Needs needs) {
        AgentState agent = Objects.requireNonNull(agents.get(id));
        List<Dispatch> left = new ArrayList<>(on(id));
        left.sort(Comparator.comparingLong(this::end)
                .thenComparing(each -> each.task().id()));
        long until = now;
        long count = 0;
        while (!fits(agent, left, needs)) {
            if (left.isEmpty()) {
                return null;
            }
            until = end(left.remove(0));
            count++;
        }
        return new long[] {until, count};
    }

    private long end(Dispatch each) {
        long typical = typical(each.task().jobUid());
        long known = typical == Long.MAX_VALUE ? 365L * 86_400_000 : typical;
        return Math.max(now, each.at().toEpochMilli() + known);
    }

    private List<Dispatch> on(String agentId) {
        return running.values().stream()
                .filter(each -> each.agent().agentId().equals(agentId))
                .toList();
    }

    private static boolean fits(AgentState agent, List<Dispatch> on, Needs needs) {
        Needs sum = agent.sticky().plus(needs);
        for (Dispatch each : on) {
            sum = sum.plus(each.needs());
        }
        return sum.fitsInto(Needs.of(agent.facts().capacity()));
    }

    private void review() {
        reserved.entrySet().removeIf(each -> {
            Held held = each.getValue();
            AgentState agent = agents.get(held.agent);
            boolean waiting = inOrder().stream().anyMatch(task -> line(task).equals(held.line));
            return held.served
                    || !waiting
                    || !each.getKey().equals(queueOf(held.line.job))
                    || limit(held.line.job).isPresent()
                    || agent == null
                    || !useful(held.line, agent);
        });
    }

    private boolean isReserved(AgentState agent) {
        return reserved.values().stream()
                .anyMatch(each -> each.agent.equals(agent.facts().incarnation().agentId()));
    }

    /** Whether tasks of a line could run there if nothing else did. */
    private boolean useful(Line line, AgentState agent) {
        QueuedJob job = terms(line.job);
        String group = job.requires().exclusive();
        boolean excluded = group != null
                && agent.groups().containsKey(group)
                && !job.uid().equals(agent.groups().get(group));
        return mayRun(line, agent)
                && needs(line.job)
                        .plus(agent.sticky())
                        .fitsInto(Needs.of(agent.facts().capacity()))
                && !excluded
                && !meetsItself(job, agent);
    }

    private boolean mayRun(Line line, AgentState agent) {
        QueuedJob job = terms(line.job);
        AgentFacts facts = agent.facts();
        String id = facts.incarnation().agentId();
        return facts.handlers().contains(job.handler())
                && LabelSelector.anyOf(job.requires().labels()).matches(facts.labels())
                && line.labels.matches(facts.labels())
                && line.only.map(id::equals).orElse(true)
                && !line.never.map(id::equals).orElse(false)
                && !facts.draining()
                && !facts.standby()
                && agent.load() <= rules.mostLoad()
                && agent.memory() <= rules.mostMemory()
                && now >= facts.registeredAt().toEpochMilli() + 1_000;
    }

    private boolean meetsItself(QueuedJob job, AgentState agent) {
        String key = job.requires().spread();
        return key != null
                && running.values().stream()
                        .filter(each -> each.task().jobUid().equals(job.uid()))
                        .anyMatch(each -> value(key, each.agent().agentId())
                                .equals(value(key, agent.facts().incarnation().agentId())));
    }

    private String value(String key, String agentId) {
        AgentState agent = agents.get(agentId);
        return agent == null ? "" : new Spread(key).valueOf(agent.facts());
    }

    private Optional<AgentState> place(QueuedTask task) {
        QueuedJob job = terms(task.jobUid());
        List<AgentState> fit = new ArrayList<>();
        for (AgentState agent : agents.values()) {
            String id = agent.facts().incarnation().agentId();
            Held held = reserved.get(queueOf(task.jobUid()));
            boolean own = held != null && held.agent.equals(id) && held.line.equals(line(task)) && !held.served;
            int bytes = on(id).stream().mapToInt(each -> each.task().bytes()).sum();
            if ((own || !isReserved(agent))
                    && mayRun(line(task), agent)
                    && fits(agent, on(id), needs(task.jobUid()))
                    && on(id).size() < rules.mostPerAgent()
                    && bytes + task.bytes() <= rules.mostBytes()
                    && !isExcluded(job, agent)
                    && !meetsItself(job, agent)) {
                fit.add(agent);
            }
        }
        return fit.stream()
                .min(Comparator.comparing((AgentState each) -> task.where()
                                .avoided()
                                .map(each.facts().incarnation().agentId()::equals)
                                .orElse(false))
                        .thenComparing(
                                each -> !job.prefers().matches(each.facts().labels()))
                        .thenComparingDouble(each -> -score(job, each))
                        .thenComparing(each -> each.facts().incarnation()));
    }

    private double score(QueuedJob job, AgentState agent) {
        Needs whole = Needs.of(agent.facts().capacity());
        Needs sum = agent.sticky().plus(needs(job.uid()));
        for (Dispatch each : on(agent.facts().incarnation().agentId())) {
            sum = sum.plus(each.needs());
        }
        double share = Math.min(
                (double) (whole.slots() - sum.slots()) / whole.slots(),
                Math.min(
                        (double) (whole.cpuMillis() - sum.cpuMillis()) / whole.cpuMillis(),
                        (double) (whole.memory() - sum.memory()) / whole.memory()));
        if (job.strategy() == Strategy.FAILOVER) {
            return 0;
        }
        return job.strategy() == Strategy.MOST_UTILISED ? -share : share;
    }

    private boolean isExcluded(QueuedJob job, AgentState agent) {
        String group = job.requires().exclusive();
        if (group == null) {
            return false;
        }
        String sticky = agent.groups().get(group);
        return (sticky != null && !sticky.equals(job.uid()))
                || on(agent.facts().incarnation().agentId()).stream()
                        .filter(each -> !each.task().jobUid().equals(job.uid()))
                        .anyMatch(each -> group.equals(Objects.requireNonNull(
                                        asDispatched.get(each.task().id()))
                                .requires()
                                .exclusive()));
    }

    private Optional<String> limit(String uid) {
        QueuedJob job = terms(uid);
        Integer concurrency = job.queueing().concurrency();
        boolean full = job.paused()
                || (concurrency != null && runningOf(uid) >= concurrency)
                || running.size() >= rules.mostRunning()
                || job.queueing().pools().stream()
                        .anyMatch(pool -> taken(pool) >= rules.pools().getOrDefault(pool, 0));
        return full ? Optional.of(uid) : Optional.empty();
    }

    long taken(String pool) {
        return running.keySet().stream()
                .filter(each -> Objects.requireNonNull(asDispatched.get(each))
                        .queueing()
                        .pools()
                        .contains(pool))
                .count();
    }

    /** Its definition has changed: waiting for room counts anew; a reservation is given up. */
    void changed(String uid) {
        reserved.values().removeIf(each -> each.line.job.equals(uid));
        roomSince.keySet().removeIf(each -> each.job.equals(uid));
    }

    /** A task is taken out; with the last one that is ready what its line has waited and what is kept free for it is forgotten. */
    void remove(TaskId id) {
        QueuedTask task = Objects.requireNonNull(queued.remove(id));
        if (inOrder().stream().noneMatch(each -> line(each).equals(line(task)))) {
            roomSince.remove(line(task));
            reserved.values().removeIf(each -> each.line.equals(line(task)) && !each.served);
        }
    }
}
