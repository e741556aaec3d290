package dev.belfry.core.workflow;

/**
 * What becomes of a split run when sub-tasks fail. Those that time out, are cancelled or lost count as failed.
 *
 * @param tolerated so many may fail: the reduce step still runs and learns which
 * @param stopsEarly whether the rest is cancelled as soon as more than that have failed; else all end first
 */
public record FailurePolicy(int tolerated, boolean stopsEarly) {

    /** None may fail; all end first. */
    public static final FailurePolicy NONE_MAY_FAIL = new FailurePolicy(0, false);

    public FailurePolicy {
        if (tolerated < 0) {
            throw new IllegalArgumentException("a negative number of failures: " + tolerated);
        }
    }
}
