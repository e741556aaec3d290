package dev.belfry.agent.loop;

import dev.belfry.core.shard.ShardRuns;
import java.util.OptionalLong;

/**
 * The shards of jobs that wait for an agent that restarts: nothing more of them is started, and their records say from when on
 * the next incarnation owes their fires. Their rows are kept: nothing is listed as released.
 *
 * <p>Not thread-safe; owned by the agent's loop.
 */
final class HeldForRestart {
    private final Loop loop;
    private final OwnedShards.Owner owner;
    private final HeldShards shards;
    private final GroupCommit commit;
    private final LettingGo lettingGo;

    HeldForRestart(Loop loop, OwnedShards.Owner owner, HeldShards shards, GroupCommit commit, LettingGo lettingGo) {
        this.loop = loop;
        this.owner = owner;
        this.shards = shards;
        this.commit = commit;
        this.lettingGo = lettingGo;
    }

    /** Holds all that the agent has. */
    void begin() {
        shards.copy().stream().filter(this::waitsForReturn).forEach(this::hold);
        tell();
    }

    /** Holds a shard that was being taken over when the restart was announced; whether it is one that is held. */
    boolean taken(OwnedShard shard) {
        boolean holds = owner.restarting() && waitsForReturn(shard);
        if (holds) {
            hold(shard);
        }
        return holds;
    }

    private boolean waitsForReturn(OwnedShard shard) {
        return !shard.ref.isBroadcast()
                && owner.job(shard.job)
                        .map(job -> !job.definition().rejoinGrace().isZero())
                        .orElse(false);
    }

    private void hold(OwnedShard shard) {
        ShardRuns runs = shard.runs;
        if (runs == null || shard.held) {
            return;
        }
        shard.held = true;
        if (!runs.handingOver()) {
            runs.beginHandOver(loop.now());
        }
        lettingGo.step(shard);
    }

    /** Something has changed that {@link #settled} may depend on. */
    void tell() {
        if (owner.restarting()) {
            owner.heldChanged();
        }
    }

    /**
     * The last tenancy of the shards that wait for this agent's return, once all of them have ended what they ran, and
     * everything about them is durable; 0 if there is none; empty before.
     */
    OptionalLong settled() {
        long last = 0;
        for (OwnedShard shard : shards.all()) {
            boolean over = shard.stage == OwnedShard.Stage.OVER || shard.stage == OwnedShard.Stage.RELEASED;
            boolean known = owner.job(shard.job).isPresent();
            if (over || shard.ref.isBroadcast() || (known && !waitsForReturn(shard))) {
                continue;
            }
            ShardRuns runs = shard.runs;
            if (!shard.held || runs == null || !runs.releasePrepared() || !commit.settled(shard)) {
                return OptionalLong.empty();
            }
            last = Math.max(last, shard.since);
        }
        return OptionalLong.of(last);
    }
}
