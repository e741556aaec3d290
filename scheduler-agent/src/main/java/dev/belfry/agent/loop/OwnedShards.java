package dev.belfry.agent.loop;

import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.ledger.CheckpointRecord;
import dev.belfry.core.ledger.FireId;
import dev.belfry.core.ledger.LedgerRecord;
import dev.belfry.core.ledger.Reasons;
import dev.belfry.core.ownership.Release;
import dev.belfry.core.ownership.ShardKey;
import dev.belfry.core.ownership.Successor;
import dev.belfry.core.ownership.Tenancy;
import dev.belfry.core.run.Moment;
import dev.belfry.core.shard.AttemptEnd;
import dev.belfry.core.shard.AttemptOrder;
import dev.belfry.core.shard.ShardEffects;
import dev.belfry.core.shard.ShardRef;
import dev.belfry.core.shard.ShardRuns;
import dev.belfry.core.value.ResolvedParameters;
import dev.belfry.core.version.CancelledRun;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.VersionedDueSet;
import dev.belfry.core.workflow.RunParameters;
import dev.belfry.store.Session;
import dev.belfry.store.Store;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The shards that one incarnation owns: takes them over, keeps their definitions current, fires them by one timer, and
 * lets them go.
 *
 * <p>Not thread-safe; owned by the agent's loop. One per session: a new session inherits nothing.
 *
 * <p>Longer than the house limit: the shell around {@link ShardRuns}, one short method for each of its effects and for
 * each event of the store. What stands by itself lies in {@link NamedRows}, {@link Loading}, {@link BroadcastTakeOver},
 * {@link DueTimer}, {@link RunningAttempt}, {@link LettingGo}, {@link HeldForRestart} and {@link GroupCommit}.
 */
final class OwnedShards {
    private static final Logger LOG = LoggerFactory.getLogger(OwnedShards.class);

    /** What the shards need of the agent around them. */
    interface Owner {
        boolean leaseHolds();

        long leaseRemainingNanos();

        /** Nothing due later than this may be started or accounted: the present, by the earlier of two clocks. */
        Instant horizon();

        /** The last instant that whoever held a lease at {@code ensemble}, by the ensemble's clock, may have taken for due. */
        Instant dueBy(Instant ensemble);

        /**
         * The shard has been let go of, and everything about it is durable.
         *
         * @param settled its layout or job is over, and nothing of it is owed any more
         */
        void released(Release release, boolean settled);

        /** A tenancy that was listed as released is over: the listing may go. */
        void forget(ShardRef ref, long since);

        /** This agent has no part in a broadcast job any more; if it is to have one, it begins anew. */
        void rejoinBroadcast(String jobUid);

        /** Whether the agent closes and comes back under the same id. */
        boolean restarting();

        /** Something about a shard that is held for the restart has changed. */
        void heldChanged();

        /** The tenancies that this process has had. */
        HeldBefore heldBefore();

        /** Whether every definition has been read. */
        boolean jobsKnown();

        /** The definition of a job by its uid; empty while it cannot be read. */
        Optional<JobRecord> job(String uid);

        /** Whether there is a job of which nothing is known for the time being because its record is damaged. */
        boolean unreadable(String uid);

        /** Reads the definition of a job again; returns what {@link #hasLooked} is to be asked for. */
        long lookAgain(JobRecord job);

        /** Whether the definition has been read since {@link #lookAgain} returned {@code mark}. */
        boolean hasLooked(long mark);
    }

    private final Loop loop;
    private final Session session;
    private final String incarnation;
    private final Attempts attempts;
    private final GroupCommit commit;
    private final Owner owner;

    private final HeldShards shards = new HeldShards();
    private final NamedRows named;
    private NavigableMap<ShardKey, Tenancy> lastRows = new TreeMap<>();

    private final DueTimer wakes;
    private final LettingGo lettingGo;
    private final HeldForRestart forRestart;

    private boolean closed;
    private int takenUp;
    private final Decider decider = new Decider();
    private final Loading loading;
    private final BroadcastTakeOver broadcasts;
    private final LostParts lostParts;

