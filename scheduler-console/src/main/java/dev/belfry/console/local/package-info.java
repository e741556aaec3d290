/** Processes on this machine: JVMs and ZooKeeper servers, for {@code up} and for benchmarks. */
@org.jspecify.annotations.NullMarked
package dev.belfry.console.local;
