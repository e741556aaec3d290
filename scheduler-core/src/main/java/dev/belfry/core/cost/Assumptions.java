package dev.belfry.core.cost;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * What the model goes by besides a definition.
 *
 * @param agents how many take part, at least 1
 * @param incarnation the name of one, for its length
 * @param sessionTimeout of the agents
 * @param from where the horizon begins
 * @param horizon how far ahead fires are averaged; at least an hour
 * @param journalKeep how long entries stay in the journal: what the exporter keeps, if there is one
 * @param runTime how long a run takes, if it is known
 */
public record Assumptions(
        int agents,
        String incarnation,
        Duration sessionTimeout,
        Instant from,
        Duration horizon,
        Duration journalKeep,
        Optional<Duration> runTime) {

    /** Fires are averaged over this unless something else is said: a week has every weekday and every hour. */
    public static final Duration HORIZON = Duration.ofDays(7);
    /** What an exporter keeps by default. */
    public static final Duration JOURNAL_KEEP = Duration.ofMinutes(10);
    /** An incarnation of usual length. */
    public static final String USUAL_INCARNATION = "agent-0001~100a3c5d8e70001";

    private static final Duration USUAL_TIMEOUT = Duration.ofSeconds(10);

    public Assumptions {
        if (agents < 1 || horizon.compareTo(Duration.ofHours(1)) < 0 || journalKeep.isNegative()) {
            throw new IllegalArgumentException(
                    "impossible: " + agents + " agents, horizon " + horizon + ", journal kept for " + journalKeep);
        }
        from = from.truncatedTo(ChronoUnit.MILLIS);
    }

    /** The usual of everything, for a cluster of {@code agents}, from {@code now} on. */
    public static Assumptions of(int agents, Instant now) {
        return new Assumptions(
                Math.max(1, agents), USUAL_INCARNATION, USUAL_TIMEOUT, now, HORIZON, JOURNAL_KEEP, Optional.empty());
    }

    /** The same with agents called like this one, at a session time-out. */
    public Assumptions withAgentsLike(String name, Duration timeout) {
        return new Assumptions(agents, name, timeout, from, horizon, journalKeep, runTime);
    }

    /** The same with so many agents. */
    public Assumptions withAgents(int count) {
        return new Assumptions(count, incarnation, sessionTimeout, from, horizon, journalKeep, runTime);
    }

    /** The same with entries that stay in the journal for so long. */
    public Assumptions withJournalKept(Duration kept) {
        return new Assumptions(agents, incarnation, sessionTimeout, from, horizon, kept, runTime);
    }

    /** The same with runs that take so long. */
    public Assumptions withRunTime(Duration time) {
        return new Assumptions(agents, incarnation, sessionTimeout, from, horizon, journalKeep, Optional.of(time));
    }
}
