package dev.belfry.core.queue;

import dev.belfry.core.run.Outcome;
import dev.belfry.core.value.Output;
import dev.belfry.core.workflow.Split;
import dev.belfry.core.workflow.SplitAnswer;
import dev.belfry.core.workflow.SplitEffect;
import dev.belfry.core.workflow.SplitHead;
import dev.belfry.core.workflow.SplitPage;
import dev.belfry.core.workflow.SplitPhase;
import dev.belfry.core.workflow.SubTaskId;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * The runs that are split into sub-tasks, in the hands of one term of the master (rules S1 to S7 of ADR 23). Part of a
 * {@link QueueBook}, which writes it round by round.
 *
 * <p>Pure. Not thread-safe; owned by the master's loop.
 */
public final class SplitBook {
    /** Split runs at once, nested ones included. */
    public static final int MOST_OPEN = 900;

    /** The queue as split runs need it. */
    interface Queue {

        /** The task of a run with one task that has no outcome; empty if there is none, or none that is known. */
        Optional<QueuedTask> task(String runId);

        /** A run is to be cancelled. */
        void cancel(String runId);

        /** What a run was split into has come to its end, and so does the run. */
        void finished(String runId, Outcome outcome, String reason, Instant now, QueueRound round);

        /** Whether the task of a run is with an agent, and in a segment that cannot be read for the time being. */
        boolean isUncertain(String runId);
    }

    /** Something that an agent has handed in, and that the next round takes in. */
    private record Handed(HandIn.Place place, Optional<HandedPage> page) {}

    private final Queue queue;
    private final Map<String, SplitHeld> held = new TreeMap<>();
    private final Deque<Handed> handed = new ArrayDeque<>();
    /** Handed in by attempts at tasks of which nothing is known for the time being. */
    private final List<Handed> waiting = new ArrayList<>();
    /** Pages that were not taken in, and why; by attempt. They lie where they are until it is over. */
    private final Map<HandIn.Attempt, HandIn.Refusal> refused = new HashMap<>();
    /** What sub-tasks hand on, by the ids of their runs, until their ends are settled. */
    private final Map<String, Output> outputs = new HashMap<>();

    private final Deque<Lost> asked = new ArrayDeque<>();

    /** What has become of the run of a sub-task, or of a reduce step, without its split run. */
    private record Lost(String runId, Outcome outcome) {}

    SplitBook(Queue queue) {
        this.queue = queue;
    }

    // --- what is stored

    /**
     * One that was there when the term began; all of them come before the first segment.
     *
     * @param headVersion of its znode
     * @param pageVersions of those of its pages, in order
     */
    public void stored(Split split, int headVersion, List<Integer> pageVersions) {
        held.put(split.head().parent(), new SplitHeld(split, headVersion, pageVersions));
    }

    /**
     * Every segment that was there when the term began could be read. What is in none, although its split run waits for it, has been
     * lost with its segment: it ends as unknown. A split run whose own task is lost is cancelled.
     *
     * @param outcome of a run over all its tasks, unknown of one that is in no segment; empty while it has none
     */
    void reconcile(Function<String, Optional<Outcome>> outcome) {
        for (SplitHeld one : held.values()) {
            if (one.isFinal()) {
                continue;
            }
            String parent = one.runId();
            open(one).forEach(run -> outcome.apply(run).ifPresent(how -> asked.add(new Lost(run, how))));
            if (one.found.reduces()) {
                String reduce = SubTaskId.reduceOf(parent);
                outcome.apply(reduce).ifPresent(how -> asked.add(new Lost(reduce, how)));
            }
            if (queue.task(parent).isEmpty() && outcome.apply(parent).isPresent()) {
                queue.cancel(parent);
            }
        }
    }

    /** Sub-tasks without an outcome that were there when the term began. */
    private static List<String> open(SplitHeld one) {
        List<String> open = new ArrayList<>();
        for (SplitPage page : one.split.pages()) {
            for (int i = 0; i < page.rows().size(); i++) {
                int number = page.number() * SplitPage.ROWS + i;
                if (number < one.found.tasks() && page.rows().get(i).outcome().isEmpty()) {
                    open.add(new SubTaskId(one.runId(), number).toString());
                }
            }
        }
        return open;
    }

