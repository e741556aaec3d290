package dev.belfry.testkit.store;

import dev.belfry.store.Synced;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One server's term as the leader: it orders requests, commits them when a quorum has them, and watches the sessions. A
 * leader that was replaced without knowing goes on ordering, answering reads and believing in its sessions, but can
 * commit nothing.
 */
final class Leadership {

    /** What a leader alone knows of a session. */
    private static final class Tracked {
        private final SimSession session;
        private long expiresAt;
        private boolean closing;

        /** The only connection whose requests count; another one means that the session has moved. */
        private @Nullable Link owner;

        Tracked(SimSession session) {
            this.session = session;
        }
    }

    final SimServer server;
    private final SimEnsemble ensemble;
    private final long term;
    private final long tick;
    private final List<Following> followings = new ArrayList<>();
    private final Map<Long, Tracked> sessions = new LinkedHashMap<>();
    private final ArrayDeque<Txn.Proposal> pending = new ArrayDeque<>();
    private long counter;
    private long lastDue;
    private boolean over;

    Leadership(SimServer server, long term) {
        this.server = server;
        this.ensemble = server.ensemble;
        this.term = term;
        this.tick = ensemble.tickNanos;
        // A new leader knows nothing of the touches that its predecessor saw: every session starts afresh.
        for (SimSession session : ensemble.sessions.values()) {
            if (!session.over) {
                touch(track(session));
            }
        }
    }

    /** The zxid of the last transaction of this term. */
    long zxid() {
        return term << 32 | counter;
    }

    private long now() {
        return ensemble.scheduler.nanos();
    }

    private Tracked track(SimSession session) {
        Tracked tracked = new Tracked(session);
        sessions.put(session.id, tracked);
        return tracked;
    }

    // Sessions end on whole ticks, never early.
    private void touch(Tracked tracked) {
        tracked.expiresAt = ((now() + tracked.session.timeoutNanos) / tick + 1) * tick;
    }

    void touch(Set<Long> ids) {
        for (long id : ids) {
            Tracked tracked = sessions.get(id);
            if (tracked != null && !tracked.closing) {
                touch(tracked);
            }
        }
    }

    // ---- requests, in the order in which they arrive

    void open(Link link, long timeoutNanos) {
        if (over) {
            return;
        }
        long granted = Math.max(2 * tick, Math.min(20 * tick, timeoutNanos));
        Tracked tracked = track(new SimSession(ensemble.nextSessionId(link.server), granted));
        tracked.owner = link;
        touch(tracked);
        propose(tracked.session, link, null, Txn.Role.OPENS);
    }

    void revalidate(Link link, long sessionId) {
        if (over) {
            return;
        }
        Tracked tracked = sessions.get(sessionId);
        boolean valid = tracked != null && !tracked.closing;
        if (tracked != null && valid) {
            tracked.owner = link;
            touch(tracked);
        }
        SimSession session = tracked != null && valid ? tracked.session : null;
        reply(link, () -> link.server.validated(link, session));
    }

    void order(Link link, SimSession session, Request<?> request) {
        Tracked tracked = sessions.get(session.id);
        if (over || tracked == null || tracked.closing) {
            return;
        }
        if (!link.equals(tracked.owner)) {
            // The session has moved to another connection: this request came too late to be executed.
            reply(link, link::breakOff);
            return;
        }
        if (request.kind == Request.Kind.CLOSE) {
            tracked.closing = true;
        }
        boolean waits = request.kind != Request.Kind.SYNC || ensemble.options.quorumSync() || !pending.isEmpty();
        if (waits) {
            propose(session, link, request, request.kind == Request.Kind.CLOSE ? Txn.Role.CLOSES : Txn.Role.WRITES);
        } else {
            synced(link, request);
        }
        if (request.losesReply && ensemble.scheduler.random().nextBoolean()) {
            // The connection may break as well before it is committed: then whoever reads next may see it or not.
            ensemble.faults.lostAfter(request);
            request.losesReply = false;
            reply(link, link::breakOff);
        }
    }

    /** Ends a session as if it had expired. False if there is no such session. */
    boolean expire(long sessionId) {
        Tracked tracked = sessions.get(sessionId);
        if (over || tracked == null || tracked.closing) {
            return false;
        }
        tracked.closing = true;
        propose(tracked.session, null, null, Txn.Role.CLOSES);
        return true;
    }

