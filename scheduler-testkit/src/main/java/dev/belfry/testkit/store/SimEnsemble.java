package dev.belfry.testkit.store;

import dev.belfry.store.Change;
import dev.belfry.store.Listing;
import dev.belfry.store.Read;
import dev.belfry.store.Session;
import dev.belfry.store.StoreConnection;
import dev.belfry.store.Znode;
import dev.belfry.testkit.time.SimClock;
import dev.belfry.testkit.time.SimProcess;
import dev.belfry.testkit.time.SimScheduler;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A simulated ZooKeeper ensemble on virtual time, and the way to harm it.
 *
 * <p>A leader orders transactions and commits them once a quorum is in touch; followers apply them later, each in its
 * own time; a client talks to one server, which answers reads and pings by itself and passes everything else on. Sessions
 * live at the leader, which learns of touches from its followers every half tick. Every message takes a time drawn from
 * the seed, and messages between two machines arrive in order.
 *
 * <p>Servers are named {@code s0}, {@code s1} and so on, clients by their process. Every fault goes into the log of the
 * scheduler. Not thread-safe, like the simulation.
 */
public final class SimEnsemble {
    final SimScheduler scheduler;
    final SimOptions options;
    final Network network;
    final Faults faults;
    final DeniedPaths denied = new DeniedPaths();
    final long tickNanos;

    /** Everything committed, in order. */
    final List<Txn> log = new ArrayList<>();

    /** Sessions by id, as the log has them. */
    final Map<Long, SimSession> sessions = new LinkedHashMap<>();

    final List<SimServer> servers = new ArrayList<>();

    private final List<SimConnection> connections = new ArrayList<>();
    private final List<CommitListener> listeners = new ArrayList<>();
    private final Election election;
    private final long maxLag;
    private long fsyncNanos;
    private long sessionCounter;

    /** Starts an ensemble with a leader drawn from the seed, ready to serve. */
    public SimEnsemble(SimScheduler scheduler, SimOptions options) {
        this.scheduler = scheduler;
        this.options = options;
        this.network = new Network(scheduler, options);
        this.faults = new Faults(scheduler);
        this.tickNanos = options.tick().toNanos();
        this.maxLag = options.maxLag().toNanos();
        this.fsyncNanos = options.fsync().toNanos();
        this.sessionCounter = scheduler.random().nextLong(1L << 40);
        for (int i = 0; i < options.servers(); i++) {
            servers.add(new SimServer(this, network.endpoint("s" + i), new SimClock(scheduler)));
        }
        this.election = new Election(this);
    }

    // ---- clients

    /**
     * Connects a process, as one client with one session at a time.
     *
     * @param timeout the session time-out to ask for; between 2 and 20 ticks of it are granted
     */
    public StoreConnection connect(SimProcess process, Duration timeout) {
        SimConnection connection = new SimConnection(this, process, timeout.toNanos());
        connections.add(connection);
        return connection;
    }

    /** The sites of the requests of a process that have no answer yet, oldest first. */
    public List<String> underWay(String process) {
        return connections.stream()
                .filter(connection -> connection.process.name().equals(process))
                .flatMap(connection -> connection.underWay().stream())
                .toList();
    }

    /** Lost requests and replies, and what each site has met. */
    public Faults faults() {
        return faults;
    }

    // ---- faults

    /** Holds back everything that {@code from} sends to {@code to}; what is sent meanwhile arrives after healing. */
    public void cut(String from, String to) {
        note("cut " + from + " " + to);
        network.cut(network.known(from), network.known(to));
    }

    /** Cuts both directions. */
    public void separate(String a, String b) {
        cut(a, b);
        cut(b, a);
    }

    public void heal(String from, String to) {
        note("heal " + from + " " + to);
        network.heal(network.known(from), network.known(to));
    }

    /** Ends all cuts and delays, slow disks and denied paths. Servers that are down or paused stay so. */
    public void healAll() {
        note("heal all");
        fsyncNanos = options.fsync().toNanos();
        denied.allowAll();
        servers.forEach(SimServer::applyAtOnce);
        network.healAll();
    }