    // --- questions

    /** How far a run is that is split and not final; empty if it is none. */
    public Optional<SplitHead> find(String runId) {
        return Optional.ofNullable(held.get(runId))
                .filter(one -> !one.isFinal())
                .map(one -> one.split.head());
    }

    /** Whether a run is split, and not final. */
    boolean contains(String runId) {
        SplitHeld one = held.get(runId);
        return one != null && !one.isFinal();
    }

    /** Whether a run is split and its own code is over: its task waits for what it was split into. */
    boolean gathers(String runId) {
        SplitHeld one = held.get(runId);
        return one != null && one.split.head().gathers();
    }

    /** Whether a run is part of a split run that is stopping, or is that run: it is to be cancelled. */
    boolean isStopping(String runId) {
        SplitHeld own = held.get(runId);
        SplitHeld parent = SubTaskId.parentOf(runId).map(held::get).orElse(null);
        return (own != null && own.phase() == SplitPhase.STOPPING)
                || (parent != null && parent.phase() == SplitPhase.STOPPING);
    }

    /** Whether it is part of a split run whose own task is not known: what comes of it has to wait. */
    boolean isOrphan(String runId) {
        Optional<String> parent = SubTaskId.parentOf(runId).filter(this::contains);
        return parent.isPresent() && queue.task(parent.get()).isEmpty();
    }

    /** Why the success of an attempt does not count; empty if it does. */
    Optional<String> refusal(String incarnation, long number) {
        return Optional.ofNullable(refused.get(new HandIn.Attempt(incarnation, number)))
                .map(HandIn.Refusal::why);
    }

    /** Whether something was asked that no round has seen to. */
    boolean isAsked() {
        return !handed.isEmpty() || !asked.isEmpty();
    }

    // --- what is heard

    /**
     * An attempt has handed in a page, which was read.
     *
     * @param page empty if it cannot be read
     */
    public void handed(String incarnation, long number, String runId, int page, Optional<HandedPage> read) {
        handed.add(new Handed(new HandIn.Place(new HandIn.Attempt(incarnation, number), runId, page), read));
    }

    /** What the run of a sub-task hands on; told before its success is. */
    public void output(String runId, Output output) {
        outputs.put(SubTaskId.reduces(runId).orElse(runId), output);
    }

    /** More is known of segments: what waited for that is looked at again. */
    void release() {
        handed.addAll(waiting);
        waiting.clear();
    }

    // --- rounds

    void next(Instant now, QueueRound round) {
        while (round.hasRoom() && !handed.isEmpty()) {
            Handed next = handed.remove();
            if (queue.isUncertain(next.place().runId())) {
                waiting.add(next);
                continue;
            }
            Optional<String> why = take(next, now, round);
            why.ifPresent(reason -> refused.putIfAbsent(
                    next.place().attempt(), new HandIn.Refusal(next.place().page(), reason)));
        }
        while (round.hasRoom() && !asked.isEmpty()) {
            Lost lost = asked.remove();
            ended(lost.runId(), lost.outcome(), now, round);
        }
    }

    /** Takes a page in; why not, if it cannot be. */
    private Optional<String> take(Handed next, Instant now, QueueRound round) {
        HandIn.Place place = next.place();
        String runId = place.runId();
        Optional<QueuedTask> task = queue.task(runId);
        if (refused.containsKey(place.attempt())) {
            return Optional.of("one of its pages was refused");
        }
        if (next.page().isEmpty()) {
            return Optional.of("page " + place.page() + " of its sub-tasks cannot be read");
        }
        if (task.isEmpty() || task.get().run().shards() > 1) {
            return Optional.of("the run " + runId + " has an outcome, or more than one shard");
        }
        if (task.get().state() == TaskState.STOPPING) {
            return Optional.of("the run " + runId + " is being cancelled");
        }
        HandedPage page = next.page().get();
        SplitHeld one = held.get(runId);
        if (one == null && held.size() >= MOST_OPEN) {
            return Optional.of(MOST_OPEN + " runs are split, and more may not be at once");
        }
        SplitHeld into = one == null ? new SplitHeld(Split.open(runId, page.policy())) : one;
        if (!into.split.head().policy().equals(page.policy())) {
            return Optional.of("its sub-tasks were handed in before with another rule for failures");
        }
        SplitAnswer answer = into.split.submit(page.tasks());
        if (answer instanceof SplitAnswer.Refused no) {
            return Optional.of(no.reason());
        }
        held.put(runId, into);
        into.takes(place);
        round.changed(into);
        if (answer instanceof SplitAnswer.Step step) {
            apply(into, step, now, round);
        }
        return Optional.empty();
    }

