package dev.belfry.core.assign;

import java.util.List;

/**
 * Makes the plan in fixed steps: sort every shard by its state; remove rows of dropped jobs and layouts; grant what
 * nobody can run; re-aim and begin the moves that the rules ask for; rearrange computed strategies; restore balance.
 *
 * <p>A rule (group, spread) is checked against owners and successors of the table as it is plus what the plan adds,
 * never less what it removes. So each change stands alone: any part of a plan may be written, in any order.
 */
final class Planner {
    private Planner() {}

    static Plan plan(PlanInput input) {
        Cluster cluster = new Cluster(input.agents());
        Board board = new Board(cluster, new Owners(input, cluster), input.mostMoves());
        List<JobView> jobs = new Survey(input, board).run();
        long largestWeight = jobs.stream().mapToLong(job -> job.weight).max().orElse(1);
        Chooser chooser = new Chooser(board, largestWeight);
        Room room = new Room(board);
        new Grants(board, chooser, room).run(jobs);
        new Departures(board, chooser, room).run(jobs);
        new Rearrangement(board, chooser).run(jobs);
        new Balance(board, largestWeight).run(jobs);
        return board.plan();
    }
}
