package dev.belfry.bench.store;

import java.io.IOException;

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

    @Override
    void close() throws IOException;
}
