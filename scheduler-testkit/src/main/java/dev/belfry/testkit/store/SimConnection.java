package dev.belfry.testkit.store;

import dev.belfry.store.Session;
import dev.belfry.store.Store;
import dev.belfry.store.StoreConnection;
import dev.belfry.testkit.time.SimProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The client's side of a session: finds a server, pings it, gives it up when it is silent for two thirds of the
 * time-out, finds another. It gives a session up one full time-out after it lost its connection, whatever the ensemble
 * thinks of it, and opens another; until then only a server can tell it that the session is over.
 *
 * <p>Longer than the house limit: each way in which a connection comes and goes is beside what it does to requests.
 */
final class SimConnection implements StoreConnection {
    private static final String NOT_CONNECTED = "not connected";
    /** The part of the longest wait before another attempt by which a client may be late to notice that it needs one. */
    private static final long NOTICED_LATE = 8;

    final SimProcess process;
    final SimEnsemble ensemble;
    private final Network.Endpoint machine;
    private final long requestedNanos;
    private final List<SimStore> views = new ArrayList<>(2);
    private final List<Watch> watches = new ArrayList<>(4);
    private final Unanswered unanswered;
    private int nextServer;
    private @Nullable Session session;
    private @Nullable Link link;
    private boolean connected;
    /** Why the connection has gone, while this client does not know yet that it has. */
    private @Nullable String unnoticed;

    private boolean closed;
    /** The present session is being given up. */
    private boolean ending;

    private long seenZxid;
    private long lastHeard;
    private long lastSent;
    private SimProcess.@Nullable Timer beat;
    private SimProcess.@Nullable Timer attempt;
    private SimProcess.@Nullable Timer giveUp;

    SimConnection(SimEnsemble ensemble, SimProcess process, long requestedNanos) {
        this.ensemble = ensemble;
        this.process = process;
        this.machine = ensemble.network.endpoint(process.name());
        this.requestedNanos = requestedNanos;
        this.unanswered = new Unanswered(process, ensemble.faults, watches);
        this.nextServer = random().nextInt(ensemble.servers.size());
        process.execute(this::connect);
    }

    private SplittableRandom random() {
        return ensemble.scheduler.random();
    }

    @Override
    public Store view(Executor executor) {
        SimStore view = new SimStore(this, executor);
        views.add(view);
        return view;
    }

    /** The present session; null before the first and between two. */
    @Nullable
    Session session() {
        return session;
    }

    /** As far as this client knows. */
    boolean connected() {
        return connected || unnoticed != null;
    }

    /** The server that it is connected to. */
    @Nullable
    SimServer server() {
        return connected && link != null ? link.server : null;
    }

    private long timeoutNanos() {
        return session == null ? requestedNanos : session.timeout().toNanos();
    }

    private long silenceNanos() {
        return timeoutNanos() / 3 * 2;
    }

    // ---- finding a server

    private void connect() {
        if (closed || link != null) {
            return;
        }
        SimServer server = ensemble.servers.get(nextServer);
        nextServer = (nextServer + 1) % ensemble.servers.size();
        Link fresh = new Link(server, this, machine);
        link = fresh;
        long id = session == null ? 0 : session.id();
        long seen = seenZxid;
        fresh.up(() -> server.connect(fresh, id, requestedNanos, seen));
        attempt = process.schedule(
                Math.max(ensemble.tickNanos / 4, timeoutNanos() / ensemble.servers.size()),
                () -> disconnected(fresh, "no answer from " + server.endpoint.name));
    }

    /** The server knows the session, or has opened it. */
    void connected(Link from, long id, long timeoutNanos, long zxid) {
        if (!from.equals(link) || closed) {
            return;
        }
        notice();
        cancel(attempt);
        cancel(giveUp);
        connected = true;
        heard(zxid);
        lastSent = lastHeard;
        beat = process.schedule(silenceNanos() / 2, this::beat);
        Session known = session;
        if (known == null) {
            Session opened = new Session(id, Duration.ofNanos(timeoutNanos));
            session = opened;
            ensemble.scheduler.note(machine.name + " opened", id);
            each(view -> view.opened(opened));
        } else {
            List<Watch> armed = List.copyOf(watches);
            from.up(() -> armed.forEach(from::arm));
            resume(known);
        }
    }

