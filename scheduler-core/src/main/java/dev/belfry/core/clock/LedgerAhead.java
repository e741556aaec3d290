package dev.belfry.core.clock;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * A ledger that is final up to an instant of the future: the clocks by which it was written were ahead of the present ones.
 *
 * @param upTo everything due up to then is settled
 * @param now the present
 */
public record LedgerAhead(Instant upTo, Instant now) {

    /** What is less may come of clocks that differ a little. */
    public static final Duration BOUND = Duration.ofMinutes(1);

    /** Empty if a ledger that is final up to {@code upTo} is not ahead of {@code now}. */
    public static Optional<LedgerAhead> of(Instant upTo, Instant now) {
        return upTo.isAfter(now.plus(BOUND)) ? Optional.of(new LedgerAhead(upTo, now)) : Optional.empty();
    }

    /** How far it is ahead, in whole seconds. */
    public Duration by() {
        return Duration.ofSeconds(Duration.between(now, upTo).toSeconds());
    }

    /**
     * What that means, in sentences.
     *
     * @param subject such as {@code It}
     */
    public String story(String subject) {
        return subject + " is settled up to " + upTo + ", " + dev.belfry.core.schedule.Durations.format(by())
                + " in the future: the clocks have been set back since, or were ahead before. What was due up to then does not"
                + " run again, so that nothing fires until then. A run that is triggered runs.";
    }
}