    OwnedShards(
            Loop loop,
            Store store,
            Session session,
            String incarnation,
            Attempts attempts,
            Owner owner,
            Function<GroupCommit.Owner, GroupCommit> commits) {
        this.loop = loop;
        this.session = session;
        this.incarnation = incarnation;
        this.attempts = attempts;
        this.owner = owner;
        this.named = new NamedRows(owner);
        this.commit = commits.apply(new CommitOwner());
        this.lettingGo = new LettingGo(loop, owner, commit, this::leave);
        this.forRestart = new HeldForRestart(loop, owner, shards, commit, lettingGo);
        this.wakes = new DueTimer(loop, owner::horizon, this::look);
        this.loading = new Loading(loop, store, session, new Loader());
        this.broadcasts = new BroadcastTakeOver(loop, store, session, incarnation, new BroadcastTaker());
        this.lostParts = new LostParts(
                loop, store, session, this::gone, (shard, ledger) -> begin(shard, Optional.of(ledger)), this::leave);
    }

    GroupCommit commit() {
        return commit;
    }

    int count() {
        return shards.count();
    }

    /** How many shards were taken up since this was last asked. */
    int takenUp() {
        int fresh = takenUp;
        takenUp = 0;
        return fresh;
    }

    Collection<OwnedShard> all() {
        return shards.all();
    }

    /**
     * Whether attempts of this shard may start: the lease holds, and the definition can be read. Without a definition the
     * shard is as without a lease: what falls due is owed, and settled once it is back.
     */
    private boolean mayStart(OwnedShard shard) {
        return owner.leaseHolds() && owner.job(shard.job).isPresent();
    }

    /** What is left of the lease for an attempt of this tenancy; asked by threads of user code. */
    private long leaseNanos(OwnedShard shard) {
        return shard.stage == OwnedShard.Stage.OVER ? 0 : owner.leaseRemainingNanos();
    }

    private Moment now() {
        return new Moment(loop.now(), loop.nanoTime());
    }

    // --- what the table says

    /** The rows of the table that name this incarnation. */
    void rows(NavigableMap<ShardKey, Tenancy> rows) {
        lastRows = rows;
        Map<ShardRef, Tenancy> byRef = named.read(rows);
        for (OwnedShard shard : shards.copy()) {
            if (shard.ref.isBroadcast()) {
                continue;
            }
            Tenancy row = byRef.get(shard.ref);
            if (row == null || row.since().value() != shard.since) {
                over(shard, "the table names another owner");
            }
        }
        byRef.forEach(this::row);
        forRestart.tell();
    }

    private void row(ShardRef ref, Tenancy row) {
        OwnedShard shard = shards.get(ref);
        if (shard == null) {
            if (named.isGivenBack(ref, row)) {
                return;
            }
            shard = new OwnedShard(ref, row.since().value(), ref.jobUid());
            shard.settling = row.next() instanceof Successor.Withdrawn;
            shard.doubt = row.doubt().map(owner::dueBy);
            shards.put(shard);
            loading.load(shard);
        }
        boolean wanted = !(row.next() instanceof Successor.Unplanned);
        boolean ending = row.next() instanceof Successor.Withdrawn;
        if (wanted != shard.wanted || ending != shard.ending) {
            shard.wanted = wanted;
            shard.ending = ending;
            shard.lookedAgain = OptionalLong.empty();
            wantedChanged(shard);
        }
    }

    private void wantedChanged(OwnedShard shard) {
        ShardRuns runs = shard.runs;
        if (runs == null) {
            if (shard.wanted && shard.wantedWhileLoading.isEmpty()) {
                shard.wantedWhileLoading = Optional.of(loop.now());
            }
            lettingGo.giveBackUnknown(shard);
            return;
        }
        if (shard.stage != OwnedShard.Stage.ACTIVE) {
            return;
        }
        if (shard.wanted) {
            if (!runs.handingOver()) {
                runs.beginHandOver(loop.now());
            }
            lettingGo.step(shard);
        } else if (!shard.held && runs.handingOver() && !runs.exhausted()) {
            runs.resume(now(), owner.horizon(), mayStart(shard));
            look(shard);
            // What was asked for meanwhile was left to a successor that does not come.
            owner.job(shard.job).ifPresent(job -> requests(shard, job));
        }
    }

