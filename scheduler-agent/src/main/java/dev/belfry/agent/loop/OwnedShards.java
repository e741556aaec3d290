package dev.belfry.agent.loop;

import dev.belfry.core.job.TimeoutAction;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.ledger.CheckpointRecord;
import dev.belfry.core.ledger.FireId;
import dev.belfry.core.ledger.LedgerCodec;
import dev.belfry.core.ledger.LedgerRecord;
import dev.belfry.core.ledger.Reasons;
import dev.belfry.core.ownership.Generation;
import dev.belfry.core.ownership.LayoutKey;
import dev.belfry.core.ownership.Release;
import dev.belfry.core.ownership.ShardKey;
import dev.belfry.core.ownership.Successor;
import dev.belfry.core.ownership.Tenancy;
import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.core.record.Paths;
import dev.belfry.core.run.Moment;
import dev.belfry.core.shard.AttemptEnd;
import dev.belfry.core.shard.AttemptOrder;
import dev.belfry.core.shard.ShardEffects;
import dev.belfry.core.shard.ShardRef;
import dev.belfry.core.shard.ShardRuns;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.RunRequest;
import dev.belfry.core.version.VersionedDueSet;
import dev.belfry.store.Commit;
import dev.belfry.store.Read;
import dev.belfry.store.Session;
import dev.belfry.store.Store;
import dev.belfry.store.Transaction;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The shards that one incarnation owns: takes them over, keeps their definitions current, fires them by one timer, and
 * lets them go.
 *
 * <p>Not thread-safe; owned by the agent's loop. One per session: a new session inherits nothing.
 *
 * <p>Longer than the house limit: the shell around {@link ShardRuns}, one short method for each of its effects and for
 * each event of the store.
 */
final class OwnedShards {
    private static final Logger LOG = LoggerFactory.getLogger(OwnedShards.class);

    /** The wall clock is looked at this often at least, so that a step of it is noticed. */
    private static final Duration LONGEST_SLEEP = Duration.ofSeconds(1);

    /** Shards looked at in one event: what they start then begins before the next ones are looked at. */
    private static final int AT_ONCE = 32;

    /** What the shards need of the agent around them. */
    interface Owner {
        boolean leaseHolds();

        long leaseRemainingNanos();

        /** Nothing due later than this may be started or accounted: the present, by the earlier of two clocks. */
        Instant horizon();

        /** The shard has been let go of, and everything about it is durable. */
        void released(Release release);

        /** A tenancy that was listed as released is over: the listing may go. */
        void forget(ShardRef ref, long since);

        /** Taking part in a broadcast job did not work out; if this agent still is to, it begins anew. */
        void rejoinBroadcast(String jobUid);

        /** The definition of a job by its uid. */
        Optional<JobRecord> job(String uid);
    }

    private final Loop loop;
    private final Store store;
    private final Session session;
    private final String incarnation;
    private final Attempts attempts;
    private final GroupCommit commit;
    private final Owner owner;

    private final Map<ShardRef, OwnedShard> shards = new LinkedHashMap<>();
    /** Shards of each layout seen. */
    private final Map<LayoutKey, Integer> counts = new HashMap<>();

    private NavigableMap<ShardKey, Tenancy> lastRows = new TreeMap<>();
    /** Whether a row could not be taken up because its job's definition has not been read. */
    private boolean incomplete;

    private final WakeQueue wakes = new WakeQueue();
    private Loop.Timer timer = () -> {};
    /** What the timer is set to; null while it is not set. */
    private @Nullable Instant armed;

    private boolean closed;
    /** Read by threads of user code. */
    private final Attempts.Lease lease;

    OwnedShards(
            Loop loop,
            Store store,
            Session session,
            String incarnation,
            Attempts attempts,
            Owner owner,
            Function<GroupCommit.Owner, GroupCommit> commits) {
        this.loop = loop;
        this.store = store;
        this.session = session;
        this.incarnation = incarnation;
        this.attempts = attempts;
        this.owner = owner;
        this.lease = owner::leaseRemainingNanos;
        this.commit = commits.apply(new CommitOwner());
    }

    GroupCommit commit() {
        return commit;
    }

    int count() {
        return shards.size();
    }

