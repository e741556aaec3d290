package dev.belfry.core.queue;

import dev.belfry.core.dispatch.MeasuredDurations;
import dev.belfry.core.dispatch.TaskId;
import dev.belfry.core.job.BackupAfter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** First in, first out, on the first agent with a free slot. */
final class FirstFit implements Chooser {
    private static final int SLOTS = 3;

    private final Deque<QueuedTask> waiting = new ArrayDeque<>();
    private final Map<String, Integer> taken = new TreeMap<>();
    private final Set<String> full = new HashSet<>();

    void agent(String incarnation) {
        taken.putIfAbsent(incarnation, 0);
    }

    void gone(String incarnation) {
        taken.remove(incarnation);
    }

    Map<String, Integer> taken() {
        return taken;
    }

    int waiting() {
        return waiting.size();
    }

    @Override
    public void queued(QueuedTask task) {
        waiting.add(task);
    }

    @Override
    public void withdrawn(QueuedTask task) {
        waiting.remove(task);
    }

    @Override
    public void found(Inbox.Entry entry, String incarnation) {
        take(incarnation);
    }

    private void take(String incarnation) {
        taken.computeIfPresent(incarnation, (name, count) -> count + 1);
    }

    @Override
    public void left(TaskId task, String incarnation) {
        taken.computeIfPresent(incarnation, (name, count) -> count - 1);
    }

    @Override
    public Optional<Choice> next(Instant now) {
        for (Iterator<QueuedTask> tasks = waiting.iterator(); tasks.hasNext(); ) {
            QueuedTask task = tasks.next();
            Optional<String> agent = taken.entrySet().stream()
                    .filter(room -> room.getValue() < SLOTS && !full.contains(room.getKey()))
                    .map(Map.Entry::getKey)
                    .findFirst();
            if (agent.isPresent() && !task.notBefore().isAfter(now)) {
                tasks.remove();
                take(agent.get());
                return Optional.of(new Choice(task, agent.get()));
            }
        }
        return Optional.empty();
    }

    @Override
    public Optional<Duration> slowAfter(String jobUid, BackupAfter rule) {
        return MeasuredDurations.NONE.backupAfter(rule);
    }

    @Override
    public Optional<String> second(QueuedTask task, String beside, Instant now) {
        Optional<String> agent = taken.entrySet().stream()
                .filter(room -> room.getValue() < SLOTS && !full.contains(room.getKey()))
                .map(Map.Entry::getKey)
                .filter(other -> !other.equals(beside))
                .findFirst();
        agent.ifPresent(this::take);
        return agent;
    }

    @Override
    public void refused(Choice choice) {
        full.add(choice.incarnation());
    }

    @Override
    public void round() {
        full.clear();
    }
}
