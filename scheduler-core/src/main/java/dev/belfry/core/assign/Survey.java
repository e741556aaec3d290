package dev.belfry.core.assign;

import dev.belfry.core.ownership.LayoutKey;
import dev.belfry.core.ownership.LayoutRows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads the table once and sorts each shard by what has to happen to it. */
final class Survey {
    private final PlanInput input;
    private final Board board;
    private final JobView.Shared shared;
    private final List<JobView> jobs = new ArrayList<>();
    private final List<Map.Entry<LayoutKey, LayoutRows>> others = new ArrayList<>();

    Survey(PlanInput input, Board board) {
        this.input = input;
        this.board = board;
        this.shared = new JobView.Shared(board.cluster, board.owners, new HashMap<>(), new Releases(input.released()));
    }

    /** The active jobs, in the order of their uids. */
    List<JobView> run() {
        List<JobView> all = views();
        for (JobView job : all) {
            if (job.spec.active()) {
                jobs.add(job);
                for (int shard = 0; shard < job.spec.shards(); shard++) {
                    sort(job, shard);
                }
                findExcess(job);
            }
        }
        new Endings(input, board, shared).run(all, others);
        return jobs;
    }

    /** Pairs jobs with their rows, both being in order, and puts aside the rows of layouts that nobody wants. */
    private List<JobView> views() {
        LayoutRows[] wanted = new LayoutRows[input.jobs().size()];
        Arrays.fill(wanted, LayoutRows.EMPTY);
        int at = 0;
        for (Map.Entry<LayoutKey, LayoutRows> entry : input.table().layouts().entrySet()) {
            while (at < input.jobs().size()
                    && input.jobs().get(at).jobUid().compareTo(entry.getKey().jobUid()) < 0) {
                at++;
            }
            boolean present = at < input.jobs().size()
                    && input.jobs().get(at).active()
                    && input.jobs().get(at).key().equals(entry.getKey());
            if (present) {
                wanted[at] = entry.getValue();
            }
            if (!present || entry.getValue().length() > input.jobs().get(at).shards()) {
                others.add(entry);
            }
        }
        List<JobView> views = new ArrayList<>(input.jobs().size());
        for (int i = 0; i < wanted.length; i++) {
            JobSpec job = input.jobs().get(i);
            views.add(new JobView(job, job.key(), wanted[i], shared));
        }
        return views;
    }

    private void sort(JobView job, int shard) {
        int owner = job.rows.owner(shard);
        if (owner == LayoutRows.NONE) {
            job.addToDo().orphans.add(shard);
            return;
        }
        int next = board.owners.agent(job.rows.next(shard));
        boolean comes = job.candidates.contains(next);
        int has = board.owners.agent(owner);
        if (job.isFree(shard)) {
            sortFree(job, shard, comes);
            has = -1;
        } else if (has >= 0) {
            sortOwned(job, shard, comes);
        } else if (!comes) {
            expect(job, owner);
        }
        if (comes) {
            board.load[next] += job.weight;
        }
        place(job, next, has);
    }

    private static void place(JobView job, int next, int has) {
        if (next >= 0 && job.group != null) {
            job.group.place(job, next);
        }
        if (next >= 0 && job.spacing != null) {
            job.spacing.place(next, has);
        }
    }

    private void sortFree(JobView job, int shard, boolean comes) {
        if (comes) {
            job.addToDo().handed.add(shard);
        } else if (board.owners.mayRejoin(job.spec, job.rows.owner(shard))) {
            job.addToDo().returning.add(shard);
        } else {
            job.addToDo().freed.add(shard);
        }
    }

    /**
     * A shard that waits for the end of a lease counts for the agent that is back within its rejoin grace and will have it:
     * else that agent seemed idle, and were given what it would have to give away again.
     */
    private void expect(JobView job, int owner) {
        int back = board.cluster.indexOfId(board.owners.incarnation(owner).agentId());
        if (job.candidates.contains(back) && board.owners.mayRejoin(job.spec, owner)) {
            board.load[back] += job.weight;
        }
    }

    private void sortOwned(JobView job, int shard, boolean comes) {
        int agent = board.owners.agent(job.rows.owner(shard));
        boolean alone = job.group == null || job.group.place(job, agent);
        if (job.spacing != null) {
            job.spacing.place(agent, -1);
        }
        boolean mayStay = job.candidates.contains(agent) && alone;
        int next = job.rows.next(shard);
        if (next == LayoutRows.NONE) {
            if (mayStay) {
                board.load[agent] += job.weight;
            } else if (!board.owners.mayRejoin(job.spec, job.rows.owner(shard))) {
                job.addToDo().leaving.add(shard);
            }
        } else if (comes) {
            board.underWay();
            job.isMoving = true;
        } else if (next != LayoutRows.WITHDRAW || mayStay || !job.candidates.isEmpty()) {
            job.addToDo().aimless.add(shard);
        }
    }

    private static void findExcess(JobView job) {
        Spacing spacing = job.spacing;
        if (spacing == null) {
            return;
        }
        int[] found = new int[spacing.valueCount()];
        for (int shard = job.rows.length() - 1; shard >= 0; shard--) {
            int agent = job.settledOn(shard);
            if (agent >= 0 && found[spacing.valueOf(agent)] < spacing.excess(agent)) {
                found[spacing.valueOf(agent)]++;
                job.addToDo().excess.add(shard);
            }
        }
    }
}
