package dev.belfry.core.shard;

import static dev.belfry.core.shard.Outcomes.verdict;

import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.ledger.Attendance;
import dev.belfry.core.ledger.FireId;
import dev.belfry.core.ledger.LedgerRecord;
import dev.belfry.core.ledger.Reasons;
import dev.belfry.core.run.Moment;
import dev.belfry.core.run.Outcome;
import dev.belfry.core.trigger.DueSet;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.JobVersion;
import dev.belfry.core.version.VersionedDueSet;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The fires of one shard in the hands of one owner: what runs, what waits, what is recorded.
 *
 * <p>Pure: time is passed in, effects go out through {@link ShardEffects}. The owner calls {@link #decide} when
 * something may be due, {@link #ended} when an attempt ends, {@link #acknowledged} when a record is durable. Whether the
 * lease holds is passed in with every call that may start an attempt; without it nothing starts (rule R3).
 *
 * <p>Not thread-safe; owned by one event loop.
 *
 * <p>Longer than the house limit: one short method for each thing that may happen to a shard.
 */
public final class ShardRuns {
    /* One book, and parts that write in it, each with one reason to change: OwedFires settles what nobody started in
     * time, Overlaps decides about fires that come on time and whose turn it is, FireAttempts starts and stops,
     * AttemptEnds says what follows an end, HandOver lets go, Outcomes records. Here lies only the order in which they
     * are asked.
     */

    /** Attempts per tenancy before the owner asks to be granted again: the token has 20 bits for their number. */
    static final int MAX_ATTEMPTS = (1 << 20) - 1_024;

    private final ShardBook book;
    private final Outcomes outcomes;
    private final OwedFires owed;
    private final FireAttempts attempts;
    private final AttemptEnds ends;
    private final Overlaps overlaps;
    private final Cancels cancels;
    private final HandOver handOver;
    private final RecordWriter writer;

    /**
     * Takes the shard over.
     *
     * @param since the generation at which it was granted
     * @param incarnation the owner
     * @param ledger what the predecessors recorded, read after the grant
     */
    public ShardRuns(
            ShardRef shard, long since, String incarnation, LedgerRecord ledger, JobView job, ShardEffects effects) {
        this(new Grant(shard, since, incarnation, MAX_ATTEMPTS), ledger, job, effects);
    }

    /** A tenancy whose attempts may all have been numbered: nothing starts, and the shard has to be granted anew. */
    public static ShardRuns spent(
            ShardRef shard, long since, String incarnation, LedgerRecord ledger, JobView job, ShardEffects effects) {
        return new ShardRuns(new Grant(shard, since, incarnation, 0), ledger, job, effects);
    }

    ShardRuns(Grant grant, LedgerRecord ledger, JobView job, ShardEffects effects) {
        this.book = new ShardBook(grant, ledger, job);
        this.outcomes = new Outcomes(book, effects);
        this.owed = new OwedFires(book, outcomes, ledger.released());
        this.attempts = new FireAttempts(book, outcomes, effects);
        this.ends = new AttemptEnds(book, outcomes, attempts, effects);
        this.overlaps = new Overlaps(book, outcomes, attempts);
        this.cancels = new Cancels(book, outcomes, attempts);
        this.handOver = new HandOver(book, outcomes, attempts, owed, effects);
        this.writer = new RecordWriter(book);
    }

    /**
     * What a tenancy needs to know of its job; replaced when the definition changes.
     *
     * @param due what is due, over all versions
     * @param versions the rules of each version, oldest first; at least one
     */
    public record JobView(DueSet due, List<VersionRules> versions) {

        public JobView {
            versions = List.copyOf(versions);
            if (versions.isEmpty()) {
                throw new IllegalArgumentException("a job without a version has no rules");
            }
        }

        /** A job with one version only. */
        public JobView(DueSet due, JobDefinition definition, boolean paused) {
            this(due, List.of(new VersionRules(Instant.MIN, definition, paused)));
        }

        /** What a shard of layout {@code layout} needs to know of {@code job}. */
        public static JobView of(JobRecord job, int layout) {
            List<VersionRules> rules = job.versions().stream()
                    .filter(version -> version.layout() == layout)
                    .map(JobView::rules)
                    .toList();
            // A layout whose versions are forgotten owes nothing any more; what is left of it ends by the newest rules.
            return new JobView(VersionedDueSet.of(job, layout), rules.isEmpty() ? List.of(rules(job.newest())) : rules);
        }

        private static VersionRules rules(JobVersion version) {
            boolean silent = version.paused() || !version.definition().enabled();
            return new VersionRules(version.from(), version.definition(), silent);
        }
    }

    public ShardRef shard() {
        return book.grant.shard();
    }

    /** The generation at which the shard was granted. */
    public long since() {
        return book.grant.since();
    }

    /**
     * The owner before was lost, and its lease may have held until {@code until}: what was due up to then and is not in the
     * ledger may have run. It is run again, or left out, as what may have. Call it before the first decision.
     */
    public void doubt(Instant until) {
        book.doubt = ShardBook.later(book.doubt, Instant.ofEpochMilli(until.toEpochMilli()));
    }

    /**
     * Of a broadcast shard: before {@code until} this agent was not there, and owes nothing of that time; but an incarnation
     * before was lost, and may have run what was due up to {@code most} after the first fire that it left no trace of, or
     * after the first of these that came when it is known to have been {@code there}. That is recorded and not run again,
     * since nobody knows whether the agent was there. What it is known to have had waiting ({@link Attendance}) is recorded
     * so too, and of {@code asked}, the runs that were asked for, those that came at these times. Call it before the first decision.
     */
    public void absent(Instant until, Instant there, Duration most, List<FireId> asked) {
        owed.absent(until, there, most, asked);
    }

    /** Of a broadcast shard: its agent is in charge from here on. Call it before the first decision. */
    public void joined(Instant at) {
        book.joined = at;
    }

    /** The definition has changed. */
    public void update(JobView job) {
        book.update(job);
    }

    /**
     * Runs that were asked for and that the job's record lists now. New ones are started by the overlap policy; what the
     * ledger knows of others that are no longer listed is forgotten.
     *
     * @param owed which of them this shard owes: others are of another layout, or of a time at which the agent of a broadcast
     *     shard was not there
     */
    public void request(List<FireId> listed, Predicate<FireId> owed, Moment now, boolean leaseHolds) {
        Set<String> ids = new HashSet<>();
        listed.forEach(id -> ids.add(id.requested().orElseThrow()));
        if (book.requested.keySet().retainAll(ids)) {
            book.dirty = true;
        }
        // What a predecessor began is settled first: a turn before that could run an at-most-once fire again.
        if (book.handingOver || !leaseHolds || book.owed) {
            return;
        }
        for (FireId id : listed) {
            if (owed.test(id) && !book.knows(id)) {
                onTime(id, Instant.MIN, now);
            }
        }
        overlaps.turn(now);
        book.tellWhatWaits();
    }

    /** A fire has come: it is for the overlap policy, unless it was cancelled before. */
    private void onTime(FireId id, Instant previous, Moment now) {
        if (cancels.holds(id)) {
            outcomes.settle(Outcomes.Range.of(id), Cancels.CANCELLED, previous, now);
        } else {
            overlaps.onTime(book.onTime(id), now);
        }
    }

    /**
     * Runs that an operator has cancelled, as the job's record lists them now. What runs of them is told to stop, and ends
     * {@code cancelled} whatever the recovery and retry policies; what waits, backs off or is about to start ends so at
     * once; what comes later is not started. What is final stays as it is.
     */
    public void cancel(Collection<FireId> listed, Moment now, boolean leaseHolds) {
        cancels.list(listed);
        cancels.apply(now);
        afterChange(now, leaseHolds);
    }

    /**
     * Decides everything that is due.
     *
     * @param upTo nothing due later is decided: the present, or less if the ensemble's clock says so
     */
    public void decide(Moment now, Instant upTo, boolean leaseHolds) {
        if (!leaseHolds) {
            book.owed = true;
            return;
        }
        if (book.handingOver) {
            return;
        }
        attempts.startClaimed(now);
        if (book.owed) {
            owed.recover(now);
            owed.settleAbsence(now);
            owed.settle(now, upTo);
            book.owed = false;
            book.undecided = false;
        }
        owed.settleStalled(now, upTo);
        decideOnTime(now, upTo);
        cancels.apply(now);
        overlaps.turn(now);
        book.advanceMark();
        book.tellWhatWaits();
    }

    private void decideOnTime(Moment now, Instant upTo) {
        for (Optional<Instant> next = book.nextDue(); next.isPresent(); next = book.nextDue()) {
            if (book.due().jittered(next.get()).isAfter(upTo) || book.full()) {
                return;
            }
            FireId id = FireId.scheduled(next.get());
            Instant previous = book.decided;
            book.decided = next.get();
            if (book.rules().pausedAt(next.get())) {
                outcomes.settle(Outcomes.Range.of(id), verdict(Outcome.SKIPPED, Reasons.PAUSED), previous, now);
            } else {
                onTime(id, previous, now);
            }
        }
    }

    /** What was due up to then has its outcome. */
    public Instant finalUpTo() {
        return book.mark;
    }

    /** What was due up to then has been decided: it runs, waits, or has its outcome. */
    public Instant decidedUpTo() {
        return book.decided;
    }

    /** The next instant at which {@link #decide} has something to do; empty while only other events can change that. */
    public Optional<Instant> nextWake() {
        // While things are owed the lease is over: its return is what brings the next decision, not a timer.
        if (book.handingOver || book.owed || book.full()) {
            return Optional.empty();
        }
        return book.nextDue().map(book.due()::jittered);
    }

    /** Everything up to batch {@code batch} of this shard's records is durable. */
    public void acknowledged(long batch, Moment now, boolean leaseHolds) {
        attempts.acknowledged(batch, now, leaseHolds);
    }

    /** An attempt has ended. An unknown token is one that was abandoned and given up, or is not of this tenancy. */
    public void ended(long token, AttemptEnd end, Moment now, boolean leaseHolds) {
        attempts.take(token).ifPresent(fire -> {
            ends.ended(fire, end, now);
            afterChange(now, leaseHolds);
        });
    }

    /** The pause before the next attempt of {@code id} is over. */
    public void retry(FireId id, Moment now, boolean leaseHolds) {
        ends.pauseOver(id, now, leaseHolds);
        afterChange(now, leaseHolds);
    }

    /** An attempt did not end although it was told to, signalled and interrupted; it is left to itself. */
    public void abandon(long token, Moment now, boolean leaseHolds) {
        attempts.giveUp(token).ifPresent(fire -> {
            ends.abandoned(fire, now);
            afterChange(now, leaseHolds);
        });
    }

    private void afterChange(Moment now, boolean leaseHolds) {
        if (leaseHolds && !book.handingOver && !book.owed) {
            overlaps.turn(now);
        }
        book.advanceMark();
    }

    /** An attempt has used up a time-out; {@code reason} is one of the time-out reasons. */
    public void timeOut(long token, String reason) {
        attempts.timeOut(token, reason);
    }

    /**
     * Stops every running attempt: the lease is over, or the agent closes. What backs off or waits stays: it is this
     * owner's again once the lease is back, or its successor's.
     */
    public void stopAll(String reason) {
        attempts.stopAll(reason);
        if (reason.equals(Reasons.LEASE_OVER)) {
            book.owed = true;
        }
    }

    /**
     * From here on nothing starts: the shard is to be handed over, or granted anew.
     *
     * @param since when that was heard of, which is before the tenancy began if the ledger was still being read: what is
     *     due from then on runs late with whoever is in charge then
     */
    public void beginHandOver(Instant since) {
        handOver.begin(since);
    }

    public boolean handingOver() {
        return book.handingOver;
    }

    /** The hand-over was called off before the shard was released: fires due meanwhile run late. */
    public void resume(Moment now, Instant upTo, boolean leaseHolds) {
        handOver.callOff(now, leaseHolds);
        if (!leaseHolds) {
            return;
        }
        if (!book.owed) {
            // Else what is owed beside it, after a take-over or a lapse of the lease, is settled with it.
            owed.settleCalledOff(now, upTo);
        }
        decide(now, upTo, true);
    }

    /** Whether no attempt is running, abandoned or about to start, so that only records stand in the way of a release. */
    public boolean quiet() {
        return handOver.quiet();
    }

    /** Notes in the record that the shard is let go of; call it once, when {@link #quiet}. */
    public void prepareRelease(Moment now) {
        handOver.prepareRelease(now);
    }

    public boolean releasePrepared() {
        return handOver.released().isPresent();
    }

    /**
     * Ends everything that does not run and is due up to {@code upTo}: the layout or the job ends here.
     *
     * @param requested runs that were asked for and that this shard owes
     */
    public void supersede(Instant upTo, String reason, List<FireId> requested, Moment now) {
        handOver.supersede(upTo, reason, requested, now);
    }

    /**
     * Of a broadcast shard whose agent was lost and does not come back: what it may have run, and what it had begun, ends here
     * with an outcome that is not known; nothing else was owed. Call it after {@link #absent}, and instead of any decision.
     */
    public void giveUp(Moment now) {
        handOver.giveUp(now);
    }

    /** Whether so many attempts were started that the owner has to be granted the shard anew. */
    public boolean exhausted() {
        return attempts.exhausted();
    }

    /** Whether there is something to be written. */
    public boolean dirty() {
        return book.dirty;
    }

    /** The record to be written as batch {@code batch}; from here on the shard is clean until the next change. */
    public LedgerRecord record(long batch) {
        return writer.record(batch, handOver.released().or(owed::inherited));
    }

    /** The write was refused or is to be made again: there is something to be written. */
    public void notWritten() {
        writer.notWritten();
    }

    /** Fires that are running, waiting or backing off. */
    public int liveCount() {
        return book.live.size();
    }

    /** Attempts that do not end although they were told to. */
    public int abandonedCount() {
        return attempts.abandonedCount();
    }
}
