package dev.belfry.testkit.store;

import dev.belfry.store.Failure;
import dev.belfry.store.Listing;
import dev.belfry.store.Read;
import dev.belfry.store.Synced;
import dev.belfry.testkit.time.SimClock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One server of the ensemble: its copy of the tree, its clients, and its part in the quorum. */
final class SimServer {

    /** What it is at present. */
    enum Role {
        LOOKING,
        FOLLOWING,
        LEADING,
        DOWN
    }

    /** Names that make an answer larger than a client accepts. */
    private static final int ANSWER_LIMIT = 1 << 20;

    final SimEnsemble ensemble;
    final Network.Endpoint endpoint;
    final SimClock clock;
    Role role = Role.LOOKING;
    Tree tree = new Tree();

    /** Entries of the log that are in the tree. */
    int applied;

    long zxid;

    /** While leading. */
    @Nullable
    Leadership leadership;

    /** While following. */
    @Nullable
    Following following;

    private final List<Link> links = new ArrayList<>();
    private Set<Long> touched = new LinkedHashSet<>();

    /** What this follower has learned of and not applied yet, and what comes after that. */
    private final ArrayDeque<Turn> turns = new ArrayDeque<>();

    private long lastTurn;
    private long slowBy;
    private long slowUntil;

    private record Turn(long at, Runnable action) {}

    SimServer(SimEnsemble ensemble, Network.Endpoint endpoint, SimClock clock) {
        this.ensemble = ensemble;
        this.endpoint = endpoint;
        this.clock = clock;
    }

    boolean serves() {
        return role == Role.FOLLOWING || role == Role.LEADING;
    }

    // ---- what clients send

    /** A client asks for its session, or for a new one if {@code sessionId} is 0. */
    void connect(Link link, long sessionId, long timeoutNanos, long seenZxid) {
        // A server that is behind what the client has seen would take it back in time.
        if (!serves() || seenZxid > zxid) {
            link.breakOff();
            return;
        }
        links.add(link);
        if (sessionId == 0) {
            toLeader(leader -> leader.open(link, timeoutNanos));
        } else {
            for (int i = links.size() - 2; i >= 0; i--) {
                Link other = links.get(i);
                SimSession session = other.session();
                if (session != null && session.id == sessionId) {
                    other.breakOff();
                }
            }
            touched.add(sessionId);
            toLeader(leader -> leader.revalidate(link, sessionId));
        }
    }

    /** The leader says whose session this is; null if it is over. */
    void validated(Link link, @Nullable SimSession session) {
        if (!link.isOpen()) {
            return;
        }
        if (session == null) {
            link.down(link.client::expired);
            link.breakOff();
        } else {
            link.belongsTo(session);
            long seen = zxid;
            link.down(() -> link.client.connected(link, session.id, session.timeoutNanos, seen));
        }
    }

    void request(Link link, Request<?> request) {
        SimSession session = link.session();
        if (!serves() || session == null) {
            link.breakOff();
            return;
        }
        touched.add(session.id);
        link.enqueue(request);
        if (request.kind.ordered()) {
            toLeader(leader -> leader.order(link, session, request));
        }
        link.drain();
    }

    private void toLeader(Consumer<Leadership> message) {
        Leadership own = leadership;
        Following upstream = following;
        if (own != null) {
            own.touch(takeTouched());
            message.accept(own);
        } else if (upstream != null) {
            upstream.up.send(() -> message.accept(upstream.leadership));
        }
    }

    /** Sessions heard of since the last time, to be told to the leader; they are forgotten here. */
    Set<Long> takeTouched() {
        if (touched.isEmpty()) {
            return Set.of();
        }
        Set<Long> taken = touched;
        touched = new LinkedHashSet<>();
        return taken;
    }

