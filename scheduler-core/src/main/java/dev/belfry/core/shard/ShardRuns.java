package dev.belfry.core.shard;

import static dev.belfry.core.run.FireLifeCycle.Event.CLAIM;
import static dev.belfry.core.run.FireLifeCycle.Event.END;
import static dev.belfry.core.run.FireLifeCycle.Event.INTERRUPT;
import static dev.belfry.core.run.FireLifeCycle.Event.RETRACT;
import static dev.belfry.core.run.FireLifeCycle.Event.RETRY;
import static dev.belfry.core.run.FireLifeCycle.Event.START;
import static dev.belfry.core.run.FireLifeCycle.Event.STOP;
import static dev.belfry.core.run.FireLifeCycle.Event.SUCCEED;

import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.job.OverlapPolicy;
import dev.belfry.core.job.Recovery;
import dev.belfry.core.job.Retry;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.journal.FireEntry.Kind;
import dev.belfry.core.ledger.FireId;
import dev.belfry.core.ledger.LedgerRecord;
import dev.belfry.core.ledger.Mark;
import dev.belfry.core.ledger.Reasons;
import dev.belfry.core.ledger.RecentOutcome;
import dev.belfry.core.ledger.Released;
import dev.belfry.core.ledger.RequestedRun;
import dev.belfry.core.ledger.Span;
import dev.belfry.core.run.BackOff;
import dev.belfry.core.run.FireLifeCycle.Event;
import dev.belfry.core.run.FireState;
import dev.belfry.core.run.Moment;
import dev.belfry.core.run.Outcome;
import dev.belfry.core.trigger.DueSet;
import dev.belfry.core.trigger.Owed;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The fires of one shard in the hands of one owner: what runs, what waits, what is recorded.
 *
 * <p>Pure: time is passed in, effects go out through {@link ShardEffects}. The owner calls {@link #decide} when
 * something may be due, {@link #ended} when an attempt ends, {@link #acknowledged} when a record is durable. Whether the
 * lease holds is passed in with every call that may start an attempt; without it nothing starts (rule R3).
 *
 * <p>Not thread-safe; owned by one event loop.
 *
 * <p>This class is longer than the house limit because it is the one place in which every rule about a fire meets: a
 * rule split from its neighbours is a rule that is forgotten. What can be decided apart lies in {@link Owed},
 * {@link FinalSpans}, {@link Fire} and the life-cycle table.
 */
public final class ShardRuns {
    /* How the parts relate.
     *
     * decided: every due instant up to here has been looked at: it is final, live, or in a buffer.
     * mark:    every due instant up to here is final. mark <= decided; live fires lie between.
     * live:    fires between the two that are not final. Their order is their due order.
     * spans:   final fires between the two.
     *
     * A fire found late (nobody owned the shard, the lease was over, the process stalled) goes through Owed and into
     * the queue of late fires, which run one after another; an on-time fire meets the overlap policy. Both lie in live.
     */

    /** Attempts per tenancy before the owner asks to be granted again: the token has 20 bits for their number. */
    static final int MAX_ATTEMPTS = (1 << 20) - 1_024;
    /** Fires due up to this long after a hand-over was let go of still count as due during it. */
    static final Duration HANDOVER_TAIL = Duration.ofSeconds(30);
    /** Late fires of a hand-over that are run at most. */
    static final int HANDOVER_LIMIT = 1_000;

    private final ShardRef shard;
    private final long since;
    private final String incarnation;
    private final ShardEffects effects;

    private DueSet due;
    private JobDefinition rules;
    private boolean paused;

    private Instant mark;
    private Instant decided;
    private Optional<Instant> delayNext;
    private final FinalSpans spans = new FinalSpans();
    private final Map<FireId, Fire> live = new LinkedHashMap<>();
    private final Map<Long, Fire> byToken = new HashMap<>();
    private final Set<Long> abandoned = new HashSet<>();
    private final Map<String, RequestedRun> requested = new LinkedHashMap<>();
    private final Deque<RecentOutcome> recent = new ArrayDeque<>();
    private Optional<Released> inherited;

    private int attempts;
    /** What is due next is owed, not on time: the shard was just taken over, or the lease had lapsed. */
    private boolean owed = true;

    private boolean handingOver;
    private Optional<Released> released = Optional.empty();
    private boolean dirty;

    /**
     * Takes the shard over.
     *
     * @param since the generation at which it was granted
     * @param incarnation the owner
     * @param ledger what the predecessors recorded, read after the grant
     */
    public ShardRuns(
            ShardRef shard, long since, String incarnation, LedgerRecord ledger, JobView job, ShardEffects effects) {
        this.shard = shard;
        this.since = since;
        this.incarnation = incarnation;
        this.effects = effects;
        this.due = job.due();
        this.rules = job.definition();
        this.paused = job.paused();
        this.mark = ledger.mark();
        this.decided = ledger.mark();
        this.delayNext = ledger.delayNext();
        this.inherited = ledger.released();
        recent.addAll(ledger.recent());
        inherit(ledger);
    }

    /** What a tenancy needs to know of its job; replaced when the definition changes. */
    public record JobView(DueSet due, JobDefinition definition, boolean paused) {}

    private void inherit(LedgerRecord ledger) {
        for (Span span : ledger.above()) {
            if (span.mark() instanceof Mark.Final f) {
                spans.add(span.first(), span.last(), span.count(), f, Instant.MIN);
            } else {
                inherit(FireId.scheduled(span.first()), span.mark());
            }
        }
        for (RequestedRun run : ledger.requested()) {
            if (run.mark() instanceof Mark.Final) {
                requested.put(run.runId(), run);
            } else {
                inherit(FireId.requested(run.runId(), run.due()), run.mark());
            }
        }
    }

    private void inherit(FireId id, Mark mark) {
        Fire fire = new Fire(id, true, Reasons.OUTCOME_UNKNOWN);
        live.put(id, fire);
        if (mark instanceof Mark.Started started) {
            fire.attempt = started.attempt();
            fire.started = started.at();
            fire.token = started.token();
        } else if (mark instanceof Mark.Claimed claimed) {
            fire.attempt = claimed.attempt();
            fire.started = claimed.at();
            fire.token = claimed.token();
        }
    }

    /** Settles what a predecessor began and did not finish; called with the first decision, when time is known. */
    private void recover(Moment now) {
        for (Fire fire : List.copyOf(live.values())) {
            if (fire.state == FireState.WAITING && fire.begun() && rules.recovery() == Recovery.SKIP) {
                finish(fire, END, Outcome.LOST, Reasons.CLAIM_WITHOUT_OUTCOME, now);
            }
        }
    }

    public ShardRef shard() {
        return shard;
    }

    /** The generation at which the shard was granted. */
    public long since() {
        return since;
    }

    /** The definition has changed. */
    public void update(JobView job) {
        due = job.due();
        rules = job.definition();
        paused = job.paused();
    }

    /**
     * Runs that were asked for and that the job's record lists now. New ones are started by the overlap policy; what the
     * ledger knows of others that are no longer listed is forgotten.
     */
    public void request(List<FireId> listed, Moment now, boolean leaseHolds) {
        Set<String> ids = new HashSet<>();
        listed.forEach(id -> ids.add(id.requested().orElseThrow()));
        if (requested.keySet().retainAll(ids)) {
            dirty = true;
        }
        // What a predecessor began is settled first: a turn before that could run an at-most-once fire again.
        if (handingOver || !leaseHolds || owed) {
            return;
        }
        for (FireId id : listed) {
            if (!requested.containsKey(id.requested().orElseThrow()) && !live.containsKey(id)) {
                onTime(new Fire(id, false, ""), now);
            }
        }
        turn(now);
    }

    /**
     * Decides everything that is due.
     *
     * @param upTo nothing due later is decided: the present, or less if the ensemble's clock says so
     */
    public void decide(Moment now, Instant upTo, boolean leaseHolds) {
        if (!leaseHolds) {
            owed = true;
            return;
        }
        if (handingOver) {
            return;
        }
        if (delayNext.isPresent() && due.nextAfterCompletion(now.wall()).isEmpty()) {
            delayNext = Optional.empty();
        }
        startClaimed(now);
        if (owed) {
            recover(now);
            settleOwed(now, upTo);
            owed = false;
        }
        settleStalled(now, upTo);
        for (Optional<Instant> next = nextDue(); next.isPresent(); next = nextDue()) {
            if (due.jittered(next.get()).isAfter(upTo) || full()) {
                break;
            }
            Fire fire = new Fire(FireId.scheduled(next.get()), false, "");
            Instant previous = decided;
            decided = next.get();
            if (paused) {
                settle(fire.id, fire.id.due(), 1, Outcome.SKIPPED, Reasons.PAUSED, previous, now);
            } else {
                onTime(fire, now);
            }
        }
        turn(now);
        advanceMark();
    }

    private void startClaimed(Moment now) {
        for (Fire fire : List.copyOf(live.values())) {
            if (fire.state == FireState.CLAIMING && fire.claimed) {
                begin(fire, now);
            }
        }
    }

    /** The next instant at which {@link #decide} has something to do; empty while only other events can change that. */
    public Optional<Instant> nextWake() {
        // While things are owed the lease is over: its return is what brings the next decision, not a timer.
        if (handingOver || owed || full()) {
            return Optional.empty();
        }
        return nextDue().map(due::jittered);
    }

    private Optional<Instant> nextDue() {
        DueSet set = dueWithDelay();
        Optional<Instant> next = set.next(decided);
        // A predecessor whose clock was ahead may have begun or settled fires that this clock has not come to.
        while (next.isPresent() && (spans.covers(next.get()) || live.containsKey(FireId.scheduled(next.get())))) {
            next = set.next(next.get());
        }
        return next;
    }

    private boolean full() {
        long begun = live.values().stream().filter(Fire::begun).count();
        return spans.size() + begun >= LedgerRecord.MAX_SPANS;
    }

    /** Fires that the threshold calls late although the owner lived: the process stalled, or the list was full. */
    private void settleStalled(Moment now, Instant upTo) {
        Optional<Instant> next = nextDue();
        Instant onTimeFrom = now.wall().minus(rules.misfire().threshold());
        if (next.isEmpty() || full() || !due.jittered(next.get()).isBefore(onTimeFrom)) {
            return;
        }
        Instant until = onTimeFrom.isBefore(upTo) ? onTimeFrom : upTo;
        // A predecessor whose clock was ahead may have settled some of them.
        settleGaps(spans.gaps(decided, until, scheduledLive()), now, Reasons.MISFIRE);
        decided = until;
    }

    private Set<Instant> scheduledLive() {
        TreeSet<Instant> instants = new TreeSet<>();
        live.values().stream().filter(f -> f.id.isScheduled()).forEach(f -> instants.add(f.id.due()));
        return instants;
    }

    private void settleOwed(Moment now, Instant upTo) {
        if (!decided.isBefore(upTo)) {
            return;
        }
        Set<Instant> taken = scheduledLive();
        Instant misfiresAfter = decided;
        if (inherited.isPresent()) {
            Instant from = later(decided, inherited.get().from());
            Instant to = earlier(upTo, inherited.get().at().plus(HANDOVER_TAIL));
            settleGaps(spans.gaps(decided, earlier(from, upTo), taken), now, Reasons.MISFIRE);
            if (from.isBefore(to)) {
                runAllLate(spans.gaps(from, to, taken), now);
            }
            misfiresAfter = later(from, to);
            inherited = Optional.empty();
        }
        settleGaps(spans.gaps(misfiresAfter, upTo, taken), now, Reasons.MISFIRE);
        decided = upTo;
    }

    private static Instant earlier(Instant a, Instant b) {
        return a.isBefore(b) ? a : b;
    }

    private static Instant later(Instant a, Instant b) {
        return a.isAfter(b) ? a : b;
    }

    private void settleGaps(List<Owed.Gap> gaps, Moment now, String why) {
        if (paused) {
            for (Owed.Gap gap : gaps) {
                settleRange(gap, Outcome.SKIPPED, Reasons.PAUSED, now);
            }
            return;
        }
        take(Owed.settle(dueWithDelay(), gaps, rules.misfire(), now.wall()), why, now);
    }

    private void runAllLate(List<Owed.Gap> gaps, Moment now) {
        if (paused) {
            settleGaps(gaps, now, Reasons.HANDOVER);
        } else {
            take(Owed.allLate(dueWithDelay(), gaps, HANDOVER_LIMIT), Reasons.HANDOVER, now);
        }
    }

    private DueSet dueWithDelay() {
        return delayNext.<DueSet>map(next -> new DelayedDue(next, due)).orElse(due);
    }

    private void take(Owed settled, String why, Moment now) {
        for (Owed.Missed missed : settled.missed()) {
            FireId first = FireId.scheduled(missed.first());
            settle(first, missed.last(), missed.count(), Outcome.MISSED, missed.reason(), Instant.MIN, now);
        }
        for (Instant instant : settled.late()) {
            FireId id = FireId.scheduled(instant);
            live.put(id, new Fire(id, true, why));
        }
    }

    /** Gives all due fires of a gap one outcome. */
    private void settleRange(Owed.Gap gap, Outcome outcome, String reason, Moment now) {
        DueSet set = dueWithDelay();
        Optional<Instant> first = set.next(gap.after());
        if (first.isPresent() && !first.get().isAfter(gap.upTo())) {
            Instant last = set.latest(gap.after(), gap.upTo()).orElseThrow();
            long count = set.count(gap.after(), gap.upTo(), 1_000_000);
            settle(FireId.scheduled(first.get()), last, count, outcome, reason, Instant.MIN, now);
        }
    }

    private void onTime(Fire fire, Moment now) {
        List<Fire> waiting = live.values().stream()
                .filter(f -> f.state == FireState.WAITING && !f.late)
                .toList();
        long sideBySide = live.values().stream()
                .filter(f -> !f.late || f.state != FireState.WAITING)
                .count();
        if (live.isEmpty()
                || (rules.overlap().policy() == OverlapPolicy.ALLOW
                        && sideBySide < rules.overlap().limit())) {
            live.put(fire.id, fire);
            return;
        }
        switch (rules.overlap().policy()) {
            case SKIP, ALLOW -> skip(fire.id, Reasons.OVERLAP, now);
            case BUFFER_ONE -> buffer(fire, waiting.size() < 1, now);
            case BUFFER_ALL -> buffer(fire, waiting.size() < rules.overlap().limit(), now);
            case CANCEL_RUNNING -> {
                waiting.forEach(f -> finish(f, END, Outcome.SKIPPED, Reasons.REPLACED, now));
                live.values().stream()
                        .filter(f -> f.state == FireState.BACKING_OFF)
                        .toList()
                        .forEach(f -> finish(f, END, Outcome.CANCELLED, Reasons.CANCELLED_BY_NEWER, now));
                live.put(fire.id, fire);
                live.values().stream()
                        .filter(f -> f.state == FireState.RUNNING)
                        .toList()
                        .forEach(f -> stop(f, Outcome.CANCELLED, Reasons.CANCELLED_BY_NEWER));
            }
        }
    }

    private void buffer(Fire fire, boolean room, Moment now) {
        if (room) {
            live.put(fire.id, fire);
        } else {
            skip(fire.id, Reasons.BUFFER_FULL, now);
        }
    }

    private void skip(FireId id, String reason, Moment now) {
        Optional<Span> before = spans.all().stream().max(Comparator.comparing(Span::last));
        Instant previous = before.map(Span::last).orElse(Instant.MIN);
        boolean adjacent = before.isPresent()
                && due.next(previous).filter(id.due()::equals).isPresent();
        settle(id, id.due(), 1, Outcome.SKIPPED, reason, adjacent ? previous : Instant.MIN, now);
    }

    /** Starts what may start: late fires one after another, then buffered ones; all of them with {@code allow}. */
    private void turn(Moment now) {
        boolean busy = live.values().stream().anyMatch(f -> f.state != FireState.WAITING);
        List<Fire> waiting = new ArrayList<>();
        for (Fire fire : live.values()) {
            if (fire.state == FireState.WAITING) {
                waiting.add(fire);
            }
        }
        // What was begun and cut short goes with the late ones, in the order of its instant.
        waiting.sort(Comparator.comparing((Fire f) -> !f.late && !f.begun()).thenComparing(f -> f.id));
        boolean lateRuns = live.values().stream().anyMatch(f -> f.late && f.state != FireState.WAITING);
        for (Fire fire : waiting) {
            boolean parallel = rules.overlap().policy() == OverlapPolicy.ALLOW && !(fire.late && lateRuns);
            if (busy && !parallel) {
                continue;
            }
            begin(fire, now);
            busy = true;
            lateRuns |= fire.late;
        }
    }

    private void begin(Fire fire, Moment now) {
        if (attempts >= MAX_ATTEMPTS) {
            return;
        }
        if (rules.recovery() == Recovery.SKIP && !fire.claimed) {
            fire.on(CLAIM);
            number(fire, now);
            dirty = true;
            return;
        }
        if (rules.recovery() == Recovery.RERUN) {
            number(fire, now);
        }
        fire.on(START);
        fire.claimed = false;
        fire.claimBatch = 0;
        fire.started = now.wall();
        byToken.put(fire.token, fire);
        dirty = true;
        effects.journal(entry(Kind.STARTED, fire, Outcome.UNKNOWN, fire.why, Instant.EPOCH));
        effects.start(order(fire, now));
    }

    private void number(Fire fire, Moment now) {
        attempts++;
        fire.attempt++;
        fire.token = (since << 20) + attempts;
        fire.started = now.wall();
        fire.stopReason = "";
        if (fire.firstNanos == 0) {
            fire.firstNanos = now.nanos();
        }
    }

    private AttemptOrder order(Fire fire, Moment now) {
        Optional<Duration> limit = Optional.ofNullable(rules.timeouts().attempt());
        String reason = Reasons.ATTEMPT_TIMEOUT;
        Duration total = rules.timeouts().total();
        if (total != null) {
            Duration left = total.minusNanos(now.nanos() - fire.firstNanos);
            if (limit.isEmpty() || left.compareTo(limit.get()) < 0) {
                limit = Optional.of(left.isNegative() ? Duration.ZERO : left);
                reason = Reasons.TOTAL_TIMEOUT;
            }
        }
        return new AttemptOrder(shard, fire.id, fire.attempt, fire.token, limit, reason);
    }

    /** Everything up to batch {@code batch} of this shard's records is durable. */
    public void acknowledged(long batch, Moment now, boolean leaseHolds) {
        for (Fire fire : List.copyOf(live.values())) {
            if (fire.state == FireState.CLAIMING && fire.claimBatch != 0 && fire.claimBatch <= batch) {
                fire.claimed = true;
                if (handingOver) {
                    retract(fire);
                } else if (leaseHolds) {
                    begin(fire, now);
                }
            }
        }
    }

    /** Takes back a claim of which nothing was started: the next record does not list it. */
    private void retract(Fire fire) {
        fire.on(RETRACT);
        fire.attempt--;
        fire.claimed = false;
        fire.claimBatch = 0;
        dirty = true;
    }

    /** An attempt has ended. An unknown token is one that was abandoned and given up, or is not of this tenancy. */
    public void ended(long token, AttemptEnd end, Moment now, boolean leaseHolds) {
        abandoned.remove(token);
        Fire fire = byToken.remove(token);
        if (fire == null || fire.token != token || !fire.running()) {
            return;
        }
        if (end.succeeded()) {
            finish(fire, SUCCEED, Outcome.SUCCEEDED, fire.why, now);
        } else if (end.wasNotStarted()) {
            notStarted(fire, now);
        } else if (fire.stopReason.isEmpty()) {
            fire.failures++;
            boolean again = end.retryable() && !listed(rules.retry(), end.error());
            retryOrFinish(fire, Outcome.FAILED, describe(end), again, now);
        } else {
            stopped(fire, now);
        }
        afterChange(now, leaseHolds);
    }

    /**
     * The lease ended between the decision and the start: the token is spent, the fire waits for its turn again. Nothing
     * ran, so that an at-most-once fire may be claimed once more.
     */
    private void notStarted(Fire fire, Moment now) {
        if (fire.state == FireState.RUNNING) {
            fire.on(STOP);
        }
        effects.journal(entry(Kind.ENDED, fire, Outcome.CANCELLED, Reasons.LEASE_OVER, now.wall()));
        fire.why = Reasons.LEASE_OVER;
        fire.attempt--;
        fire.on(INTERRUPT);
        owed = true;
        dirty = true;
    }

    private static boolean listed(Retry retry, String error) {
        return retry.notOn().contains(error) || retry.notOn().contains(error.substring(error.lastIndexOf('.') + 1));
    }

    private static String describe(AttemptEnd end) {
        String text = end.message().isEmpty() ? end.error() : end.error() + ": " + end.message();
        return text.length() <= 200 ? text : text.substring(0, 200);
    }

    private void stopped(Fire fire, Moment now) {
        boolean cutShort = fire.stopReason.equals(Reasons.LEASE_OVER) || fire.stopReason.equals(Reasons.CLOSING);
        if (cutShort && rules.recovery() == Recovery.RERUN) {
            effects.journal(entry(Kind.ENDED, fire, Outcome.CANCELLED, fire.stopReason, now.wall()));
            fire.why = fire.stopReason;
            fire.on(INTERRUPT);
            dirty = true;
        } else if (fire.stopOutcome == Outcome.TIMED_OUT) {
            fire.failures++;
            retryOrFinish(fire, Outcome.TIMED_OUT, fire.stopReason, true, now);
        } else {
            finish(fire, END, fire.stopOutcome, fire.stopReason, now);
        }
    }

    private void retryOrFinish(Fire fire, Outcome outcome, String reason, boolean again, Moment now) {
        boolean inTime = !fire.stopReason.equals(Reasons.TOTAL_TIMEOUT);
        if (again && inTime && fire.failures < rules.retry().attempts()) {
            effects.journal(entry(Kind.ENDED, fire, outcome, reason, now.wall()));
            fire.on(RETRY);
            dirty = true;
            effects.backOff(fire.id, BackOff.pause(rules.retry(), fire.failures, effects.random()));
        } else {
            finish(fire, END, outcome, reason, now);
        }
    }

    /** The pause before the next attempt of {@code id} is over. */
    public void retry(FireId id, Moment now, boolean leaseHolds) {
        Fire fire = live.get(id);
        if (fire == null || fire.state != FireState.BACKING_OFF) {
            return;
        }
        if (handingOver) {
            if (rules.recovery() == Recovery.SKIP) {
                finish(fire, END, Outcome.FAILED, Reasons.HANDOVER, now);
                advanceMark();
            } else {
                fire.pauseOver = true;
            }
            return;
        }
        if (!leaseHolds) {
            effects.backOff(id, Duration.ofMillis(500));
            return;
        }
        fire.pauseOver = false;
        begin(fire, now);
    }

    /** An attempt did not end although it was told to, signalled and interrupted; it is left to itself. */
    public void abandon(long token, Moment now, boolean leaseHolds) {
        Fire fire = byToken.remove(token);
        if (fire == null || fire.token != token || fire.state != FireState.STOPPING) {
            return;
        }
        abandoned.add(token);
        effects.journal(entry(Kind.ABANDONED, fire, fire.stopOutcome, fire.stopReason, now.wall()));
        stopped(fire, now);
        afterChange(now, leaseHolds);
    }

    /** An attempt has used up a time-out; {@code reason} is one of the time-out reasons. */
    public void timeOut(long token, String reason) {
        Fire fire = byToken.get(token);
        if (fire != null && fire.state == FireState.RUNNING) {
            stop(fire, Outcome.TIMED_OUT, reason);
        }
    }

    /** Stops every running attempt: the lease is over, an operator cancels, or the agent closes. */
    public void stopAll(String reason) {
        for (Fire fire : live.values()) {
            if (fire.state == FireState.RUNNING) {
                stop(fire, Outcome.CANCELLED, reason);
            }
        }
        if (reason.equals(Reasons.LEASE_OVER)) {
            owed = true;
        }
    }

    private void stop(Fire fire, Outcome outcome, String reason) {
        fire.on(STOP);
        fire.stopOutcome = outcome;
        fire.stopReason = reason;
        effects.stop(fire.token, reason);
    }

    private void afterChange(Moment now, boolean leaseHolds) {
        if (leaseHolds && !handingOver) {
            turn(now);
        }
        advanceMark();
    }

    // --- outcomes

    private void finish(Fire fire, Event event, Outcome outcome, String reason, Moment now) {
        fire.on(event);
        live.remove(fire.id);
        if (fire.begun()) {
            effects.journal(entry(Kind.FINAL, fire, outcome, reason, now.wall()));
            note(fire.id, 1, outcome, reason, fire.attempt, fire.started, now);
            place(fire.id, fire.id.due(), 1, new Mark.Final(outcome, reason), Instant.MIN);
        } else {
            settle(fire.id, fire.id.due(), 1, outcome, reason, Instant.MIN, now);
        }
        announceDelay(fire.id, now);
        dirty = true;
    }

    /** A final outcome of a fire, or of a range of fires, of which no attempt was started. */
    private void settle(
            FireId first, Instant last, long count, Outcome outcome, String reason, Instant previous, Moment now) {
        effects.journal(new FireEntry(
                Kind.FINAL,
                shard.jobUid(),
                shard.layout(),
                shard.shard(),
                first,
                last,
                count,
                0,
                0,
                Instant.EPOCH,
                now.wall(),
                outcome,
                reason));
        note(first, count, outcome, reason, 0, Instant.EPOCH, now);
        place(first, last, count, new Mark.Final(outcome, reason), previous);
        announceDelay(first, now);
        dirty = true;
    }

    private void place(FireId first, Instant last, long count, Mark.Final mark, Instant previous) {
        if (first.isScheduled()) {
            spans.add(first.due(), last, count, mark, previous);
        } else {
            String id = first.requested().orElseThrow();
            requested.put(id, new RequestedRun(id, first.due(), mark));
        }
    }

    private void announceDelay(FireId fire, Moment now) {
        // A fire of an earlier version with instants of its own says nothing of the delay: the first one stands as it
        // is.
        if (fire.isScheduled() && due.nextAfterCompletion(fire.due()).isPresent()) {
            delayNext = due.nextAfterCompletion(now.wall())
                    .map(next -> later(next, fire.due().plusMillis(1)))
                    .map(next -> Instant.ofEpochMilli(next.toEpochMilli()));
        }
    }

    private void note(FireId id, long count, Outcome outcome, String reason, int attempt, Instant started, Moment now) {
        recent.addFirst(new RecentOutcome(
                id.due(),
                count,
                id.requested().orElse(""),
                outcome,
                reason,
                attempt,
                started,
                now.wall(),
                incarnation));
        while (recent.size() > LedgerRecord.MAX_RECENT) {
            recent.removeLast();
        }
    }

    private FireEntry entry(Kind kind, Fire fire, Outcome outcome, String reason, Instant ended) {
        return new FireEntry(
                kind,
                shard.jobUid(),
                shard.layout(),
                shard.shard(),
                fire.id,
                fire.id.due(),
                1,
                fire.attempt,
                fire.token,
                fire.started,
                ended,
                outcome,
                reason);
    }

    private void advanceMark() {
        Instant lowest = decided;
        for (Fire fire : live.values()) {
            if (fire.id.isScheduled() && !fire.id.due().isAfter(lowest)) {
                lowest = fire.id.due().minusMillis(1);
            }
        }
        if (lowest.isAfter(mark)) {
            mark = lowest;
            spans.dropUpTo(mark);
        }
    }

    // --- hand-over

    /** From here on nothing starts: the shard is to be handed over, or granted anew. */
    public void beginHandOver() {
        handingOver = true;
        for (Fire fire : live.values()) {
            // Durable while the lease was over; nothing else will come to take it back.
            if (fire.state == FireState.CLAIMING && fire.claimed) {
                retract(fire);
            }
        }
    }

    public boolean handingOver() {
        return handingOver;
    }

    /** The hand-over was called off before the shard was released: fires due meanwhile run late. */
    public void resume(Moment now, Instant upTo, boolean leaseHolds) {
        handingOver = false;
        dirty |= released.isPresent();
        released = Optional.empty();
        for (Fire fire : live.values()) {
            // Its pause ended during the hand-over, when nothing could follow.
            if (fire.state == FireState.BACKING_OFF && fire.pauseOver) {
                effects.backOff(fire.id, Duration.ZERO);
            }
        }
        if (leaseHolds && owed) {
            // Taken over under the hand-over: what the predecessors left is settled like after any take-over.
            decide(now, upTo, true);
        } else if (leaseHolds) {
            runAllLate(spans.gaps(decided, upTo, scheduledLive()), now);
            decided = later(decided, upTo);
            decide(now, upTo, true);
        } else {
            owed = true;
        }
    }

    /** Whether no attempt is running, abandoned or about to start, so that only records stand in the way of a release. */
    public boolean quiet() {
        if (!abandoned.isEmpty()) {
            return false;
        }
        for (Fire fire : live.values()) {
            boolean leftToSuccessor = fire.state == FireState.WAITING
                    || (fire.state == FireState.BACKING_OFF && (rules.recovery() == Recovery.RERUN || fire.pauseOver));
            if (!leftToSuccessor) {
                return false;
            }
        }
        return true;
    }

    /** Notes in the record that the shard is let go of; call it once, when {@link #quiet}. */
    public void prepareRelease(Moment now) {
        Instant from = decided;
        for (Fire fire : live.values()) {
            if (fire.id.isScheduled() && !fire.begun() && !fire.id.due().isAfter(from)) {
                from = fire.id.due().minusMillis(1);
            }
        }
        released =
                Optional.of(new Released(from, Instant.ofEpochMilli(now.wall().toEpochMilli())));
        dirty = true;
    }

    public boolean releasePrepared() {
        return released.isPresent();
    }

    /** Ends everything that does not run and is due up to {@code upTo}: the layout or the job ends here. */
    public void supersede(Instant upTo, String reason, Moment now) {
        for (Fire fire : List.copyOf(live.values())) {
            boolean stands = fire.state == FireState.WAITING || fire.state == FireState.BACKING_OFF;
            if (stands && !fire.id.due().isAfter(upTo)) {
                finish(fire, END, Outcome.SUPERSEDED, reason, now);
            }
        }
        if (decided.isBefore(upTo)) {
            // Taken over and not decided yet, some of it may be final or have begun all the same.
            for (Owed.Gap gap : spans.gaps(decided, upTo, scheduledLive())) {
                settleRange(gap, Outcome.SUPERSEDED, reason, now);
            }
            decided = upTo;
        }
        advanceMark();
    }

    /** Whether so many attempts were started that the owner has to be granted the shard anew. */
    public boolean exhausted() {
        return attempts >= MAX_ATTEMPTS;
    }

    // --- the record

    /** Whether there is something to be written. */
    public boolean dirty() {
        return dirty;
    }

    /** The record to be written as batch {@code batch}; from here on the shard is clean until the next change. */
    public LedgerRecord record(long batch) {
        dirty = false;
        List<Span> above = new ArrayList<>(spans.all());
        List<RequestedRun> runs = new ArrayList<>(requested.values());
        for (Fire fire : live.values()) {
            if (!fire.begun()) {
                continue;
            }
            if (fire.state == FireState.CLAIMING && fire.claimBatch == 0) {
                fire.claimBatch = batch;
            }
            Mark state = rules.recovery() == Recovery.SKIP && fire.state != FireState.BACKING_OFF
                    ? new Mark.Claimed(fire.attempt, fire.token, fire.started, incarnation)
                    : new Mark.Started(fire.attempt, fire.token, fire.started, incarnation);
            if (fire.id.isScheduled()) {
                above.add(Span.of(fire.id.due(), state));
            } else {
                runs.add(new RequestedRun(fire.id.requested().orElseThrow(), fire.id.due(), state));
            }
        }
        above.sort(Comparator.comparing(Span::first));
        return new LedgerRecord(incarnation, batch, since, mark, above, runs, List.copyOf(recent), delayNext, released);
    }

    /** The write was refused or is to be made again: there is something to be written. */
    public void notWritten() {
        dirty = true;
        for (Fire fire : live.values()) {
            if (fire.state == FireState.CLAIMING && !fire.claimed) {
                fire.claimBatch = 0;
            }
        }
    }

    /** Fires that are running, waiting or backing off. */
    public int liveCount() {
        return live.size();
    }

    /** Attempts that do not end although they were told to. */
    public int abandonedCount() {
        return abandoned.size();
    }
}
