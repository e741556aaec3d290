package dev.belfry.master.queue;

import dev.belfry.core.agent.LabelSelector;
import dev.belfry.core.cluster.PlannedJob;
import dev.belfry.core.dispatch.QueuedJob;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.job.Queueing;
import dev.belfry.core.job.Requirements;
import dev.belfry.core.job.Strategy;
import dev.belfry.core.queue.QueuedJobs;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.JobVersion;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;

/**
 * The jobs as the queue sees them: an attempt goes by the definition in force at the instant that its run stands for, the
 * order and the limits by the one in force now.
 */
final class JobsInForce implements QueuedJobs {
    private final QueueOffice office;

    JobsInForce(QueueOffice office) {
        this.office = office;
    }

    @Override
    public Optional<JobDefinition> definition(String jobUid, Instant at) {
        return present(jobUid).map(job -> job.at(at).definition());
    }

    private Optional<JobRecord> present(String jobUid) {
        Instant now = office.now();
        return office.job(jobUid).filter(job -> PlannedJob.isActive(job, now));
    }

    /** How its tasks stand in line; empty if it is deleted, or cannot be read. */
    Optional<QueuedJob> terms(String jobUid) {
        Instant now = office.now();
        return present(jobUid).map(job -> {
            JobVersion version = job.at(now);
            return QueuedJob.of(jobUid, version.definition()).withPaused(version.paused());
        });
    }

    /**
     * What is known of a job that is not in force, of which something may run: it takes the room that it had, as far as there is a record
     * of it, and nothing more starts.
     */
    QueuedJob held(String jobUid) {
        return office.job(jobUid)
                .map(job -> QueuedJob.of(jobUid, job.definition()).withPaused(true))
                .orElseGet(() -> new QueuedJob(
                        jobUid,
                        jobUid,
                        "",
                        Strategy.LEAST_LOADED,
                        Requirements.NONE,
                        LabelSelector.ANY,
                        Queueing.USUAL,
                        true));
    }

    /** Whether it is certain that there is no such job any more. */
    boolean isDeleted(String jobUid) {
        return present(jobUid).isEmpty() && !isUnreadable(jobUid);
    }

    boolean isUnreadable(String jobUid) {
        return office.isUnreadable(jobUid);
    }

    /** When another version of one of these jobs comes into force, or one is deleted; {@link Instant#MAX} if never. */
    Instant nextChange(Collection<String> jobUids) {
        Instant now = office.now();
        Instant next = Instant.MAX;
        for (String uid : jobUids) {
            Optional<JobRecord> job = office.job(uid);
            if (job.isPresent()) {
                for (JobVersion version : job.get().versions()) {
                    next = version.from().isAfter(now) && version.from().isBefore(next) ? version.from() : next;
                }
                Instant end = job.get().deletedAt().orElse(Instant.MAX);
                next = end.isAfter(now) && end.isBefore(next) ? end : next;
            }
        }
        return next;
    }
}
