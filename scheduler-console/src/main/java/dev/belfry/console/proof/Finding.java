package dev.belfry.console.proof;

import java.time.Instant;

/**
 * Fires of one shard, next to each other, that are not accounted for as they should be.
 *
 * @param job name of the job
 * @param shard its number, or the agent id for a broadcast job
 * @param first the first of the fires
 * @param last the last of them
 * @param count how many
 * @param detail what was found, for a person
 */
public record Finding(
        Kind kind, String job, int layout, String shard, Instant first, Instant last, long count, String detail) {

    /** What is wrong. */
    public enum Kind {
        /** Due, and no outcome is recorded. */
        GAP,
        /** More than one final outcome. */
        DUPLICATE,
        /** An outcome of a fire that was not due. */
        PHANTOM
    }
}
