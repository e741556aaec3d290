package dev.belfry.core.queue;

import java.time.Instant;
import java.util.Optional;

/**
 * What is to be known of the attempts that a queued task has had.
 *
 * @param attempts started, or lost before anybody knew whether they were
 * @param failures of these, the ones that count against the retry policy
 * @param lost of these, the ones that ended with their agent or its lease
 * @param notBefore when the next one may start; {@link Instant#EPOCH} for at once
 * @param first when the first one was dispatched, for the total time-out; {@link Instant#EPOCH} if none was
 * @param agent the id of the agent that had the last one; empty if nobody did
 * @param inDoubt whether an attempt was lost that may have come to its end
 * @param checkpoint the newest that an attempt has left; empty if none did
 */
public record TaskHistory(
        int attempts,
        int failures,
        int lost,
        Instant notBefore,
        Instant first,
        String agent,
        boolean inDoubt,
        Optional<OutboxItem> checkpoint) {

    /** Of a task that was never dispatched. */
    public static final TaskHistory NONE =
            new TaskHistory(0, 0, 0, Instant.EPOCH, Instant.EPOCH, "", false, Optional.empty());

    public TaskHistory {
        if (attempts < 0 || failures < 0 || lost < 0 || failures + lost > attempts) {
            throw new IllegalArgumentException(
                    "impossible attempts " + attempts + ", failures " + failures + ", lost " + lost);
        }
    }

    /** With one failure more; the next attempt starts no earlier than {@code next}. */
    TaskHistory failed(Instant next) {
        return new TaskHistory(attempts, failures + 1, lost, next, first, agent, inDoubt, checkpoint);
    }

    /** With one attempt more that was lost, which may have come to its end or is known not to have. */
    TaskHistory lost(boolean doubt) {
        return new TaskHistory(attempts, failures, lost + 1, Instant.EPOCH, first, agent, inDoubt || doubt, checkpoint);
    }

    /** With the last attempt taken back: it was not begun. Another agent is better than the one that had it. */
    TaskHistory takenBack() {
        return new TaskHistory(attempts - 1, failures, lost, Instant.EPOCH, first, agent, inDoubt, checkpoint);
    }

    /** The same; the next attempt starts no earlier than {@code next}. */
    TaskHistory notBefore(Instant next) {
        return new TaskHistory(
                attempts, failures, lost, Instant.ofEpochMilli(next.toEpochMilli()), first, agent, inDoubt, checkpoint);
    }

    /** With what the last attempt left for the next. */
    TaskHistory leaving(OutboxItem item) {
        return new TaskHistory(attempts, failures, lost, notBefore, first, agent, inDoubt, Optional.of(item));
    }
}
