package dev.belfry.master;

import dev.belfry.agent.loop.AgentProfile;
import dev.belfry.agent.loop.Loop;
import dev.belfry.agent.loop.Mirror;
import dev.belfry.agent.loop.Skeleton;
import dev.belfry.agent.loop.Watching;
import dev.belfry.core.agent.AgentFacts;
import dev.belfry.core.agent.AgentFactsCodec;
import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.journal.TableEntry;
import dev.belfry.core.overdue.OverdueEvent;
import dev.belfry.core.ownership.Epoch;
import dev.belfry.core.ownership.ProofOfLife;
import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.core.record.Paths;
import dev.belfry.store.Candidacy;
import dev.belfry.store.Change;
import dev.belfry.store.Commit;
import dev.belfry.store.ElectionListener;
import dev.belfry.store.Failure;
import dev.belfry.store.Listing;
import dev.belfry.store.Read;
import dev.belfry.store.Session;
import dev.belfry.store.SessionListener;
import dev.belfry.store.Store;
import dev.belfry.store.Transaction;
import dev.belfry.store.Znode;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One agent's part in having a master: stands for election while there are too few candidates, watches the life of all
 * incarnations while it stands, and takes office when it is elected (rule R1).
 *
 * <p>Office is taken by a transaction that checks the candidate's own latch znode and writes the next term. A holder of
 * the latch that finds itself fenced takes office again, with a new term.
 *
 * <p>Not thread-safe; everything happens on the loop that it is given.
 *
 * <p>Longer than the house limit: the life of a candidacy, from the look at the election to the end of the office, is one
 * story, and what its steps leave for the next ones would have to be told from class to class.
 */
public final class MasterLoop implements SessionListener {
    private static final Logger LOG = LoggerFactory.getLogger(MasterLoop.class);

    private static final String RESTORE =
            "stop all agents of the namespace and restore it as docs/operations.md says under 'Backup and restore'";

    private static final long JOIN_SPREAD_NANOS = Duration.ofMillis(200).toNanos();

    /** Told when this process becomes master and when it stops being it. */
    public interface Listener {
        default void tookOffice(long term) {}

        default void leftOffice(long term) {}

        /** Fires are overdue. Called once for each fire, by whichever process found it; on the loop, so it must not block. */
        default void overdue(OverdueEvent event) {}

        /**
         * A part of a broadcast job is to be settled by this process's agent. Called again every few seconds until somebody has;
         * on the loop, so it must not block.
         */
        default void lost(LostPart part) {}
    }

    private final Loop loop;
    private final Store store;
    private final AgentProfile profile;
    private final Listener listener;

    private final Doubts doubts;
    private @Nullable Candidate candidate;
    /** The highest term that this process has seen in force, or was in office in. */
    private long highestTerm;

    private boolean closed;

    public MasterLoop(Loop loop, Store store, AgentProfile profile, Listener listener) {
        this.loop = loop;
        this.store = store;
        this.profile = profile;
        this.listener = listener;
        this.doubts = new Doubts(store, listener::overdue);
    }

    /** Begins; to be called on the loop, once. */
    public void start() {
        store.sessions(this);
    }

    /** Leaves the election, and office; to be called on the loop, before the connection is closed. */
    public void close() {
        closed = true;
        Candidate now = candidate;
        if (now != null) {
            now.leave();
            candidate = null;
        }
    }

    /** Whether this process holds office, as far as it knows. */
    public boolean inOffice() {
        Candidate now = candidate;
        return now != null && now.office != null;
    }

    @Override
    public void opened(Session session) {
        if (!closed) {
            doubts.settle(session);
            Candidate fresh = new Candidate(session);
            candidate = fresh;
            fresh.begin();
        }
    }

    @Override
    public void suspended(Session session) {
        Candidate now = candidate;
        if (now != null && now.office != null) {
            LOG.info("connection lost while in office: term={}; nothing is planned until it is back", now.term);
        }
    }

