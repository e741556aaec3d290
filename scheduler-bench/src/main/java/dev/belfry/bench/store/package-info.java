/** The stores below the schedulers: a ZooKeeper server that counts its requests, PostgreSQL with fsync on. */
@org.jspecify.annotations.NullMarked
package dev.belfry.bench.store;