    Collection<OwnedShard> all() {
        return shards.values();
    }

    private Moment now() {
        return new Moment(loop.now(), loop.nanoTime());
    }

    // --- what the table says

    /** The rows of the table that name this incarnation. */
    void rows(NavigableMap<ShardKey, Tenancy> rows) {
        lastRows = rows;
        incomplete = false;
        Map<ShardRef, Tenancy> byRef = new HashMap<>();
        rows.forEach((key, row) -> refOf(key).ifPresentOrElse(ref -> byRef.put(ref, row), () -> incomplete = true));
        for (OwnedShard shard : List.copyOf(shards.values())) {
            if (shard.ref.isBroadcast()) {
                continue;
            }
            Tenancy row = byRef.get(shard.ref);
            if (row == null || row.since().value() != shard.since) {
                over(shard, "the table names another owner");
            }
        }
        byRef.forEach(this::row);
    }

    /**
     * The number of shards of a layout is the definition's; it decides where the ledgers of large jobs lie. Empty while
     * the definition has not been read.
     */
    private Optional<ShardRef> refOf(ShardKey key) {
        Integer count = counts.get(key.of());
        if (count == null) {
            Optional<JobRecord> job = owner.job(key.jobUid());
            if (job.isEmpty()) {
                return Optional.empty();
            }
            count = shardsOf(job.get(), key.layout());
            counts.put(key.of(), count);
        }
        return Optional.of(ShardRef.numbered(key.jobUid(), key.layout(), count, key.shard()));
    }

    private static int shardsOf(JobRecord job, int layout) {
        return job.versions().stream()
                .filter(version -> version.layout() == layout)
                .map(version -> version.definition().shards().count())
                .findFirst()
                .orElse(job.definition().shards().count());
    }

    private void row(ShardRef ref, Tenancy row) {
        OwnedShard shard = shards.get(ref);
        if (shard == null) {
            shard = new OwnedShard(ref, row.since().value(), ref.jobUid());
            shards.put(ref, shard);
            load(shard);
        }
        boolean wanted = !(row.next() instanceof Successor.Unplanned);
        shard.ending = row.next() instanceof Successor.Withdrawn;
        if (wanted != shard.wanted) {
            shard.wanted = wanted;
            wantedChanged(shard);
        }
    }

    private void wantedChanged(OwnedShard shard) {
        ShardRuns runs = shard.runs;
        if (runs == null || shard.stage != OwnedShard.Stage.ACTIVE) {
            return;
        }
        if (shard.wanted && !runs.handingOver()) {
            runs.beginHandOver();
            letGo(shard);
        } else if (!shard.wanted && !shard.held && runs.handingOver() && !runs.exhausted()) {
            runs.resume(now(), owner.horizon(), owner.leaseHolds());
            look(shard);
        }
    }

    private void over(OwnedShard shard, String why) {
        shards.remove(shard.ref);
        owner.forget(shard.ref, shard.since);
        if (shard.stage == OwnedShard.Stage.ACTIVE && shard.runs != null) {
            LOG.warn("shard taken away while in charge: {}; {}; its attempts are cancelled", shard, why);
            shard.runs.stopAll(Reasons.LEASE_OVER);
        }
        shard.stage = OwnedShard.Stage.OVER;
    }

    // --- taking over

    private void load(OwnedShard shard) {
        String path = shard.ref.ledgerPath();
        store.read(session, "ledger-read", path, answer -> {
            if (gone(shard)) {
                return;
            }
            if (answer instanceof Read.Found found) {
                try {
                    LedgerRecord ledger = LedgerCodec.decode(path, found.znode().data());
                    shard.ledgerVersion = found.znode().version();
                    loadCheckpoint(shard, ledger);
                } catch (CorruptRecordException e) {
                    unreadable(shard, e);
                }
            } else if (answer instanceof Read.Missing) {
                begin(shard, Optional.empty());
            } else {
                shard.ledgerRead = false;
            }
        });
        shard.ledgerRead = true;
    }