    @Override
    public void resumed(Session session) {
        doubts.settle(session);
        Candidate now = candidate;
        if (now != null) {
            now.resumed();
        }
    }

    @Override
    public void ended(Session session) {
        Candidate now = candidate;
        if (now != null) {
            now.leave();
            candidate = null;
        }
    }

    /** What an office tells of overdue fires and of agents that do not come back. */
    private final class Alarm implements Office.Alarm {
        @Override
        public void raise(OverdueEvent event) {
            listener.overdue(event);
        }

        @Override
        public void doubt(OverdueEvent event, String path) {
            doubts.add(event, path);
        }

        @Override
        public void lost(LostPart part) {
            listener.lost(part);
        }
    }

    /** What belongs to one session. */
    private final class Candidate implements ElectionListener {
        final Session session;
        final Incarnation self;
        final ProofOfLife life = new ProofOfLife();
        final StampedClock clock = new StampedClock(loop);
        final Map<String, AgentFacts> agents = new TreeMap<>();
        /** Incarnations that are registered, with a record that cannot be read: alive, and not to be replaced. */
        final Set<String> unreadable = new TreeSet<>();

        final Restarts restarts = new Restarts();

        final Mirror registrations;
        final Watching electionWatch;
        final Watching lifeWatch;

        @Nullable
        Candidacy candidacy;

        @Nullable
        Office office;

        boolean left;
        boolean looking;
        boolean taking;
        String latch = "";
        /** Why office could not be taken, as it was said last. */
        String hindrance = "";

        long term;

        Candidate(Session session) {
            this.session = session;
            this.self = Incarnation.of(profile.id(), session.id());
            this.electionWatch = new Watching(
                    store, session, "election-follow", Paths.LATCH, change -> look(), why -> unseen(Paths.LATCH, why));
            this.lifeWatch = new Watching(
                    store,
                    session,
                    "life-follow",
                    Paths.HEARTBEATS,
                    this::heartbeat,
                    why -> unseen(Paths.HEARTBEATS, why));
            this.registrations = new Mirror(store, session, Paths.AGENTS, 1, new Registrations());
        }

        void begin() {
            new Skeleton(store, session).ensure(made -> watchElection(), why -> {
                // The agent itself says why, at its registration.
                LOG.debug("cannot stand for master yet: agent={}; {}", profile.id(), why);
                loop.after(session.timeout().toNanos() / 2, () -> {
                    if (!left && candidacy == null) {
                        begin();
                    }
                });
            });
        }

        private void watchElection() {
            if (left) {
                return;
            }
            electionWatch.arm();
            look();
        }

        /** Joins the election if there are too few candidates. */
        private void look() {
            if (left || looking || candidacy != null) {
                return;
            }
            looking = true;
            store.children(session, "election-look", Paths.LATCH, answer -> {
                looking = false;
                if (answer instanceof Listing.Found found && found.names().size() < profile.candidates()) {
                    looking = true;
                    long spread = found.names().isEmpty() ? 1 : JOIN_SPREAD_NANOS;
                    loop.after(loop.random(spread), () -> {
                        looking = false;
                        join();
                    });
                } else if (answer instanceof Listing.Missing) {
                    looking = true;
                    join();
                }
            });
        }

        private void join() {
            if (left || candidacy != null) {
                return;
            }
            lifeWatch.arm();
            registrations.start();
            candidacy = store.stand(session, Paths.LATCH, self.name(), this);
        }

        private void heartbeat(Change change) {
            if (change.kind() != Change.Kind.DELETED) {
                life.heartbeat(Paths.name(change.path()), loop.nanoTime());
            }
        }

        private void unseen(String path, String why) {
            LOG.error("cannot watch {}: agent={}; {}; check its ACL", path, profile.id(), why);
        }

