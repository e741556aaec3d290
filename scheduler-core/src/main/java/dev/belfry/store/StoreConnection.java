package dev.belfry.store;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;

/** One connection to the store: one session at a time, shared by the views of all roles in this process. */
public interface StoreConnection extends AutoCloseable {

    /** A view whose callbacks run on {@code executor}, which must run them one at a time and in order. */
    Store view(Executor executor);

    /** Where the store is, for people; empty if that is not known. */
    default String address() {
        return "";
    }

    /**
     * The namespaces of the store, sorted. Waits for so long at most.
     *
     * @return empty if it has none, if this connection may not see them, or if the store does not answer in time
     */
    default List<String> namespaces(Duration patience) {
        return List.of();
    }

    /** Closes the session in good order: its ephemerals vanish at once. Idempotent; waits a few seconds at most. */
    @Override
    void close();
}
