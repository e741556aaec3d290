package dev.belfry.core.shard;

/**
 * The right to a shard.
 *
 * @param since the generation at which it was granted
 * @param incarnation the owner
 * @param attempts how many attempts may be started under it
 */
record Grant(ShardRef shard, long since, String incarnation, int attempts) {}