    /** A ledger cannot be read: that shard alone stops, and is looked at again until somebody has repaired it. */
    private void unreadable(OwnedShard shard, CorruptRecordException why) {
        if (!shard.complained) {
            shard.complained = true;
            LOG.error("shard stops until its ledger can be read: {}; {}", shard, why.getMessage());
        }
        loop.after(session.timeout().toNanos(), () -> {
            if (!gone(shard) && shard.runs == null) {
                load(shard);
            }
        });
    }

    private boolean gone(OwnedShard shard) {
        return closed || shards.get(shard.ref) != shard;
    }

    private void loadCheckpoint(OwnedShard shard, LedgerRecord ledger) {
        String path = Paths.checkpoint(shard.ref.ledgerPath());
        store.read(session, "checkpoint-read", path, answer -> {
            if (gone(shard)) {
                return;
            }
            if (answer instanceof Read.Found found) {
                shard.checkpointStored = true;
                try {
                    shard.checkpoint = Optional.of(
                            CheckpointRecord.decode(path, found.znode().data()));
                } catch (CorruptRecordException e) {
                    LOG.error("checkpoint ignored: {}; {}", shard, e.getMessage());
                }
            } else if (answer instanceof Read.Failed) {
                shard.ledgerRead = false;
                return;
            }
            begin(shard, Optional.of(ledger));
        });
    }

    private void begin(OwnedShard shard, Optional<LedgerRecord> stored) {
        Optional<JobRecord> job = owner.job(shard.job);
        if (job.isEmpty()) {
            shard.ledgerRead = false;
            return;
        }
        ShardRuns.JobView view = view(job.get(), shard.ref);
        LedgerRecord ledger =
                stored.orElseGet(() -> LedgerRecord.fresh(VersionedDueSet.of(job.get(), layoutOf(job.get(), shard.ref))
                        .start()
                        .orElse(loop.now())));
        ShardRuns runs = new ShardRuns(shard.ref, shard.since, incarnation, ledger, view, new Effects(shard));
        shard.runs = runs;
        shard.stage = OwnedShard.Stage.ACTIVE;
        if (shard.wanted) {
            runs.beginHandOver();
            letGo(shard);
        } else {
            look(shard);
            requests(shard, job.get());
        }
    }

    private static int layoutOf(JobRecord job, ShardRef ref) {
        return ref.isBroadcast() ? job.newest().layout() : ref.layout();
    }

    private static ShardRuns.JobView view(JobRecord job, ShardRef ref) {
        return ShardRuns.JobView.of(job, layoutOf(job, ref));
    }

    /** The session has a connection again: what could not be read is read now. */
    void resumed() {
        shards.values().forEach(shard -> {
            if (shard.stage == OwnedShard.Stage.LOADING && !shard.ledgerRead) {
                load(shard);
            }
        });
    }

    // --- definitions

    /** The definition of a job was read, for the first time or again. */
    void jobChanged(JobRecord job) {
        if (incomplete) {
            rows(lastRows);
        }
        for (OwnedShard shard : List.copyOf(shards.values())) {
            if (!shard.job.equals(job.uid())) {
                continue;
            }
            if (shard.runs == null) {
                if (!shard.ledgerRead) {
                    load(shard);
                }
            } else {
                shard.runs.update(view(job, shard.ref));
                look(shard);
                requests(shard, job);
            }
        }
    }

    private void requests(OwnedShard shard, JobRecord job) {
        ShardRuns runs = shard.runs;
        if (runs != null && shard.stage == OwnedShard.Stage.ACTIVE) {
            List<FireId> listed = job.requests().stream()
                    .map(request -> FireId.requested(request.runId(), request.accepted()))
                    .toList();
            runs.request(listed, now(), owner.leaseHolds());
            changed(shard);
        }
    }

    // --- broadcast

    /** This agent takes part in a broadcast job: it fires it from {@code registeredAt} on. */
    void joinBroadcast(JobRecord job, String agentId, Instant registeredAt) {
        ShardRef ref = ShardRef.broadcast(job.uid(), agentId);
        if (shards.containsKey(ref)) {
            return;
        }
        OwnedShard shard = new OwnedShard(ref, 1, job.uid());
        shards.put(ref, shard);
        shard.ledgerRead = true;
        String path = ref.ledgerPath();
        store.read(session, "broadcast-ledger-read", path, answer -> {
            if (gone(shard)) {
                return;
            }
            if (answer instanceof Read.Found found) {
                broadcastLedger(shard, path, found, registeredAt);
            } else if (answer instanceof Read.Missing) {
                takeBroadcast(shard, LedgerRecord.fresh(registeredAt));
            } else {
                rejoin(shard);
            }
        });
    }