    /** A server says that the session is over. */
    void expired() {
        notice();
        cancel(attempt);
        abandon();
        end();
        connect();
    }

    /** The other end of a connection is gone. */
    void disconnected(Link from, String why) {
        if (!from.equals(link)) {
            return;
        }
        from.hangUp();
        cancel(attempt);
        cancel(beat);
        link = null;
        if (connected) {
            connected = false;
            unnoticed = why;
            long late = random().nextInt(2) == 0
                    ? 0
                    : random().nextLong(1 + ensemble.options.maxBackoff().toNanos() / NOTICED_LATE);
            if (late == 0) {
                notice();
            } else {
                process.schedule(late, this::notice);
            }
        } else {
            notice();
            unanswered.missKept(Request.Miss.INDETERMINATE, why);
        }
        process.schedule(1 + random().nextLong(1 + ensemble.options.maxBackoff().toNanos()), this::connect);
    }

    /** The client learns that its connection has gone. */
    private void notice() {
        String why = unnoticed;
        if (why == null) {
            return;
        }
        unnoticed = null;
        Session lost = session;
        // Which of the two a client hears first is not promised; but that it had a connection it hears before.
        boolean answersFirst = random().nextInt(2) == 0 || unanswered.hasNews();
        if (answersFirst) {
            unanswered.missSent(why);
        }
        if (lost != null) {
            if (!closed) {
                giveUp = process.schedule(timeoutNanos(), () -> giveUp(lost));
            }
            each(view -> view.suspended(lost));
        }
        if (!answersFirst) {
            unanswered.missSent(why);
        }
    }

    /** Sends what was kept, and says that there is a connection once whoever asked without one has the answer. */
    private void resume(Session known) {
        while (connected && process.alive()) {
            Request<?> request = unanswered.takeKept();
            if (request == null) {
                unanswered.news(() -> each(view -> view.resumed(known)));
                return;
            }
            dispatch(request);
        }
    }

    // Nobody can say whether the store still has it; this client does without.
    private void giveUp(Session lost) {
        if (closed || connected || !lost.equals(session)) {
            return;
        }
        cancel(attempt);
        abandon();
        end();
        connect();
    }

    private void abandon() {
        if (link != null) {
            link.hangUp();
            link = null;
        }
        cancel(beat);
        connected = false;
    }

    private void end() {
        Session over = session;
        cancel(giveUp);
        session = null;
        ending = false;
        seenZxid = 0;
        watches.clear();
        if (over != null) {
            ensemble.scheduler.note(machine.name + " ended", over.id());
            each(view -> view.ended(over));
        }
        unanswered.missKept(Request.Miss.OVER, "the session is over");
    }

    private static void cancel(SimProcess.@Nullable Timer timer) {
        if (timer != null) {
            timer.cancel();
        }
    }

    private void each(Consumer<SimStore> told) {
        for (int i = 0; i < views.size(); i++) {
            told.accept(views.get(i));
        }
    }

    // ---- keeping it

    /** The server has sent something, being at {@code zxid}. */
    void heard(long zxid) {
        lastHeard = process.clock().nanoTime();
        seenZxid = Math.max(seenZxid, zxid);
    }

    private void beat() {
        Link current = link;
        if (!connected || current == null) {
            return;
        }
        long now = process.clock().nanoTime();
        long silence = silenceNanos();
        if (now - lastHeard >= silence) {
            disconnected(current, current.server.endpoint.name + " is silent");
            return;
        }
        if (now - lastSent >= silence / 2) {
            Request<?> ping = new Request<>(Request.Kind.PING, "ping", "/", Request.SYNCED, done -> {});
            transmit(current, ping);
        }
        beat = process.schedule(Math.min(lastHeard + silence, lastSent + silence / 2) - now, this::beat);
    }

