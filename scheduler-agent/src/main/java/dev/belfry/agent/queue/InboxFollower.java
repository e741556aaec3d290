package dev.belfry.agent.queue;

import dev.belfry.agent.loop.Watching;
import dev.belfry.core.queue.Inbox;
import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.core.record.Paths;
import dev.belfry.store.Failure;
import dev.belfry.store.Read;
import dev.belfry.store.Session;
import dev.belfry.store.Store;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the inbox of one incarnation: one watch, and a read whenever it has changed. An agent without queued work costs
 * the watch alone.
 *
 * <p>Not thread-safe; owned by the agent's loop. One per session.
 */
final class InboxFollower {
    private static final Logger LOG = LoggerFactory.getLogger(InboxFollower.class);

    private final Store store;
    private final Session session;
    private final String path;
    private final Consumer<Inbox> reader;
    private final Watching watching;
    private boolean reading;
    private boolean again;
    private boolean closed;
    private boolean complained;

    /** @param reader told what the inbox holds, each time later than before */
    InboxFollower(Store store, Session session, String incarnation, Consumer<Inbox> reader) {
        this.store = store;
        this.session = session;
        this.path = Paths.inbox(incarnation);
        this.reader = reader;
        this.watching = new Watching(store, session, "inbox-follow", path, change -> read(), this::refused);
    }

    /** Begins, or compares after a reconnection of the same session. */
    void follow() {
        watching.arm();
        read();
    }

    void close() {
        closed = true;
    }

    private void read() {
        if (closed) {
            return;
        }
        if (reading) {
            again = true;
            return;
        }
        reading = true;
        again = false;
        store.read(session, "inbox-read", path, answer -> {
            reading = false;
            if (closed) {
                return;
            }
            if (answer instanceof Read.Found found) {
                found(found.znode().data());
            } else if (answer instanceof Read.Missing) {
                reader.accept(Inbox.EMPTY);
            } else if (answer instanceof Read.Failed failed && failed.failure() instanceof Failure.Rejected rejected) {
                refused(rejected.why());
            }
            if (again) {
                read();
            }
        });
    }

    /** What cannot be read says nothing: what was taken before goes on. */
    private void found(byte[] data) {
        Inbox inbox;
        try {
            inbox = Inbox.decode(path, data);
        } catch (CorruptRecordException e) {
            if (!complained) {
                LOG.error("nothing is taken from the queue until this agent's inbox can be read: {}", e.getMessage());
            }
            complained = true;
            return;
        }
        complained = false;
        reader.accept(inbox);
    }

    private void refused(String why) {
        LOG.error("nothing is taken from the queue: cannot read {}: {}; check the ACL of that znode", path, why);
    }
}
