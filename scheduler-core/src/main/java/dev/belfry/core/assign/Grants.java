package dev.belfry.core.assign;

import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.ownership.LayoutRows;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Gives an owner to every shard that nobody can run: first those promised to somebody, then the orphans. */
final class Grants {
    private static final Comparator<JobView> HARDEST_FIRST = Comparator.comparingInt(
                    (JobView job) -> job.candidates.agents.length)
            .thenComparing(Comparator.comparingLong((JobView job) -> job.weight).reversed());

    private final Board board;
    private final Chooser chooser;
    private final Room room;

    Grants(Board board, Chooser chooser, Room room) {
        this.board = board;
        this.chooser = chooser;
        this.room = room;
    }

    void run(List<JobView> jobs) {
        List<JobView> waiting = new ArrayList<>();
        for (JobView job : jobs) {
            if (job.heldBack) {
                holdBack(job);
            } else {
                grantPromised(job);
                if (!job.toDo.orphans.isEmpty() || !job.toDo.freed.isEmpty()) {
                    waiting.add(job);
                }
            }
        }
        waiting.sort(HARDEST_FIRST);
        // Before the jobs of a group take all agents, each of them that is nowhere yet gets one.
        for (JobView job : waiting) {
            if (job.group != null && !job.hasPlace()) {
                chooser.turnTo(job);
                grantFirst(job);
            }
        }
        for (JobView job : waiting) {
            chooser.turnTo(job);
            grantAll(job);
        }
    }

    private void holdBack(JobView job) {
        for (Ints shards : List.of(job.toDo.orphans, job.toDo.freed, job.toDo.returning, job.toDo.handed)) {
            for (int i = 0; i < shards.size(); i++) {
                board.leaveOut(Unplaced.because(
                        job.key(shards.get(i)), Wait.LAYOUT, "an older layout of the job has not been let go yet"));
            }
        }
    }

    private void grantPromised(JobView job) {
        for (int i = 0; i < job.toDo.handed.size(); i++) {
            int shard = job.toDo.handed.get(i);
            int next = board.owners.agent(job.rows.next(shard));
            if (job.admits(next, next)) {
                board.confirm(job, shard, next, whyFree(job, shard) + "; the agent it was being moved to takes over");
            } else {
                board.load[next] -= job.weight;
                job.addToDo().freed.add(shard);
            }
        }
        for (int i = 0; i < job.toDo.returning.size(); i++) {
            int shard = job.toDo.returning.get(i);
            Incarnation former = board.owners.incarnation(job.rows.owner(shard));
            int back = board.cluster.indexOfId(former.agentId());
            if (back >= 0 && !board.cluster.incarnation(back).equals(former) && job.admits(back, -1)) {
                board.grant(job, shard, back, "its agent is back within the rejoin grace");
            } else {
                board.leaveOut(Unplaced.because(
                        job.key(shard),
                        Wait.REJOIN,
                        "agent " + former.agentId() + " announced that it comes back, and has until "
                                + board.owners.rejoinEnd(job.spec, job.rows.owner(shard))
                                + "; then the shard goes to another"));
            }
        }
    }

    private void grantFirst(JobView job) {
        int shard = job.toDo.orphans.isEmpty() ? job.toDo.freed.get(0) : job.toDo.orphans.get(0);
        grant(job, shard);
    }

    private void grantAll(JobView job) {
        @Nullable Explanation why = null;
        for (Ints shards : List.of(job.toDo.orphans, job.toDo.freed)) {
            for (int i = 0; i < shards.size(); i++) {
                int shard = shards.get(i);
                if (!job.isTouched(shard) && !grant(job, shard)) {
                    room.make(job);
                    why = why == null ? Explanation.of(job, board.cluster) : why;
                    board.leaveOut(why.unplaced(job.key(shard)));
                }
            }
        }
    }

    private boolean grant(JobView job, int shard) {
        int owner = job.rows.owner(shard);
        int former = board.owners.agent(owner);
        // Let go without a move under way: the owner asked to be granted again, or its release crossed with the
        // withdrawal of a move. It stays where it is, under a new generation.
        boolean inPlace = former >= 0 && job.rows.next(shard) < 0 && job.admits(former, -1);
        int agent = inPlace ? former : chooser.choose(job, shard, -1);
        if (agent < 0) {
            return false;
        }
        String why = owner == LayoutRows.NONE ? "it has no owner" : whyFree(job, shard);
        board.grant(job, shard, agent, inPlace ? "its owner let go and may have it again" : why);
        return true;
    }

    private static String whyFree(JobView job, int shard) {
        return job.owners.isReplaceable(job.rows.owner(shard))
                ? "its owner is gone and the lease over"
                : "its owner let go";
    }
}
