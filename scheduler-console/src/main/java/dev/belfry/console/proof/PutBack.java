package dev.belfry.console.proof;

import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.JobVersion;
import java.time.Instant;
import java.util.Optional;

/**
 * Definitions that somebody deleted and put back byte for byte. The first version of such a job says of itself that it is in force
 * from its writing on, which then is the second one; what is recorded from before says otherwise. It counts as in force all
 * along, so that what nobody has run meanwhile is found.
 */
public final class PutBack {
    private PutBack() {}

    /** The job as it was in force by what the journal tells; the same record if that does not contradict it. */
    public static JobRecord continued(JobRecord job, Lines journal) {
        return journal.firstOutcome(job.uid()).map(job::inForceSince).orElse(job);
    }

    /** The first recorded fire of a job whose definition says that it came later; empty if there is none. */
    static Optional<Instant> since(JobRecord job, Lines journal) {
        JobVersion first = job.versions().get(0);
        if (first.number() > 1) {
            return Optional.empty();
        }
        return journal.firstOutcome(job.uid()).filter(first.from()::isAfter);
    }
}
