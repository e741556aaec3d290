package dev.belfry.core.dispatch;

import static java.util.Objects.requireNonNull;

import dev.belfry.core.agent.LabelSelector;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.job.Placement;
import dev.belfry.core.job.Queueing;
import dev.belfry.core.job.Requirements;
import dev.belfry.core.job.Strategy;

/**
 * What the queue has to know of a job.
 *
 * @param uid its uid
 * @param name for people
 * @param handler what an agent must have to run it
 * @param strategy one that fits queued placement
 * @param requires what an agent must have
 * @param prefers what makes an agent better
 * @param queueing how its tasks stand in line
 * @param paused whether none of its tasks may start
 */
public record QueuedJob(
        String uid,
        String name,
        String handler,
        Strategy strategy,
        Requirements requires,
        LabelSelector prefers,
        Queueing queueing,
        boolean paused) {

    public QueuedJob {
        requireNonNull(uid);
        requireNonNull(name);
        requireNonNull(handler);
        requireNonNull(strategy);
        requireNonNull(requires);
        requireNonNull(prefers);
        requireNonNull(queueing);
    }

    /**
     * What a definition says. The strategy of a job whose placement is not queued, and whose runs are queued all the same, is
     * the usual one.
     */
    public static QueuedJob of(String uid, JobDefinition job) {
        boolean fits = job.strategy().fits(Placement.QUEUED);
        return new QueuedJob(
                uid,
                job.name(),
                job.handler(),
                fits ? job.strategy() : Strategy.LEAST_LOADED,
                job.requires(),
                LabelSelector.anyOf(job.prefers()),
                job.queueing(),
                false);
    }

    /** The same, paused or not. */
    public QueuedJob withPaused(boolean pause) {
        return new QueuedJob(uid, name, handler, strategy, requires, prefers, queueing, pause);
    }
}
