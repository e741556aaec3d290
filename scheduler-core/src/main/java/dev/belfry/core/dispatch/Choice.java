package dev.belfry.core.dispatch;

import dev.belfry.core.job.Strategy;
import org.jspecify.annotations.Nullable;

/**
 * Chooses among agents that have room for a task: rather one that did not run its attempt before, then rather one with the
 * labels that the job prefers, then by the job's strategy; if all that is equal, the first in the order of the agents.
 *
 * <p>{@code consistent-hash} is highest random weight (Thaler, Ravishankar: Using Name-Based Mappings to Increase Hit Rates,
 * IEEE/ACM Transactions on Networking 6(1), 1998): an agent that comes takes only the keys for which it weighs most, one that
 * goes gives up only its own, and a full one is stood in for by the next.
 */
final class Choice {
    private final Lane lane;
    private final @Nullable String avoided;
    private final boolean prefers;
    private final Room room;
    private final long hash;
    private @Nullable AgentRoom best;
    private int bestTier;
    private double bestScore;

    Choice(Lane lane, Entry head, Room room) {
        this.lane = lane;
        this.avoided = head.task.where().avoided().orElse(null);
        this.prefers = !lane.job.terms.prefers().isAny();
        this.room = room;
        this.hash = hash(lane.job.terms, head.task, room.rules().seed());
    }

    private static long hash(QueuedJob job, QueuedTask task, long seed) {
        if (job.strategy() == Strategy.CONSISTENT_HASH) {
            String key = task.where().key();
            return Hash.mix(Hash.of(job.uid()), key.isEmpty() ? task.id().shard() : Hash.of(key));
        }
        if (job.strategy() == Strategy.RANDOM) {
            long attempt = Hash.mix(task.id().shard(), task.notBefore().toEpochMilli());
            return Hash.mix(seed, Hash.mix(Hash.of(task.id().run()), attempt));
        }
        return Hash.of(job.uid());
    }

    void offer(AgentRoom agent) {
        int tier = tier(agent);
        if (best != null && tier < bestTier) {
            return;
        }
        double score = score(agent);
        boolean better = best == null
                || tier > bestTier
                || score > bestScore
                || (score == bestScore && agent.position < best.position);
        if (better) {
            best = agent;
            bestTier = tier;
            bestScore = score;
        }
    }

    private int tier(AgentRoom agent) {
        int other = agent.id.equals(avoided) ? 0 : 2;
        boolean preferred =
                prefers && agent.facts != null && lane.job.terms.prefers().matches(agent.facts.labels());
        return preferred ? other + 1 : other;
    }

    private double score(AgentRoom agent) {
        return switch (lane.job.terms.strategy()) {
            case MOST_UTILISED -> -agent.freeShare(lane.job.needs);
            case CONSISTENT_HASH, RANDOM -> Hash.mix(hash, agent.hash) >>> 11;
            case ROUND_ROBIN -> -room.distance(lane.job.lastAgent, hash, agent);
            case FAILOVER, BROADCAST -> -agent.position;
            default -> agent.freeShare(lane.job.needs);
        };
    }

    @Nullable
    AgentRoom best() {
        return best;
    }
}
