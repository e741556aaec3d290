package dev.belfry.core.assign;

import dev.belfry.core.ownership.LayoutRows;
import dev.belfry.core.ownership.ShardKey;
import dev.belfry.core.ownership.Successor;
import java.util.ArrayList;
import java.util.List;

/** Collects the changes of a plan and keeps loads and rules up to date with them. */
final class Board {
    final Cluster cluster;
    final Owners owners;

    /** Per agent, the weight of what it owns and stays, and of what is to come to it. */
    final long[] load;

    private final int mostMoves;
    private int moves;
    private final Sheet drops = new Sheet();
    private final Sheet withdrawals = new Sheet();
    private final Sheet settlements = new Sheet();
    private final Sheet grants = new Sheet();
    private final Sheet retractions = new Sheet();
    private final Sheet offers = new Sheet();
    private final List<Unplaced> unplaced = new ArrayList<>();

    Board(Cluster cluster, Owners owners, int mostMoves) {
        this.cluster = cluster;
        this.owners = owners;
        this.mostMoves = mostMoves;
        this.load = new long[cluster.size()];
    }

    /** Counts a move that is under way already. */
    void underWay() {
        moves++;
    }

    /** Whether as many more moves may begin. */
    boolean mayMove(int more) {
        return moves + more <= mostMoves;
    }

    void drop(ShardKey shard, String reason) {
        drops.add(new Change.Drop(shard), reason);
    }

    void withdraw(ShardKey shard, int owner, String reason) {
        withdrawals.add(new Change.Withdraw(shard, owners.incarnation(owner)), reason);
    }

    void withdraw(JobView job, int shard, String reason) {
        job.touch(shard);
        withdraw(job.key(shard), job.rows.owner(shard), reason);
    }

    /** A grant to somebody who only settles. */
    void settle(ShardKey shard, int agent, String reason) {
        settlements.add(new Change.Settle(shard, cluster.incarnation(agent)), reason);
    }

    void grant(JobView job, int shard, int agent, String reason) {
        place(job, shard, agent, -1);
        grants.add(new Change.Grant(job.key(shard), cluster.incarnation(agent)), reason);
    }

    /** A grant to the row's successor, which counts there already. */
    void confirm(JobView job, int shard, int agent, String reason) {
        job.touch(shard);
        grants.add(new Change.Grant(job.key(shard), cluster.incarnation(agent)), reason);
    }

    /** Begins a move, or turns one that has lost its aim to another agent. */
    void move(JobView job, int shard, int agent, String reason) {
        int owner = job.rows.owner(shard);
        int from = owners.agent(owner);
        place(job, shard, agent, from);
        moves++;
        job.isMoving = true;
        if (job.rows.next(shard) == LayoutRows.NONE) {
            offers.add(new Change.Offer(job.key(shard), owners.incarnation(owner), cluster.incarnation(agent)), reason);
        } else {
            Successor next = Successor.of(cluster.incarnation(agent));
            retractions.add(new Change.Retract(job.key(shard), owners.incarnation(owner), next), reason);
        }
    }

    /** Ends a move that has lost its aim: the owner stays. */
    void stay(JobView job, int shard, String reason) {
        int owner = job.rows.owner(shard);
        job.touch(shard);
        load[owners.agent(owner)] += job.weight;
        retractions.add(new Change.Retract(job.key(shard), owners.incarnation(owner), Successor.NONE), reason);
    }

    void leaveOut(Unplaced shard) {
        unplaced.add(shard);
    }

    Plan plan() {
        List<Change> changes = new ArrayList<>();
        List<String> reasons = new ArrayList<>();
        for (Sheet sheet : List.of(drops, withdrawals, settlements, grants, retractions, offers)) {
            changes.addAll(sheet.changes);
            reasons.addAll(sheet.reasons);
        }
        return new Plan(changes, reasons, unplaced);
    }

    private void place(JobView job, int shard, int agent, int from) {
        job.touch(shard);
        load[agent] += job.weight;
        if (job.group != null) {
            job.group.placeNow(job, agent);
        }
        if (job.spacing != null) {
            job.spacing.place(agent, from);
        }
    }

    private static final class Sheet {
        private final List<Change> changes = new ArrayList<>();
        private final List<String> reasons = new ArrayList<>();

        void add(Change change, String reason) {
            changes.add(change);
            reasons.add(reason);
        }
    }
}
