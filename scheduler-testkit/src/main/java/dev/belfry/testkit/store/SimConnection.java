package dev.belfry.testkit.store;

import dev.belfry.store.Session;
import dev.belfry.store.Store;
import dev.belfry.store.StoreConnection;
import dev.belfry.store.Synced;
import dev.belfry.testkit.time.SimProcess;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The client's side of a session: finds a server, pings it, gives it up when it is silent for two thirds of the
 * time-out, finds another. It gives a session up one full time-out after it lost its connection, whatever the ensemble
 * thinks of it, and opens another; until then only a server can tell it that the session is over.
 */
final class SimConnection implements StoreConnection {
    private static final String NOT_CONNECTED = "not connected";

    final SimProcess process;
    final SimEnsemble ensemble;
    private final Network.Endpoint machine;
    private final long requestedNanos;
    private final List<SimStore> views = new ArrayList<>(2);
    private final List<Watch> watches = new ArrayList<>(4);
    /** Sent and not answered, and what is told behind those. */
    private final ArrayDeque<Request<?>> pending = new ArrayDeque<>();
    /** Made without a connection and not answered; empty while there is one. */
    private final ArrayDeque<Request<?>> kept = new ArrayDeque<>();
    /** The news of the connection is among what is pending. */
    private boolean resuming;

    private int nextServer;
    private @Nullable Session session;
    private @Nullable Link link;
    private boolean connected;
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

    boolean connected() {
        return connected;
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
        cancel(attempt);
        abandon();
        end();
        connect();
    }

    /** The other end of a connection is gone, or as good as gone. */
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
            suspend(why);
        } else {
            missAll(kept, Request.Miss.INDETERMINATE, why);
        }
        process.schedule(1 + random().nextLong(1 + ensemble.options.maxBackoff().toNanos()), this::connect);
    }

    private void suspend(String why) {
        Session lost = session;
        // Which of the two a client hears first is not promised; but that it had a connection it hears before.
        boolean answersFirst = random().nextInt(2) == 0 || resuming;
        if (answersFirst) {
            missAll(pending, Request.Miss.INDETERMINATE, why);
        }
        if (lost != null) {
            if (!closed) {
                giveUp = process.schedule(timeoutNanos(), () -> giveUp(lost));
            }
            each(view -> view.suspended(lost));
        }
        if (!answersFirst) {
            missAll(pending, Request.Miss.INDETERMINATE, why);
        }
    }

    /** Answers all of {@code requests}, those of which nothing is known yet with {@code miss}. */
    private void missAll(ArrayDeque<Request<?>> requests, Request.Miss miss, String why) {
        while (true) {
            Request<?> request = requests.poll();
            if (request == null) {
                return;
            }
            if (request.watch != null) {
                watches.remove(request.watch);
            }
            if (!request.isMissed()) {
                request.miss(miss, why);
            }
            finish(request);
        }
    }

    /** Sends what was kept, and says that there is a connection once whoever asked without one has the answer. */
    private void resume(Session known) {
        while (connected && process.alive()) {
            Request<?> request = kept.poll();
            if (request == null) {
                break;
            }
            request.heldBack = false;
            if (request.isMissed()) {
                pending.add(request);
            } else {
                dispatch(request);
            }
        }
        tellAnswered(pending);
        if (!connected || !process.alive()) {
            return;
        }
        if (pending.isEmpty()) {
            each(view -> view.resumed(known));
            return;
        }
        resuming = true;
        Request<Synced> news = new Request<>(Request.Kind.PING, "resumed", "/", Request.SYNCED, told -> {
            resuming = false;
            each(view -> view.resumed(known));
        });
        news.miss(Request.Miss.UNAVAILABLE, "told behind the answers");
        pending.add(news);
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
        missAll(kept, Request.Miss.OVER, "the session is over");
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
        return Stream.concat(pending.stream(), kept.stream())
                .filter(request -> request.kind != Request.Kind.PING)
                .map(request -> request.site)
                .toList();
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
                pending.add(request);
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
        int draw = request.ofElection ? 0 : random().nextInt(4);
        if (draw < 2) {
            refuse(request, Request.Miss.UNAVAILABLE, NOT_CONNECTED);
            return;
        }
        kept.add(request);
        if (draw == 3) {
            request.miss(Request.Miss.UNAVAILABLE, NOT_CONNECTED);
            request.heldBack = true;
            process.schedule(1 + random().nextLong(1 + ensemble.options.maxBackoff().toNanos()), () -> {
                request.heldBack = false;
                tellAnswered(kept);
            });
        }
    }

    private void transmit(Link current, Request<?> request) {
        pending.add(request);
        if (request.watch != null) {
            watches.add(request.watch);
        }
        lastSent = process.clock().nanoTime();
        current.up(() -> current.server.request(current, request));
    }

    /** Answers a request that is not sent, after those that were made before it. */
    void refuse(Request<?> request, Request.Miss miss, String why) {
        request.miss(miss, why);
        if (pending.isEmpty() && kept.isEmpty()) {
            process.execute(() -> finish(request));
        } else if (connected) {
            pending.add(request);
        } else {
            kept.add(request);
        }
    }

    /** A reply has arrived. */
    void answered(Link from, Request<?> request, long zxid) {
        if (!from.equals(link)) {
            return;
        }
        heard(zxid);
        Request<?> first = pending.poll();
        if (first == null || !first.equals(request)) {
            throw new IllegalStateException("answers out of order: " + request.site + " " + request.path);
        }
        finish(request);
        tellAnswered(pending);
    }

    /** Calls back from the head of {@code requests} for as long as the answer is known. */
    private void tellAnswered(ArrayDeque<Request<?>> requests) {
        while (true) {
            Request<?> next = requests.peek();
            if (next == null || !next.isMissed() || next.heldBack) {
                return;
            }
            requests.poll();
            finish(next);
        }
    }

    private void finish(Request<?> request) {
        if (request.kind != Request.Kind.PING) {
            ensemble.faults.answered(request);
        }
        request.finish();
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
            missAll(kept, Request.Miss.OVER, "the connection was closed");
            return;
        }
        Request<?> close = new Request<>(Request.Kind.CLOSE, "close", "/", Request.SYNCED, answer -> {
            abandon();
            end();
        });
        transmit(current, close);
    }
}
