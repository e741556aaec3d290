package dev.belfry.master.queue;

import dev.belfry.agent.loop.Loop;
import dev.belfry.agent.loop.Mirror;
import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.queue.Gate;
import dev.belfry.core.queue.Inbox;
import dev.belfry.core.queue.KeyPage;
import dev.belfry.core.queue.Outbox;
import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.core.record.Paths;
import dev.belfry.store.Session;
import dev.belfry.store.Store;
import dev.belfry.store.Znode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a term reads of the queue at its beginning, in the order that its book demands: the gate, inboxes, keys, segments,
 * outboxes (rule Q2); and what it follows from then on: new segments, and what agents say.
 *
 * <p>An inbox or a page of keys that cannot be read holds the queue up: what it says cannot be guessed.
 *
 * <p>Not thread-safe; owned by the master's loop.
 */
final class QueueLook {
    private static final Logger LOG = LoggerFactory.getLogger(QueueLook.class);

    /** Told of what there is. */
    interface Listener extends SegmentLook.Listener {

        /** @param version -1 if there is no such znode */
        void gate(Gate gate, int version);

        /** @param version -1 if there is no such znode */
        void counts(int version);

        /** How long tasks took, as the terms before have it; of a term in which nothing was measured there is nothing. */
        void durations(Optional<Znode> stored);

        void inbox(String incarnation, Inbox inbox, int version);

        void keys(long number, KeyPage page, int version);

        void outbox(String incarnation, Outbox outbox);

        /** All that was there when the term began has been told. */
        void loaded();
    }

    private final Loop loop;
    private final Session session;
    private final Listener listener;
    private final Reads reads;
    private final SegmentLook segments;
    private final Mirror outboxes;
    private boolean loaded;
    private boolean closed;

    QueueLook(Loop loop, Store store, Session session, Listener listener) {
        this.loop = loop;
        this.session = session;
        this.listener = listener;
        this.reads = new Reads(loop, store, session);
        this.segments = new SegmentLook(store, session, reads, listener);
        this.outboxes = new Mirror(store, session, Paths.OUTBOX, 1, new Outboxes());
    }

    Reads reads() {
        return reads;
    }

    SegmentLook segments() {
        return segments;
    }

    void start() {
        segments.follow();
        reads.readOne("queue-counts", Paths.QUEUE, counts -> {
            listener.counts(counts.map(Znode::version).orElse(-1));
            reads.readOne("queue-gate", Paths.GATE, gate -> {
                gate.ifPresentOrElse(this::gate, () -> listener.gate(Gate.FRESH, -1));
                reads.readOne("queue-durations", Paths.DURATIONS, durations -> {
                    listener.durations(durations);
                    inboxes();
                });
            });
        });
    }

    void close() {
        closed = true;
        reads.close();
        segments.close();
        outboxes.close();
    }

    private void gate(Znode znode) {
        Gate gate = Gate.FRESH;
        try {
            gate = znode.data().length == 0 ? Gate.FRESH : Gate.decode(znode.path(), znode.data());
        } catch (CorruptRecordException e) {
            LOG.error("whether runs are taken in cannot be read: {} It counts as open.", e.getMessage());
        }
        listener.gate(gate, znode.version());
    }

    private void inboxes() {
        below("queue-inbox", Paths.INBOX, this::inbox, this::keys);
    }

    private Runnable inbox(Znode znode) {
        String incarnation = new Incarnation(Paths.name(znode.path())).name();
        Inbox inbox = Inbox.decode(znode.path(), znode.data());
        return () -> listener.inbox(incarnation, inbox, znode.version());
    }

    private void keys() {
        below("queue-keys", Paths.KEYS, this::page, () -> segments.look(outboxes::start));
    }

    private Runnable page(Znode znode) {
        long number = Long.parseLong(Paths.name(znode.path()));
        KeyPage page = KeyPage.decode(znode.path(), znode.data());
        return () -> listener.keys(number, page, znode.version());
    }

    /** Reads all children of a path; what cannot be understood is read again until it can. */
    private void below(String site, String parent, Function<Znode, Runnable> decode, Runnable then) {
        reads.children(site, parent, names -> {
            List<Znode> found = new ArrayList<>();
            List<String> paths = names.stream().map(name -> parent + '/' + name).toList();
            reads.readAll(site, paths, found::add, () -> {
                try {
                    // All of them, before anybody is told of one.
                    List<Runnable> told = found.stream().map(decode).toList();
                    told.forEach(Runnable::run);
                } catch (IllegalArgumentException | CorruptRecordException e) {
                    LOG.error("the queue stands still: below {}: {}", parent, e.getMessage());
                    loop.after(session.timeout().toNanos() / 2, () -> below(site, parent, decode, then));
                    return;
                }
                then.run();
            });
        });
    }

    /** What the agents say. */
    private final class Outboxes implements Mirror.Listener {
        @Override
        public void present(Znode znode) {
            try {
                listener.outbox(Paths.name(znode.path()), decode(znode));
            } catch (CorruptRecordException e) {
                LOG.error("what an agent says of its tasks cannot be read: {}", e.getMessage());
            }
        }

        @Override
        public void absent(String path) {}

        @Override
        public void settled() {
            if (!loaded && !closed) {
                loaded = true;
                listener.loaded();
            }
        }

        @Override
        public void refused(String path, String why) {
            LOG.error("the queue stands still: cannot read {}: {}; check its ACL", path, why);
            loop.after(session.timeout().toNanos() / 2, outboxes::compare);
        }
    }

    /** @throws CorruptRecordException if it cannot be read */
    static Outbox decode(Znode znode) {
        return znode.data().length == 0 ? Outbox.EMPTY : Outbox.decode(znode.path(), znode.data());
    }
}
