/** The master: one agent at a time plans who owns which shard and writes it down. */
@org.jspecify.annotations.NullMarked
package dev.belfry.master;
