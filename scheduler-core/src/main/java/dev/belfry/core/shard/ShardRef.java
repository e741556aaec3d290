package dev.belfry.core.shard;

import dev.belfry.core.record.Paths;

/**
 * One shard of one layout of a job, one agent's part of a broadcast job, or one shard of a queued run.
 *
 * @param jobUid the job's uid
 * @param layout number of the layout; 0 for a broadcast job and for a queued run
 * @param shards number of shards of the layout; 0 for a broadcast job
 * @param shard number of the shard, from 0; the agent id for a broadcast job
 */
public record ShardRef(String jobUid, int layout, int shards, String shard) {

    /** A numbered shard. */
    public static ShardRef numbered(String jobUid, int layout, int shards, int shard) {
        return new ShardRef(jobUid, layout, shards, Integer.toString(shard));
    }

    /** An agent's part of a broadcast job. */
    public static ShardRef broadcast(String jobUid, String agentId) {
        return new ShardRef(jobUid, 0, 0, agentId);
    }

    /** A shard of a queued run. Nobody owns it and it has no ledger: the master hands each attempt to an agent. */
    public static ShardRef queued(String jobUid, int shards, int shard) {
        return new ShardRef(jobUid, 0, shards, Integer.toString(shard));
    }

    public boolean isQueued() {
        return layout == 0 && shards > 0;
    }

    public boolean isBroadcast() {
        return shards == 0;
    }

    /** The number of a numbered shard; 0 for a broadcast job, of which each agent has one shard. */
    public int number() {
        return isBroadcast() ? 0 : Integer.parseInt(shard);
    }

    /** Path of its ledger. */
    public String ledgerPath() {
        return isBroadcast() ? Paths.broadcastLedger(jobUid, shard) : Paths.ledger(jobUid, layout, shards, number());
    }

    @Override
    public String toString() {
        return jobUid + "." + layout + "/" + shard;
    }
}
