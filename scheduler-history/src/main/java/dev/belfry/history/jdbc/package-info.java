/** The history in a relational database: PostgreSQL, or H2 in a file. */
@org.jspecify.annotations.NullMarked
package dev.belfry.history.jdbc;
