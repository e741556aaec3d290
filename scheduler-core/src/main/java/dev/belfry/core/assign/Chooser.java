package dev.belfry.core.assign;

import java.time.Instant;
import java.util.Arrays;
import java.util.function.IntPredicate;

/** Finds the agent that is to take a shard: by the job's strategy, and where that one's place is barred, by load. */
final class Chooser {
    private final Board board;
    private final long largestWeight;
    private final int[] sameJob;

    Chooser(Board board, long largestWeight) {
        this.board = board;
        this.largestWeight = largestWeight;
        this.sameJob = new int[board.cluster.size()];
    }

    /** Counts where the shards of a job are, before {@link #choose} is called for it. */
    void turnTo(JobView job) {
        Arrays.fill(sameJob, 0);
        for (int shard = 0; shard < job.rows.length(); shard++) {
            int next = board.owners.agent(job.rows.next(shard));
            int agent = next >= 0 ? next : board.owners.agent(job.rows.owner(shard));
            if (agent >= 0) {
                sameJob[agent]++;
            }
        }
    }

    /**
     * The agent for a shard, assumed to be used, or -1 when the rules allow none.
     *
     * @param from the agent that has it, which counts already; -1 for none
     */
    int choose(JobView job, int shard, int from) {
        IntPredicate open = agent -> job.admits(agent, from);
        int chosen = job.spec.strategy() == Strategy.BALANCED ? -1 : computed(job, shard, open);
        if (chosen < 0) {
            chosen = leastLoaded(job, open);
        }
        if (chosen >= 0) {
            sameJob[chosen]++;
        }
        return chosen;
    }

    /**
     * For each shard the place that the strategy computes from the cluster alone; -1 where there is none. Spread is
     * observed among the targets themselves, so that they do not depend on where shards are now.
     */
    int[] targets(JobView job) {
        if (job.targets == null) {
            int[] targets = new int[job.spec.shards()];
            Spacing spacing = job.spacing == null ? null : job.spacing.emptied();
            IntPredicate open = agent -> spacing == null || spacing.admits(agent, -1);
            Placement placement = placement(job);
            for (int shard = 0; shard < targets.length; shard++) {
                targets[shard] = placement.pick(shard, open);
                if (spacing != null && targets[shard] >= 0) {
                    spacing.place(targets[shard], -1);
                }
            }
            job.targets = targets;
        }
        return job.targets;
    }

    private int computed(JobView job, int shard, IntPredicate open) {
        // Where other jobs of its group are is not a fact of the cluster alone, so there are no fixed targets then.
        if (job.group == null) {
            int target = targets(job)[shard];
            if (target >= 0 && open.test(target)) {
                return target;
            }
        }
        return placement(job).pick(shard, open);
    }

    private Placement placement(JobView job) {
        if (job.placement == null) {
            int[] agents = job.candidates.agents;
            if (!job.spec.prefers().isAny()) {
                Candidates preferred = board.cluster.matching(job.spec.prefers());
                int[] both = Arrays.stream(agents).filter(preferred::contains).toArray();
                agents = both.length == 0 ? agents : both;
            }
            job.placement = Placement.of(job, board.cluster, agents);
        }
        return job.placement;
    }

    /**
     * Of the agents whose load is near the least, the best by {@link #isBetter}. Near is what cannot widen the gap
     * between most and least beyond the largest weight of one shard.
     */
    private int leastLoaded(JobView job, IntPredicate open) {
        long least = Long.MAX_VALUE;
        for (int agent : job.candidates.agents) {
            if (board.load[agent] < least && open.test(agent)) {
                least = board.load[agent];
            }
        }
        int best = -1;
        for (int agent : job.candidates.agents) {
            if (board.load[agent] - least <= largestWeight - job.weight
                    && open.test(agent)
                    && (best < 0 || isBetter(job, agent, best))) {
                best = agent;
            }
        }
        return best;
    }

    /** Preferred labels, then fewest shards of the same job, then the newest, which a rolling restart has behind it. */
    private boolean isBetter(JobView job, int agent, int best) {
        if (!job.spec.prefers().isAny()) {
            Candidates preferred = board.cluster.matching(job.spec.prefers());
            if (preferred.contains(agent) != preferred.contains(best)) {
                return preferred.contains(agent);
            }
        }
        if (sameJob[agent] != sameJob[best]) {
            return sameJob[agent] < sameJob[best];
        }
        Instant registered = board.cluster.agents.get(agent).registeredAt();
        int newer = registered.compareTo(board.cluster.agents.get(best).registeredAt());
        if (newer != 0) {
            return newer > 0;
        }
        return Hashes.mix(job.hash(), board.cluster.idHash[agent]) > Hashes.mix(job.hash(), board.cluster.idHash[best]);
    }
}
