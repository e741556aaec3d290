package dev.belfry.master;

import dev.belfry.agent.loop.Watching;
import dev.belfry.store.Change;
import dev.belfry.store.Read;
import dev.belfry.store.Session;
import dev.belfry.store.Store;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.ToIntFunction;
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

    /** What {@link #ForeignWrites expected} answers for a znode that is not to exist. */
    static final int ABSENT = -1;

    private final Store store;
    private final Session session;
    private final ToIntFunction<String> expected;
    private final BooleanSupplier busy;
    private final Runnable found;
    private final Watching watching;
    private final Set<String> touched = new LinkedHashSet<>();
    private boolean closed;

    /**
     * Follows {@code root} and everything below.
     *
     * @param expected the version at which this master left a znode, or {@link #ABSENT}
     * @param busy whether a write of this master is under way: what changed meanwhile is looked at by {@link #look}
     * @param found told that a znode is at another version
     */
    ForeignWrites(
            Store store,
            Session session,
            String root,
            ToIntFunction<String> expected,
            BooleanSupplier busy,
            Runnable found) {
        this.store = store;
        this.session = session;
        this.expected = expected;
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
        touched.add(change.path());
        look();
    }

    /** Looks at what was reported to have changed, once no write is under way. */
    void look() {
        if (closed || busy.getAsBoolean()) {
            return;
        }
        Set<String> paths = Set.copyOf(touched);
        touched.clear();
        for (String path : paths) {
            store.read(session, "foreign-read", path, answer -> judge(path, answer));
        }
    }

    private void judge(String path, Read answer) {
        if (closed || answer instanceof Read.Failed) {
            return;
        }
        if (busy.getAsBoolean()) {
            touched.add(path);
            return;
        }
        int version = answer instanceof Read.Found znode ? znode.znode().version() : ABSENT;
        if (version != expected.applyAsInt(path)) {
            LOG.error("somebody else has written {}, which only the master does; it is looked at", path);
            found.run();
        }
    }
}
