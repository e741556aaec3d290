package dev.belfry.core.assign;

import dev.belfry.core.ownership.LayoutKey;
import dev.belfry.core.ownership.LayoutRows;
import dev.belfry.core.ownership.Release;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads the table once, sorts each shard by what has to happen to it, and removes rows that are not wanted any more. */
final class Survey {
    private final PlanInput input;
    private final Board board;
    private final JobView.Shared shared;
    private final Map<LayoutKey, Map<Integer, Long>> released = new HashMap<>();
    private final List<JobView> jobs = new ArrayList<>();
    private final List<Map.Entry<LayoutKey, LayoutRows>> others = new ArrayList<>();

    Survey(PlanInput input, Board board) {
        this.input = input;
        this.board = board;
        this.shared = new JobView.Shared(board.cluster, board.owners, new HashMap<>());
        for (Release release : input.released()) {
            released.computeIfAbsent(release.shard().of(), key -> new HashMap<>())
                    .put(release.shard().shard(), release.since().value());
        }
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
        removeOthers(all);
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
            views.add(new JobView(job, wanted[i], shared, releasedOf(job.key())));
        }
        return views;
    }

    private Map<Integer, Long> releasedOf(LayoutKey key) {
        return released.isEmpty() ? Map.of() : released.getOrDefault(key, Map.of());
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

    private void removeOthers(List<JobView> all) {
        Map<String, JobView> byUid = new HashMap<>();
        if (!others.isEmpty()) {
            all.forEach(job -> byUid.put(job.spec.jobUid(), job));
        }
        for (Map.Entry<LayoutKey, LayoutRows> entry : others) {
            LayoutKey key = entry.getKey();
            JobView job = byUid.get(key.jobUid());
            if (job == null) {
                JobSpec unknown = JobSpec.of(key.jobUid(), key.layout(), 1, "");
                removeRows(key, old(unknown, entry), 0, "the job is no more");
            } else if (!job.spec.active()) {
                hold(job, removeRows(key, old(job.spec, entry), 0, "the job is no more"));
            } else {
                int from = job.spec.key().equals(key) ? job.spec.shards() : 0;
                String reason = "the job now has layout " + job.spec.layout();
                hold(job, removeRows(key, old(job.spec, entry), from, reason));
            }
        }
    }

    private JobView old(JobSpec job, Map.Entry<LayoutKey, LayoutRows> entry) {
        return new JobView(job, entry.getValue(), shared, releasedOf(entry.getKey()));
    }

    /** Removes the rows from one shard on; returns the owners that may still run some of them. */
    private Ints removeRows(LayoutKey key, JobView old, int from, String reason) {
        Ints holding = new Ints();
        for (int shard = from; shard < old.rows.length(); shard++) {
            int owner = old.rows.owner(shard);
            if (owner != LayoutRows.NONE && !remove(key, old, shard, reason)) {
                holding.add(owner);
            }
        }
        return holding;
    }

    /** Drops a row that nobody can run; otherwise sees to it that its owner lets go. */
    private boolean remove(LayoutKey key, JobView old, int shard, String reason) {
        if (old.isFree(shard)) {
            board.drop(key.shard(shard), reason);
            return true;
        }
        boolean live = board.owners.agent(old.rows.owner(shard)) >= 0;
        if (live && old.rows.next(shard) != LayoutRows.WITHDRAW) {
            board.withdraw(key.shard(shard), old.rows.owner(shard), reason);
        }
        return false;
    }

    private void hold(JobView job, Ints owners) {
        job.heldBack |= !owners.isEmpty();
        for (int i = 0; i < owners.size(); i++) {
            int agent = board.owners.agent(owners.get(i));
            if (job.group != null && agent >= 0) {
                job.group.place(job, agent);
            }
        }
    }
}
