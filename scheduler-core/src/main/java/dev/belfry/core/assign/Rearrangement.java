package dev.belfry.core.assign;

import java.util.List;

/**
 * Moves shards of jobs with a computed strategy to the place that it gives them. A shard never leaves its place for
 * another, so this ends. Jobs in an exclusivity group are not rearranged: their places depend on each other.
 */
final class Rearrangement {
    private final Board board;
    private final Chooser chooser;

    Rearrangement(Board board, Chooser chooser) {
        this.board = board;
        this.chooser = chooser;
    }

    void run(List<JobView> jobs) {
        for (JobView job : jobs) {
            boolean settled = job.heldBack || job.rows.count() == 0 || job.candidates.isEmpty();
            if (job.spec.strategy() != Strategy.BALANCED && job.group == null && !settled) {
                rearrange(job, chooser.targets(job));
            }
        }
    }

    private void rearrange(JobView job, int[] targets) {
        int most = Math.min(targets.length, job.rows.length());
        for (int shard = 0; shard < most && board.mayMove(1); shard++) {
            int agent = job.settledOn(shard);
            int target = targets[shard];
            if (agent >= 0 && target >= 0 && target != agent && job.admits(target, agent)) {
                board.load[agent] -= job.weight;
                board.move(job, shard, target, "this is its place by the job's strategy");
            }
        }
    }
}
