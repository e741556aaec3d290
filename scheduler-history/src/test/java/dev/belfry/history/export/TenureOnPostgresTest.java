package dev.belfry.history.export;

import dev.belfry.history.jdbc.Databases;

/** Likewise on PostgreSQL. */
final class TenureOnPostgresTest extends TenureTest {

    @Override
    Databases.Place place() {
        return Databases.postgres();
    }
}
