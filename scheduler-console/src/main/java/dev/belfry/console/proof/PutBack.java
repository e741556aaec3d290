package dev.belfry.console.proof;

import dev.belfry.core.version.JobRecord;

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
}
