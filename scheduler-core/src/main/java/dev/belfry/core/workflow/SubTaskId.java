package dev.belfry.core.workflow;

import java.util.Objects;
import java.util.Optional;

/**
 * The id of a sub-task's run: its parent's run id and its number there, {@code w1:tokenise:1/42}. Nested ones repeat that:
 * {@code w1:tokenise:1/42/3}. It is the same however often the splitting code runs.
 *
 * @param parent the run id of the parent, which may be a sub-task itself
 * @param number from 0, in the order in which sub-tasks were first submitted
 */
public record SubTaskId(String parent, int number) {

    /** How deep sub-tasks may be nested. */
    public static final int DEEPEST = 8;

    /** Characters of a run id, at most. */
    static final int LONGEST = 256;

    /** Characters by which the ids of sub-tasks and of the reduce step are longer than their parent's, at most. */
    static final int LONGEST_PART = 7;

    private static final String REDUCE = "/reduce";

    public SubTaskId {
        Objects.requireNonNull(parent, "parent");
        if (number < 0) {
            throw new IllegalArgumentException("a sub-task has the number " + number);
        }
        if (depth(parent) >= DEEPEST) {
            throw new IllegalArgumentException(
                    "the run " + parent + " is a sub-task " + DEEPEST + " levels deep and cannot be split again");
        }
    }

    /** How many levels a run is below one that is no sub-task. */
    public static int depth(String runId) {
        return (int) runId.chars().filter(c -> c == '/').count();
    }

    /** The sub-task of a run id; empty for a run that is none. */
    public static Optional<SubTaskId> of(String runId) {
        int slash = runId.lastIndexOf('/');
        String number = runId.substring(slash + 1);
        return slash > 0 && number.matches("0|[1-9][0-9]{0,8}")
                ? Optional.of(new SubTaskId(runId.substring(0, slash), Integer.parseInt(number)))
                : Optional.empty();
    }

    /** The id of the run that is the reduce step of a run. */
    public static String reduceOf(String runId) {
        return runId + REDUCE;
    }

    /** The run of which this one is the reduce step; empty for a run that is none. */
    public static Optional<String> reduces(String runId) {
        return runId.endsWith(REDUCE)
                ? Optional.of(runId.substring(0, runId.length() - REDUCE.length()))
                : Optional.empty();
    }

    /** The run of which this one is a sub-task or the reduce step; empty for a run that is neither. */
    public static Optional<String> parentOf(String runId) {
        return reduces(runId).or(() -> of(runId).map(SubTaskId::parent));
    }

    /** The run at the top, of which all others are parts; a run that is no part is its own. */
    public static String root(String runId) {
        int slash = runId.indexOf('/');
        return slash < 0 ? runId : runId.substring(0, slash);
    }

    /** The run id. */
    @Override
    public String toString() {
        return parent + "/" + number;
    }
}