        void resumed() {
            life.doubt();
            electionWatch.arm();
            if (candidacy == null) {
                look();
                return;
            }
            lifeWatch.arm();
            registrations.compare();
            // An office does not outlive its connection: what was under way is not known, and a new term reads it all.
            endOffice("the connection was lost");
            if (!latch.isEmpty()) {
                takeOffice();
            }
        }

        void leave() {
            left = true;
            registrations.close();
            endOffice("left the election");
            if (candidacy != null) {
                candidacy.withdraw();
            }
        }

        // --- election

        @Override
        public void elected(String ownLatch) {
            latch = ownLatch;
            takeOffice();
        }

        @Override
        public void deposed() {
            latch = "";
            endOffice("the election says so");
        }

        private void endOffice(String why) {
            Office ending = office;
            if (ending != null) {
                office = null;
                ending.end();
                LOG.info("left office: term={} incarnation={}; {}", term, self, why);
                listener.leftOffice(term);
            }
        }

        /** Writes the next term, if the latch is still ours. */
        private void takeOffice() {
            if (left || taking || office != null || latch.isEmpty()) {
                return;
            }
            taking = true;
            store.read(session, "epoch-read", Paths.EPOCH, answer -> {
                if (answer instanceof Read.Found found && !left && !latch.isEmpty()) {
                    writeEpoch(found.znode());
                    return;
                }
                taking = false;
                if (answer instanceof Read.Failed failed && failed.failure() instanceof Failure.Rejected rejected) {
                    hindered("cannot read " + Paths.EPOCH + ": " + rejected.why());
                } else if (answer instanceof Read.Missing) {
                    hindered(Paths.EPOCH + " is missing; it is never to be deleted, " + RESTORE);
                }
            });
        }

        private void writeEpoch(Znode znode) {
            Epoch before;
            try {
                before = Epoch.decode(Paths.EPOCH, znode.data());
            } catch (CorruptRecordException e) {
                taking = false;
                hindered(e.getMessage() + " This one is never set aside or deleted: " + RESTORE);
                return;
            }
            // Not below a term that this process has seen, though the ensemble has lost its data: tokens only rise.
            highestTerm = Math.max(highestTerm, before.term());
            Epoch epoch = new Epoch(highestTerm + 1, self.name(), longest(before.longestTimeout()));
            Transaction transaction = Transaction.at("epoch-write")
                    .exists(latch)
                    .put(Paths.EPOCH, epoch.encode(), znode.version())
                    .create(
                            Paths.MASTER_JOURNAL + "/t" + String.format(java.util.Locale.ROOT, "%012d", epoch.term()),
                            new TableEntry(epoch.term(), self.name(), 0, loop.now(), java.util.List.of()).encode())
                    .build();
            StampedClock.Sent sent = clock.sending();
            store.commit(session, transaction, answer -> {
                if (answer instanceof Commit.Applied applied) {
                    clock.stamped(sent, applied.stamps().get(0).modified());
                }
                epochAnswered(epoch, answer);
            });
        }

        /** Says once why nobody can be master, and looks again until somebody has put it right. */
        private void hindered(String why) {
            if (!why.equals(hindrance)) {
                hindrance = why;
                LOG.error("nobody can be master: {}. What is assigned goes on; nothing is reassigned until then.", why);
            }
            loop.after(session.timeout().toNanos() / 2, this::takeOffice);
        }

        private Duration longest(Duration known) {
            Duration longest = known.compareTo(session.timeout()) > 0 ? known : session.timeout();
            for (AgentFacts agent : agents.values()) {
                if (agent.sessionTimeout().compareTo(longest) > 0) {
                    longest = agent.sessionTimeout();
                }
            }
            return longest;
        }

