package dev.belfry.master;

import dev.belfry.agent.loop.Watching;
import dev.belfry.store.Change;
import dev.belfry.store.Read;
import dev.belfry.store.Session;
import dev.belfry.store.Store;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices when somebody else writes what only the master writes: the epoch, the assignment table. A master learns of it
 * at the latest with its own next write, but in a quiet cluster that may be days away, and agents that cannot read the
 * table stand still.
 *
 * <p>Not thread-safe; owned by the master's loop. One per office and subtree.
 */
final class ForeignWrites {
    private static final Logger LOG = LoggerFactory.getLogger(ForeignWrites.class);

    /** The version of a znode that is not to exist. */
    static final int ABSENT = -1;

    private final Store store;
    private final Session session;
    private final Own own;
    private final BooleanSupplier busy;
    private final Runnable found;
    private final Watching watching;
    /** By path, the last transaction in which it was reported to have changed; -1 if the server did not tell which. */
    private final Map<String, Long> touched = new LinkedHashMap<>();

    private boolean closed;

    /** What this master has written. */
    interface Own {
        /** The version at which it left a znode, or {@link #ABSENT}. */
        int version(String path);

        /** The transaction in which it did; -1 if that is not known. */
        default long zxid(String path) {
            return -1;
        }
    }

    /**
     * Follows {@code root} and everything below.
     *
     * @param own what this master has written
     * @param busy whether a write of this master is under way: what changed meanwhile is looked at by {@link #look}
     * @param found told that a znode is at another version
     */
    ForeignWrites(Store store, Session session, String root, Own own, BooleanSupplier busy, Runnable found) {
        this.store = store;
        this.session = session;
        this.own = own;
        this.busy = busy;
        this.found = found;
        this.watching = new Watching(
                store,
                session,
                "foreign-follow",
                root,
                this::changed,
                why -> LOG.warn("cannot watch {}: {}; what others write there is noticed late", root, why));
    }

    /** Begins, or goes on after a reconnection; whoever calls it reads everything besides. */
    void follow() {
        watching.arm();
    }

    void close() {
        closed = true;
    }

    private void changed(Change change) {
        // Each change is reported with its transaction; of several it is enough to know the last.
        touched.merge(
                change.path(), change.zxid(), (known, next) -> known < 0 || next < 0 ? -1 : Math.max(known, next));
        look();
    }

    /**
     * Looks at what was reported to have changed, once no write is under way. What our own transaction has changed is not
     * read: it was made at the version that we had left, so that nobody else has written there up to it.
     */
    void look() {
        if (closed || busy.getAsBoolean()) {
            return;
        }
        Map<String, Long> changes = new TreeMap<>(touched);
        touched.clear();
        changes.forEach((path, zxid) -> {
            if (zxid < 0 || zxid > own.zxid(path)) {
                store.read(session, "foreign-read", path, answer -> judge(path, answer));
            }
        });
    }

    private void judge(String path, Read answer) {
        if (closed || answer instanceof Read.Failed) {
            return;
        }
        if (busy.getAsBoolean()) {
            touched.put(path, -1L);
            return;
        }
        int version = answer instanceof Read.Found znode ? znode.znode().version() : ABSENT;
        if (version != own.version(path)) {
            LOG.error("somebody else has written {}, which only the master does; it is looked at", path);
            found.run();
        }
    }
}
