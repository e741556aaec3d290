package dev.belfry.agent.loop;

import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.ownership.AssignmentTable;
import dev.belfry.core.ownership.AssignmentVector;
import dev.belfry.core.ownership.BucketCodec;
import dev.belfry.core.ownership.ShardKey;
import dev.belfry.core.ownership.TableBuilder;
import dev.belfry.core.ownership.Tenancy;
import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.core.record.Paths;
import dev.belfry.store.Change;
import dev.belfry.store.Failure;
import dev.belfry.store.Read;
import dev.belfry.store.Session;
import dev.belfry.store.Store;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Follows the assignment table for one incarnation: reads the vector, then only the changed buckets that may name it or
 * that hold its shards.
 *
 * <p>An unreadable bucket keeps what was last read of it; nothing that was seen after counts as applied, so the lease
 * runs out if it stays so.
 *
 * <p>Not thread-safe; owned by the agent's loop. One per session.
 */
final class TableFollower {

    /** Told what the table says of this incarnation. */
    interface Owner {
        /** All rows that name this incarnation as owner, as of now. */
        void rows(NavigableMap<ShardKey, Tenancy> rows);

        /** The table cannot be read here. */
        void unreadable(String path, String why);
    }

    private final Store store;
    private final Session session;
    private final Incarnation self;
    private final Owner owner;

    private final Watching watching;
    private @Nullable AssignmentVector vector;
    /** By bucket, the rows of it that name this incarnation. */
    private final Map<Integer, NavigableMap<ShardKey, Tenancy>> mine = new HashMap<>();
    /** All of these. */
    private final TreeMap<ShardKey, Tenancy> all = new TreeMap<>();

    private final Set<Integer> stale = new HashSet<>();
    private boolean reading;
    private boolean again;
    private boolean closed;
    private long seen;
    private long appliedSeen;
    private long readingSince;
    private long zxid;

    TableFollower(Store store, Session session, Incarnation self, Owner owner) {
        this.store = store;
        this.session = session;
        this.self = self;
        this.owner = owner;
        this.watching = new Watching(
                store,
                session,
                "table-follow",
                Paths.ASSIGNMENTS,
                this::changed,
                why -> owner.unreadable(Paths.ASSIGNMENTS, why));
    }

    void start() {
        compare();
    }

    /** Reads the table again; call it after a reconnection of the same session. */
    void compare() {
        watching.arm();
        seen++;
        read();
    }

    void close() {
        closed = true;
    }

    long seen() {
        return seen;
    }

    boolean applied(long mark) {
        return appliedSeen >= mark;
    }

    /** The table has been applied up to this transaction. */
    long appliedZxid() {
        return zxid;
    }

    private void changed(Change change) {
        // A version of the table always writes the vector; its change stands for all.
        if (change.path().equals(Paths.ASSIGNMENTS)) {
            seen++;
            read();
        }
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
        readingSince = seen;
        store.read(session, "table-vector", Paths.ASSIGNMENTS, answer -> {
            if (closed) {
                return;
            }
            if (answer instanceof Read.Found found && found.znode().data().length > 0) {
                vectorRead(found.znode().data(), found.znode().modifiedZxid());
            } else if (answer instanceof Read.Failed failed) {
                reading = false;
                report(Paths.ASSIGNMENTS, failed.failure());
            } else {
                finish(0);
            }
        });
    }

    private void vectorRead(byte[] data, long vectorZxid) {
        AssignmentVector next;
        try {
            next = AssignmentVector.decode(data);
        } catch (CorruptRecordException e) {
            reading = false;
            owner.unreadable(Paths.ASSIGNMENTS, String.valueOf(e.getMessage()));
            if (again) {
                read();
            }
            return;
        }
        Set<Integer> changed = new HashSet<>(stale);
        changed.addAll(next.changedSince(vector == null ? AssignmentVector.initial() : vector));
        changed.removeIf(bucket -> !next.mayName(bucket, self) && !mine.containsKey(bucket) && !stale.contains(bucket));
        vector = next;
        stale.addAll(changed);
        if (stale.isEmpty()) {
            finish(vectorZxid);
            return;
        }
        Set<Integer> outstanding = new HashSet<>(stale);
        // Set.copyOf would bring them in another order in each process, and a seed would run differently.
        for (int bucket : List.copyOf(stale)) {
            String path = Paths.assignments(bucket);
            store.read(session, "table-bucket", path, answer -> {
                if (closed) {
                    return;
                }
                bucketRead(bucket, path, answer);
                outstanding.remove(bucket);
                if (outstanding.isEmpty()) {
                    finish(vectorZxid);
                }
            });
        }
    }

    private void bucketRead(int bucket, String path, Read answer) {
        if (answer instanceof Read.Failed failed) {
            report(path, failed.failure());
            return;
        }
        NavigableMap<ShardKey, Tenancy> rows = new TreeMap<>();
        boolean written = vector != null && vector.generation(bucket).value() > 0;
        if (!(answer instanceof Read.Found full && full.znode().data().length > 0) && written) {
            owner.unreadable(path, "it is empty or gone, although it was written; the master writes it anew");
            return;
        }
        if (answer instanceof Read.Found found && found.znode().data().length > 0) {
            try {
                TableBuilder builder = AssignmentTable.empty().toBuilder();
                BucketCodec.decode(bucket, found.znode().data(), builder);
                builder.build().forEach((key, row) -> {
                    if (row.owner().equals(self)) {
                        rows.put(key, row);
                    }
                });
            } catch (CorruptRecordException e) {
                owner.unreadable(path, String.valueOf(e.getMessage()));
                return;
            }
        }
        stale.remove(bucket);
        mine.getOrDefault(bucket, Collections.emptyNavigableMap()).keySet().forEach(all::remove);
        all.putAll(rows);
        if (rows.isEmpty()) {
            mine.remove(bucket);
        } else {
            mine.put(bucket, rows);
        }
    }

    private void report(String path, Failure failure) {
        if (failure instanceof Failure.Rejected rejected) {
            owner.unreadable(path, rejected.why());
        }
    }

    private void finish(long vectorZxid) {
        reading = false;
        owner.rows(Collections.unmodifiableNavigableMap(new TreeMap<>(all)));
        if (stale.isEmpty()) {
            appliedSeen = readingSince;
            zxid = Math.max(zxid, vectorZxid);
        }
        if (again) {
            read();
        }
    }
}
