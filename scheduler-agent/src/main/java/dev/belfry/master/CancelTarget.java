package dev.belfry.master;

import dev.belfry.core.ledger.FireId;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.RunRequest;
import dev.belfry.core.version.VersionedDueSet;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;

/** Which run is meant by the words of an operator. Pure. */
final class CancelTarget {

    private CancelTarget() {}

    /**
     * The run of the job; empty if it has none of that name.
     *
     * @param run its id, or the instant at which it was due
     */
    static Optional<FireId> find(JobRecord job, String run) {
        for (RunRequest request : job.requests()) {
            if (request.runId().equals(run)) {
                return Optional.of(FireId.requested(request.runId(), request.accepted()));
            }
        }
        String instant =
                run.startsWith(job.uid() + "@") ? run.substring(job.uid().length() + 1) : run;
        try {
            Instant due = Instant.parse(instant);
            boolean whole = Instant.ofEpochMilli(due.toEpochMilli()).equals(due);
            return whole && mayBeDue(job, due) ? Optional.of(FireId.scheduled(due)) : Optional.empty();
        } catch (DateTimeException | ArithmeticException e) {
            return Optional.empty();
        }
    }

    private static boolean mayBeDue(JobRecord job, Instant due) {
        VersionedDueSet set = VersionedDueSet.of(job, job.at(due).layout());
        // Instants after a fixed delay follow from completions, which only the ledgers know.
        return set.nextAfterCompletion(due).isPresent()
                || set.next(due.minusMillis(1)).filter(due::equals).isPresent();
    }
}
