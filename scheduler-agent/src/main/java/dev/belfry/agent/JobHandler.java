package dev.belfry.agent;

import dev.belfry.core.workflow.SubTaskResult;
import java.util.List;

/**
 * The code of a job. The agent calls it once for every attempt of every shard that it owns.
 *
 * <p>One handler serves all shards of its job in an agent, on several threads at once: it must be thread-safe. It must
 * also be safe to repeat, because an attempt whose outcome could not be recorded before its agent was lost is run
 * again (see {@link JobContext#fencingToken()}).
 */
@FunctionalInterface
public interface JobHandler {
    /**
     * Runs one attempt of one shard. A normal return is success.
     *
     * <p>The attempt is asked to end early through {@link JobContext#isCancelled()} and {@link JobContext#onCancel};
     * if it does not, its thread is interrupted. A handler that sees the request stops its effects as soon as it can
     * and returns or throws; either way the attempt is recorded as cancelled.
     *
     * @param context what this attempt is to do, and its means of talking to the agent
     * @throws Exception when the attempt failed. Whether it is retried is decided by the job's retry policy, which
     *     may tell exceptions apart by their simple class name
     */
    void run(JobContext context) throws Exception;

    /**
     * Puts together what came of the parts of a run that its code has split. Called once all of them have their outcome, as an attempt
     * of a run of its own, {@code <run>/reduce}, on whichever agent; it is retried like any other. What it gives as output is that of the
     * run. Nothing is done unless a handler says what.
     *
     * @param context of this attempt
     * @param parts what has become of each part, in the order in which they were first handed in; those that failed, too, as far as
     *     the run's policy tolerates them
     * @throws Exception when the attempt failed, as of {@link #run}
     */
    default void reduce(JobContext context, List<SubTaskResult> parts) throws Exception {}
}