    private void over(OwnedShard shard, String why) {
        shards.remove(shard);
        owner.forget(shard.ref, shard.since);
        if (shard.stage == OwnedShard.Stage.ACTIVE && shard.runs != null) {
            LOG.warn("shard taken away while in charge: {}; {}; its attempts are cancelled", shard, why);
            shard.runs.stopAll(Reasons.LEASE_OVER);
        }
        shard.stage = OwnedShard.Stage.OVER;
    }

    // --- taking over

    private boolean gone(OwnedShard shard) {
        return closed || shards.get(shard.ref) != shard;
    }

    private final class Loader implements Loading.Owner {

        @Override
        public boolean gone(OwnedShard shard) {
            return OwnedShards.this.gone(shard);
        }

        @Override
        public void loaded(OwnedShard shard, Optional<LedgerRecord> ledger) {
            begin(shard, ledger);
        }
    }

    private final class BroadcastTaker implements BroadcastTakeOver.Owner {

        @Override
        public long tenancyAfter(OwnedShard shard, long stored) {
            return owner.heldBefore().after(shard.ref, stored);
        }

        @Override
        public boolean gone(OwnedShard shard) {
            return OwnedShards.this.gone(shard);
        }

        @Override
        public void taken(OwnedShard shard, LedgerRecord ledger) {
            begin(shard, Optional.of(ledger));
        }

        @Override
        public void failed(OwnedShard shard) {
            // Tried again from the start, with a fresh look at the ledger.
            shards.remove(shard);
            loop.after(session.timeout().toNanos() / 10, () -> {
                if (closed || shards.has(shard.ref)) {
                    return;
                }
                if (shard.wanted && owner.job(shard.job).isPresent()) {
                    OwnedShard again = new OwnedShard(shard.ref, 1, shard.job);
                    again.joined = shard.joined;
                    again.lostZxid = shard.lostZxid;
                    leaving(again);
                    shards.put(again);
                    broadcasts.take(again, again.joined);
                } else {
                    owner.rejoinBroadcast(shard.job);
                }
            });
        }
    }

    private void begin(OwnedShard shard, Optional<LedgerRecord> stored) {
        if (shard.stage != OwnedShard.Stage.LOADING) {
            return;
        }
        Optional<JobRecord> job = owner.job(shard.job);
        if (job.isEmpty()) {
            shard.ledgerRead = false;
            lettingGo.giveBackUnknown(shard);
            if (shard.lost()) {
                shards.remove(shard);
            }
            return;
        }
        LedgerRecord ledger = stored.orElseGet(() -> LedgerRecord.fresh(beginning(job.get(), shard.ref)));
        ShardRuns.JobView view = view(job.get(), shard.ref, ledger.mark());
        boolean again = !shard.lost() && owner.heldBefore().begins(shard.ref, shard.since);
        if (again) {
            LOG.error("{} was let go of before, and is named again: has the ensemble lost transactions?", shard);
        }
        owner.heldBefore().forget(uid -> owner.job(uid).isPresent());
        Effects effects = new Effects(shard);
        ShardRuns runs = again
                ? ShardRuns.spent(shard.ref, shard.since, incarnation, ledger, view, effects)
                : new ShardRuns(shard.ref, shard.since, incarnation, ledger, view, effects);
        shard.doubt.ifPresent(runs::doubt);
        if (shard.followsLost) {
            // Its clock may have been ahead: it may have run what is due just after this one came.
            runs.doubt(owner.dueBy(shard.joined));
            // Whoever wrote the ledger last was there then, and had registered not long before.
            Duration timeout = shard.lost() ? shard.lostTimeout : session.timeout();
            Instant there = shard.ledgerModified.minus(timeout);
            runs.absent(shard.joined, there, longestTrace(timeout), RequestedRuns.listed(job.get()));
        }
        if (shard.ref.isBroadcast() && !shard.lost()) {
            runs.joined(shard.joined);
        }
        shard.runs = runs;
        shard.stage = OwnedShard.Stage.ACTIVE;
        takenUp++;
        cancels(shard, job.get());
        shard.wantedWhileLoading.ifPresent(runs::beginHandOver);
        if (forRestart.taken(shard)) {
            return;
        }
        if (shard.wanted) {
            lettingGo.step(shard);
        } else {
            if (runs.handingOver()) {
                runs.resume(now(), owner.horizon(), mayStart(shard));
            }
            look(shard);
            requests(shard, job.get());
        }
    }

