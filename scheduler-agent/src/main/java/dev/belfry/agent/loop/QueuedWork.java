package dev.belfry.agent.loop;

import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.version.JobRecord;
import dev.belfry.store.Session;
import dev.belfry.store.Store;
import java.util.Optional;
import java.util.Set;

/**
 * What an incarnation does besides the shards that it owns: the tasks of the queue that the master hands it.
 *
 * <p>One per session, dropped with it: a new session inherits nothing. Not thread-safe; owned by the agent's loop.
 */
public interface QueuedWork {

    /** What it needs of the incarnation around it. */
    interface Around {
        boolean leaseHolds();

        /** May be asked from any thread. */
        long leaseRemainingNanos();

        /** Whether nothing may be begun any more: the agent closes, or it drains. */
        boolean leaving();

        /** A number for every change of a definition that has been seen up to now. */
        long definitionsSeen();

        /** Whether every change has been read that had been seen when {@link #definitionsSeen} returned {@code mark}. */
        boolean hasLooked(long mark);

        /** A job by its uid; empty if there is none, or while its record cannot be read. */
        Optional<JobRecord> job(String uid);

        /** Whether there is a job of which nothing is known for the time being because its record is damaged. */
        boolean unreadable(String uid);
    }

    /** What it is given. */
    record Setting(
            Loop loop,
            Store store,
            Session session,
            Incarnation self,
            Attempts attempts,
            Set<String> handlers,
            Around around) {}

    /** The incarnation is registered: there may be work for it. */
    void registered();

    void suspended();

    /** The session has a connection again: what is followed is compared. */
    void resumed();

    void leaseChanged(boolean holds);

    /** A definition was read, or whether the agent is leaving has changed. */
    void look();

    /** Stops every attempt. */
    void stopAll(String reason);

    /** Whether nothing runs and nothing waits to be run. */
    boolean idle();

    /** Whether everything that has ended is reported, so that none of it is lost if the session ends now. */
    boolean recorded();

    /** The session is over: everything is dropped, every attempt is told to stop. */
    void drop();
}
