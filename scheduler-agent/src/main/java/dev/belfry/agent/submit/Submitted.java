package dev.belfry.agent.submit;

import java.time.Instant;

/** What became of a run that was to be submitted. */
public sealed interface Submitted {

    /**
     * It is durable: it has an outcome one day.
     *
     * @param segment path of the segment that holds it
     * @param first number of its first task in the segment
     * @param accepted when it became durable, by the clock of the ensemble
     */
    record Durable(String segment, int first, Instant accepted) implements Submitted {}

    /** Nothing happened: the queue holds as many runs as it may, or too many of this process wait to be submitted. */
    record Full(String why) implements Submitted {}

    /** Nothing happened: it could not be written in time. */
    record Unavailable(String why) implements Submitted {}

    /** Nothing happened, and submitting it again will not help. */
    record Rejected(String why) implements Submitted {}

    /** It may be durable or not, and nobody can tell any more. */
    record Unknown(String why) implements Submitted {}
}
