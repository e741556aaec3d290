package dev.belfry.core.ledger;

import java.time.Instant;
import java.util.Optional;

/**
 * One fire of a job: a scheduled one, known by its instant before jitter, or one that was asked for, known by its run
 * id.
 *
 * @param due the scheduled instant, in whole milliseconds; for a run that was asked for, when it was accepted
 * @param requested the id of a run that was asked for; empty for a scheduled fire
 */
public record FireId(Instant due, Optional<String> requested) implements Comparable<FireId> {

    public FireId {
        if (!Instant.ofEpochMilli(due.toEpochMilli()).equals(due)) {
            throw new IllegalArgumentException("a fire is due at a whole millisecond, not at " + due);
        }
    }

    /** The scheduled fire at {@code due}. */
    public static FireId scheduled(Instant due) {
        return new FireId(due, Optional.empty());
    }

    /** The run that was asked for under {@code runId} and accepted at {@code due}. */
    public static FireId requested(String runId, Instant due) {
        return new FireId(due, Optional.of(runId));
    }

    public boolean isScheduled() {
        return requested.isEmpty();
    }

    /** The run id: {@code <job uid>@<instant>}, or the id under which the run was asked for. */
    public String runId(String jobUid) {
        return requested.orElseGet(() -> jobUid + "@" + due);
    }

    @Override
    public int compareTo(FireId other) {
        int byTime = due.compareTo(other.due);
        return byTime != 0 ? byTime : requested.orElse("").compareTo(other.requested.orElse(""));
    }
}
