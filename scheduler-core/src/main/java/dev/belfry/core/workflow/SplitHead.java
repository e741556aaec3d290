package dev.belfry.core.workflow;

import dev.belfry.core.run.Outcome;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * What is known of a split run as a whole; its size does not depend on the number of sub-tasks.
 *
 * @param parent the run id
 * @param policy what becomes of it when sub-tasks fail
 * @param ending what it will end as, once it is stopping; what it has ended as, once it is final
 * @param codeUnderWay whether code of its own is under way, or is to be tried again: the one that splits, or the reduce step
 * @param reduces whether that code is the reduce step
 * @param tasks how many sub-tasks it has
 * @param settled how many of them have their outcome
 * @param failed how many of these did not succeed and were not skipped either
 */
public record SplitHead(
        String parent,
        FailurePolicy policy,
        SplitPhase phase,
        Optional<Outcome> ending,
        boolean codeUnderWay,
        boolean reduces,
        int tasks,
        int settled,
        int failed) {

    public SplitHead {
        Objects.requireNonNull(parent, "parent");
        Objects.requireNonNull(policy, "policy");
        boolean ends = phase == SplitPhase.STOPPING || phase == SplitPhase.FINAL;
        if (ending.isPresent() != ends || failed < 0 || failed > settled || settled > tasks) {
            throw new IllegalArgumentException("the split run " + parent + " is " + phase + " and ends as " + ending
                    + " with " + failed + " failed of " + settled + " settled of " + tasks + " sub-tasks");
        }
    }

    /** How many sub-tasks have no outcome yet. */
    public int open() {
        return tasks - settled;
    }

    /** Whether the code that splits is over, and the run is not. */
    public boolean gathers() {
        return phase != SplitPhase.FINAL && (!codeUnderWay || reduces);
    }

    /** What it does, in a few words after its name: {@code waits for its sub-tasks: 3 of 8 have ended, 1 failed}. */
    public String story() {
        String counts = String.format(
                Locale.ROOT,
                "%,d of %,d have ended%s",
                settled,
                tasks,
                failed == 0 ? "" : String.format(Locale.ROOT, ", %,d failed", failed));
        return switch (phase) {
            case SPLITTING -> "is being split into sub-tasks: " + counts;
            case GATHERING -> "waits for its sub-tasks: " + counts;
            case REDUCING -> "waits for its reduce step, run " + SubTaskId.reduceOf(parent) + ": " + counts;
            case STOPPING -> "is being stopped as " + ending.map(Outcome::text).orElse("cancelled") + ": " + counts;
            case FINAL -> "has ended as " + ending.map(Outcome::text).orElse("unknown") + ": " + counts;
        };
    }

    SplitHead in(SplitPhase next, Optional<Outcome> how) {
        return new SplitHead(parent, policy, next, how, codeUnderWay, reduces, tasks, settled, failed);
    }

    SplitHead withCode(boolean underWay) {
        return new SplitHead(parent, policy, phase, ending, underWay, reduces, tasks, settled, failed);
    }

    SplitHead reducing() {
        return new SplitHead(parent, policy, phase, ending, true, true, tasks, settled, failed);
    }

    SplitHead withCounts(int newTasks, int newSettled, int newFailed) {
        return new SplitHead(parent, policy, phase, ending, codeUnderWay, reduces, newTasks, newSettled, newFailed);
    }
}