    private void reply(Link link, Runnable message) {
        if (link.server.equals(server)) {
            message.run();
            return;
        }
        Following following = link.server.following;
        if (following != null && following.leadership.equals(this)) {
            following.down.send(message);
        }
    }

    // ---- commits

    private void propose(SimSession session, @Nullable Link link, @Nullable Request<?> request, Txn.Role role) {
        lastDue = Math.max(lastDue, now() + ensemble.fsyncNanos() + roundTrip());
        pending.add(new Txn.Proposal(session, link, request, role, lastDue, inTouch() > 0));
        ensemble.scheduler.at(lastDue, "commit", this::commitDue);
    }

    // With one server nobody has to be asked.
    private long roundTrip() {
        if (followings.isEmpty()) {
            return 0;
        }
        Network.Endpoint other = followings.get(0).follower.endpoint;
        return ensemble.network.delay(server.endpoint, other) + ensemble.network.delay(other, server.endpoint);
    }

    private int inTouch() {
        int count = 0;
        for (int i = 0; i < followings.size(); i++) {
            if (followings.get(i).inTouch()) {
                count++;
            }
        }
        return count;
    }

    /** Commits what is due, for as long as a quorum is in touch. */
    void commitDue() {
        while (!over && !server.endpoint.paused) {
            Txn.Proposal next = pending.peek();
            if (next == null || next.dueNanos() > now() || inTouch() + 1 < ensemble.majority()) {
                return;
            }
            pending.poll();
            commit(next);
        }
    }

    void commit(Txn.Proposal proposal) {
        Request<?> request = proposal.request();
        Link link = proposal.link();
        if (request != null && link != null && request.kind == Request.Kind.SYNC) {
            synced(link, request);
            return;
        }
        SimSession session = proposal.session();
        if (session.over) {
            return;
        }
        counter++;
        Txn.Outcome outcome = Application.apply(ensemble, server, proposal, zxid());
        Txn txn = new Txn(zxid(), proposal.role(), outcome, proposal);
        if (txn.role == Txn.Role.CLOSES) {
            sessions.remove(session.id);
        } else if (!sessions.containsKey(session.id)) {
            // Opened by a predecessor's transaction that survived it.
            touch(track(session));
        }
        ensemble.committed(txn);
        server.apply(txn, true);
        for (int i = 0; i < followings.size(); i++) {
            Following following = followings.get(i);
            following.down.send(() ->
                    following.follower.inTurn(following.follower.lag(), () -> following.follower.apply(txn, false)));
        }
    }

    private void synced(Link link, Request<?> request) {
        reply(
                link,
                () -> link.server.inTurn(0, () -> {
                    request.answer(new Synced.Done());
                    link.drain();
                }));
    }

    // ---- the term

    /** Takes a follower in; it has everything that is committed. */
    void admit(SimServer follower) {
        Following following = new Following(follower, this, now());
        follower.catchUp(zxid());
        follower.role = SimServer.Role.FOLLOWING;
        follower.following = following;
        followings.add(following);
    }

    /** Each half tick: asks the followers for touches, counts them, ends sessions. */
    void tick(long limit) {
        touch(server.takeTouched());
        int quorum = 1;
        for (int i = followings.size() - 1; i >= 0; i--) {
            Following following = followings.get(i);
            if (following.closed() || now() - following.followerHeard > limit) {
                following.close();
                followings.remove(i);
            } else {
                quorum++;
                following.down.send(() -> ping(following));
            }
        }
        if (quorum < ensemble.majority()) {
            server.leave(SimServer.Role.LOOKING);
            return;
        }
        for (Tracked tracked : List.copyOf(sessions.values())) {
            if (!tracked.closing && tracked.expiresAt <= now()) {
                tracked.closing = true;
                propose(tracked.session, null, null, Txn.Role.CLOSES);
            }
        }
        commitDue();
    }

    private void ping(Following following) {
        following.leaderHeard = now();
        Set<Long> touches = following.follower.takeTouched();
        following.up.send(() -> {
            following.followerHeard = now();
            touch(touches);
        });
    }

    /** What was ordered and not committed. */
    ArrayDeque<Txn.Proposal> pending() {
        return pending;
    }

    void end() {
        over = true;
        for (Following following : followings) {
            following.close();
        }
        followings.clear();
    }
}