    // ---- requests

    /** The sites of the requests that have no answer yet, oldest first. */
    List<String> underWay() {
        return unanswered.sites();
    }

    /** Sends a request in the name of {@code owner}, or keeps it, or has it answered. */
    void send(Session owner, Request<?> request) {
        if (closed || ending || !owner.equals(session)) {
            String why = closed ? "the connection was closed" : "session " + owner.hex() + " is over";
            refuse(request, Request.Miss.OVER, why);
        } else if (!connected || link == null) {
            keep(request);
        } else {
            dispatch(request);
        }
    }

    private void dispatch(Request<?> request) {
        Link current = link;
        if (current == null) {
            throw new IllegalStateException("dispatched without a connection: " + request.site);
        }
        ensemble.faults.sending(request.site, process.name());
        if (!process.alive() || !current.equals(link)) {
            return;
        }
        switch (ensemble.faults.fate(request)) {
            case ARRIVES -> transmit(current, request);
            case LOST_AFTER -> {
                request.losesReply = true;
                transmit(current, request);
            }
            case LOST_BEFORE -> {
                unanswered.sent(request);
                current.loseUp();
            }
        }
    }

    /**
     * A request made without a connection. A client that knows that it has none refuses it at once, though behind what it
     * has kept before; one that does not know yet keeps it, until the next attempt has failed or the next connection takes
     * it; and the refusal of one that is busy comes late. All have their answers before the next connection is told of.
     */
    private void keep(Request<?> request) {
        int draw = unnoticed != null ? 2 : random().nextInt(4);
        if (draw < 2 || request.ofElection) {
            refuse(request, Request.Miss.UNAVAILABLE, NOT_CONNECTED);
            return;
        }
        if (draw == 3) {
            request.miss(Request.Miss.UNAVAILABLE, NOT_CONNECTED);
            request.heldBack = true;
            process.schedule(
                    1 + random().nextLong(1 + ensemble.options.maxBackoff().toNanos()),
                    () -> unanswered.release(request));
        }
        unanswered.keep(request);
    }

    private void transmit(Link current, Request<?> request) {
        unanswered.sent(request);
        if (request.watch != null) {
            watches.add(request.watch);
        }
        lastSent = process.clock().nanoTime();
        current.up(() -> current.server.request(current, request));
    }

    /** Answers a request that is not sent, after those that were made before it. */
    void refuse(Request<?> request, Request.Miss miss, String why) {
        request.miss(miss, why);
        unanswered.refused(request, connected);
    }

    /** A reply has arrived. */
    void answered(Link from, Request<?> request, long zxid) {
        if (from.equals(link)) {
            heard(zxid);
            unanswered.answered(request);
        }
    }

    void drop(Session owner) {
        process.execute(() -> {
            Link current = link;
            if (current != null && connected && owner.equals(session)) {
                disconnected(current, "dropped by the client");
            }
        });
    }

    /** Closes the session and opens another, if it is the present one and there is a connection. */
    void giveUpNow(Session owner) {
        process.execute(() -> {
            Link current = link;
            if (closed || ending || !connected || current == null || !owner.equals(session)) {
                return;
            }
            ending = true;
            // Whatever becomes of the request, the session is over for this client.
            transmit(
                    current,
                    new Request<>(
                            Request.Kind.CLOSE,
                            "close",
                            "/",
                            Request.SYNCED,
                            answer -> process.execute(() -> {
                                if (owner.equals(session)) {
                                    expired();
                                }
                            })));
        });
    }

    // ---- the end

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        cancel(giveUp);
        cancel(attempt);
        Link current = link;
        Session last = session;
        if (current == null || !connected || last == null) {
            abandon();
            unanswered.missSent("the connection was closed");
            unanswered.missKept(Request.Miss.OVER, "the connection was closed");
            return;
        }
        Request<?> close = new Request<>(Request.Kind.CLOSE, "close", "/", Request.SYNCED, answer -> {
            abandon();
            end();
        });
        transmit(current, close);
    }
}
