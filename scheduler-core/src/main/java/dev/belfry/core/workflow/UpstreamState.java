package dev.belfry.core.workflow;

import dev.belfry.core.run.Outcome;

/** How a trigger rule sees an upstream job. */
public enum UpstreamState {
    /** It has not settled yet. */
    OPEN,
    SUCCEEDED,
    /** It did not run, and nothing went wrong: skipped, missed or superseded. */
    SKIPPED,
    /** It ran, or was to run, and did not succeed: failed, timed out, cancelled, lost, or of an outcome that is not known. */
    FAILED,
    /** It did not run because a job before it failed. */
    UPSTREAM_FAILED;

    /** How a settled job counts. What only a newer version knows counts as failed: nobody can say that it succeeded. */
    public static UpstreamState of(Outcome outcome) {
        return switch (outcome) {
            case SUCCEEDED -> SUCCEEDED;
            case SKIPPED, MISSED, SUPERSEDED -> SKIPPED;
            case FAILED, TIMED_OUT, CANCELLED, LOST, UNKNOWN -> FAILED;
            case UPSTREAM_FAILED -> UPSTREAM_FAILED;
        };
    }
}
