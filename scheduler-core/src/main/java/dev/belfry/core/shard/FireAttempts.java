package dev.belfry.core.shard;

import static dev.belfry.core.run.FireLifeCycle.Event.CLAIM;
import static dev.belfry.core.run.FireLifeCycle.Event.RETRACT;
import static dev.belfry.core.run.FireLifeCycle.Event.START;
import static dev.belfry.core.run.FireLifeCycle.Event.STOP;
import static dev.belfry.core.shard.Outcomes.verdict;

import dev.belfry.core.job.Recovery;
import dev.belfry.core.job.TimeoutAction;
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
    private int numbered;
    private final Map<Long, Fire> byToken = new HashMap<>();
    private final Set<Long> abandoned = new HashSet<>();

    FireAttempts(ShardBook book, Outcomes outcomes, ShardEffects effects) {
        this.book = book;
        this.outcomes = outcomes;
        this.effects = effects;
    }

    /** Whether the tenancy has no more numbers for attempts. */
    boolean exhausted() {
        return numbered >= book.grant.attempts();
    }

    /** Attempts that do not end although they were told to. */
    int abandonedCount() {
        return abandoned.size();
    }

    /**
     * It is this fire's turn: it is claimed if its job is at-most-once, else started. Answers whether it now keeps others
     * waiting; it does not if its time is used up.
     */
    boolean begin(Fire fire, Moment now) {
        if (fire.claimed) {
            start(fire, now);
            return true;
        }
        if (exhausted()) {
            return true;
        }
        if (isTimeUsedUp(fire, now)) {
            outcomes.finish(fire, verdict(Outcome.TIMED_OUT, Reasons.TOTAL_TIMEOUT), now);
            return false;
        }
        number(fire, now);
        if (fire.rules.recovery() == Recovery.SKIP) {
            fire.on(CLAIM);
            book.dirty = true;
        } else {
            start(fire, now);
        }
        return true;
    }

    private void start(Fire fire, Moment now) {
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
        fire.number(now);
        fire.token = (book.grant.since() << 20) + numbered;
        fire.started = now.wall();
        fire.stopReason = "";
    }

    private boolean isTimeUsedUp(Fire fire, Moment now) {
        boolean binds = fire.rules.timeouts().action() == TimeoutAction.CANCEL;
        return binds && timeLeft(fire, now).filter(Duration::isZero).isPresent();
    }

    /** What is left of the time for all attempts at the fire, not below zero; empty if nothing limits it. */
    private Optional<Duration> timeLeft(Fire fire, Moment now) {
        return Optional.ofNullable(fire.rules.timeouts().total())
                .map(total -> total.minusNanos(fire.usedNanos(now)))
                .map(left -> left.isNegative() ? Duration.ZERO : left);
    }

    private AttemptOrder order(Fire fire, Moment now) {
        Optional<Duration> most = Optional.ofNullable(fire.rules.timeouts().attempt());
        Optional<Duration> left = timeLeft(fire, now);
        boolean byTotal = left.isPresent() && (most.isEmpty() || left.get().compareTo(most.get()) < 0);
        return new AttemptOrder(
                book.grant.shard(),
                fire.id,
                fire.attempt,
                fire.token,
                byTotal ? left : most,
                byTotal ? Reasons.TOTAL_TIMEOUT : Reasons.ATTEMPT_TIMEOUT);
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
    void retract(Fire fire) {
        fire.on(RETRACT);
        fire.unnumber();
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

    /** An operator cancels what runs: nothing follows it, even if it was told to stop for a reason that would let it. */
    void cancel(Fire fire) {
        if (fire.state == FireState.RUNNING) {
            stop(fire, Outcome.CANCELLED, Reasons.OPERATOR);
        } else if (!fire.stopReason.equals(Reasons.CANCELLED_BY_NEWER)) {
            fire.stopOutcome = Outcome.CANCELLED;
            fire.stopReason = Reasons.OPERATOR;
        }
    }

    private void stop(Fire fire, Outcome outcome, String reason) {
        fire.on(STOP);
        fire.stopOutcome = outcome;
        fire.stopReason = reason;
        effects.stop(fire.token, reason);
    }
}