    /** For a while every message from and to a machine takes longer. */
    public void delay(String machine, Duration extra, Duration length) {
        note("delay " + machine);
        network.spike(network.known(machine), extra.toNanos(), length.toNanos());
    }

    /**
     * For a while a follower applies what it learns of so much later. It goes on serving: whoever comes from another server
     * sees there what it has seen before, but not what nobody has told it of, its own writes of unknown result among that.
     */
    public void lag(int server, Duration behind, Duration length) {
        note("lag " + servers.get(server).endpoint.name);
        servers.get(server).applySlowly(behind.toNanos(), length.toNanos());
    }

    /** From now on a transaction takes so long to become durable. */
    public void slowDisks(Duration fsync) {
        note("slow disks");
        fsyncNanos = fsync.toNanos();
    }

    /** Ends a session behind its client's back. False if nobody leads or there is no such session. */
    public boolean expire(Session session) {
        note("expire " + session.hex());
        Leadership leadership = election.leadership();
        return leadership != null && leadership.expire(session.id());
    }

    /** Refuses all writes of and below {@code root}. */
    public void denyWrites(String root) {
        note("deny writes " + root);
        denied.denyWrites(root);
    }

    /** Refuses all reads of and below {@code root}. */
    public void denyReads(String root) {
        note("deny reads " + root);
        denied.denyReads(root);
    }

    /** Takes back {@link #denyReads} and {@link #denyWrites}. */
    public void allowAll() {
        note("allow all");
        denied.allowAll();
    }

    /** The server dies; what it had written to disk stays. What it knew of its clients' sessions is gone. */
    public void killServer(int server) {
        SimServer victim = servers.get(server);
        note("kill " + victim.endpoint.name);
        victim.endpoint.paused = false;
        victim.leave(SimServer.Role.DOWN);
    }

    /** Starts a server that was killed; it joins when it finds a leader. */
    public void startServer(int server) {
        SimServer started = servers.get(server);
        note("start " + started.endpoint.name);
        if (started.role == SimServer.Role.DOWN) {
            started.role = SimServer.Role.LOOKING;
        }
    }

    /** The server stands still: it sends nothing, and what is sent to it waits. */
    public void pauseServer(int server) {
        note("pause " + servers.get(server).endpoint.name);
        servers.get(server).endpoint.paused = true;
    }

    public void resumeServer(int server) {
        note("resume " + servers.get(server).endpoint.name);
        servers.get(server).endpoint.paused = false;
        network.flush();
        servers.get(server).takeTurns();
    }

    /** Kills every server. */
    public void killAll() {
        for (int i = 0; i < servers.size(); i++) {
            killServer(i);
        }
    }

    /** Starts every server that is down, with all data. */
    public void startAll() {
        for (int i = 0; i < servers.size(); i++) {
            startServer(i);
        }
    }

    /**
     * Starts an ensemble of which every server is down as if it had been restored from a copy that lacks the last
     * transactions: all of them, ends of sessions included, never happened. Sessions opened in them do not exist.
     *
     * @param lost how many entries of the log are missing; all of them if there are fewer
     * @throws IllegalStateException if a server is up
     */
    public void startAllWithout(int lost) {
        note("start without " + lost);
        for (SimServer server : servers) {
            if (server.role != SimServer.Role.DOWN) {
                throw new IllegalStateException(server.endpoint.name + " is up: kill all servers first");
            }
        }
        int kept = Math.max(0, log.size() - lost);
        log.subList(kept, log.size()).clear();
        sessions.clear();
        for (Txn txn : log) {
            follow(txn);
        }
        for (SimServer server : servers) {
            server.forgetTree();
            server.catchUp(kept == 0 ? 0 : log.get(kept - 1).zxid);
        }
        election.forgetPending();
        if (kept == 0) {
            election.forgetTerms();
        }
        startAll();
    }