    /** Answers from this server's own state. */
    void answer(Link link, Request<?> request) {
        String path = request.path;
        boolean denied = ensemble.denied.deniesRead(path);
        switch (request.kind) {
            case READ ->
                request.answer(
                        denied
                                ? new Read.Failed(new Failure.Rejected("reading is not allowed: " + path))
                                : tree.read(path));
            case CHILDREN -> {
                Listing listing = denied
                        ? new Listing.Failed(new Failure.Rejected("listing is not allowed: " + path))
                        : tree.list(path);
                if (tooLarge(listing)) {
                    link.breakOff();
                } else {
                    request.answer(listing);
                }
            }
            case FOLLOW -> {
                Watch watch = request.watch;
                if (denied) {
                    request.answer(new Synced.Failed(new Failure.Rejected("following is not allowed: " + path)));
                } else if (watch != null) {
                    link.arm(watch);
                    request.answer(new Synced.Done());
                }
            }
            default -> request.answer(new Synced.Done());
        }
    }

    private static boolean tooLarge(Listing listing) {
        if (!(listing instanceof Listing.Found found) || found.names().size() < ANSWER_LIMIT / 1024) {
            return false;
        }
        long size = 0;
        for (String name : found.names()) {
            size += name.length() + 4;
        }
        return size > ANSWER_LIMIT;
    }

    // ---- what the leader commits

    /** Takes over the next entry of the log; {@code inTree} if this server's tree has it already. */
    void apply(Txn txn, boolean inTree) {
        applied++;
        zxid = txn.zxid;
        List<Tree.Effect> effects = txn.effects;
        for (int i = 0; i < effects.size(); i++) {
            if (!inTree) {
                tree.apply(effects.get(i));
            }
            for (int j = 0; j < links.size(); j++) {
                if (links.get(j).watching()) {
                    links.get(j).changed(effects.get(i), txn.zxid);
                }
            }
        }
        Link link = txn.link;
        if (link != null && link.server.equals(this)) {
            if (txn.role == Txn.Role.OPENS) {
                validated(link, txn.session);
            } else if (txn.request != null) {
                txn.request.answer(txn.answer);
                link.drain();
            }
        }
        if (txn.role == Txn.Role.CLOSES) {
            for (int i = links.size() - 1; i >= 0; i--) {
                if (txn.session.equals(links.get(i).session())) {
                    links.get(i).breakOff();
                }
            }
        }
    }

    /** Brings the tree to the end of the log. */
    void catchUp(long newZxid) {
        while (applied < ensemble.log.size()) {
            apply(ensemble.log.get(applied), false);
        }
        zxid = newZxid;
    }

    /** From now on for so long everything takes so much longer to be applied. */
    void applySlowly(long by, long nanos) {
        slowBy = by;
        slowUntil = ensemble.scheduler.nanos() + nanos;
    }

    void applyAtOnce() {
        slowUntil = 0;
    }

    /** How much later than it learns of a transaction this follower applies it. */
    long lag() {
        long lag = ensemble.lag();
        return slowUntil > ensemble.scheduler.nanos() ? Math.max(lag, slowBy) : lag;
    }

    /** Runs {@code action} after everything learned of before is applied, {@code lag} nanoseconds from now at the earliest. */
    void inTurn(long lag, Runnable action) {
        if (lag == 0 && turns.isEmpty()) {
            action.run();
            return;
        }
        lastTurn = Math.max(lastTurn, ensemble.scheduler.nanos() + lag);
        turns.add(new Turn(lastTurn, action));
        ensemble.scheduler.at(lastTurn, endpoint.name, this::takeTurns);
    }

    /** Applies what is due. */
    void takeTurns() {
        while (!endpoint.paused) {
            Turn next = turns.peek();
            if (next == null || next.at > ensemble.scheduler.nanos()) {
                return;
            }
            turns.poll();
            next.action.run();
        }
    }

    /** Starts again from an empty tree; {@link #catchUp} reads the log. */
    void forgetTree() {
        tree = new Tree();
        applied = 0;
        zxid = 0;
    }

    void forget(Link link) {
        links.remove(link);
    }

    // ---- its part in the quorum

    /** Leaves the quorum, and its clients with it. */
    void leave(Role next) {
        role = next;
        touched.clear();
        turns.clear();
        lastTurn = 0;
        for (int i = links.size() - 1; i >= 0; i--) {
            links.get(i).breakOff();
        }
        if (leadership != null) {
            leadership.end();
            leadership = null;
        }
        if (following != null) {
            following.close();
            following = null;
        }
    }
}
