package dev.belfry.master.queue;

import dev.belfry.agent.loop.Watching;
import dev.belfry.core.queue.Segment;
import dev.belfry.core.queue.SegmentState;
import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.core.record.Paths;
import dev.belfry.store.Change;
import dev.belfry.store.Session;
import dev.belfry.store.Store;
import dev.belfry.store.Znode;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the segments: all that are there with what became of them, in the order of their creation, then each that is
 * created. States are read once: nobody but the master writes them.
 *
 * <p>Not thread-safe; owned by the master's loop.
 */
final class SegmentLook {
    private static final Logger LOG = LoggerFactory.getLogger(SegmentLook.class);

    private static final String STATE = Paths.segmentState("");

    /** Told of each segment, once. */
    interface Listener {
        /**
         * @param accepted when it was created, by the ensemble's clock
         * @param stateVersion -1 if there is no state
         */
        void segment(String path, Instant accepted, Segment segment, SegmentState state, int stateVersion);

        /** Whether all segments that are there have been told of has changed. */
        void whole(boolean whole);
    }

    private final Reads reads;
    private final Listener listener;
    private final Watching watching;
    private final Set<String> buckets = new HashSet<>();
    /** Created while the first look was under way. */
    private final Deque<String> late = new ArrayDeque<>();

    private final List<Znode> segments = new ArrayList<>();
    private final Map<String, Znode> states = new HashMap<>();
    /** Segments that could not be understood, or whose state could not. */
    private final Set<String> unreadable = new HashSet<>();

    private boolean looked;
    private boolean closed;

    SegmentLook(Store store, Session session, Reads reads, Listener listener) {
        this.reads = reads;
        this.listener = listener;
        this.watching = new Watching(
                store,
                session,
                "queue-follow",
                Paths.SEGMENTS,
                this::changed,
                why -> LOG.error("cannot watch {}: {}; check its ACL", Paths.SEGMENTS, why));
    }

    void follow() {
        watching.arm();
    }

    void close() {
        closed = true;
    }

    /** Whether every segment that is there could be read. */
    boolean isWhole() {
        return unreadable.isEmpty();
    }

    /** Whether the parent of a submitter's segments is known to be there. */
    boolean hasParent(String submitter) {
        return buckets.contains(Paths.segments(submitter));
    }

    /** Reads all that are there; what is created meanwhile comes after them. */
    void look(Runnable then) {
        reads.children("queue-buckets", Paths.SEGMENTS, names -> {
            Deque<String> todo = new ArrayDeque<>();
            names.forEach(name -> todo.add(Paths.SEGMENTS + '/' + name));
            buckets.addAll(todo);
            list(todo, new ArrayList<>(), then);
        });
    }

    private void list(Deque<String> parents, List<String> paths, Runnable then) {
        String parent = parents.poll();
        if (parent == null) {
            reads.readAll("queue-segment", paths, this::found, () -> {
                tell();
                then.run();
            });
            return;
        }
        reads.children("queue-segments", parent, names -> {
            names.forEach(name -> paths.add(parent + '/' + name));
            list(parents, paths, then);
        });
    }

    private void found(Znode znode) {
        if (znode.path().endsWith(STATE)) {
            states.put(znode.path(), znode);
        } else {
            segments.add(znode);
        }
    }

    private void tell() {
        segments.sort(Comparator.comparingLong(Znode::createdZxid).thenComparing(Znode::path));
        segments.forEach(this::tell);
        segments.clear();
        states.clear();
        looked = true;
        late.forEach(this::read);
        late.clear();
    }

    private void tell(Znode znode) {
        tell(znode, Optional.ofNullable(states.get(Paths.segmentState(znode.path()))));
    }

    private void tell(Znode znode, Optional<Znode> stored) {
        try {
            Segment segment = Segment.decode(znode.path(), znode.data());
            SegmentState state = SegmentState.FRESH;
            if (stored.isPresent()) {
                state = SegmentState.decode(stored.get().path(), stored.get().data(), segment.tasks());
            }
            listener.segment(
                    znode.path(),
                    Instant.ofEpochMilli(znode.created().toEpochMilli()),
                    segment,
                    state,
                    stored.map(Znode::version).orElse(-1));
            readable(znode.path());
        } catch (CorruptRecordException e) {
            LOG.error("runs cannot be read: {} They wait until they can be read.", e.getMessage());
            if (unreadable.add(znode.path())) {
                listener.whole(false);
                // It may have been mended since it was read.
                readAgain(znode.path());
            }
        }
    }

    /** It was told of, or is gone. */
    private void readable(String path) {
        if (unreadable.remove(path) && unreadable.isEmpty()) {
            listener.whole(true);
        }
    }

    private void changed(Change change) {
        String path = change.path();
        String segment = path.endsWith(STATE) ? path.substring(0, path.length() - STATE.length()) : path;
        if (closed) {
            return;
        }
        if (unreadable.contains(segment)) {
            readAgain(segment);
        } else if (change.kind() == Change.Kind.CREATED && segment.equals(path)) {
            created(path);
        }
    }

    private void created(String path) {
        if (Paths.parent(path).equals(Paths.SEGMENTS)) {
            buckets.add(path);
        } else if (Paths.parent(Paths.parent(path)).equals(Paths.SEGMENTS)) {
            if (looked) {
                read(path);
            } else {
                late.add(path);
            }
        }
    }

    /** Somebody has mended it, or removed it; nobody else writes what the master does not know. */
    private void readAgain(String path) {
        reads.readOne("queue-segment-state", Paths.segmentState(path), state -> {
            reads.readOne("queue-segment-mended", path, found -> {
                if (unreadable.contains(path)) {
                    found.ifPresentOrElse(znode -> tell(znode, state), () -> readable(path));
                }
            });
        });
    }

    private void read(String path) {
        reads.readOne("queue-segment-new", path, found -> found.ifPresent(this::tell));
    }
}