    // ---- inspection

    /** The committed state of a znode, without an event; empty if there is none. */
    public Optional<Znode> peek(String path) {
        return election.newest().tree.read(path) instanceof Read.Found found
                ? Optional.of(found.znode())
                : Optional.empty();
    }

    /** The names of the children in the committed state, sorted; none if there is no such znode. */
    public List<String> peekChildren(String path) {
        return election.newest().tree.list(path) instanceof Listing.Found found ? found.names() : List.of();
    }

    /** Tells {@code listener} of every transaction from now on. */
    public void history(CommitListener listener) {
        listeners.add(listener);
    }

    /** Whether a session exists, as far as is committed. */
    public boolean isOpen(Session session) {
        SimSession known = sessions.get(session.id());
        return known != null && !known.over;
    }

    /** The server that leads, if one does; a leader that was replaced without knowing does not count. */
    public Optional<Integer> leader() {
        Leadership leadership = election.leadership();
        return leadership == null ? Optional.empty() : Optional.of(servers.indexOf(leadership.server));
    }

    /** The server that a process is connected to, if it is. */
    public Optional<Integer> serverOf(StoreConnection connection) {
        SimServer server = ((SimConnection) connection).server();
        return server == null ? Optional.empty() : Optional.of(servers.indexOf(server));
    }

    /** The clocks of a server. The leader's wall clock stamps what is written. */
    public SimClock clock(int server) {
        return servers.get(server).clock;
    }

    public SimOptions options() {
        return options;
    }

    // ---- for the parts of the ensemble

    private void note(String fault) {
        scheduler.note(fault, 1);
    }

    int majority() {
        return servers.size() / 2 + 1;
    }

    long fsyncNanos() {
        return fsyncNanos;
    }

    /** How much later than it could a follower applies something: mostly not at all. */
    long lag() {
        return maxLag == 0 || scheduler.random().nextInt(8) != 0
                ? 0
                : scheduler.random().nextLong(maxLag);
    }

    long nextSessionId(SimServer server) {
        return (long) (servers.indexOf(server) + 1) << 56 | ++sessionCounter;
    }

    /** Writes an entry into the log. */
    void committed(Txn txn) {
        log.add(txn);
        follow(txn);
        scheduler.note("committed", txn.zxid);
        if (txn.writes.isEmpty()) {
            return;
        }
        Request<?> request = txn.request;
        String site = request == null || txn.role == Txn.Role.CLOSES ? CommitListener.SESSION_END : request.site;
        for (int i = 0; i < listeners.size(); i++) {
            listeners.get(i).committed(txn.zxid, txn.session.id, site, txn.writes);
        }
        if (txn.link != null) {
            faults.committed(site, txn.link.client.process.name());
        }
    }

    private void follow(Txn txn) {
        SimSession session = txn.session;
        switch (txn.role) {
            case OPENS -> {
                session.over = false;
                session.ephemerals.clear();
                sessions.put(session.id, session);
            }
            case CLOSES -> session.over = true;
            case WRITES -> {}
        }
        for (int i = 0; i < txn.effects.size(); i++) {
            Tree.Effect effect = txn.effects.get(i);
            long ownerId = effect.node().owner();
            SimSession owner = ownerId == 0 ? null : sessions.get(ownerId);
            if (owner != null && effect.kind() == Change.Kind.CREATED) {
                owner.ephemerals.add(effect.path());
            } else if (owner != null && effect.kind() == Change.Kind.DELETED) {
                owner.ephemerals.remove(effect.path());
            }
        }
    }

    /** What a leader that is gone had ordered; a new one may find a part of it on a follower's disk. */
    static List<Txn.Proposal> survivors(ArrayDeque<Txn.Proposal> pending, int most) {
        List<Txn.Proposal> found = new ArrayList<>();
        for (Txn.Proposal proposal : pending) {
            if (found.size() == most || !proposal.spread()) {
                break;
            }
            found.add(proposal);
        }
        return found;
    }
}