    /**
     * After the first fire that a lost incarnation left no trace of it can have run others for no longer: it may have come
     * back once within its session, without writing a record, and had a lease from then.
     */
    private static Duration longestTrace(Duration timeout) {
        return timeout.multipliedBy(2).plusSeconds(1);
    }

    /** What is due up to then a shard without a ledger does not owe. */
    private Instant beginning(JobRecord job, ShardRef ref) {
        Instant first = job.versions().get(0).from();
        Instant now = loop.now();
        return VersionedDueSet.of(job, LettingGo.layoutOf(job, ref)).start().orElse(now.isBefore(first) ? first : now);
    }

    /**
     * A numbered shard's ledger begins with its job: what is not final when the record was put back is owed, since the job was in
     * force then. That of a broadcast shard begins with its agent.
     */
    private static ShardRuns.JobView view(JobRecord job, ShardRef ref, Instant finalUpTo) {
        JobRecord inForce = ref.isBroadcast() ? job : job.inForceSince(finalUpTo.plusMillis(1));
        return ShardRuns.JobView.of(inForce, LettingGo.layoutOf(job, ref));
    }

    /** The session has a connection again: what could not be read is read now. */
    void resumed() {
        shards.all().forEach(shard -> {
            if (shard.stage == OwnedShard.Stage.LOADING && !shard.ledgerRead) {
                loading.load(shard);
            }
        });
    }

    // --- definitions

    /** The definition of a job was read, for the first time or again. */
    void jobChanged(JobRecord job) {
        named.readAwaited(lastRows, job.uid()).forEach(this::row);
        for (OwnedShard shard : shards.of(job.uid())) {
            if (shard.runs == null) {
                if (!shard.ledgerRead) {
                    loading.load(shard);
                }
            } else {
                shard.runs.update(view(job, shard.ref, shard.runs.finalUpTo()));
                cancels(shard, job);
                look(shard);
                requests(shard, job);
            }
        }
    }

    /** All definitions that were asked for have been read. */
    void jobsSettled() {
        if (named.mayGiveBack()) {
            rows(lastRows);
        }
        lettingGo.definitionsRead();
    }

    /** Before anything is decided: what is cancelled is not to be started first. */
    private void cancels(OwnedShard shard, JobRecord job) {
        ShardRuns runs = shard.runs;
        if (runs != null && shard.stage == OwnedShard.Stage.ACTIVE) {
            List<FireId> cancelled =
                    job.cancels().stream().map(CancelledRun::fire).toList();
            runs.cancel(cancelled, now(), mayStart(shard));
        }
    }

    private void requests(OwnedShard shard, JobRecord job) {
        ShardRuns runs = shard.runs;
        if (runs != null && shard.stage == OwnedShard.Stage.ACTIVE && !shard.lost()) {
            List<FireId> owed = RequestedRuns.owed(job, shard);
            runs.request(RequestedRuns.listed(job), owed::contains, now(), mayStart(shard));
            changed(shard);
        }
    }

    // --- broadcast

    /**
     * This agent takes part in a broadcast job: it fires it from its registration on. Where it was about to let go, it goes
     * on: what it still runs may take long, and until its end nobody would account for what is due.
     */
    void joinBroadcast(JobRecord job, String agentId, Registered registered) {
        ShardRef ref = ShardRef.broadcast(job.uid(), agentId);
        OwnedShard held = shards.get(ref);
        if (held == null) {
            OwnedShard shard = new OwnedShard(ref, 1, job.uid());
            shard.joined = registered.at();
            shard.lostZxid = registered.zxid();
            shards.put(shard);
            broadcasts.take(shard, shard.joined);
        } else if (held.wanted && !held.lost()) {
            held.wanted = false;
            held.ending = false;
            wantedChanged(held);
        }
    }