    private void broadcastLedger(OwnedShard shard, String path, Read.Found found, Instant registeredAt) {
        try {
            LedgerRecord ledger = LedgerCodec.decode(path, found.znode().data());
            shard.ledgerVersion = found.znode().version();
            shard.since = ledger.since() + 1;
            // While the agent was not registered nothing was due; what it had begun is settled like any other.
            Instant mark = ledger.mark().isAfter(registeredAt) ? ledger.mark() : registeredAt;
            takeBroadcast(
                    shard,
                    new LedgerRecord(
                            ledger.writer(),
                            ledger.batch(),
                            ledger.since(),
                            mark,
                            ledger.above(),
                            ledger.requested(),
                            ledger.recent(),
                            ledger.delayNext(),
                            Optional.empty()));
        } catch (CorruptRecordException e) {
            if (!shard.complained) {
                LOG.error("shard stops: {}; {}", shard, e.getMessage());
            }
            rejoin(shard);
        }
    }

    /**
     * Nobody grants a broadcast shard: its owner writes the next {@code since} into the ledger before anything starts, so
     * that no two incarnations ever hand out the same token.
     */
    private void takeBroadcast(OwnedShard shard, LedgerRecord ledger) {
        byte[] data = LedgerCodec.encode(new LedgerRecord(
                incarnation,
                0,
                shard.since,
                ledger.mark(),
                ledger.above(),
                ledger.requested(),
                ledger.recent(),
                ledger.delayNext(),
                Optional.empty()));
        String path = shard.ref.ledgerPath();
        Transaction.Builder take = Transaction.at("broadcast-take").exists(Paths.agent(incarnation));
        Transaction transaction = shard.ledgerVersion < 0
                ? take.create(path, data).build()
                : take.put(path, data, shard.ledgerVersion).build();
        store.commit(session, transaction, answer -> {
            if (gone(shard)) {
                return;
            }
            if (answer instanceof Commit.Applied) {
                shard.ledgerVersion++;
                begin(shard, Optional.of(ledger));
            } else {
                rejoin(shard);
            }
        });
    }

    /** Taking part did not work out: it is tried again from the start, with a fresh look at the ledger. */
    private void rejoin(OwnedShard shard) {
        shards.remove(shard.ref);
        loop.after(session.timeout().toNanos() / 10, () -> {
            if (!closed) {
                owner.rejoinBroadcast(shard.job);
            }
        });
    }

    /** This agent takes no part in the job any more: deleted, or not eligible. */
    void leaveBroadcast(String jobUid, String agentId) {
        OwnedShard shard = shards.get(ShardRef.broadcast(jobUid, agentId));
        if (shard != null && shard.runs == null) {
            shards.remove(shard.ref);
        }
        if (shard != null && shard.runs != null && !shard.wanted) {
            shard.wanted = true;
            shard.ending = true;
            shard.runs.beginHandOver();
            letGo(shard);
        }
    }

    // --- the timer

    /** Looks at one shard: decides what is due, writes what changed, and sets the timer for what comes. */
    private void look(OwnedShard shard) {
        ShardRuns runs = shard.runs;
        if (runs == null || shard.stage != OwnedShard.Stage.ACTIVE) {
            return;
        }
        runs.decide(now(), owner.horizon(), owner.leaseHolds());
        if (runs.exhausted() && !runs.handingOver()) {
            runs.beginHandOver();
        }
        wakes.set(shard, runs.nextWake());
        changed(shard);
        arm();
    }

    /** Sets the one timer to the first wake, unless it is set so already. */
    private void arm() {
        Optional<Instant> first = wakes.first();
        if (!closed && first.isPresent() && first.get().equals(armed)) {
            return;
        }
        timer.cancel();
        armed = null;
        if (closed || first.isEmpty()) {
            return;
        }
        armed = first.get();
        // By the clock that decides what is due: by ours alone the timer would spin while ours is ahead.
        Duration sleep = Duration.between(owner.horizon(), first.get());
        if (sleep.compareTo(LONGEST_SLEEP) > 0) {
            sleep = LONGEST_SLEEP;
        }
        timer = loop.after(Math.max(0, sleep.toNanos()), this::tick);
    }

