package dev.belfry.agent.loop;

import dev.belfry.core.agent.AgentFacts;
import dev.belfry.core.agent.AgentFactsCodec;
import dev.belfry.core.agent.Eligibility;
import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.agent.LabelSelector;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.job.Placement;
import dev.belfry.core.ledger.Reasons;
import dev.belfry.core.ownership.HeartbeatRecord;
import dev.belfry.core.ownership.Release;
import dev.belfry.core.ownership.ShardKey;
import dev.belfry.core.ownership.Tenancy;
import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.core.record.Paths;
import dev.belfry.core.shard.ShardRef;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.JobRecordCodec;
import dev.belfry.store.Commit;
import dev.belfry.store.Session;
import dev.belfry.store.SessionListener;
import dev.belfry.store.Store;
import dev.belfry.store.Transaction;
import dev.belfry.store.Znode;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An agent: registers, holds its lease, follows definitions and the table, fires its shards, hands them over.
 *
 * <p>One object for the life of the process; what belongs to a session lies in {@link Incarnated} and is dropped with
 * it. Owns no thread: everything happens on the {@link Loop} that it is given, so that a simulation may be its thread.
 *
 * <p>Longer than the house limit: the one place in which the parts of an agent meet.
 */
public final class AgentLoop implements SessionListener {
    private static final Logger LOG = LoggerFactory.getLogger(AgentLoop.class);

    static final Duration CLOCK_WARNING = Duration.ofSeconds(1);
    static final Duration CLOCK_DRAIN = Duration.ofSeconds(5);
    /** No fire whose instant is later than the ensemble's clock and this is started or accounted. */
    static final Duration AHEAD = Duration.ofSeconds(1);

    /** Told what an operator or an embedding service may want to know. */
    public interface Listener {
        /** This agent is registered and ready to be granted shards. */
        default void registered(String incarnation) {}

        /** The session is over, everything held was dropped; the agent registers again as soon as it can. */
        default void lost(String incarnation) {}

        /** How busy the machine is, as the load average of the last minute; negative if unknown. */
        default double load() {
            return -1;
        }

        /** The store does not let this agent in, and will not without help. */
        default void refused(String why) {}
    }

    private final Loop loop;
    private final Store store;
    private final AgentProfile profile;
    private final Attempts attempts;
    private final Listener listener;

    private @Nullable Incarnated incarnated;
    private boolean draining;
    private boolean restarting;
    private boolean closing;
    /** How far our clock is behind the ensemble's. */
    private Duration clockOffset = Duration.ZERO;

    private boolean clockWarned;
    private boolean clockDrained;

    public AgentLoop(Loop loop, Store store, AgentProfile profile, Attempts attempts, Listener listener) {
        this.loop = loop;
        this.store = store;
        this.profile = profile;
        this.attempts = attempts;
        this.listener = listener;
    }

    /** Begins; to be called on the loop, once. */
    public void start() {
        store.sessions(this);
    }

    /** The incarnation in charge, if this agent is registered. */
    public Optional<String> incarnation() {
        Incarnated now = incarnated;
        return now != null && now.registered ? Optional.of(now.self.name()) : Optional.empty();
    }

    /** The session that the incarnation in charge belongs to, if there is one. */
    public Optional<Session> session() {
        Incarnated now = incarnated;
        return now == null ? Optional.empty() : Optional.of(now.session);
    }

    /** Whether this incarnation may start attempts. */
    public boolean leaseHolds() {
        Incarnated now = incarnated;
        return now != null && now.leaseHolds();
    }

    /** How long this incarnation may still act as owner, by its own clocks; zero if it may not. */
    public Duration leaseRemaining() {
        Incarnated now = incarnated;
        return now == null ? Duration.ZERO : Duration.ofNanos(now.leaseRemainingNanos());
    }

    /** The shards held, for inspection. */
    public Collection<ShardStatus> shards() {
        Incarnated now = incarnated;
        return now == null
                ? java.util.List.of()
                : now.shards.all().stream()
                        .map(s -> new ShardStatus(s.ref, s.since, s.stage == OwnedShard.Stage.ACTIVE))
                        .toList();
    }

    /** One shard held. */
    public record ShardStatus(ShardRef ref, long since, boolean inCharge) {}

    /** Asks the master to take everything away; shards go as their attempts end. */
    public void drain() {
        draining = true;
        Incarnated now = incarnated;
        if (now != null) {
            now.publish();
        }
    }

    /**
     * Announces that this agent closes its session and comes back under the same id: jobs with a rejoin grace keep their
     * shards for its next incarnation. Nothing new is started from here on.
     */
    public void announceRestart() {
        restarting = true;
        drain();
        Incarnated now = incarnated;
        if (now != null) {
            now.shards.holdForRestart();
        }
    }

