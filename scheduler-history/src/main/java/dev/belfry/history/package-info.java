/** The durable history: what a port to a database has to do, and the rows that go through it. */
@org.jspecify.annotations.NullMarked
package dev.belfry.history;
