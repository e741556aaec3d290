package dev.belfry.core.assign;

import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/**
 * Moves shards of balanced jobs from agents with more load to agents with less, only where the difference is above
 * the largest weight of one shard. Each move lowers the sum of the squares of the loads, so this ends; and an agent
 * that joins is filled no further than the others' level, so it gets at most its fair share.
 */
final class Balance {
    private final Board board;
    private final long largestWeight;
    private final TreeSet<Integer> byLoad;

    /** Agents that could give nothing to anybody. */
    private final TreeSet<Integer> stuck = new TreeSet<>();

    Balance(Board board, long largestWeight) {
        this.board = board;
        this.largestWeight = largestWeight;
        this.byLoad = new TreeSet<>(
                Comparator.comparingLong((Integer agent) -> board.load[agent]).thenComparing(agent -> agent));
    }

    void run(List<JobView> jobs) {
        if (!isNeeded()) {
            return;
        }
        MovableShards movable = new MovableShards(jobs, board.cluster.size());
        for (int agent = 0; agent < board.cluster.size(); agent++) {
            byLoad.add(agent);
        }
        int giver = mostLoaded();
        while (giver >= 0 && board.mayMove(1)) {
            if (give(movable, giver)) {
                release(movable, giver);
            } else {
                stuck.add(giver);
            }
            giver = mostLoaded();
        }
    }

    private boolean isNeeded() {
        long least = Long.MAX_VALUE;
        long most = 0;
        for (long load : board.load) {
            least = Math.min(least, load);
            most = Math.max(most, load);
        }
        return most - least > largestWeight && board.mayMove(1);
    }

    private int mostLoaded() {
        for (int agent : byLoad.descendingSet()) {
            if (!stuck.contains(agent)) {
                return agent;
            }
        }
        return -1;
    }

    /** Moves one shard to the least loaded agent that may have one of the giver's; false when there is none. */
    private boolean give(MovableShards movable, int giver) {
        for (int taker : byLoad) {
            if (board.load[giver] - board.load[taker] <= largestWeight) {
                return false;
            }
            MovableShards.Found found = movable.find(giver, taker);
            if (found != null) {
                byLoad.remove(giver);
                byLoad.remove(taker);
                board.load[giver] -= found.job().weight;
                board.move(found.job(), found.shard(), taker, "restores balance");
                byLoad.add(giver);
                byLoad.add(taker);
                stuck.remove(taker);
                return true;
            }
        }
        return false;
    }

    /** Only the agent whose load fell can now take what nobody took before: all other loads have risen. */
    private void release(MovableShards movable, int fallen) {
        stuck.removeIf(
                agent -> board.load[agent] - board.load[fallen] > largestWeight && movable.find(agent, fallen) != null);
    }
}
