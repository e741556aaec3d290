package dev.belfry.console.history;

import dev.belfry.history.HistoryStore;
import dev.belfry.history.jdbc.HistoryDatabase;
import dev.belfry.history.jdbc.JdbcHistoryStore;

/**
 * How to reach a history.
 *
 * @param url of the database, for JDBC
 * @param password may be empty
 */
public record HistoryAddress(String url, String user, String password) {

    /**
     * Opens the history of a namespace to write to it; makes what is not there.
     *
     * @throws dev.belfry.history.HistoryException if it cannot be reached
     */
    public HistoryStore open(String namespace) {
        return JdbcHistoryStore.open(HistoryDatabase.connect(url, user, password), namespace);
    }

    /**
     * Opens the history of a namespace to read it.
     *
     * @throws dev.belfry.history.HistoryException if it cannot be reached, or there is none
     */
    public HistoryStore existing(String namespace) {
        return JdbcHistoryStore.existing(HistoryDatabase.existing(url, user, password), namespace);
    }

    /** Without the password and what may be one. */
    @Override
    public String toString() {
        return url.replaceAll("[?;].*", "");
    }
}
