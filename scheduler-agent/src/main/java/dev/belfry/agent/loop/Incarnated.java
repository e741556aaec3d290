package dev.belfry.agent.loop;

import dev.belfry.core.agent.AgentFacts;
import dev.belfry.core.agent.AgentFactsCodec;
import dev.belfry.core.agent.Incarnation;
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
import dev.belfry.store.Store;
import dev.belfry.store.Transaction;
import dev.belfry.store.Znode;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One incarnation of an agent: what belongs to one session and is dropped with it.
 *
 * <p>Not thread-safe; owned by the agent's loop.
 *
 * <p>Longer than the house limit: the one place in which the parts of an agent meet, with a short method for what each of
 * them asks of the others.
 */
final class Incarnated
        implements Heartbeat.Owner, OwnedShards.Owner, TableFollower.Owner, Mirror.Listener, QueuedWork.Around {
    private static final Logger LOG = LoggerFactory.getLogger(Incarnated.class);

    private final Loop loop;
    private final Store store;
    private final AgentProfile profile;
    private final Attempts attempts;
    private final AgentLoop.Listener listener;
    private final EnsembleClock clock;
    private final AgentLoop agent;
    private final Namesakes namesakes;
    private final Broadcasts broadcasts;
    private final NamedLease namedLease;
    private final Session session;
    private final Incarnation self;
    private final Heartbeat heartbeat;
    private final OwnedShards shards;
    private final QueuedWork queue;
    private final TableFollower table;
    private final Mirror jobs;
    private final HandOverList handOver;
    private final OwnRecords records;
    private final KnownJobs known = new KnownJobs();

    private boolean registered;
    private boolean dropped;
    private boolean jobsStarted;
    private boolean publishing;
    /** Whether the registration says what it is to say. */
    private boolean published = true;
    /** What it says of a restart. */
    private OptionalLong said = OptionalLong.empty();

    private boolean leaseHeld;
    private boolean leaseHeldOnce;
    /** It was found to be over since it was last looked at. */
    private boolean leaseLapsed;

    /** How far our clock was behind the ensemble's when the last heartbeat was answered. */
    private Duration behind = Duration.ZERO;

    private boolean heartbeatRefused;
    /** Why the namespace cannot be set up, said once. */
    private String obstacle = "";

    private Loop.Timer leaseEnd = () -> {};

    Incarnated(
            Loop loop,
            Store store,
            Session session,
            AgentProfile profile,
            Attempts attempts,
            AgentLoop.Listener listener,
            EnsembleClock clock,
            AgentLoop agent) {
        this.loop = loop;
        this.store = store;
        this.profile = profile;
        this.attempts = attempts;
        this.listener = listener;
        this.clock = clock;
        this.agent = agent;
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
        this.queue = agent.queue()
                .apply(new QueuedWork.Setting(loop, store, session, self, attempts, profile.handlers(), this));
        this.table = new TableFollower(store, session, self, this);
        this.jobs = new Mirror(store, session, Paths.JOBS, 2, this);
        this.handOver = new HandOverList(loop, store, session, self.name());
        this.records = new OwnRecords(store, session, self, this::publish, handOver::again);
        this.broadcasts = new Broadcasts(loop, store, session, profile.id(), shards, new Part());
        this.namesakes = new Namesakes(loop, store, session, self, this::namesakesKnown);
        this.namedLease = new NamedLease(store, session, this::startJobs);
    }

    Session session() {
        return session;
    }

    Incarnation self() {
        return self;
    }

    OwnedShards shards() {
        return shards;
    }

    QueuedWork queue() {
        return queue;
    }

    boolean registered() {
        return registered;
    }

    /** What the registration is to say of a restart; see {@link AgentFactsCodec#encode(AgentFacts, OptionalLong)}. */
    private OptionalLong restart() {
        return agent.restarting() ? OptionalLong.of(shards.heldSettled().orElse(0)) : OptionalLong.empty();
    }

    @Override
    public boolean restarting() {
        return agent.restarting();
    }

    @Override
    public void heldChanged() {
        if (!said.equals(restart())) {
            publish();
        }
    }

    /** Whether the registration in the store says what it is to say, and everything is settled that it is to say it of. */
    boolean announced() {
        return published
                && !publishing
                && said.equals(restart())
                && (said.isEmpty() || shards.heldSettled().isPresent());
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
                leaving(),
                session.timeout(),
                1,
                1,
                profile.tzdata(),
                namesakes.registered().map(Registered::at).orElse(Instant.EPOCH),
                profile.standby());
    }

    // --- registration

    void register() {
        new Skeleton(store, session).ensure(this::skeletonIsThere, why -> {
            if (!why.equals(obstacle)) {
                obstacle = why;
                LOG.error(
                        "cannot set up the namespace: agent={}; {}; it is tried again all the time", profile.id(), why);
            }
            listener.refused(why);
            loop.after(session.timeout().toNanos() / 2, () -> {
                if (!dropped) {
                    register();
                }
            });
        });
    }

    private void skeletonIsThere(Instant made) {
        agent.namespaceMade(made);
        createRegistration();
    }

    private void createRegistration() {
        if (dropped) {
            return;
        }
        Transaction registration = Transaction.at("register")
                .createEphemeral(Paths.agent(self.name()), AgentFactsCodec.encode(facts()))
                .createEphemeral(
                        Paths.heartbeat(self.name()), heartbeat(0, loop.now()).encode())
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
            LOG.info(
                    "registered: agent={} incarnation={} timeout={} ms handlers={}",
                    profile.id(),
                    self,
                    session.timeout().toMillis(),
                    profile.handlers());
            heartbeat.start();
            table.start();
            namesakes.look();
            records.follow();
            heldChanged();
            queue.registered();
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

    /** It is known whether another agent has this one's id. */
    private void namesakesKnown() {
        if (jobsStarted) {
            broadcasts.review();
        } else {
            namedLease.follow();
        }
    }

    /** Whoever changes a definition waits for leases such as this one's: definitions are followed from here on. */
    private void startJobs() {
        jobsStarted = true;
        jobs.start();
        broadcasts.follow();
    }

    /** Writes the registration again: it drains, or takes shards again. */
    void publish() {
        queue.look();
        if (!registered || publishing || dropped) {
            return;
        }
        broadcasts.review();
        publishing = true;
        published = false;
        OptionalLong restart = restart();
        AgentFacts facts = facts();
        Transaction update = Transaction.at("registration-update")
                .put(Paths.agent(self.name()), AgentFactsCodec.encode(facts, restart), -1)
                .build();
        store.commit(session, update, answer -> {
            publishing = false;
            boolean stale = facts.draining() != facts().draining() || !restart.equals(restart());
            published = answer instanceof Commit.Applied && !stale;
            said = restart;
            boolean unsure = answer instanceof Commit.Indeterminate || answer instanceof Commit.Unavailable;
            if (published || dropped) {
                return;
            }
            if (stale && !unsure) {
                publish();
            } else if (unsure) {
                loop.after(session.timeout().toNanos() / 20, this::publish);
            }
        });
    }

    void suspended() {
        shards.commit().suspended();
        if (registered) {
            queue.suspended();
        }
        heartbeat.suspended();
    }

    void resumed() {
        shards.commit().resumed();
        heartbeat.resumed();
        if (!registered) {
            createRegistration();
            return;
        }
        namesakes.look();
        namedLease.resumed();
        if (jobsStarted) {
            jobs.compare();
            broadcasts.follow();
        }
        table.compare();
        shards.resumed();
        queue.resumed();
        handOver.resumed();
        records.follow();
    }

    void drop() {
        dropped = true;
        leaseEnd.cancel();
        heartbeat.stop();
        namesakes.close();
        namedLease.close();
        broadcasts.close();
        jobs.close();
        table.close();
        handOver.close();
        records.close();
        queue.drop();
        shards.drop();
    }

    // --- lease

    @Override
    public HeartbeatRecord heartbeat(long number, Instant now) {
        agent.wallClock().look();
        return new HeartbeatRecord(
                number,
                appliedJobs,
                table == null ? 0 : table.appliedZxid(),
                shards == null ? 0 : shards.count(),
                attempts.running(),
                listener.load(),
                now,
                agent.wallClock().silentUntil(),
                listener.busy(),
                listener.memory());
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
        // A lease that ended and was renewed before this ran has ended all the same: what was decided meanwhile waits.
        if (leaseHeld && (!holds || leaseLapsed)) {
            leaseHeld = false;
            LOG.warn(
                    "lease over: agent={} incarnation={} shards={}; attempts are cancelled, nothing starts"
                            + " until the next heartbeat is answered",
                    profile.id(),
                    self,
                    shards.count());
            shards.leaseChanged(false);
            queue.leaseChanged(false);
        }
        leaseLapsed = false;
        if (holds && !leaseHeld) {
            leaseHeld = true;
            if (leaseHeldOnce) {
                LOG.info(
                        "lease holds again: agent={} incarnation={} shards={}; what fell due meanwhile is for the"
                                + " misfire policies",
                        profile.id(),
                        self,
                        shards.count());
            }
            leaseHeldOnce = true;
            shards.leaseChanged(true);
            queue.leaseChanged(true);
        }
        tellTakenUp();
    }

    /** One line for all that was taken up since the last look, which every answered heartbeat brings. */
    private void tellTakenUp() {
        int fresh = shards.takenUp();
        if (fresh > 0) {
            LOG.info(
                    "shards taken up: agent={} incarnation={} fresh={} shards={}",
                    profile.id(),
                    self,
                    fresh,
                    shards.count());
        }
    }

    @Override
    public void clockOffset(Duration offset, Duration uncertainty) {
        heartbeatRefused = false;
        behind = offset;
        clock.judge(session, offset, uncertainty);
        agent.wallClock().judge(shards.all(), clock.present());
    }

    @Override
    public void deposed(String why) {
        LOG.error(
                "somebody has taken this agent's registration: agent={} incarnation={}; {}; everything held is dropped, and"
                        + " it registers anew in another session",
                profile.id(),
                self,
                why);
        shards.stopAll(Reasons.LEASE_OVER);
        queue.stopAll(Reasons.LEASE_OVER);
        store.giveUp(session);
    }

    @Override
    public void refused(String why) {
        if (!heartbeatRefused) {
            LOG.error(
                    "heartbeats are refused: agent={} incarnation={}; {}; nothing starts once the lease is over; it is tried"
                            + " again all the time",
                    profile.id(),
                    self,
                    why);
        }
        heartbeatRefused = true;
        listener.refused(why);
    }

    @Override
    public boolean leaseHolds() {
        boolean holds = registered && heartbeat.leaseHolds();
        if (!holds && leaseHeld && !leaseLapsed) {
            // The wall clock, or a late timer, has ended it before the timer did.
            leaseLapsed = true;
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
        return clock.horizon();
    }

    @Override
    public Instant dueBy(Instant ensemble) {
        // Besides what it may be ahead: half a second that its wall clock may gain before its lease ends for that, and
        // what
        // its last look at the ensemble's clock was wrong by.
        Instant last = ensemble.plus(EnsembleClock.AHEAD).plusSeconds(1);
        // Where the ensemble's clocks are wrong agents go by their own, which then differ from it as ours does.
        boolean off = behind.abs().compareTo(EnsembleClock.DRAIN) > 0;
        Instant ours = ensemble.minus(behind).plus(EnsembleClock.DRAIN);
        return off && ours.isAfter(last) ? ours : last;
    }

    // --- the table

    @Override
    public void rows(NavigableMap<ShardKey, Tenancy> now) {
        shards.rows(Collections.unmodifiableNavigableMap(now));
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
    public void released(Release release, boolean settled) {
        handOver.add(release, settled);
    }

    @Override
    public void forget(ShardRef ref, long since) {
        handOver.forget(ref, since);
    }

    @Override
    public HeldBefore heldBefore() {
        return agent.heldBefore();
    }

    // --- definitions

    @Override
    public boolean jobsKnown() {
        return jobs.caughtUp();
    }

    @Override
    public Optional<JobRecord> job(String uid) {
        return known.job(uid);
    }

    @Override
    public boolean unreadable(String uid) {
        return known.unreadable().contains(uid);
    }

    @Override
    public boolean leaving() {
        return agent.draining() || clock.drains();
    }

    @Override
    public long definitionsSeen() {
        return jobs.seen();
    }

    @Override
    public long lookAgain(JobRecord job) {
        return jobs.look(Paths.job(job.name()));
    }

    @Override
    public boolean hasLooked(long mark) {
        return jobs.applied(mark);
    }

    @Override
    public void present(Znode znode) {
        JobRecord job;
        try {
            job = JobRecordCodec.decode(znode.path(), znode.data(), znode.modified());
        } catch (CorruptRecordException e) {
            LOG.error("job stops: agent={}; {} Every other job goes on.", profile.id(), e.getMessage());
            damaged(znode.path());
            return;
        }
        appliedJobs = Math.max(appliedJobs, znode.modifiedZxid());
        known.put(znode.path(), job).ifPresent(before -> shards.leaveBroadcast(before, profile.id()));
        shards.jobChanged(job);
        broadcasts.review(job);
    }

    /** Nothing of it starts, and nothing of it is given up: that it cannot be read does not mean that it is deleted. */
    private void damaged(String path) {
        if (known.damaged(path).isPresent()) {
            broadcasts.review();
        }
    }

    @Override
    public void absent(String path) {
        known.removed(path).ifPresent(uid -> shards.leaveBroadcast(uid, profile.id()));
    }

    @Override
    public void rejoinBroadcast(String jobUid) {
        job(jobUid).ifPresent(broadcasts::review);
    }

    /** What decides about broadcast jobs. */
    private final class Part implements Broadcasts.Owner {

        @Override
        public AgentFacts facts() {
            return Incarnated.this.facts();
        }

        @Override
        public boolean duplicate() {
            return namesakes.duplicate();
        }

        @Override
        public Optional<Registered> registered() {
            return namesakes.registered();
        }

        @Override
        public Instant horizon() {
            return clock.horizon();
        }

        @Override
        public List<JobRecord> jobs() {
            return List.copyOf(known.all());
        }

        @Override
        public Optional<JobRecord> job(String uid) {
            return Incarnated.this.job(uid);
        }

        @Override
        public Set<String> unreadable() {
            return new LinkedHashSet<>(known.unreadable());
        }
    }

    @Override
    public void settled() {
        heartbeat.renew();
        shards.jobsSettled();
        queue.look();
    }

    @Override
    public void refused(String path, String why) {
        LOG.error("cannot read {}: agent={}; {}; check the ACL of that znode", path, profile.id(), why);
        listener.refused(why);
    }
}