        private void epochAnswered(Epoch epoch, Commit answer) {
            taking = false;
            if (left) {
                return;
            }
            if (answer instanceof Commit.Applied applied && !latch.isEmpty()) {
                hindrance = "";
                term = epoch.term();
                highestTerm = term;
                LOG.info("took office: term={} incarnation={}", term, self);
                Duration offset =
                        Duration.between(loop.now(), applied.stamps().get(0).modified());
                Office fresh = new Office(
                        loop,
                        store,
                        session,
                        self,
                        epoch,
                        applied.stamps().get(0),
                        new OfficeClock(loop, store, session, self.name(), offset),
                        new Watched(life, agents, unreadable, restarts, registrations, clock),
                        new Alarm(),
                        this::fenced);
                office = fresh;
                fresh.begin();
                listener.tookOffice(term);
            } else if (answer instanceof Commit.Conflict conflict && conflict.reason() == Commit.Reason.EXISTS) {
                hindered("the term in " + Paths.EPOCH + " is below " + epoch.term() + ", but term " + epoch.term()
                        + " has been in force before, see " + conflict.path() + "; the epoch comes from an old copy: "
                        + RESTORE);
            } else if (answer instanceof Commit.Conflict || answer instanceof Commit.Unavailable) {
                again();
            } else if (answer instanceof Commit.Rejected rejected) {
                hindered(rejected.why() + " Give this agent write access to " + Paths.EPOCH);
            }
            // Fenced: the latch is gone, the election will say so. Indeterminate: a reconnection follows, and a new
            // term is written whatever became of this one.
        }

        private void again() {
            loop.after(JOIN_SPREAD_NANOS + loop.random(JOIN_SPREAD_NANOS), this::takeOffice);
        }

        /** A transaction of this office was refused: somebody else has written the epoch. */
        private void fenced() {
            endOffice("a later term has been written");
            again();
        }

        /** Follows who is registered. */
        private final class Registrations implements Mirror.Listener {

            @Override
            public void present(Znode znode) {
                String name = Paths.name(znode.path());
                try {
                    AgentFacts facts = AgentFactsCodec.decode(znode.path(), name, znode.data(), znode.created());
                    if (facts.incarnation().sessionId() != znode.ephemeralOwner()) {
                        LOG.warn("registration ignored: {} is not owned by the session in its name", znode.path());
                        absent(znode.path());
                        return;
                    }
                    agents.put(name, facts);
                    unreadable.remove(name);
                    life.registered(name, facts.sessionTimeout());
                    if (AgentFactsCodec.restarting(znode.path(), znode.data())) {
                        long settled = AgentFactsCodec.settledUpTo(znode.path(), znode.data());
                        restarts.heard(facts.incarnation(), znode.modified(), settled);
                    }
                    if (office != null) {
                        office.agentChanged(facts.incarnation().agentId());
                    }
                } catch (CorruptRecordException e) {
                    // It lives as long as its registration exists, whatever that says (rule R2); what belongs to no
                    // session is no registration.
                    if (znode.ephemeralOwner() == 0) {
                        LOG.warn("registration ignored: {} is owned by no session", znode.path());
                        absent(znode.path());
                        return;
                    }
                    unreadable.add(name);
                    LOG.error(
                            "registration cannot be read: {} The agent keeps what it owns and {}.",
                            e.getMessage(),
                            agents.containsKey(name) ? "counts as it registered last" : "is assigned nothing more");
                    if (office != null) {
                        office.agentsChanged();
                    }
                }
            }

            @Override
            public void absent(String path) {
                String name = Paths.name(path);
                AgentFacts facts = agents.remove(name);
                unreadable.remove(name);
                life.gone(name, loop.nanoTime());
                if (office != null && facts != null) {
                    office.agentChanged(facts.incarnation().agentId());
                } else if (office != null) {
                    office.agentsChanged();
                }
            }

            @Override
            public void settled() {
                if (office != null) {
                    office.settled();
                }
            }

            @Override
            public void refused(String path, String why) {
                LOG.error("cannot read {}: {}; check its ACL", path, why);
            }
        }
    }
}