    private void tick() {
        armed = null;
        Instant now = owner.horizon();
        for (OwnedShard shard : wakes.due(now, AT_ONCE)) {
            look(shard);
        }
        arm();
    }

    /** The lease was renewed or has ended. */
    void leaseChanged(boolean holds) {
        for (OwnedShard shard : List.copyOf(shards.values())) {
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
        letGo(shard);
    }

    private final class Effects implements ShardEffects {
        private final OwnedShard shard;

        Effects(OwnedShard shard) {
            this.shard = shard;
        }

        @Override
        public void start(AttemptOrder order) {
            JobRecord job = owner.job(shard.job).orElseThrow();
            Map<String, String> parameters = new TreeMap<>(job.definition().parameters());
            order.fire().requested().flatMap(id -> request(job, id)).ifPresent(r -> parameters.putAll(r.parameters()));
            Optional<CheckpointRecord> checkpoint =
                    shard.checkpoint.filter(c -> c.fire().equals(order.fire()));
            Running running = new Running(shard, order, job);
            // Posted, not called: an attempt that ends at once must not come back into the decision that started it.
            loop.execute(() -> attempts.start(new Attempts.Task(order, job, parameters, checkpoint, lease), running));
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
                    runs.retry(fire, now(), owner.leaseHolds());
                    look(shard);
                }
            });
        }

        @Override
        public void journal(FireEntry entry) {
            shard.lines.add(entry);
        }

        @Override
        public double random() {
            return loop.random(1 << 30) / (double) (1 << 30);
        }
    }

    private static Optional<RunRequest> request(JobRecord job, String runId) {
        return job.requests().stream().filter(r -> r.runId().equals(runId)).findFirst();
    }

    /** One running attempt, as the listener of what it says. */
    private final class Running implements Attempts.Listener {
        private final OwnedShard shard;
        private final AttemptOrder order;
        private final JobRecord job;
        private boolean over;
        private Loop.Timer limit = () -> {};
        private Loop.Timer heartbeat = () -> {};

        Running(OwnedShard shard, AttemptOrder order, JobRecord job) {
            this.shard = shard;
            this.order = order;
            this.job = job;
        }

        void armTimeouts() {
            order.limit()
                    .ifPresent(limitTime ->
                            limit = loop.after(limitTime.toNanos(), () -> timedOut(order.limitReason(), limitTime)));
            armHeartbeat();
        }

        private void armHeartbeat() {
            heartbeat.cancel();
            Duration silence = job.definition().timeouts().heartbeat();
            if (silence != null && !over) {
                heartbeat = loop.after(silence.toNanos(), () -> timedOut(Reasons.HEARTBEAT_TIMEOUT, silence));
            }
        }

        private void timedOut(String reason, Duration after) {
            ShardRuns runs = shard.runs;
            if (over || runs == null) {
                return;
            }
            if (job.definition().timeouts().action() == TimeoutAction.WARN) {
                LOG.warn(
                        "attempt runs too long: job={} shard={} run={} attempt={} reason={} after={}; it goes on",
                        job.name(),
                        shard.ref.shard(),
                        order.fire().runId(job.uid()),
                        order.number(),
                        reason,
                        after);
                return;
            }
            runs.timeOut(order.token(), reason);
        }

        @Override
        public void ended(AttemptEnd end) {
            over = true;
            limit.cancel();
            heartbeat.cancel();
            ShardRuns runs = shard.runs;
            if (runs != null && !gone(shard)) {
                runs.ended(order.token(), end, now(), owner.leaseHolds());
                look(shard);
            }
        }

        @Override
        public void abandoned() {
            ShardRuns runs = shard.runs;
            if (runs != null && !gone(shard)) {
                LOG.error(
                        "attempt does not end although it was interrupted: job={} shard={} run={} attempt={};"
                                + " it is left to itself, and the shard cannot be handed over until it ends",
                        job.name(),
                        shard.ref.shard(),
                        order.fire().runId(job.uid()),
                        order.number());
                runs.abandon(order.token(), now(), owner.leaseHolds());
                look(shard);
            }
        }

        @Override
        public void checkpoint(byte[] data) {
            if (!over && !gone(shard)) {
                shard.checkpoint = Optional.of(new CheckpointRecord(order.fire(), order.token(), data));
                shard.checkpointDirty = true;
                commit.changed(shard, true);
            }
        }

        @Override
        public void progress(double fraction, String message) {
            armHeartbeat();
        }
    }

    // --- letting go

    /** Moves a shard that the master wants back one step on: quiet, recorded, durable, released. */
    private void letGo(OwnedShard shard) {
        ShardRuns runs = shard.runs;
        if (runs == null || shard.stage != OwnedShard.Stage.ACTIVE || !runs.handingOver() || !runs.quiet()) {
            return;
        }
        if (!runs.releasePrepared()) {
            if (shard.ending) {
                supersede(shard, runs);
            }
            runs.prepareRelease(now());
            commit.changed(shard, true);
            return;
        }
        if (commit.settled(shard) && !shard.held) {
            shard.stage = OwnedShard.Stage.RELEASED;
            if (shard.ref.isBroadcast()) {
                shards.remove(shard.ref);
            } else {
                ShardKey key = new ShardKey(shard.ref.jobUid(), shard.ref.layout(), shard.ref.number());
                owner.released(new Release(key, new Generation(shard.since)));
            }
        }
    }

    private void supersede(OwnedShard shard, ShardRuns runs) {
        Optional<JobRecord> job = owner.job(shard.job);
        Instant now = loop.now();
        if (job.isEmpty() || job.get().deleted()) {
            runs.supersede(job.flatMap(JobRecord::deletedAt).orElse(now), Reasons.DELETED, now());
        } else {
            job.get()
                    .endOfLayout(shard.ref.layout())
                    .ifPresent(end -> runs.supersede(end.minusMillis(1), Reasons.LAYOUT, now()));
        }
    }

    /** Whether everything that has happened to these shards is recorded. */
    boolean recorded() {
        return shards.values().stream()
                .allMatch(shard -> shard.stage != OwnedShard.Stage.ACTIVE || commit.settled(shard));
    }

    /**
     * Starts nothing more of the jobs that wait for this agent to come back, and notes in their records from when on the
     * next incarnation owes their fires. Their rows are kept: nothing is listed as released.
     */
    void holdForRestart() {
        for (OwnedShard shard : List.copyOf(shards.values())) {
            ShardRuns runs = shard.runs;
            boolean waits = owner.job(shard.job)
                    .map(job -> !job.definition().rejoinGrace().isZero())
                    .orElse(false);
            if (waits && runs != null && !shard.held && !shard.ref.isBroadcast()) {
                shard.held = true;
                if (!runs.handingOver()) {
                    runs.beginHandOver();
                }
                letGo(shard);
            }
        }
    }

    /** Whether every shard that is held for a restart has ended what it ran, and everything about it is durable. */
    boolean heldSettled() {
        return shards.values().stream()
                .filter(shard -> shard.held && shard.runs != null)
                .allMatch(shard -> shard.runs != null && shard.runs.releasePrepared() && commit.settled(shard));
    }

    /** Stops every attempt; the agent closes and its drain time-out has passed. */
    void stopAll(String reason) {
        shards.values().forEach(shard -> {
            if (shard.runs != null) {
                shard.runs.stopAll(reason);
            }
        });
    }

    /** The session is over: everything held is dropped, every attempt is told to stop. */
    void drop() {
        closed = true;
        timer.cancel();
        commit.stop();
        stopAll(Reasons.LEASE_OVER);
    }

    private final class CommitOwner implements GroupCommit.Owner {

        @Override
        public void acknowledged(OwnedShard shard, long batch) {
            ShardRuns runs = shard.runs;
            if (runs != null && !gone(shard)) {
                runs.acknowledged(batch, now(), owner.leaseHolds());
                look(shard);
            }
        }

        @Override
        public void overwritten(OwnedShard shard, String found) {
            LOG.error("ledger was written by somebody else: {}; {}; the shard stops here", shard, found);
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