    /** An attempt has left its inbox: what it handed in and was refused is not needed any more. */
    void over(String incarnation, long number, int pages, QueueRound round) {
        HandIn.Attempt attempt = new HandIn.Attempt(incarnation, number);
        HandIn.Refusal refusal = refused.remove(attempt);
        for (int page = refusal == null ? pages : refusal.page(); page < pages; page++) {
            round.pageGone(attempt.path(page));
        }
    }

    /**
     * A run that was split has come to the end of its own code, and no attempt follows.
     *
     * @param outcome of that code
     */
    void codeEnded(String runId, Outcome outcome, Instant now, QueueRound round) {
        // What the code itself hands on is not what the run comes to.
        outputs.remove(runId);
        over(runId, outcome, now, round);
    }

    /** The code, or the reduce step, is over. */
    private void over(String runId, Outcome outcome, Instant now, QueueRound round) {
        SplitHeld one = held.get(runId);
        if (one != null) {
            apply(one, one.split.codeEnded(outcome), now, round);
        }
    }

    /** A run has its outcome: if it is a sub-task or a reduce step, the run that it is part of goes on. */
    void ended(String runId, Outcome outcome, Instant now, QueueRound round) {
        Optional<String> reduces = SubTaskId.reduces(runId);
        if (reduces.isPresent()) {
            over(reduces.get(), outcome, now, round);
            return;
        }
        Optional<Output> output = Optional.ofNullable(outputs.remove(runId));
        SubTaskId.of(runId).ifPresent(id -> {
            SplitHeld one = held.get(id.parent());
            if (one != null && id.number() < one.split.head().tasks()) {
                apply(one, one.split.settled(id.number(), outcome, output), now, round);
            }
        });
    }

    /** A run is cancelled: if it is split, so is everything that it was split into. */
    void cancel(String runId, Instant now, QueueRound round) {
        SplitHeld one = held.get(runId);
        if (one != null) {
            apply(one, one.split.cancel(), now, round);
        }
    }

    /** The time of a run is over. */
    void timeOut(String runId, Instant now, QueueRound round) {
        SplitHeld one = held.get(runId);
        if (one != null) {
            apply(one, one.split.timeOut(), now, round);
        }
    }

    private void apply(SplitHeld one, SplitAnswer.Step step, Instant now, QueueRound round) {
        if (!one.changesBy(step)) {
            return;
        }
        one.goes(step);
        round.changed(one);
        for (SplitEffect effect : step.effects()) {
            if (effect instanceof SplitEffect.Queue sub) {
                queue.task(one.runId()).ifPresent(task -> round.start(SplitRuns.subTask(task, sub)));
            } else if (effect instanceof SplitEffect.CancelTask sub) {
                queue.cancel(sub.id().toString());
            } else if (effect instanceof SplitEffect.CancelCode) {
                queue.cancel(one.split.head().reduces() ? SubTaskId.reduceOf(one.runId()) : one.runId());
            } else if (effect instanceof SplitEffect.Reduce) {
                queue.task(one.runId()).ifPresent(task -> round.start(SplitRuns.reduce(task)));
            } else if (effect instanceof SplitEffect.Finished end) {
                queue.finished(one.runId(), end.outcome(), end.reason(), now, round);
            }
        }
    }

    /** Those that are final go once that is written. */
    void sweep(QueueRound round) {
        round.splitsGone(held.values().stream().filter(SplitHeld::isFinal).toList());
    }

    /** What was stored of it is deleted. */
    public void gone(String runId) {
        held.remove(runId);
    }
}
