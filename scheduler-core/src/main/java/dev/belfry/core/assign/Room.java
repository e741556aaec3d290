package dev.belfry.core.assign;

import dev.belfry.core.ownership.LayoutRows;
import org.jspecify.annotations.Nullable;

/**
 * Clears an agent for a job that its group keeps off everywhere: the job that is there moves to other agents, if it
 * can. Spread needs nothing of the kind: shards of one job are alike, so a place that one of them could move to would
 * take the new one as well.
 */
final class Room {
    private final Board board;

    Room(Board board) {
        this.board = board;
    }

    /** Tries to clear an agent for a job; afterwards {@code awaitedRoom} says for what the job waits, if it worked. */
    void make(JobView job) {
        if (job.group == null || !job.awaitedRoom.isEmpty()) {
            return;
        }
        Clearing best = null;
        for (int agent : job.candidates.agents) {
            Clearing clearing = clearing(job, job.group, agent);
            if (clearing != null && (best == null || clearing.isEasierThan(best, board.load))) {
                best = clearing;
            }
        }
        if (best != null) {
            clear(job, job.group, best);
        }
    }

    private void clear(JobView job, Group group, Clearing clearing) {
        JobView other = clearing.other;
        group.reserve(job, clearing.agent);
        job.awaitedRoom = "agent " + board.cluster.incarnation(clearing.agent).agentId() + " has to let go of job "
                + other.spec.name() + " of the same group first";
        String reason = "makes room on " + board.cluster.incarnation(clearing.agent) + " for job " + job.spec.name()
                + ", which must not share an agent with job " + other.spec.name();
        for (int i = 0; i < clearing.shards.size(); i++) {
            int target = refuge(other, clearing.agent);
            if (target >= 0) {
                board.move(other, clearing.shards.get(i), target, reason);
            }
        }
    }

    /** What it takes to clear an agent; null when it cannot be done now. */
    private @Nullable Clearing clearing(JobView job, Group group, int agent) {
        JobView other = group.blocker(job, agent);
        if (other == null || (job.spacing != null && !job.spacing.admits(agent, -1))) {
            return null;
        }
        Ints shards = new Ints();
        for (int shard = 0; shard < other.rows.length(); shard++) {
            if (other.isTouched(shard) || board.owners.agent(other.rows.next(shard)) == agent) {
                return null;
            }
            boolean here = board.owners.agent(other.rows.owner(shard)) == agent && !other.isReleased(shard);
            if (here && other.rows.next(shard) == LayoutRows.NONE) {
                shards.add(shard);
            }
        }
        boolean possible = shards.isEmpty()
                || (board.mayMove(shards.size())
                        && (shards.size() == 1 || other.spacing == null)
                        && refuge(other, agent) >= 0);
        return possible ? new Clearing(agent, other, shards) : null;
    }

    /** The least loaded other agent for a shard of a job. */
    private int refuge(JobView job, int from) {
        int best = -1;
        for (int agent : job.candidates.agents) {
            if (agent != from && job.admits(agent, from) && (best < 0 || board.load[agent] < board.load[best])) {
                best = agent;
            }
        }
        return best;
    }

    private record Clearing(int agent, JobView other, Ints shards) {
        /** One that is under way already costs nothing and comes first, so a second one is never begun. */
        boolean isEasierThan(Clearing that, long[] load) {
            return shards.size() != that.shards.size()
                    ? shards.size() < that.shards.size()
                    : load[agent] < load[that.agent];
        }
    }
}
