package dev.belfry.core.job;

/** What becomes of fires that were not started within the threshold. */
public enum MisfirePolicy {
    /** The latest runs; the others are recorded as missed. */
    FIRE_ONCE,
    /** Each runs, in order, within window and limit. */
    FIRE_ALL,
    /** None runs; all are recorded as missed. */
    SKIP
}
