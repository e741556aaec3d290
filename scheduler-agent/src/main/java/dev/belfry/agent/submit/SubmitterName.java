package dev.belfry.agent.submit;

import static java.util.Objects.requireNonNull;

import dev.belfry.agent.loop.Loop;
import dev.belfry.core.queue.Submitter;
import dev.belfry.core.record.Paths;
import dev.belfry.store.Commit;
import dev.belfry.store.Commit.Reason;
import dev.belfry.store.Failure;
import dev.belfry.store.Read;
import dev.belfry.store.Session;
import dev.belfry.store.Store;
import dev.belfry.store.Synced;
import dev.belfry.store.Transaction;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The name under which a session submits, and the znode that counts its segments. No name is used twice: neither by another
 * session, nor once the znode is gone.
 *
 * <p>Not thread-safe; owned by its {@link Intake}.
 */
final class SubmitterName {
    /** Instead of a count: nobody can tell. */
    static final int GONE = -1;

    private static final byte[] NOTHING = new byte[0];
    private static final long PAUSE_NANOS = Duration.ofMillis(50).toNanos();
    private static final long SETUP_PAUSE_NANOS = Duration.ofMillis(500).toNanos();

    /** Who is told what a doubt came to. */
    interface Settled {
        /**
         * @param count the version of the znode; {@link #GONE} if nobody can tell
         * @param at when it was last counted up
         */
        void settled(int count, Instant at);
    }

    private final Loop loop;
    private final Store store;
    private final Submitter content;
    private final Settled then;
    /** Has nothing sent for so long, and everything looked at again after it. */
    private final LongConsumer rest;

    /** Null before the first, and while there is none. */
    private @Nullable String name;
    /** The session that took the name. */
    private long owner;

    private int count;
    /** The version at which a deletion was sent whose result is not known; {@link #GONE} if none was. */
    private int deleting = GONE;

    private Instant lastCounted = Instant.EPOCH;

    SubmitterName(Loop loop, Store store, String by, Settled then, LongConsumer rest) {
        this.loop = loop;
        this.store = store;
        this.content = new Submitter(by, loop.now());
        this.then = then;
        this.rest = rest;
    }

    boolean isNamed() {
        return name != null;
    }

    boolean isOf(Session session) {
        return owner == session.id();
    }

    /** Segments that are known to be created. */
    int count() {
        return count;
    }

    void counted() {
        count++;
    }

    String path() {
        return Paths.submitter(requireNonNull(name));
    }

    byte[] content() {
        return content.encode();
    }

    /** Where the segment is that is created when the znode has the version {@code expected}. */
    String segment(int expected) {
        return Paths.segment(requireNonNull(name), expected + 1L);
    }

    /** The znode is gone. */
    void drop() {
        name = null;
        deleting = GONE;
    }

    // --- a name

    /** Sees to it that there is a name, a znode of it and a place for its segments; then everything goes on. */
    void take(Session on) {
        if (name != null) {
            parents(on, name, 0);
            return;
        }
        String drawn = String.format(Locale.ROOT, "s%08x%08x", loop.random(1L << 32), loop.random(1L << 32));
        create(on, drawn);
    }

    private void create(Session on, String drawn) {
        Transaction create = Transaction.at("intake-name")
                .create(Paths.submitter(drawn), content.encode())
                .build();
        store.commit(on, create, answer -> {
            if (answer instanceof Commit.Applied) {
                name = drawn;
                owner = on.id();
                count = 0;
                deleting = GONE;
                rest.accept(0);
            } else if (answer instanceof Commit.Conflict conflict && conflict.reason() == Reason.MISSING) {
                parents(on, drawn, 0);
            } else {
                // Whatever became of it, the next one has another name.
                rest.accept(PAUSE_NANOS);
            }
        });
    }

    /** Creates the buckets of the name, one after the other; those that are there stay. */
    private void parents(Session on, String drawn, int index) {
        List<String> parents = List.of(Paths.parent(Paths.submitter(drawn)), Paths.parent(Paths.segment(drawn, 1)));
        if (index == parents.size()) {
            if (name == null) {
                create(on, drawn);
            } else {
                rest.accept(0);
            }
            return;
        }
        Transaction create = Transaction.at("intake-bucket")
                .create(parents.get(index), NOTHING)
                .build();
        store.commit(on, create, answer -> {
            boolean there = answer instanceof Commit.Conflict conflict && conflict.reason() == Reason.EXISTS;
            if (answer instanceof Commit.Applied || there) {
                parents(on, drawn, index + 1);
            } else {
                rest.accept(answer instanceof Commit.Conflict ? SETUP_PAUSE_NANOS : PAUSE_NANOS);
            }
        });
    }

    // --- doubts

    /**
     * Finds out how many segments there are: in the same session by a read after a sync, in another one by the deletion of
     * the znode at the version read, which refuses whatever would come late.
     */
    void settle(Session on) {
        store.sync(on, "intake-sync", "/", synced -> {
            if (synced instanceof Synced.Done) {
                store.read(on, "intake-count", path(), read -> read(on, read));
            } else {
                rest.accept(PAUSE_NANOS);
            }
        });
    }

    private void read(Session on, Read read) {
        if (read instanceof Read.Found found) {
            int version = found.znode().version();
            lastCounted = found.znode().modified();
            if (isOf(on)) {
                resume(version);
            } else {
                anew(on, version);
            }
        } else if (read instanceof Read.Missing) {
            missing();
        } else if (((Read.Failed) read).failure() instanceof Failure.Rejected) {
            tell(GONE);
        } else {
            rest.accept(PAUSE_NANOS);
        }
    }

    /** The same session goes on. */
    private void resume(int version) {
        count = version;
        then.settled(version, lastCounted);
    }

    /** Another session: it ends the name. */
    private void anew(Session on, int version) {
        if (version != deleting) {
            deleting = GONE;
        }
        Transaction delete =
                Transaction.at("intake-settle").delete(path(), version).build();
        store.commit(on, delete, answer -> {
            if (answer instanceof Commit.Applied) {
                tell(version);
            } else if (answer instanceof Commit.Conflict conflict && conflict.reason() == Reason.MISSING) {
                missing();
            } else if (answer instanceof Commit.Rejected) {
                tell(GONE);
            } else {
                if (answer instanceof Commit.Indeterminate || answer instanceof Commit.SessionOver) {
                    deleting = version;
                }
                // Or something came late: it is read again.
                rest.accept(answer instanceof Commit.Conflict ? 0 : PAUSE_NANOS);
            }
        });
    }

    /** The znode is gone: by a deletion of its own, at the version read, or by somebody who took it for unused. */
    private void missing() {
        tell(deleting);
    }

    private void tell(int settled) {
        drop();
        then.settled(settled, lastCounted);
    }

    // --- the end

    /** Gives the znode back, if it can; nothing of the name is under way. */
    void leave(Session on, Runnable left) {
        if (name == null) {
            left.run();
            return;
        }
        Transaction delete =
                Transaction.at("intake-leave").delete(path(), count).build();
        drop();
        store.commit(on, delete, answer -> left.run());
    }
}
