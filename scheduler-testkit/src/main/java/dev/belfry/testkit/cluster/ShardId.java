package dev.belfry.testkit.cluster;

import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.ownership.ShardKey;
import dev.belfry.core.shard.ShardRef;

/** A shard as ledgers, journals and executions name it alike. */
record ShardId(String jobUid, int layout, String shard) {

    static ShardId of(ShardRef ref) {
        return new ShardId(ref.jobUid(), ref.layout(), ref.shard());
    }

    static ShardId of(FireEntry line) {
        return new ShardId(line.jobUid(), line.layout(), line.shard());
    }

    static ShardId of(ShardKey key) {
        return new ShardId(key.jobUid(), key.layout(), Integer.toString(key.shard()));
    }

    @Override
    public String toString() {
        return jobUid + "." + layout + "/" + shard;
    }
}
