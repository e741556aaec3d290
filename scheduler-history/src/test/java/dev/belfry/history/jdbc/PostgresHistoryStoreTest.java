package dev.belfry.history.jdbc;

final class PostgresHistoryStoreTest extends HistoryStoreContract {

    @Override
    Databases.Place place() {
        return Databases.postgres();
    }
}
