package dev.belfry.testkit.store;

import dev.belfry.store.Change;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One connection of a client to a server: both ends of it, and what the server keeps for it. */
final class Link {

    /** A change on its way to the client. */
    private static final class Hint {
        private final Watch watch;
        private Change change;
        private boolean delivered;

        Hint(Watch watch, Change change) {
            this.watch = watch;
            this.change = change;
        }
    }

    final SimServer server;
    final SimConnection client;
    private final Channel up;
    private final Channel down;

    /** The server's end: what waits for its answer, in the order in which it came. */
    private final ArrayDeque<Request<?>> queue = new ArrayDeque<>();

    private final List<Watch> watches = new ArrayList<>(4);
    private @Nullable SimSession session;
    private @Nullable Hint lastHint;
    private boolean open = true;
    private boolean clientOpen = true;

    Link(SimServer server, SimConnection client, Network.Endpoint machine) {
        Network network = server.ensemble.network;
        this.server = server;
        this.client = client;
        this.up = new Channel(network, machine, server.endpoint, machine.name + " > " + server.endpoint.name);
        this.down = new Channel(network, server.endpoint, machine, server.endpoint.name + " > " + machine.name);
    }

    // ---- the client's end

    /** Sends the server something to do. */
    void up(Runnable message) {
        up.send(() -> {
            if (open) {
                message.run();
            }
        });
    }

    boolean clientOpen() {
        return clientOpen;
    }

    /** The client hangs up: it hears nothing more, and the server learns of it after all that was sent before. */
    void hangUp() {
        clientOpen = false;
        up(this::close);
    }

    /** A fault: the client's end is gone and what it sent last never arrived. */
    void loseUp() {
        up.close();
        breakOff();
    }

    // ---- the server's end

    boolean isOpen() {
        return open;
    }

    @Nullable
    SimSession session() {
        return session;
    }

    void belongsTo(SimSession owner) {
        session = owner;
    }

    /** Tells the client, in order with everything else. */
    void down(Runnable message) {
        lastHint = null;
        down.send(() -> client.process.execute(() -> {
            if (clientOpen) {
                message.run();
            }
        }));
    }

    void arm(Watch watch) {
        watches.add(watch);
    }

    boolean watching() {
        return !watches.isEmpty();
    }

    void changed(Tree.Effect effect, long zxid) {
        for (int i = 0; i < watches.size(); i++) {
            Watch watch = watches.get(i);
            if (watch.covers(effect.path())) {
                hint(watch, new Change(effect.path(), effect.kind(), zxid));
            }
        }
    }

    private void hint(Watch watch, Change change) {
        Hint last = lastHint;
        // Nothing was sent since the last hint, so one of the two may stand for both.
        if (last != null
                && !last.delivered
                && last.watch.equals(watch)
                && last.change.path().equals(change.path())
                && server.ensemble.scheduler.random().nextInt(2) == 0) {
            last.change = change;
            return;
        }
        Hint hint = new Hint(watch, change);
        down(() -> {
            hint.delivered = true;
            client.heard(hint.change.zxid());
            watch.report(hint.change);
        });
        lastHint = hint;
        if (server.ensemble.faults.repeatsHint()) {
            down(() -> watch.report(hint.change));
        }
    }

    void enqueue(Request<?> request) {
        queue.add(request);
    }

    /** Answers from the head of the queue for as long as there is an answer: local requests once they are first. */
    void drain() {
        while (open) {
            Request<?> request = queue.peek();
            if (request == null) {
                return;
            }
            if (!request.answered() && !request.kind.ordered()) {
                server.answer(this, request);
            }
            if (!request.answered()) {
                return;
            }
            queue.poll();
            if (request.losesReply) {
                server.ensemble.faults.lostAfter(request);
                breakOff();
                return;
            }
            long zxid = server.zxid;
            down(() -> client.answered(this, request, zxid));
        }
    }

    /** The server closes its end; the client learns of it after everything that was sent before. */
    void breakOff() {
        if (open) {
            down(() -> client.disconnected(this, "connection closed by " + server.endpoint.name));
            close();
        }
    }

    private void close() {
        open = false;
        queue.clear();
        watches.clear();
        server.forget(this);
    }
}
