package dev.belfry.core.dispatch;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.Optional;

/**
 * Why a task waits, and for how long still.
 *
 * @param id which task
 * @param queue the queue in which it waits
 * @param position from 1: how many tasks of its queue would come first by order alone, and itself
 * @param aheadInJob how many of them are of the same job
 * @param reason why it, or the first task of its job that may run where it may, does not start
 * @param expectedStart when it may be expected to start; empty if that cannot be told. {@link TaskQueue#explain} says how it is
 *     estimated
 */
public record Explanation(
        TaskId id, String queue, int position, int aheadInJob, Waiting reason, Optional<Instant> expectedStart) {
    public Explanation {
        requireNonNull(id);
        requireNonNull(queue);
        requireNonNull(reason);
        requireNonNull(expectedStart);
    }

    /** A sentence for people. */
    public String text() {
        return "In queue '" + queue + "' it has position " + position
                + (aheadInJob == 0 ? "" : ", behind " + aheadInJob + " of the same job") + "; why it waits: "
                + reason.text() + ".";
    }
}
