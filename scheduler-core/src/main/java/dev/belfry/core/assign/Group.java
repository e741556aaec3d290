package dev.belfry.core.assign;

import org.jspecify.annotations.Nullable;

/** The jobs that must not share an agent: per agent, which of them is there, and for which one it is being cleared. */
final class Group {
    private final @Nullable JobView[] holder;
    private final @Nullable JobView[] reserved;
    private final boolean[] fresh;

    Group(int agents) {
        holder = new JobView[agents];
        reserved = new JobView[agents];
        fresh = new boolean[agents];
    }

    /** Notes that a job is, or may soon be, on an agent; false when another of the group is there already. */
    boolean place(JobView job, int agent) {
        if (holder[agent] == null) {
            holder[agent] = job;
        }
        return holder[agent] == job;
    }

    /** Notes that the plan at hand brings a job to an agent. */
    void placeNow(JobView job, int agent) {
        place(job, agent);
        fresh[agent] = true;
    }

    boolean admits(JobView job, int agent) {
        return (holder[agent] == null || holder[agent] == job) && (reserved[agent] == null || reserved[agent] == job);
    }

    void reserve(JobView job, int agent) {
        reserved[agent] = job;
    }

    /** The other job that keeps this one off an agent and could be moved, if any. */
    @Nullable
    JobView blocker(JobView job, int agent) {
        boolean settled = !fresh[agent] && reserved[agent] == null;
        return settled && holder[agent] != job ? holder[agent] : null;
    }
}
