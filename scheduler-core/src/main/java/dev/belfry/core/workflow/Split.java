package dev.belfry.core.workflow;

import dev.belfry.core.run.Outcome;
import dev.belfry.core.value.Output;
import dev.belfry.core.workflow.SplitAnswer.Refused;
import dev.belfry.core.workflow.SplitAnswer.Step;
import dev.belfry.core.workflow.SplitLifeCycle.Event;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A run that is split into sub-tasks by its own code: which there are, which have ended, and when the reduce step runs. Immutable.
 *
 * <p>Sub-tasks run as soon as they are submitted. When the code that splits has ended and every sub-task has, the reduce step runs
 * once with their outputs, and its end is that of the run. A sub-task may be split itself: it counts as ended when its own split run
 * is final. Nothing that is told twice counts twice.
 */
public final class Split {

    /** The most sub-tasks of one run; nested ones count for the sub-task that they are part of. */
    public static final int MOST_TASKS = 20_000;

    private final SplitHead head;
    private final List<SplitPage> pages;

    private Split(SplitHead head, List<SplitPage> pages) {
        this.head = head;
        this.pages = List.copyOf(pages);
    }

    /** A run whose code is about to split it. */
    public static Split open(String runId, FailurePolicy policy) {
        return new Split(
                new SplitHead(runId, policy, SplitPhase.SPLITTING, Optional.empty(), true, false, 0, 0, 0), List.of());
    }

    /**
     * A split run as it was stored.
     *
     * @param pages all of them, in order
     * @throws IllegalArgumentException if head and pages do not belong together
     */
    public static Split of(SplitHead head, List<SplitPage> pages) {
        int rows = 0;
        int settled = 0;
        for (int i = 0; i < pages.size(); i++) {
            SplitPage page = pages.get(i);
            if (page.number() != i || (i + 1 < pages.size() && page.rows().size() < SplitPage.ROWS)) {
                throw new IllegalArgumentException("page " + page.number() + " of the split run " + head.parent()
                        + " is in place " + i + " with " + page.rows().size() + " rows");
            }
            rows += page.rows().size();
            settled += (int) page.rows().stream()
                    .filter(row -> row.outcome().isPresent())
                    .count();
        }
        if (rows != head.tasks() || settled != head.settled()) {
            throw new IllegalArgumentException("the pages of the split run " + head.parent() + " have " + settled
                    + " settled of " + rows + " sub-tasks, its head says " + head.settled() + " of " + head.tasks());
        }
        return new Split(head, pages);
    }

    /** What is known of it as a whole. */
    public SplitHead head() {
        return head;
    }

    /** Its sub-tasks with their outcomes and outputs, page by page. */
    public List<SplitPage> pages() {
        return pages;
    }

    /**
     * The code that splits hands in sub-tasks. Those that were handed in before under the same name with the same parameters are
     * passed over; so a second attempt of the code may hand in the same list again.
     */
    public SplitAnswer submit(List<SubTask> tasks) {
        if (head.phase() != SplitPhase.SPLITTING) {
            return new Refused("the run " + head.parent() + " takes no sub-tasks any more: it is "
                    + head.phase().name().toLowerCase(Locale.ROOT));
        }
        if (SubTaskId.depth(head.parent()) >= SubTaskId.DEEPEST) {
            return new Refused("the run " + head.parent() + " is a sub-task " + SubTaskId.DEEPEST
                    + " levels deep and cannot be split again");
        }
        if (head.parent().length() + SubTaskId.LONGEST_PART > SubTaskId.LONGEST) {
            return new Refused(
                    "the id of the run " + head.parent() + " is too long for sub-tasks: theirs would have more"
                            + " than " + SubTaskId.LONGEST + " characters");
        }
        Map<String, Integer> known = new HashMap<>();
        pages.forEach(page -> page.rows().forEach(row -> known.put(row.name(), row.digest())));
        List<SubTask> fresh = new ArrayList<>();
        for (SubTask task : tasks) {
            Integer before = known.putIfAbsent(task.name(), SplitPage.Row.digest(task));
            if (before == null) {
                fresh.add(task);
            } else if (before != SplitPage.Row.digest(task)) {
                return new Refused("the sub-task " + task.name() + " of the run " + head.parent()
                        + " was handed in before with other parameters");
            }
        }
        if (head.tasks() + fresh.size() > MOST_TASKS) {
            return new Refused(String.format(
                    Locale.ROOT,
                    "the run %s would have %,d sub-tasks, at most %,d are kept; nest them",
                    head.parent(),
                    head.tasks() + fresh.size(),
                    MOST_TASKS));
        }
        return with(fresh);
    }

