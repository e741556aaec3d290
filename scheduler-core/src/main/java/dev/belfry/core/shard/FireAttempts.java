package dev.belfry.core.shard;

import static dev.belfry.core.run.FireLifeCycle.Event.CLAIM;
import static dev.belfry.core.run.FireLifeCycle.Event.RETRACT;
import static dev.belfry.core.run.FireLifeCycle.Event.START;
import static dev.belfry.core.run.FireLifeCycle.Event.STOP;
import static dev.belfry.core.shard.Outcomes.verdict;

import dev.belfry.core.job.Recovery;
import dev.belfry.core.journal.FireEntry.Kind;
import dev.belfry.core.ledger.Reasons;
import dev.belfry.core.run.FireState;
import dev.belfry.core.run.Moment;
import dev.belfry.core.run.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Starts and stops the attempts of one tenancy: tokens, claims, the time they have. */
final class FireAttempts {
    private final ShardBook book;
    private final Outcomes outcomes;
    private final ShardEffects effects;
    private final long since;
    /** Attempts that this tenancy may number. */
    private final int limit;

    private int numbered;
    private final Map<Long, Fire> byToken = new HashMap<>();
    private final Set<Long> abandoned = new HashSet<>();

    FireAttempts(ShardBook book, Outcomes outcomes, ShardEffects effects, long since, int limit) {
        this.book = book;
        this.outcomes = outcomes;
        this.effects = effects;
        this.since = since;
        this.limit = limit;
    }

    /** Whether the tenancy has no more numbers for attempts. */
    boolean exhausted() {
        return numbered >= limit;
    }

    /** Attempts that do not end although they were told to. */
    int abandonedCount() {
        return abandoned.size();
    }

    /** It is this fire's turn: it is claimed if its job is at-most-once, else started. */
    void begin(Fire fire, Moment now) {
        if (exhausted()) {
            return;
        }
        Recovery recovery = book.job.definition().recovery();
        if (recovery == Recovery.SKIP && !fire.claimed) {
            fire.on(CLAIM);
            number(fire, now);
            book.dirty = true;
            return;
        }
        if (recovery == Recovery.RERUN) {
            number(fire, now);
        }
        fire.on(START);
        fire.claimed = false;
        fire.claimBatch = 0;
        fire.started = now.wall();
        byToken.put(fire.token, fire);
        book.dirty = true;
        outcomes.journal(Kind.STARTED, fire, verdict(Outcome.UNKNOWN, fire.why), Instant.EPOCH);
        effects.start(order(fire, now));
    }

    private void number(Fire fire, Moment now) {
        numbered++;
        fire.attempt++;
        fire.token = (since << 20) + numbered;
        fire.started = now.wall();
        fire.stopReason = "";
        if (fire.firstNanos == 0) {
            fire.firstNanos = now.nanos();
        }
    }

    private AttemptOrder order(Fire fire, Moment now) {
        Optional<Duration> limitTime =
                Optional.ofNullable(book.job.definition().timeouts().attempt());
        String reason = Reasons.ATTEMPT_TIMEOUT;
        Duration total = book.job.definition().timeouts().total();
        if (total != null) {
            Duration left = total.minusNanos(now.nanos() - fire.firstNanos);
            if (limitTime.isEmpty() || left.compareTo(limitTime.get()) < 0) {
                limitTime = Optional.of(left.isNegative() ? Duration.ZERO : left);
                reason = Reasons.TOTAL_TIMEOUT;
            }
        }
        return new AttemptOrder(book.shard, fire.id, fire.attempt, fire.token, limitTime, reason);
    }

    /** Claims up to batch {@code batch} are durable: what they claim starts, unless the shard is handed over. */
    void acknowledged(long batch, Moment now, boolean leaseHolds) {
        for (Fire fire : book.fires()) {
            if (fire.state == FireState.CLAIMING && fire.claimBatch != 0 && fire.claimBatch <= batch) {
                fire.claimed = true;
                if (book.handingOver) {
                    retract(fire);
                } else if (leaseHolds) {
                    begin(fire, now);
                }
            }
        }
    }

    /** Starts what became durable while the lease was over. */
    void startClaimed(Moment now) {
        for (Fire fire : book.fires()) {
            if (fire.state == FireState.CLAIMING && fire.claimed) {
                begin(fire, now);
            }
        }
    }

    /** Takes back what became durable while the lease was over; in a hand-over nothing else will come to do so. */
    void retractClaimed() {
        for (Fire fire : book.live.values()) {
            if (fire.state == FireState.CLAIMING && fire.claimed) {
                retract(fire);
            }
        }
    }

    /** Takes back a claim of which nothing was started: the next record does not list it. */
    private void retract(Fire fire) {
        fire.on(RETRACT);
        fire.attempt--;
        fire.claimed = false;
        fire.claimBatch = 0;
        book.dirty = true;
    }

    /** The attempt with this token has ended: its fire, or empty if it was given up or is not of this tenancy. */
    Optional<Fire> take(long token) {
        abandoned.remove(token);
        return Optional.ofNullable(byToken.remove(token))
                .filter(fire -> fire.token == token)
                .filter(Fire::running);
    }

    /** The attempt with this token is left to itself: its fire, or empty if it was not told to stop. */
    Optional<Fire> giveUp(long token) {
        Optional<Fire> fire = Optional.ofNullable(byToken.remove(token))
                .filter(f -> f.token == token)
                .filter(f -> f.state == FireState.STOPPING);
        fire.ifPresent(f -> abandoned.add(token));
        return fire;
    }

    /** An attempt has used up a time-out. */
    void timeOut(long token, String reason) {
        Fire fire = byToken.get(token);
        if (fire != null && fire.state == FireState.RUNNING) {
            stop(fire, Outcome.TIMED_OUT, reason);
        }
    }

    /** Stops every running attempt. */
    void stopAll(String reason) {
        for (Fire fire : book.live.values()) {
            if (fire.state == FireState.RUNNING) {
                stop(fire, Outcome.CANCELLED, reason);
            }
        }
    }

    private void stop(Fire fire, Outcome outcome, String reason) {
        fire.on(STOP);
        fire.stopOutcome = outcome;
        fire.stopReason = reason;
        effects.stop(fire.token, reason);
    }
}
