package dev.belfry.agent.loop;

import dev.belfry.core.ownership.HeartbeatRecord;
import dev.belfry.core.ownership.Lease;
import dev.belfry.core.record.Paths;
import dev.belfry.store.Commit;
import dev.belfry.store.Session;
import dev.belfry.store.Store;
import dev.belfry.store.Transaction;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Writes an incarnation's heartbeat and holds its lease (rule R4).
 *
 * <p>A heartbeat is a write, one at a time, every quarter of the lease. Its acknowledgement renews the lease only once
 * everything that was seen to change before it has been applied. A server that does not answer for a third of the lease
 * is left for another.
 *
 * <p>What is acknowledged between the loss of a connection and the news of the next renews nothing: the store may have
 * kept that heartbeat for the next connection, on which what changed in between has not been told of.
 *
 * <p>Not thread-safe; owned by the agent's loop. One per session.
 */
final class Heartbeat {

    /** What the heartbeat needs of the agent around it. */
    interface Owner {
        /** What to say in the next heartbeat. */
        HeartbeatRecord heartbeat(long number, Instant now);

        /** A number for everything that has been seen to change up to now. */
        long seen();

        /** Whether everything seen up to {@code mark} has been applied. */
        boolean applied(long mark);

        /** The lease was renewed, or ended, or its end has come nearer. */
        void leaseChanged();

        /**
         * The ensemble's clock differs from ours by this much; positive if ours is behind.
         *
         * @param uncertainty by how much more or less, since nobody knows how long either way took
         */
        void clockOffset(Duration offset, Duration uncertainty);

        /** The registration or the heartbeat's znode is gone although the session lives: this incarnation is over. */
        void deposed(String why);

        /** The heartbeat may not be written; it is tried again. */
        void refused(String why);
    }

    /** An acknowledged heartbeat that waits for what was seen before it to be applied. */
    private record Acknowledged(long sentNanos, Instant sentAt, long seen) {}

    private final Loop loop;
    private final Store store;
    private final Session session;
    private final String registration;
    private final String path;
    private final Owner owner;
    private final Lease lease;
    private final Deque<Acknowledged> waiting = new ArrayDeque<>();

    private long number;
    private boolean outstanding;
    private long sentNanos;
    private boolean stopped;
    private boolean connected = true;
    private Loop.Timer next = () -> {};
    private Loop.Timer patience = () -> {};

    Heartbeat(Loop loop, Store store, Session session, String incarnation, Owner owner) {
        this.loop = loop;
        this.store = store;
        this.session = session;
        this.registration = Paths.agent(incarnation);
        this.path = Paths.heartbeat(incarnation);
        this.owner = owner;
        this.lease = new Lease(session.timeout());
    }

    void start() {
        beat();
    }

    void stop() {
        stopped = true;
        lease.end();
        next.cancel();
        patience.cancel();
    }

    /** There is no connection: changes are not told of until {@link #resumed}. */
    void suspended() {
        connected = false;
    }

    /** There is a connection again, and whoever asked before has been answered. */
    void resumed() {
        connected = true;
        if (number > 0) {
            beat();
        }
    }

    boolean leaseHolds() {
        return lease.holds(loop.nanoTime(), loop.now());
    }

    long periodNanos() {
        return lease.periodNanos();
    }

    long leaseRemainingNanos() {
        return lease.remainingNanos(loop.nanoTime(), loop.now());
    }

    /** Sends a heartbeat at once if none is outstanding. */
    void beat() {
        if (stopped || outstanding) {
            return;
        }
        next.cancel();
        outstanding = true;
        long sent = loop.nanoTime();
        sentNanos = sent;
        Instant sentAt = loop.now();
        patience.cancel();
        patience = loop.after(lease.patienceNanos(), () -> unanswered(sent));
        byte[] record = owner.heartbeat(++number, sentAt).encode();
        // Both znodes are of one session, but it is the registration whose absence lets a master replace this owner.
        Transaction beat = Transaction.at("heartbeat")
                .exists(registration)
                .put(path, record, -1)
                .build();
        store.commit(session, beat, answer -> answered(answer, sent, sentAt));
    }

    private void unanswered(long sent) {
        if (!stopped && outstanding && sent == sentNanos) {
            store.dropConnection(session);
        }
    }

    private void answered(Commit answer, long sent, Instant sentAt) {
        if (stopped) {
            return;
        }
        outstanding = false;
        patience.cancel();
        if (answer instanceof Commit.Applied applied) {
            // Stamped at some moment between the two.
            Duration half = Duration.ofNanos((loop.nanoTime() - sent) / 2);
            owner.clockOffset(
                    Duration.between(sentAt.plus(half), applied.stamps().get(0).modified()), half);
            if (connected) {
                waiting.add(new Acknowledged(sent, sentAt, owner.seen()));
                renew();
            }
        } else if (answer instanceof Commit.Fenced || answer instanceof Commit.Conflict) {
            lease.end();
            owner.leaseChanged();
            owner.deposed("heartbeat at " + path + " answered " + answer);
            return;
        } else if (answer instanceof Commit.Rejected rejected) {
            // Tried again: somebody may set the ACL right.
            owner.refused("heartbeat at " + path + " answered " + rejected.why());
        } else if (answer instanceof Commit.SessionOver) {
            return;
        }
        next = loop.after(Math.max(1, lease.periodNanos() - (loop.nanoTime() - sent)), this::beat);
    }

    /** Renews the lease by every acknowledged heartbeat for which everything seen before it has been applied. */
    void renew() {
        boolean renewed = false;
        while (!waiting.isEmpty() && owner.applied(waiting.peek().seen())) {
            Acknowledged acknowledged = waiting.poll();
            lease.renew(acknowledged.sentNanos(), acknowledged.sentAt());
            renewed = true;
        }
        if (renewed) {
            owner.leaseChanged();
        }
    }
}
