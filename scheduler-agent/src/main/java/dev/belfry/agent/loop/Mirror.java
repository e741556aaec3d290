package dev.belfry.agent.loop;

import dev.belfry.core.record.Paths;
import dev.belfry.store.Change;
import dev.belfry.store.Failure;
import dev.belfry.store.Listing;
import dev.belfry.store.Read;
import dev.belfry.store.Session;
import dev.belfry.store.Store;
import dev.belfry.store.Znode;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A local copy of a subtree of the store, kept up to date by one watch and by reading again whatever changed.
 *
 * <p>Level-triggered: a change is a hint to read the znode again; after a reconnection everything is compared. The copy
 * lags behind the store, and {@link #caughtUp} tells when everything seen up to a moment has been applied.
 *
 * <p>Not thread-safe; owned by one loop. One mirror serves one session.
 */
public final class Mirror {

    /** Told of each znode that differs from what was known. */
    public interface Listener {

        /** A znode was read that is new or has changed. */
        void present(Znode znode);

        /** A znode that was known is gone. */
        void absent(String path);

        /** All that was asked for has been read; called after the first load and after every change or comparison. */
        void settled();

        /** The store refuses to be read here: an ACL, most likely. Nothing more is read until a reconnection. */
        void refused(String path, String why);
    }

    private final Store store;
    private final Session session;
    private final String root;
    private final int depth;
    private final Listener listener;

    private final Watching watching;
    private final Map<String, Znode> known = new TreeMap<>();
    /** Paths with a read under way. */
    private final Map<String, Reading> reading = new HashMap<>();

    private final Set<String> failed = new HashSet<>();
    private int listing;
    /** Counts what was seen to change. */
    private long seen;
    /**
     * The first change that the comparison under way is to show, 0 while there is none: the one that began it, or an
     * earlier one whose reading has failed.
     */
    private long comparingSince;

    private boolean closed;
    private boolean loaded;
    private boolean incomplete;
    private long generation;

    /** A read under way. */
    private static final class Reading {
        /** The oldest change that this read, or the one after it, is to show. */
        final long seen;
        /** Whether the znode changed again since the read was sent. */
        boolean again;

        Reading(long seen) {
            this.seen = seen;
        }
    }

    /**
     * A mirror of everything at {@code depth} levels below {@code root}: 1 for {@code /agents/<incarnation>}, 2 for
     * {@code /jobs/<hash>/<job>}. Call {@link #start} once.
     */
    public Mirror(Store store, Session session, String root, int depth, Listener listener) {
        this.store = store;
        this.session = session;
        this.root = root;
        this.depth = depth;
        this.listener = listener;
        this.watching =
                new Watching(store, session, "mirror-follow" + root, root, this::changed, why -> refuse(root, why));
    }

    /** Arms the watch and loads everything. */
    public void start() {
        compare();
    }

    /**
     * Reads everything again; call it after a reconnection of the same session.
     *
     * @return a number for everything seen up to now: once {@link #applied} holds for it, the comparison is complete
     */
    public long compare() {
        if (closed) {
            return seen;
        }
        generation++;
        seen++;
        if (comparingSince == 0) {
            // What could not be read is not known to be later than anything: nothing counts as applied till the end.
            comparingSince = incomplete ? 1 : seen;
        }
        incomplete = false;
        failed.clear();
        watching.arm();
        list(root, 1, generation);
        return seen;
    }

    /**
     * Reads one znode again, known or not.
     *
     * @return a number for everything seen up to now: once {@link #applied} holds for it, the znode has been read
     */
    public long look(String path) {
        seen++;
        read(path);
        return seen;
    }

    /** Stops reporting. */
    public void close() {
        closed = true;
    }

    /** Whether everything has been read once, and nothing that was seen to change is still to be read. */
    public boolean caughtUp() {
        return loaded && !incomplete && listing == 0 && reading.isEmpty();
    }

    /** A number for everything that has been seen to change up to now. */
    public long seen() {
        return seen;
    }

    /** Whether everything that had been seen when {@link #seen} returned {@code mark} has been applied. */
    public boolean applied(long mark) {
        if (!loaded || incomplete || (comparingSince != 0 && comparingSince <= mark)) {
            return false;
        }
        for (Reading read : reading.values()) {
            if (read.seen <= mark) {
                return false;
            }
        }
        return true;
    }

    /** What is known, by path, sorted. */
    public Collection<Znode> znodes() {
        return Collections.unmodifiableCollection(known.values());
    }

    private void list(String path, int level, long asked) {
        listing++;
        store.children(session, "mirror-list" + root, path, answer -> {
            listing--;
            if (closed || asked != generation) {
                settleIfDone();
                return;
            }
            if (answer instanceof Listing.Found found) {
                listed(path, level, found, asked);
            } else if (answer instanceof Listing.Missing) {
                dropBelow(path, Set.of());
            } else if (answer instanceof Listing.Failed f) {
                failure(path, f.failure());
            }
            settleIfDone();
        });
    }

    private void listed(String path, int level, Listing.Found found, long asked) {
        Set<String> children = new HashSet<>();
        for (String name : found.names()) {
            children.add(path.equals("/") ? '/' + name : path + '/' + name);
        }
        dropBelow(path, children);
        for (String name : found.names()) {
            String child = path + '/' + name;
            if (level < depth) {
                list(child, level + 1, asked);
            } else {
                read(child);
            }
        }
    }

    /** Forgets what is known below {@code path} and not below one of {@code children}. */
    private void dropBelow(String path, Set<String> children) {
        String prefix = path + '/';
        // A list, since the order of Set.copyOf is another one in each process.
        for (String known : List.copyOf(this.known.keySet())) {
            if (known.startsWith(prefix)) {
                int end = known.indexOf('/', prefix.length());
                if (!children.contains(end < 0 ? known : known.substring(0, end))) {
                    this.known.remove(known);
                    listener.absent(known);
                }
            }
        }
    }

    private void changed(Change change) {
        if (closed) {
            return;
        }
        seen++;
        int level = levelOf(change.path());
        if (level == depth) {
            read(change.path());
        } else if (level < depth && level > 0 && change.kind() == Change.Kind.CREATED) {
            // Children created right after their parent report themselves; nothing to list.
            settleIfDone();
        }
    }

    private int levelOf(String path) {
        if (!path.startsWith(root + '/')) {
            return 0;
        }
        int level = 0;
        for (int i = root.length(); i < path.length(); i++) {
            if (path.charAt(i) == '/') {
                level++;
            }
        }
        return level;
    }

    private void read(String path) {
        Reading under = reading.get(path);
        if (under != null) {
            under.again = true;
            return;
        }
        send(path, new Reading(seen));
    }

    private void send(String path, Reading read) {
        reading.put(path, read);
        store.read(session, "mirror-read" + root, path, answer -> {
            reading.remove(path);
            boolean again = read.again;
            if (closed) {
                return;
            }
            if (answer instanceof Read.Found found) {
                update(found.znode());
            } else if (answer instanceof Read.Missing) {
                if (known.remove(path) != null) {
                    listener.absent(path);
                }
            } else if (answer instanceof Read.Failed f) {
                failure(path, f.failure());
                again = false;
            }
            if (again) {
                send(path, new Reading(read.seen));
            }
            settleIfDone();
        });
    }

    private void update(Znode znode) {
        Znode before = known.put(znode.path(), znode);
        if (before == null
                || before.modifiedZxid() != znode.modifiedZxid()
                || before.createdZxid() != znode.createdZxid()) {
            listener.present(znode);
        }
    }

    private void failure(String path, Failure failure) {
        incomplete = true;
        if (failure instanceof Failure.Rejected rejected) {
            refuse(path, rejected.why());
        }
    }

    private void refuse(String path, String why) {
        incomplete = true;
        if (failed.add(Paths.parent(path))) {
            listener.refused(path, why);
        }
    }

    private void settleIfDone() {
        if (!closed && listing == 0 && reading.isEmpty() && !incomplete) {
            loaded = true;
            comparingSince = 0;
            listener.settled();
        }
    }
}
