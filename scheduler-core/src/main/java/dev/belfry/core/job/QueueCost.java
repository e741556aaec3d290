package dev.belfry.core.job;

/** What makes a job short in a queue with the order {@link QueueOrder#SHORTEST_JOB_FIRST}. */
public enum QueueCost {
    /** The median of its measured durations; what it declares until there are enough of them. */
    TIME,
    /** The memory that a task of it takes. */
    SPACE
}