    /** Whether the announcement of a restart, or of a drain, is in the store. */
    public boolean announced() {
        Incarnated now = incarnated;
        return now == null || (now.published && !now.publishing && now.shards.heldSettled());
    }

    /** Whether nothing is held any more. */
    public boolean drained() {
        Incarnated now = incarnated;
        return now == null
                || now.shards.all().stream()
                        .noneMatch(s -> s.stage == OwnedShard.Stage.ACTIVE || s.stage == OwnedShard.Stage.LOADING);
    }

    /** Whether all that has happened so far is recorded, so that none of it is lost if the session ends now. */
    public boolean recorded() {
        Incarnated now = incarnated;
        return now == null || now.shards.recorded();
    }

    /** Cancels every attempt: the drain time-out has passed. */
    public void cancelAll() {
        Incarnated now = incarnated;
        if (now != null) {
            now.shards.stopAll(Reasons.CLOSING);
        }
    }

    /** Stops for good; the caller closes the connection afterwards. */
    public void close() {
        closing = true;
        Incarnated now = incarnated;
        if (now != null) {
            now.drop();
            incarnated = null;
        }
    }

    // --- sessions

    @Override
    public void opened(Session session) {
        if (closing) {
            return;
        }
        Incarnated fresh = new Incarnated(session);
        incarnated = fresh;
        fresh.register();
    }

    @Override
    public void suspended(Session session) {
        Incarnated now = incarnated;
        if (now != null && now.session.id() == session.id()) {
            LOG.info(
                    "connection lost: agent={} incarnation={}; attempts go on while the lease holds, {} ms",
                    profile.id(),
                    now.self,
                    now.leaseRemainingNanos() / 1_000_000);
            now.shards.commit().suspended();
        }
    }

    @Override
    public void resumed(Session session) {
        Incarnated now = incarnated;
        if (now != null && now.session.id() == session.id()) {
            LOG.info(
                    "connected again in the same session: agent={} incarnation={} shards={}; everything followed is"
                            + " compared",
                    profile.id(),
                    now.self,
                    now.shards.count());
            now.resumed();
        }
    }

    @Override
    public void ended(Session session) {
        Incarnated now = incarnated;
        if (now != null && now.session.id() == session.id()) {
            LOG.warn(
                    "session ended: agent={} incarnation={}; {} shards dropped, their attempts cancelled; a new"
                            + " session follows",
                    profile.id(),
                    now.self,
                    now.shards.count());
            now.drop();
            incarnated = null;
            listener.lost(now.self.name());
        }
    }

    /** Nothing later than this may be started or accounted. */
    private Instant horizon() {
        Instant now = loop.now();
        Instant ensemble = now.plus(clockOffset).plus(AHEAD);
        return now.isBefore(ensemble) ? now : ensemble;
    }

    private void judgeClock(Duration offset) {
        clockOffset = offset;
        Duration off = offset.abs();
        if (off.compareTo(CLOCK_WARNING) > 0 && !clockWarned) {
            LOG.warn(
                    "clock differs from the ensemble's by {} ms: agent={}; beyond 5 s this agent drains itself",
                    offset.toMillis(),
                    profile.id());
        }
        clockWarned = off.compareTo(CLOCK_WARNING) > 0;
        boolean tooFar = off.compareTo(CLOCK_DRAIN) > 0;
        if (tooFar != clockDrained) {
            clockDrained = tooFar;
            LOG.error(
                    "clock differs from the ensemble's by {} ms: agent={}; this agent {}",
                    offset.toMillis(),
                    profile.id(),
                    tooFar ? "drains itself; set its clock" : "takes shards again");
            Incarnated now = incarnated;
            if (now != null) {
                now.publish();
            }
        }
    }

    /** What belongs to one session. */
    private final class Incarnated implements Heartbeat.Owner, OwnedShards.Owner, TableFollower.Owner, Mirror.Listener {
        final Session session;
        final Incarnation self;
        final Heartbeat heartbeat;
        final OwnedShards shards;
        final TableFollower table;
        final Mirror jobs;
        final HandOverList handOver;
        final OwnRecords records;
        final Map<String, JobRecord> jobsByUid = new HashMap<>();
        final Map<String, String> uidByPath = new HashMap<>();
        boolean registered;
        boolean dropped;
        boolean publishing;
        /** Whether the registration says what it is to say. */
        boolean published = true;

        boolean leaseHeld;
        Instant registeredAt = Instant.EPOCH;
        NavigableMap<ShardKey, Tenancy> rows = new TreeMap<>();
        Loop.Timer leaseEnd = () -> {};

