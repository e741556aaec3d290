package dev.belfry.testkit.store;

import java.util.ArrayDeque;

/**
 * One direction of one connection. Messages arrive in the order in which they were sent; while the way is cut or the
 * receiver is paused they are held back, as by TCP, and go on afterwards; once it is closed they are gone.
 */
final class Channel {
    private final Network network;
    private final Network.Endpoint from;
    private final Network.Endpoint to;
    private final String label;
    private final ArrayDeque<Runnable> held = new ArrayDeque<>(2);
    private long lastArrival;
    private boolean closed;

    Channel(Network network, Network.Endpoint from, Network.Endpoint to, String label) {
        this.network = network;
        this.from = from;
        this.to = to;
        this.label = label;
    }

    void send(Runnable message) {
        send(0, message);
    }

    /** Sends a message that takes {@code extra} nanoseconds longer than the way alone. */
    void send(long extra, Runnable message) {
        if (closed) {
            return;
        }
        long arrival = Math.max(lastArrival, network.scheduler.nanos() + network.delay(from, to) + extra);
        lastArrival = arrival;
        network.scheduler.at(arrival, label, () -> arrive(message));
    }

    private void arrive(Runnable message) {
        if (closed) {
            return;
        }
        if (!held.isEmpty()) {
            held.add(message);
        } else if (blocked()) {
            held.add(message);
            network.holds(this);
        } else {
            message.run();
        }
    }

    boolean blocked() {
        return to.paused || network.isCut(from, to);
    }

    /** The way is free again. Until what was held has arrived, later messages stay behind it. */
    void release() {
        if (!closed && !held.isEmpty()) {
            network.scheduler.after(network.delay(from, to), label, this::deliverHeld);
        }
    }

    private void deliverHeld() {
        while (!closed && !held.isEmpty()) {
            if (blocked()) {
                network.holds(this);
                return;
            }
            Runnable message = held.poll();
            if (message != null) {
                message.run();
            }
        }
        held.clear();
    }

    /** Nothing that is under way arrives any more. */
    void close() {
        closed = true;
        held.clear();
    }
}
