package dev.belfry.core.shard;

import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.job.Recovery;
import dev.belfry.core.ledger.FireId;
import dev.belfry.core.ledger.Mark;
import dev.belfry.core.ledger.Reasons;
import dev.belfry.core.run.FireLifeCycle.Event;
import dev.belfry.core.run.FireState;
import dev.belfry.core.run.Moment;
import dev.belfry.core.run.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;

/** One fire that has been decided to run and is not final yet. Mutable; owned by its {@link ShardRuns}. */
final class Fire {
    final FireId id;
    /** The definition that owes it, as it was when it was decided: it binds to the end, whatever is applied meanwhile. */
    final JobDefinition rules;
    /** Whether it was found late and belongs to the queue of late fires. */
    final boolean late;

    FireState state = FireState.WAITING;
    /** Number of the last attempt, 0 before the first. */
    int attempt;
    /**
     * Attempts that failed by the code's own doing, under all owners as far as the ledger tells. Those cut short, by the end
     * of a lease or the loss of an owner, do not count against the retry limit: the code is not to blame.
     */
    int failures;

    long token;
    Instant started = Instant.EPOCH;
    /** When the first attempt started, under whatever owner, by that agent's wall clock; the epoch if none has. */
    Instant first = Instant.EPOCH;
    /** The same by this owner's monotonic clock, once it has numbered an attempt; empty before. */
    OptionalLong firstNanos = OptionalLong.empty();
    /** Why it runs late or again; empty for an ordinary fire. */
    String why;
    /** Why the running attempt was told to stop; empty if it was not. */
    String stopReason = "";

    Outcome stopOutcome = Outcome.CANCELLED;
    /** Its back-off ended during a hand-over, when nothing may start. */
    boolean pauseOver;
    /** At-most-once: a predecessor claimed it and left no outcome, so that it may have run. */
    boolean doubtful;
    /** The record tells that it waits. */
    boolean told;
    /** Batch that carried its claim; 0 if none has yet. */
    long claimBatch;
    /** At-most-once: the claim for the coming attempt is durable. */
    boolean claimed;

    Fire(FireId id, JobDefinition rules, boolean late, String why) {
        this.id = id;
        this.rules = rules;
        this.late = late;
        this.why = why;
    }

    /** What a predecessor began and did not finish. */
    static Fire inherited(FireId id, JobDefinition rules, Mark mark) {
        // At most once, what is no claim is an attempt that has failed: the next one is a retry like any other.
        boolean failed = rules.recovery() == Recovery.SKIP && mark instanceof Mark.Started;
        Fire fire = new Fire(id, rules, true, failed ? "" : Reasons.OUTCOME_UNKNOWN);
        fire.doubtful = mark instanceof Mark.Claimed;
        if (mark instanceof Mark.Started started) {
            fire.attempt = started.attempt();
            fire.started = started.at();
            fire.token = started.token();
            fire.failures = started.failures();
            fire.first = started.first();
        } else if (mark instanceof Mark.Claimed claimed) {
            fire.attempt = claimed.attempt();
            fire.started = claimed.at();
            fire.token = claimed.token();
        }
        return fire;
    }

    void on(Event event) {
        state = state.on(event);
    }

    /** An attempt gets its number; the time for all of them begins with the first. */
    void number(Moment now) {
        if (attempt == 0) {
            first = now.wall();
        }
        firstNanos = OptionalLong.of(now.nanos() - usedNanos(now));
        attempt++;
    }

    /**
     * The time since the start of the first attempt; zero before that. Of the time under earlier owners the wall clocks tell,
     * as far as they agree; from this owner's first attempt on, its monotonic clock.
     */
    long usedNanos(Moment now) {
        if (firstNanos.isPresent()) {
            return now.nanos() - firstNanos.getAsLong();
        }
        return attempt == 0
                ? 0
                : Math.max(0, Duration.between(first, now.wall()).toNanos());
    }

    /** Takes back the number of an attempt of which nothing was started. */
    void unnumber() {
        attempt--;
        if (attempt == 0) {
            first = Instant.EPOCH;
            firstNanos = OptionalLong.empty();
        }
    }

    boolean running() {
        return state == FireState.RUNNING || state == FireState.STOPPING;
    }

    /** Whether an attempt of it has ever been started, as far as the ledger knows. */
    boolean begun() {
        return attempt > 0;
    }

    /** Whether it waits for its turn, and no record lists it as begun. */
    boolean waits() {
        return state == FireState.WAITING && !begun();
    }
}