        Incarnated(Session session) {
            this.session = session;
            this.self = Incarnation.of(profile.id(), session.id());
            this.heartbeat = new Heartbeat(loop, store, session, self.name(), this);
            this.shards = new OwnedShards(
                    loop,
                    store,
                    session,
                    self.name(),
                    attempts,
                    this,
                    commitOwner -> new GroupCommit(loop, store, session, self.name(), commitOwner));
            this.table = new TableFollower(store, session, self, this);
            this.jobs = new Mirror(store, session, Paths.JOBS, 2, this);
            this.handOver = new HandOverList(loop, store, session, self.name());
            this.records = new OwnRecords(loop, store, session, self, this::publish, handOver::again);
        }

        private AgentFacts facts() {
            return new AgentFacts(
                    self,
                    profile.host(),
                    profile.pid(),
                    profile.endpoint(),
                    profile.handlers(),
                    profile.labels(),
                    profile.zone(),
                    profile.capacity(),
                    draining || clockDrained,
                    session.timeout(),
                    1,
                    1,
                    profile.tzdata(),
                    registeredAt,
                    profile.standby());
        }

        // --- registration

        void register() {
            new Skeleton(store, session).ensure(this::createRegistration, why -> {
                LOG.error("cannot set up the namespace: agent={}; {}", profile.id(), why);
                listener.refused(why);
                loop.after(session.timeout().toNanos() / 2, () -> {
                    if (!dropped) {
                        register();
                    }
                });
            });
        }

        private void createRegistration() {
            if (dropped) {
                return;
            }
            Transaction registration = Transaction.at("register")
                    .createEphemeral(Paths.agent(self.name()), AgentFactsCodec.encode(facts()))
                    .createEphemeral(
                            Paths.heartbeat(self.name()),
                            heartbeat(0, loop.now()).encode())
                    .createEphemeral(Paths.handover(self.name()), handOver.encoded())
                    .create(Paths.journal(self.name()), new byte[0])
                    .build();
            store.commit(session, registration, this::registrationAnswered);
        }

        private void registrationAnswered(Commit answer) {
            if (dropped || registered) {
                return;
            }
            boolean mine = answer instanceof Commit.Conflict conflict && conflict.reason() == Commit.Reason.EXISTS;
            if (answer instanceof Commit.Applied || mine) {
                // The name holds the session's id, so one that exists is of an earlier try of unknown result.
                registered = true;
                registeredAt = loop.now().plus(clockOffset);
                LOG.info(
                        "registered: agent={} incarnation={} timeout={} ms handlers={}",
                        profile.id(),
                        self,
                        session.timeout().toMillis(),
                        profile.handlers());
                heartbeat.start();
                table.start();
                jobs.start();
                records.follow();
                records.lookForTwin();
                listener.registered(self.name());
            } else if (answer instanceof Commit.Rejected rejected) {
                LOG.error(
                        "cannot register: agent={}; {}; give the agent's identity write access to {}",
                        profile.id(),
                        rejected.why(),
                        Paths.AGENTS);
                listener.refused(rejected.why());
                loop.after(session.timeout().toNanos() / 2, this::createRegistration);
            } else if (!(answer instanceof Commit.SessionOver)) {
                loop.after(session.timeout().toNanos() / 10, this::createRegistration);
            }
        }

        /** Writes the registration again: it drains, or takes shards again. */
        void publish() {
            if (!registered || publishing || dropped) {
                return;
            }
            publishing = true;
            published = false;
            boolean sayRestarting = restarting;
            AgentFacts facts = facts();
            Transaction update = Transaction.at("registration-update")
                    .put(Paths.agent(self.name()), AgentFactsCodec.encode(facts, sayRestarting), -1)
                    .build();
            store.commit(session, update, answer -> {
                publishing = false;
                boolean stale = facts.draining() != facts().draining() || sayRestarting != restarting;
                published = answer instanceof Commit.Applied && !stale;
                boolean unsure = answer instanceof Commit.Indeterminate || answer instanceof Commit.Unavailable;
                if (!dropped && (stale || unsure)) {
                    loop.after(session.timeout().toNanos() / 20, this::publish);
                }
            });
        }

        void resumed() {
            shards.commit().resumed();
            if (!registered) {
                createRegistration();
                return;
            }
            heartbeat.beat();
            jobs.compare();
            table.compare();
            shards.resumed();
            handOver.resumed();
            records.follow();
        }

        void drop() {
            dropped = true;
            leaseEnd.cancel();
            heartbeat.stop();
            jobs.close();
            table.close();
            handOver.close();
            records.close();
            shards.drop();
        }

        // --- lease

        @Override
        public HeartbeatRecord heartbeat(long number, Instant now) {
            return new HeartbeatRecord(
                    number,
                    appliedJobs,
                    table == null ? 0 : table.appliedZxid(),
                    shards == null ? 0 : shards.count(),
                    attempts.running(),
                    listener.load(),
                    now);
        }