    /** Records what a lost incarnation may have run of its part of a job, and lets go of it. */
    void settleLost(String jobUid, String agentId, Instant until, Duration longestTimeout, long zxid) {
        ShardRef ref = ShardRef.broadcast(jobUid, agentId);
        if (!closed && !shards.has(ref) && owner.job(jobUid).isPresent()) {
            OwnedShard shard = new OwnedShard(ref, 1, jobUid);
            // Its clock may have been ahead; and the master's too, which says until when.
            shard.joined = owner.dueBy(until.isAfter(owner.horizon()) ? owner.horizon() : until);
            shard.followsLost = true;
            shard.lostTimeout = longestTimeout;
            shard.lostZxid = zxid;
            shard.wanted = true;
            shard.wantedWhileLoading = Optional.of(loop.now());
            shards.put(shard);
            lostParts.take(shard);
        }
    }

    /** This agent takes no part in the job any more: deleted, or not eligible. */
    void leaveBroadcast(String jobUid, String agentId) {
        OwnedShard shard = shards.get(ShardRef.broadcast(jobUid, agentId));
        if (shard != null && shard.runs == null && !shard.wanted) {
            if (broadcasts.isWritten(shard)) {
                // Our name may stand in its ledger: it is let go of once it is ours.
                leaving(shard);
            } else {
                shards.remove(shard);
            }
        }
        if (shard != null && shard.runs != null && !shard.wanted) {
            shard.wanted = true;
            shard.ending = true;
            shard.runs.beginHandOver(loop.now());
            lettingGo.step(shard);
        }
    }

    /** A part of a broadcast job that is let go of, or settled; meanwhile this agent may have come to have a part again. */
    private void leave(OwnedShard shard) {
        shards.remove(shard);
        loop.execute(() -> owner.rejoinBroadcast(shard.job));
    }

    private void leaving(OwnedShard shard) {
        shard.wanted = true;
        shard.ending = true;
        shard.wantedWhileLoading = Optional.of(loop.now());
    }

    // --- the timer

    /** Looks at one shard: decides what is due, writes what changed, and sets the timer for what comes. */
    private void look(OwnedShard shard) {
        ShardRuns runs = shard.runs;
        if (runs == null || shard.stage != OwnedShard.Stage.ACTIVE) {
            return;
        }
        runs.decide(now(), owner.horizon(), mayStart(shard));
        if (runs.exhausted() && !runs.handingOver()) {
            runs.beginHandOver(loop.now());
        }
        wakes.set(shard, runs.nextWake());
        changed(shard);
    }

    /** The lease was renewed or has ended. */
    void leaseChanged(boolean holds) {
        for (OwnedShard shard : shards.copy()) {
            ShardRuns runs = shard.runs;
            if (runs == null) {
                continue;
            }
            if (!holds) {
                runs.stopAll(Reasons.LEASE_OVER);
            }
            look(shard);
            if (holds) {
                owner.job(shard.job).ifPresent(job -> requests(shard, job));
            }
        }
    }

    // --- effects

    private void changed(OwnedShard shard) {
        if (shard.dirty() && shard.stage == OwnedShard.Stage.ACTIVE) {
            boolean now = shard.lines.stream().anyMatch(line -> line.kind() != FireEntry.Kind.STARTED)
                    || shard.lines.isEmpty();
            commit.changed(shard, now);
        }
        lettingGo.step(shard);
    }

    private final class Effects implements ShardEffects {
        private final OwnedShard shard;

        Effects(OwnedShard shard) {
            this.shard = shard;
        }

        @Override
        public void start(AttemptOrder order) {
            JobRecord job = owner.job(shard.job).orElseThrow();
            JobDefinition definition = job.at(order.fire().due()).definition();
            ResolvedParameters parameters =
                    RunParameters.alone(definition, order.fire().due(), RequestedRuns.parameters(job, order.fire()));
            Optional<CheckpointRecord> checkpoint =
                    shard.checkpoint.filter(c -> c.fire().equals(order.fire()));
            RunningAttempt running = new RunningAttempt(loop, decider, shard, order, job, definition.timeouts());
            // Posted, not called: an attempt that ends at once must not come back into the decision that started it.
            if (!parameters.problems().isEmpty()) {
                loop.execute(() -> running.unbegun(MissingInputs.unresolved(parameters.problems())));
                return;
            }
            Attempts.Inputs inputs = new Attempts.Inputs(parameters.values(), Map.of());
            loop.execute(() -> attempts.start(
                    new Attempts.Task(order, job, definition, inputs, checkpoint, () -> leaseNanos(shard)), running));
            running.armTimeouts();
        }

