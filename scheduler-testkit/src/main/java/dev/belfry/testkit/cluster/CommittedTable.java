package dev.belfry.testkit.cluster;

import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.ownership.AssignmentTable;
import dev.belfry.core.ownership.BucketCodec;
import dev.belfry.core.ownership.Epoch;
import dev.belfry.core.ownership.HandOver;
import dev.belfry.core.ownership.HeartbeatRecord;
import dev.belfry.core.ownership.Release;
import dev.belfry.core.ownership.ShardKey;
import dev.belfry.core.ownership.TableBuilder;
import dev.belfry.core.ownership.Tenancy;
import dev.belfry.core.record.Paths;
import dev.belfry.store.Transaction;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The assignment table as committed, checked with every version of it (I6, I7, I8). */
final class CommittedTable {

    /** What the table needs to know of the owners that it names. */
    interface Owners {
        /** Whether an incarnation may still act as owner, by its own clocks. */
        boolean mayStillAct(Incarnation owner);

        /** Whether an incarnation may still act under one tenancy, whatever the table says: it has not noticed its end. */
        boolean mayStillAct(ShardKey key, Tenancy tenancy);

        void changed(String what);

        /** The row of a shard is another, or there is one now. */
        void moved(ShardKey shard, @Nullable Tenancy before, Tenancy after);

        /** True time. */
        long nanos();
    }

    private final Owners owners;
    private final Set<Release> released = new HashSet<>();
    private final Map<ShardKey, Long> greatestSince = new HashMap<>();
    private AssignmentTable table = AssignmentTable.empty();
    private Map<ShardKey, Tenancy> rows = Map.of();
    private Epoch epoch = Epoch.NONE;

    /** Rows lost to damage and granted to nobody since. */
    private final Map<ShardKey, Lost> lost = new HashMap<>();

    /**
     * A row that was lost.
     *
     * @param zxid of the transaction that emptied its bucket; its owner may write until it has reported that version
     */
    private record Lost(Tenancy row, long zxid, boolean reported) {}

    private long versions;

    CommittedTable(Owners owners) {
        this.owners = owners;
    }

    AssignmentTable table() {
        return table;
    }

    Map<ShardKey, Tenancy> rows() {
        return rows;
    }

    /** The row by which somebody may write the ledger of a shard; null if nobody may. */
    @Nullable
    Tenancy tenancy(ShardKey shard) {
        Tenancy row = rows.get(shard);
        Lost before = lost.get(shard);
        return row == null && before != null && !before.reported() ? before.row() : row;
    }

    /** An incarnation says up to where it has applied the table: of what was lost up to there it writes nothing more. */
    void heartbeatWritten(String path, byte[] data) {
        if (!lost.isEmpty()) {
            long applied = HeartbeatRecord.decode(path, data).appliedTable();
            String name = Paths.name(path);
            lost.replaceAll((key, was) -> was.row().owner().name().equals(name) && applied >= was.zxid()
                    ? new Lost(was.row(), was.zxid(), true)
                    : was);
        }
    }

    Epoch epoch() {
        return epoch;
    }

    /** How many versions there have been. */
    long versions() {
        return versions;
    }

    void epochWritten(byte[] data) {
        Epoch next = Epoch.decode(Paths.EPOCH, data);
        boolean raised = next.term() == epoch.term() && next.incarnation().equals(epoch.incarnation());
        if (next.term() <= epoch.term() && !raised) {
            throw new InvariantViolation("I7", "term " + next.term() + " was written after " + epoch.term());
        }
        if (!raised) {
            owners.changed("master: term=" + next.term() + " incarnation=" + next.incarnation());
        }
        epoch = next;
    }

    void handOverWritten(String path, byte[] data) {
        for (Release release : HandOver.decode(path, data).releases()) {
            if (released.add(release)) {
                owners.changed(
                        "released: " + release.shard() + " since=" + release.since() + " by " + Paths.name(path));
            }
        }
    }

    /**
     * One transaction that writes buckets.
     *
     * @param repair whether it empties buckets whose rows are lost: then shards go from owners that nobody knows, and that
     *     they cannot act any more is looked at with the next grant
     */
    void written(long zxid, long session, List<Transaction.Write> writes, boolean repair) {
        Incarnation master = epoch.incarnation().isEmpty() ? null : new Incarnation(epoch.incarnation());
        if (master == null || master.sessionId() != session) {
            throw new InvariantViolation(
                    "I7",
                    "the table was written by session " + Long.toHexString(session) + " while " + epoch
                            + " is in office");
        }
        versions++;
        TableBuilder builder = table.toBuilder();
        for (Transaction.Write write : writes) {
            if (Paths.parent(write.path()).equals(Paths.ASSIGNMENTS)) {
                int bucket = Integer.parseInt(Paths.name(write.path()), 16);
                byte[] data = write instanceof Transaction.Put put
                        ? put.data()
                        : write instanceof Transaction.Create create ? create.data() : new byte[0];
                builder.clearBucket(bucket);
                BucketCodec.decode(bucket, data, builder);
            }
        }
        AssignmentTable next = builder.build();
        Map<ShardKey, Tenancy> nextRows = new TreeMap<>();
        next.forEach(nextRows::put);
        nextRows.forEach((key, row) -> compare(key, rows.get(key), row));
        rows.forEach((key, row) -> {
            if (!nextRows.containsKey(key)) {
                if (repair) {
                    lost.put(key, new Lost(row, zxid, false));
                } else {
                    mayGo(key, row, "nobody");
                }
                owners.changed("table: " + key + " has no owner any more");
            }
        });
        table = next;
        rows = nextRows;
    }

    private void compare(ShardKey key, @Nullable Tenancy before, Tenancy after) {
        if (after.equals(before)) {
            return;
        }
        owners.moved(key, before, after);
        owners.changed(
                "table: " + key + " owner=" + after.owner() + " since=" + after.since() + " next=" + after.next());
        if (before != null && before.since().equals(after.since())) {
            if (!before.owner().equals(after.owner())) {
                throw new InvariantViolation("I8", key + " changed its owner within one tenancy: " + before);
            }
            return;
        }
        long greatest = greatestSince.getOrDefault(key, -1L);
        if (after.since().value() <= greatest) {
            throw new InvariantViolation("I6", key + " was granted again at an older generation: " + after);
        }
        if (after.since().term() != epoch.term()) {
            throw new InvariantViolation("I7", key + " was granted at " + after.since() + " in term " + epoch.term());
        }
        greatestSince.put(key, after.since().value());
        Lost unknown = lost.remove(key);
        if (unknown != null
                && !released.contains(new Release(key, unknown.row().since()))
                && owners.mayStillAct(key, unknown.row())) {
            throw new InvariantViolation(
                    "I8",
                    key + " was given to " + after.owner() + " while its owner, whose row is lost, may still act: "
                            + unknown.row());
        }
        if (before != null) {
            mayGo(key, before, after.owner().name());
        }
    }

    /** Rule R2: the owner has listed exactly this tenancy as released, or its lease is over. */
    private void mayGo(ShardKey key, Tenancy row, String to) {
        if (!released.contains(new Release(key, row.since())) && owners.mayStillAct(row.owner())) {
            throw new InvariantViolation("I8", key + " was given to " + to + " while its owner may still act: " + row);
        }
    }
}