        private long appliedJobs;

        @Override
        public long seen() {
            // Two counters that only rise, in one number: jobs in the upper half.
            return (jobs.seen() << 32) | (table.seen() & 0xffff_ffffL);
        }

        @Override
        public boolean applied(long mark) {
            return jobs.applied(mark >>> 32) && table.applied(mark & 0xffff_ffffL);
        }

        @Override
        public void leaseChanged() {
            leaseEnd.cancel();
            long remaining = heartbeat.leaseRemainingNanos();
            boolean holds = remaining > 0;
            if (holds) {
                // Looked at in between, too: the wall clock may end it before its time.
                leaseEnd = loop.after(Math.min(remaining, heartbeat.periodNanos()), this::leaseChanged);
            }
            if (holds != leaseHeld) {
                leaseHeld = holds;
                if (!holds) {
                    LOG.warn(
                            "lease over: agent={} incarnation={} shards={}; attempts are cancelled, nothing starts"
                                    + " until the next heartbeat is answered",
                            profile.id(),
                            self,
                            shards.count());
                }
                shards.leaseChanged(holds);
            }
        }

        @Override
        public void clockOffset(Duration offset) {
            judgeClock(offset);
        }

        @Override
        public void refused(String why) {
            LOG.error("incarnation cannot go on: agent={} incarnation={}; {}", profile.id(), self, why);
            shards.stopAll(Reasons.LEASE_OVER);
            listener.refused(why);
        }

        @Override
        public boolean leaseHolds() {
            boolean holds = registered && heartbeat.leaseHolds();
            if (!holds && leaseHeld) {
                // The wall clock, or a late timer, has ended it before the timer did.
                loop.execute(this::leaseChanged);
            }
            return holds;
        }

        @Override
        public long leaseRemainingNanos() {
            return heartbeat.leaseRemainingNanos();
        }

        @Override
        public Instant horizon() {
            return AgentLoop.this.horizon();
        }

        // --- the table

        @Override
        public void rows(NavigableMap<ShardKey, Tenancy> now) {
            rows = Collections.unmodifiableNavigableMap(now);
            shards.rows(rows);
            loop.execute(heartbeat::renew);
        }

        @Override
        public void unreadable(String path, String why) {
            LOG.error(
                    "assignment table cannot be read: agent={} path={}; {}; what is held is kept until the lease ends",
                    profile.id(),
                    path,
                    why);
        }

        @Override
        public void released(Release release) {
            handOver.add(release);
        }

        @Override
        public void forget(ShardRef ref, long since) {
            handOver.forget(ref, since);
        }

        // --- definitions

        @Override
        public Optional<JobRecord> job(String uid) {
            return Optional.ofNullable(jobsByUid.get(uid));
        }

        @Override
        public void present(Znode znode) {
            JobRecord job;
            try {
                job = JobRecordCodec.decode(znode.path(), znode.data(), znode.modified());
            } catch (CorruptRecordException e) {
                LOG.error("job stops: agent={}; {} Every other job goes on.", profile.id(), e.getMessage());
                absent(znode.path());
                return;
            }
            appliedJobs = Math.max(appliedJobs, znode.modifiedZxid());
            String before = uidByPath.put(znode.path(), job.uid());
            if (before != null && !before.equals(job.uid())) {
                jobsByUid.remove(before);
            }
            jobsByUid.put(job.uid(), job);
            shards.jobChanged(job);
            broadcast(job);
        }

        @Override
        public void absent(String path) {
            String uid = uidByPath.remove(path);
            if (uid != null) {
                jobsByUid.remove(uid);
                shards.leaveBroadcast(uid, profile.id());
            }
        }

        @Override
        public void rejoinBroadcast(String jobUid) {
            job(jobUid).ifPresent(this::broadcast);
        }

        private void broadcast(JobRecord job) {
            JobDefinition definition = job.definition();
            if (definition.placement() != Placement.BROADCAST || profile.standby()) {
                return;
            }
            boolean eligible = !job.deleted()
                    && Eligibility.refusal(
                                    facts(),
                                    definition.handler(),
                                    LabelSelector.anyOf(definition.requires().labels()))
                            .isEmpty();
            if (eligible) {
                shards.joinBroadcast(job, profile.id(), registeredAt);
            } else {
                shards.leaveBroadcast(job.uid(), profile.id());
            }
        }

        @Override
        public void settled() {
            heartbeat.renew();
        }

        @Override
        public void refused(String path, String why) {
            LOG.error("cannot read {}: agent={}; {}; check the ACL of that znode", path, profile.id(), why);
            listener.refused(why);
        }
    }
}
