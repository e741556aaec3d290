package dev.belfry.core.queue;

import dev.belfry.core.job.BackupAfter;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.job.Recovery;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The attempts that may get a second one beside them, and from when on (rule Q11).
 *
 * <p>An attempt is slow from its dispatch on, by the clock of the ensemble: of one that is stuck before it begins, its agent says
 * nothing. It gets a second one once: not if it is one itself, nor if a later attempt of its task was begun, which its history
 * says also to a later master. Not thread-safe; owned by its {@link QueueBook}.
 */
final class Backups {
    /** Attempts that are looked at in one round; the others are newer. */
    private static final int MOST = 100;

    private record Rule(String jobUid, BackupAfter after) {}

    private record Out(Instant at, long number, int attempt, QueuedTask task) {
        static final Comparator<Out> ORDER = Comparator.comparing(Out::at).thenComparingLong(Out::number);

        /** Whether it may have a second attempt one day. */
        boolean isAlone() {
            return task.state == TaskState.DISPATCHED
                    && task.dispatches.size() == 1
                    && task.dispatches.containsKey(number)
                    && task.history.attempts() == attempt;
        }

        Instant slow(Duration after) {
            Instant slow = at.plus(after);
            return task.history.notBefore().isAfter(slow) ? task.history.notBefore() : slow;
        }
    }

    private final QueuedJobs jobs;
    private final Chooser chooser;
    /** Of jobs that were not looked up yet, or cannot be. */
    private final Map<Long, Out> unsorted = new LinkedHashMap<>();

    private final Map<Rule, TreeSet<Out>> outs = new LinkedHashMap<>();
    private final Map<Long, Rule> rules = new HashMap<>();
    private final Map<Long, Out> byNumber = new HashMap<>();

    Backups(QueuedJobs jobs, Chooser chooser) {
        this.jobs = jobs;
        this.chooser = chooser;
    }

    /** The entry is out; of one that is a second attempt itself nothing follows. */
    void dispatched(QueuedTask task, Inbox.Entry entry) {
        if (!entry.order().isBackup()) {
            forget(entry.number());
            Inbox.Order order = entry.order();
            unsorted.put(entry.number(), new Out(order.at(), entry.number(), order.attempt(), task));
        }
    }

    /** It is not out any more, or has its second attempt. */
    void forget(long number) {
        unsorted.remove(number);
        Out out = byNumber.remove(number);
        Rule rule = rules.remove(number);
        TreeSet<Out> those = rule == null ? null : outs.get(rule);
        if (out != null && those != null) {
            those.remove(out);
            if (those.isEmpty()) {
                outs.remove(rule);
            }
        }
    }

    private void sort() {
        for (Iterator<Out> all = unsorted.values().iterator(); all.hasNext(); ) {
            Out out = all.next();
            Optional<JobDefinition> job = jobs.definition(out.task.run().jobUid(), out.task.definedAt());
            if (job.isPresent()) {
                all.remove();
                sort(out, job.get());
            }
        }
    }

    private void sort(Out out, JobDefinition job) {
        BackupAfter after = job.queueing().backupAfter();
        if (after != null && job.recovery() == Recovery.RERUN) {
            Rule rule = new Rule(out.task.run().jobUid(), after);
            outs.computeIfAbsent(rule, r -> new TreeSet<>(Out.ORDER)).add(out);
            rules.put(out.number, rule);
            byNumber.put(out.number, out);
        }
    }

    /** The tasks whose only attempt is slow, oldest first job by job. */
    List<QueuedTask> due(Instant now) {
        sort();
        List<QueuedTask> due = new ArrayList<>();
        List<Out> over = new ArrayList<>();
        outs.forEach((rule, those) -> chooser.slowAfter(rule.jobUid, rule.after).ifPresent(after -> {
            for (Out out : those) {
                if (out.at.plus(after).isAfter(now) || due.size() >= MOST) {
                    return;
                }
                if (!out.isAlone()) {
                    over.add(out);
                } else if (!out.slow(after).isAfter(now)) {
                    due.add(out.task);
                }
            }
        }));
        over.forEach(out -> forget(out.number));
        return due;
    }

    /** When the next of them is slow that is not yet; empty if none will be. */
    Optional<Instant> wake(Instant now) {
        Optional<Instant> next = Optional.empty();
        for (Map.Entry<Rule, TreeSet<Out>> those : outs.entrySet()) {
            Optional<Duration> after = chooser.slowAfter(those.getKey().jobUid, those.getKey().after);
            if (after.isPresent()) {
                Optional<Instant> first = wake(those.getValue(), after.get(), now);
                next = next.isEmpty() || first.filter(next.get()::isAfter).isPresent() ? first : next;
            }
        }
        return next;
    }

    private static Optional<Instant> wake(SortedSet<Out> those, Duration after, Instant now) {
        Optional<Instant> next = Optional.empty();
        int looked = 0;
        for (Out out : those) {
            Instant slow = out.slow(after);
            if (slow.isAfter(now)) {
                next = next.filter(slow::isAfter).or(() -> Optional.of(slow));
            }
            if (out.at.plus(after).isAfter(now) || ++looked >= MOST) {
                return next;
            }
        }
        return next;
    }
}
