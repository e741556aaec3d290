package dev.belfry.core.job;

/** Which job of a queue is next, among those whose first task is due equally: of the same slot of age and priority. */
public enum QueueOrder {
    /** The job whose first task has waited longest. */
    FIFO,
    /** The job with the smallest cost. */
    SHORTEST_JOB_FIRST,
    /** The job with the fewest tasks running. */
    LEAST_JOBS_FIRST,
    /** The job that was given an agent longest ago. */
    LEAST_RECENTLY_SERVED
}
