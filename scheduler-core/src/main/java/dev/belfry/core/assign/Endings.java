package dev.belfry.core.assign;

import dev.belfry.core.ownership.LayoutKey;
import dev.belfry.core.ownership.LayoutRows;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Brings layouts and jobs to their end that are over: live owners are asked to let go, rows that are settled go, and a
 * shard that nobody settled, because its owner was lost or it never had one, goes to an agent that does.
 */
final class Endings {
    private final Board board;
    private final JobView.Shared shared;
    private final Releases settled;
    private final int[] heirs;

    Endings(PlanInput input, Board board, JobView.Shared shared) {
        this.board = board;
        this.shared = shared;
        this.settled = new Releases(input.settled());
        this.heirs = heirs(board.cluster);
    }

    /** Who may settle: nothing is run, so any agent will do, the better if it stays. */
    private static int[] heirs(Cluster cluster) {
        JobSpec any = JobSpec.of("any", 1, 1, "");
        int[] staying = agents(cluster, any, false);
        return staying.length > 0 ? staying : agents(cluster, any, true);
    }

    private static int[] agents(Cluster cluster, JobSpec any, boolean draining) {
        return IntStream.range(0, cluster.size())
                .filter(agent -> cluster.refusal(any, agent)
                        .map(refusal -> switch (refusal) {
                            case STANDBY, DUPLICATE_ID -> false;
                            case DRAINING -> draining;
                            case HANDLER, LABELS -> true;
                        })
                        .orElse(true))
                .toArray();
    }

    /**
     * Plans for everything that is over.
     *
     * @param jobs every job
     * @param others rows of the table that belong to no present layout
     */
    void run(List<JobView> jobs, List<Map.Entry<LayoutKey, LayoutRows>> others) {
        Map<LayoutKey, LayoutRows> rows = new HashMap<>();
        others.forEach(entry -> rows.put(entry.getKey(), entry.getValue()));
        for (JobView job : jobs) {
            for (EndedLayout ended : job.spec.ended()) {
                LayoutKey key = new LayoutKey(job.spec.jobUid(), ended.layout());
                LayoutRows left = rows.remove(key);
                end(job, key, left == null ? LayoutRows.EMPTY : left, ended);
            }
        }
        if (rows.isEmpty()) {
            return;
        }
        Map<String, JobView> byUid = new HashMap<>();
        jobs.forEach(job -> byUid.put(job.spec.jobUid(), job));
        // In the order of the table, so that the same input gives the same plan.
        for (Map.Entry<LayoutKey, LayoutRows> entry : others) {
            if (rows.containsKey(entry.getKey())) {
                remove(byUid.get(entry.getKey().jobUid()), entry.getKey(), entry.getValue());
            }
        }
    }

    private void end(JobView job, LayoutKey key, LayoutRows rows, EndedLayout ended) {
        JobView old = new JobView(job.spec, key, rows, shared);
        Map<Integer, Long> settledShards = settled.of(key);
        String reason = job.spec.active() ? "the job now has layout " + job.spec.layout() : "the job is no more";
        for (int shard = 0; shard < Math.max(rows.length(), ended.shards()); shard++) {
            int owner = rows.owner(shard);
            if (owner == LayoutRows.NONE) {
                if (shard < ended.shards() && !ended.isSettled(shard)) {
                    settle(old, key, shard, reason + ", and nobody had the shard");
                    job.heldBack = true;
                }
            } else if (isSettled(settledShards, rows, shard) || (old.isFree(shard) && shard >= ended.shards())) {
                board.drop(key.shard(shard), reason);
            } else {
                hold(job, owner);
                if (old.isFree(shard)) {
                    settle(old, key, shard, reason + ", and its last owner left fires without an outcome");
                } else {
                    withdraw(old, key, shard, reason);
                }
            }
        }
    }

    private static boolean isSettled(Map<Integer, Long> settledShards, LayoutRows rows, int shard) {
        Long since = settledShards.get(shard);
        return since != null && since == rows.since(shard);
    }

    /** Rows of which no definition says what they owe. */
    private void remove(@Nullable JobView job, LayoutKey key, LayoutRows rows) {
        JobSpec spec = job == null ? JobSpec.of(key.jobUid(), key.layout(), 1, "") : job.spec;
        boolean present = job != null && job.spec.active();
        int from = present && spec.key().equals(key) ? spec.shards() : 0;
        String reason = present ? "the job now has layout " + spec.layout() : "the job is no more";
        JobView old = new JobView(spec, key, rows, shared);
        for (int shard = from; shard < rows.length(); shard++) {
            int owner = rows.owner(shard);
            if (owner == LayoutRows.NONE) {
                continue;
            }
            if (old.isFree(shard)) {
                board.drop(key.shard(shard), reason);
            } else {
                withdraw(old, key, shard, reason);
                if (job != null) {
                    hold(job, owner);
                }
            }
        }
    }

    private void withdraw(JobView old, LayoutKey key, int shard, String reason) {
        boolean live = board.owners.agent(old.rows.owner(shard)) >= 0;
        if (live && old.rows.next(shard) != LayoutRows.WITHDRAW) {
            board.withdraw(key.shard(shard), old.rows.owner(shard), reason);
        }
    }

    private void settle(JobView old, LayoutKey key, int shard, String reason) {
        int[] agents = old.candidates.isEmpty() ? heirs : old.candidates.agents;
        if (agents.length > 0) {
            int start = (int) Math.floorMod(Hashes.of(key.jobUid()) + shard, (long) agents.length);
            board.settle(key.shard(shard), agents[start], reason);
        }
    }

    /** While somebody may still run a shard of it, nothing else of the job is granted, and its group keeps off. */
    private void hold(JobView job, int owner) {
        job.heldBack = true;
        int agent = board.owners.agent(owner);
        if (job.group != null && agent >= 0) {
            job.group.place(job, agent);
        }
    }
}