    private Step with(List<SubTask> fresh) {
        List<SplitPage> changed = new ArrayList<>(pages);
        Set<Integer> touched = new TreeSet<>();
        List<SplitEffect> effects = new ArrayList<>();
        int number = head.tasks();
        for (int at = 0; at < fresh.size(); ) {
            int page = number / SplitPage.ROWS;
            List<SplitPage.Row> rows =
                    new ArrayList<>(page < changed.size() ? changed.get(page).rows() : List.of());
            for (; rows.size() < SplitPage.ROWS && at < fresh.size(); at++, number++) {
                rows.add(SplitPage.Row.of(fresh.get(at)));
                effects.add(new SplitEffect.Queue(new SubTaskId(head.parent(), number), fresh.get(at)));
            }
            if (page < changed.size()) {
                changed.set(page, new SplitPage(page, rows));
            } else {
                changed.add(new SplitPage(page, rows));
            }
            touched.add(page);
        }
        SplitHead next = head.withCounts(number, head.settled(), head.failed());
        return new Step(new Split(next, changed), touched, effects);
    }

    /**
     * A sub-task has its outcome.
     *
     * @param output kept if the sub-task succeeded, and it is no longer than {@link SplitPage#LONGEST_OUTPUT}
     * @throws IllegalArgumentException if there is no such sub-task
     */
    public Step settled(int number, Outcome outcome, Optional<Output> output) {
        if (number < 0 || number >= head.tasks()) {
            throw new IllegalArgumentException("the run " + head.parent() + " has no sub-task " + number);
        }
        int page = number / SplitPage.ROWS;
        SplitPage.Row row = pages.get(page).rows().get(number % SplitPage.ROWS);
        if (row.outcome().isPresent()) {
            return new Step(this, Set.of(), List.of());
        }
        boolean succeeded = outcome == Outcome.SUCCEEDED;
        Optional<Output> kept = output.filter(some -> succeeded && SplitPage.fits(some));
        SplitPage.Row ended = new SplitPage.Row(row.name(), row.digest(), Optional.of(outcome), kept);
        List<SplitPage> changed = new ArrayList<>(pages);
        changed.set(page, pages.get(page).with(number % SplitPage.ROWS, ended));
        UpstreamState seen = UpstreamState.of(outcome);
        boolean bad = seen == UpstreamState.FAILED || seen == UpstreamState.UPSTREAM_FAILED;
        SplitHead next = head.withCounts(head.tasks(), head.settled() + 1, head.failed() + (bad ? 1 : 0));
        return goOn(next, changed, Set.of(page));
    }

    /**
     * The parent's own code has ended for good, no retry follows: the code that splits, or the reduce step. Telling it at any other
     * time changes nothing.
     */
    public Step codeEnded(Outcome outcome) {
        if (!head.codeUnderWay()) {
            return new Step(this, Set.of(), List.of());
        }
        SplitHead ended = head.withCode(false);
        boolean succeeded = outcome == Outcome.SUCCEEDED;
        return switch (head.phase()) {
            case SPLITTING ->
                succeeded
                        ? goOn(
                                ended.in(SplitLifeCycle.TABLE.next(head.phase(), Event.CLOSE), Optional.empty()),
                                pages,
                                Set.of())
                        : stop(ended, Event.GIVE_UP, outcome, pages, Set.of());
            case REDUCING -> finished(ended, outcome, pages, Set.of(), "the reduce step has ended");
            default ->
                // A reduce step that has come to its end has done what was to be done, whatever it was told.
                succeeded && head.reduces()
                        ? finished(
                                ended.in(head.phase(), Optional.of(outcome)),
                                outcome,
                                pages,
                                Set.of(),
                                "the reduce step has ended")
                        : goOn(ended, pages, Set.of());
        };
    }

