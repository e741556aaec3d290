package dev.belfry.agent.loop;

import dev.belfry.core.ownership.Epoch;
import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.core.record.Paths;
import dev.belfry.store.Failure;
import dev.belfry.store.Read;
import dev.belfry.store.Session;
import dev.belfry.store.Store;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits until the epoch names a session time-out as long as this session's. Before that whoever changes a definition may
 * not wait long enough for this agent's lease, so that it must not go by any definition.
 *
 * <p>Not thread-safe; owned by the agent's loop. One per session.
 */
final class NamedLease {
    private static final Logger LOG = LoggerFactory.getLogger(NamedLease.class);

    private final Store store;
    private final Session session;
    private final Runnable named;
    private final Watching watching;
    private boolean following;
    private boolean reading;
    private boolean changedAgain;
    private boolean over;

    /** @param named run once, when the epoch says so */
    NamedLease(Store store, Session session, Runnable named) {
        this.store = store;
        this.session = session;
        this.named = named;
        this.watching =
                new Watching(store, session, "lease-named-follow", Paths.EPOCH, change -> look(), this::refused);
    }

    /** Begins, or looks again after a reconnection. */
    void follow() {
        following = true;
        watching.arm();
        look();
    }

    /** Looks again if it has begun. */
    void resumed() {
        if (following) {
            follow();
        }
    }

    void close() {
        over = true;
    }

    private void look() {
        if (over) {
            return;
        }
        if (reading) {
            changedAgain = true;
            return;
        }
        reading = true;
        changedAgain = false;
        store.read(session, "lease-named", Paths.EPOCH, answer -> {
            reading = false;
            if (over) {
                return;
            }
            if (answer instanceof Read.Found found && isNamed(found)) {
                over = true;
                named.run();
            } else if (answer instanceof Read.Failed failed && failed.failure() instanceof Failure.Rejected rejected) {
                refused(rejected.why());
            } else if (changedAgain) {
                look();
            }
        });
    }

    private boolean isNamed(Read.Found found) {
        try {
            Epoch epoch = Epoch.decode(Paths.EPOCH, found.znode().data());
            return epoch.longestTimeout().compareTo(session.timeout()) >= 0;
        } catch (CorruptRecordException e) {
            LOG.error("no definition is followed until the epoch can be read: {}", e.getMessage());
            return false;
        }
    }

    private void refused(String why) {
        LOG.error("cannot read {}: {}; no definition is followed until then; check its ACL", Paths.EPOCH, why);
    }
}
