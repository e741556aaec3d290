package dev.belfry.bench.store;

import java.io.IOException;
import java.time.Instant;

/** A running store below a scheduler; empty when it starts, and gone with its data when it is closed. */
public sealed interface Store extends AutoCloseable permits ZooKeeperStore, PostgresStore {

    /** Which kind a scheduler needs. */
    enum Kind {
        ZOOKEEPER,
        POSTGRES
    }

    /** Where the scheduler finds it: {@code host:port}, or a JDBC URL. */
    String address();

    /** Its process. */
    long pid();

    /** What it has counted since it started. */
    StoreCounters counters() throws IOException;

    /** Ends it as a loss of power to its machine would end it: by SIGKILL. Its data stay. */
    void kill() throws IOException;

    /**
     * Starts it again after {@link #kill}, with the same data at the same address.
     *
     * @return when it answered a client for the first time
     */
    Instant restart() throws IOException;

    @Override
    void close() throws IOException;
}
