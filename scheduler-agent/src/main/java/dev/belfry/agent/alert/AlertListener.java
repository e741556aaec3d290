package dev.belfry.agent.alert;

import dev.belfry.core.overdue.OverdueEvent;

/**
 * Is told of overdue fires by the process that found them as master.
 *
 * <p>Each event comes once in the whole namespace, whatever master follows; it is lost only with a process that dies before
 * it has told. Called by one thread, one event after the other, that does nothing else: it may block, but what comes meanwhile
 * waits, and beyond {@link Alerts#WAITING} events it is dropped for this listener, which the log says.
 */
@FunctionalInterface
public interface AlertListener extends AutoCloseable {

    /**
     * Fires, or a run that somebody asked for, are without an outcome for longer than they may be. Not called for jobs that are
     * {@link dev.belfry.core.job.JobAlerts#silence silenced}.
     *
     * @throws Exception if it could not be passed on; the log says so, and nobody tries again
     */
    void overdue(OverdueEvent event) throws Exception;

    /** The agent has closed, and nothing more comes. */
    @Override
    default void close() {}
}
