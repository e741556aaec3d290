/** The record of what became of every fire of a shard: one znode a shard, written by the shard's owner alone. */
@org.jspecify.annotations.NullMarked
package dev.belfry.core.ledger;