    /** Cancels the whole; changes nothing if it is stopping or final. */
    public Step cancel() {
        return stop(Outcome.CANCELLED);
    }

    /** The time for the whole is over; changes nothing if it is stopping or final. */
    public Step timeOut() {
        return stop(Outcome.TIMED_OUT);
    }

    private Step stop(Outcome as) {
        boolean ends = head.phase() == SplitPhase.STOPPING || head.phase() == SplitPhase.FINAL;
        return ends ? new Step(this, Set.of(), List.of()) : stop(head, Event.STOP, as, pages, Set.of());
    }

    /** Does what is certain by now. */
    private Step goOn(SplitHead now, List<SplitPage> changed, Set<Integer> touched) {
        boolean tooMany = now.failed() > now.policy().tolerated();
        switch (now.phase()) {
            case SPLITTING, GATHERING -> {
                boolean gathered = now.phase() == SplitPhase.GATHERING && now.open() == 0;
                if (tooMany && (gathered || now.policy().stopsEarly())) {
                    return stop(now, Event.STOP, Outcome.FAILED, changed, touched);
                }
                if (gathered) {
                    SplitPhase next = SplitLifeCycle.TABLE.next(now.phase(), Event.GATHERED);
                    SplitHead reducing = now.in(next, Optional.empty()).reducing();
                    return new Step(new Split(reducing, changed), touched, List.of(new SplitEffect.Reduce()));
                }
            }
            case STOPPING -> {
                if (now.open() == 0 && !now.codeUnderWay()) {
                    Outcome ending = now.ending().orElse(Outcome.CANCELLED);
                    return finished(now, ending, changed, touched, reason(now, ending));
                }
            }
            default -> {}
        }
        return new Step(new Split(now, changed), touched, List.of());
    }

    private static String reason(SplitHead now, Outcome ending) {
        boolean tooMany =
                ending == Outcome.FAILED && now.failed() > now.policy().tolerated();
        return tooMany
                ? now.failed() + " of " + now.tasks() + " sub-tasks failed, "
                        + now.policy().tolerated() + " may"
                : "the run was stopped: " + ending.text();
    }

    private static Step finished(
            SplitHead now, Outcome outcome, List<SplitPage> changed, Set<Integer> touched, String reason) {
        SplitHead ended = now.in(SplitLifeCycle.TABLE.next(now.phase(), Event.END), Optional.of(outcome));
        return new Step(new Split(ended, changed), touched, List.of(new SplitEffect.Finished(outcome, reason)));
    }

    private Step stop(SplitHead now, Event event, Outcome as, List<SplitPage> changed, Set<Integer> touched) {
        SplitHead stopping = now.in(SplitLifeCycle.TABLE.next(now.phase(), event), Optional.of(as));
        List<SplitEffect> effects = new ArrayList<>();
        if (stopping.codeUnderWay()) {
            effects.add(new SplitEffect.CancelCode());
        }
        for (SplitPage page : changed) {
            for (int i = 0; i < page.rows().size(); i++) {
                if (page.rows().get(i).outcome().isEmpty()) {
                    int number = page.number() * SplitPage.ROWS + i;
                    effects.add(new SplitEffect.CancelTask(new SubTaskId(now.parent(), number)));
                }
            }
        }
        Step rest = goOn(stopping, changed, touched);
        effects.addAll(rest.effects());
        return new Step(rest.next(), rest.pages(), effects);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Split that && head.equals(that.head) && pages.equals(that.pages);
    }

    @Override
    public int hashCode() {
        return Objects.hash(head, pages);
    }

    @Override
    public String toString() {
        return head.toString();
    }
}