        @Override
        public void stop(long token, String reason) {
            loop.execute(() -> attempts.stop(shard.ref, token, reason));
        }

        @Override
        public void backOff(FireId fire, Duration pause) {
            loop.after(pause.toNanos(), () -> {
                ShardRuns runs = shard.runs;
                if (runs != null && !gone(shard)) {
                    runs.retry(fire, now(), mayStart(shard));
                    look(shard);
                }
            });
        }

        @Override
        public void journal(FireEntry entry) {
            shard.add(entry);
        }

        @Override
        public double random() {
            return loop.random(1 << 30) / (double) (1 << 30);
        }
    }

    /** Brings what an attempt says to the decisions about its shard. */
    private final class Decider implements RunningAttempt.Owner {

        @Override
        public void ended(OwnedShard shard, long token, AttemptEnd end) {
            ShardRuns runs = shard.runs;
            if (runs != null && !gone(shard)) {
                runs.ended(token, end, now(), mayStart(shard));
                look(shard);
            }
        }

        @Override
        public void abandoned(OwnedShard shard, long token) {
            ShardRuns runs = shard.runs;
            if (runs != null && !gone(shard)) {
                runs.abandon(token, now(), mayStart(shard));
                look(shard);
            }
        }

        @Override
        public void timedOut(OwnedShard shard, long token, String reason) {
            ShardRuns runs = shard.runs;
            if (runs != null) {
                runs.timeOut(token, reason);
            }
        }

        @Override
        public void checkpoint(OwnedShard shard, AttemptOrder order, byte[] data) {
            if (!gone(shard)) {
                shard.checkpoint = Optional.of(new CheckpointRecord(order.fire(), order.token(), data));
                shard.checkpointDirty = true;
                commit.changed(shard, true);
            }
        }
    }

    // --- letting go

    /** Whether everything that has happened to these shards is recorded. */
    boolean recorded() {
        return shards.all().stream().allMatch(shard -> shard.stage != OwnedShard.Stage.ACTIVE || commit.settled(shard));
    }

    /** Starts nothing more of the jobs that wait for this agent to come back. */
    void holdForRestart() {
        forRestart.begin();
    }

    /** See {@link HeldForRestart#settled}. */
    OptionalLong heldSettled() {
        return forRestart.settled();
    }

    /** Stops every attempt; the agent closes and its drain time-out has passed. */
    void stopAll(String reason) {
        shards.all().forEach(shard -> {
            if (shard.runs != null) {
                shard.runs.stopAll(reason);
            }
        });
    }

    /** The session is over: everything held is dropped, every attempt is told to stop. */
    void drop() {
        closed = true;
        wakes.close();
        commit.stop();
        stopAll(Reasons.LEASE_OVER);
    }

    private final class CommitOwner implements GroupCommit.Owner {

        @Override
        public void acknowledged(OwnedShard shard, long batch) {
            ShardRuns runs = shard.runs;
            if (runs != null && !gone(shard)) {
                runs.acknowledged(batch, now(), mayStart(shard));
                look(shard);
                forRestart.tell();
            }
        }

        @Override
        public void overwritten(OwnedShard shard, String found) {
            if (shard.lost()) {
                LOG.info("an agent has come back to its part of a job before it was settled: {}", shard);
                leave(shard);
            } else {
                LOG.error("ledger was written by somebody else: {}; {}; the shard stops here", shard, found);
            }
            if (shard.runs != null) {
                shard.runs.stopAll(Reasons.LEASE_OVER);
            }
            shard.stage = OwnedShard.Stage.OVER;
        }

        @Override
        public void fenced() {
            LOG.warn("registration is gone: incarnation={}; everything held is dropped", incarnation);
            stopAll(Reasons.LEASE_OVER);
        }

        @Override
        public void refused(String why) {
            LOG.error("outcomes cannot be written: {}; they are kept and tried again", why);
        }
    }
}
