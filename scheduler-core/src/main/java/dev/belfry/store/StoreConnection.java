package dev.belfry.store;

import java.util.concurrent.Executor;

/** One connection to the store: one session at a time, shared by the views of all roles in this process. */
public interface StoreConnection extends AutoCloseable {

    /** A view whose callbacks run on {@code executor}, which must run them one at a time and in order. */
    Store view(Executor executor);

    /** Closes the session in good order: its ephemerals vanish at once. Idempotent; waits a few seconds at most. */
    @Override
    void close();
}
