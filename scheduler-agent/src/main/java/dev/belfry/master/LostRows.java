package dev.belfry.master;

import dev.belfry.agent.loop.Loop;
import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.ownership.Buckets;
import dev.belfry.core.ownership.HeartbeatRecord;
import dev.belfry.core.ownership.ShardKey;
import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.core.record.Paths;
import dev.belfry.store.Read;
import dev.belfry.store.Session;
import dev.belfry.store.Store;
import dev.belfry.store.Znode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Buckets of the table whose rows are lost, or may be: whoever owned their shards is not known, and may go on by what it
 * has read. Nothing of them is granted until nobody can.
 *
 * <p>An owner that is gone when the bucket is found empty has a lease for 1.1 L at most. One that is registered renews its
 * lease as long as it lives, so it has to say in its heartbeat that it has applied the table without those rows; or to go,
 * and then its own lease has to be over. Whoever comes later has never read them.
 *
 * <p>Not thread-safe; owned by the master's loop.
 */
final class LostRows {
    /** Of more agents than these that are waited for only so many are named. */
    private static final int NAMED = 3;

    /** What is asked of the office. */
    interface Owner {
        /** Every incarnation that is registered, whether its record can be read or not. */
        Set<String> registered();

        boolean registered(String incarnation);

        /** How long the lease of one that was registered may still hold; {@link Long#MAX_VALUE} while it is not gone. */
        long leftNanos(String incarnation);

        /** After so long no lease can hold that began before. */
        long longestWaitNanos();

        /** Shards may be granted that were held back. */
        void cleared();
    }

    /** Buckets that were found empty at one time. */
    private static final class Hold {
        /** Whoever has applied the table up to here does not know the rows any more. */
        final long zxid;
        /** Until when somebody may have a lease who was gone when the hold began. */
        final long until;
        /** Who was registered then and may know the rows still. */
        final Set<String> awaited;
        /** When the last of them was struck out. */
        long struck;
        /** Since when nobody can know the rows and have a lease. */
        OptionalLong over = OptionalLong.empty();

        Hold(long zxid, long until, Set<String> awaited, long now) {
            this.zxid = zxid;
            this.until = until;
            this.awaited = awaited;
            this.struck = now;
        }
    }

    private final Loop loop;
    private final Store store;
    private final Session session;
    private final Owner owner;
    private final Map<Integer, Hold> byBucket = new TreeMap<>();
    private final List<Hold> open = new ArrayList<>();
    private Loop.Timer timer = () -> {};
    private boolean closed;

    LostRows(Loop loop, Store store, Session session, Owner owner) {
        this.loop = loop;
        this.store = store;
        this.session = session;
        this.owner = owner;
    }

    void close() {
        closed = true;
        timer.cancel();
    }

    /**
     * Holds back the shards of these buckets from now on. All that were registered when the rows were there, and still are,
     * have to be known as registered.
     *
     * @param zxid of a version of the table in which the buckets are empty
     */
    void hold(Collection<Integer> buckets, long zxid) {
        if (buckets.isEmpty()) {
            return;
        }
        long now = loop.nanoTime();
        Hold hold = new Hold(zxid, now + owner.longestWaitNanos(), new TreeSet<>(whoMayKnow()), now);
        buckets.forEach(bucket -> byBucket.put(bucket, hold));
        open.removeIf(other -> !byBucket.containsValue(other));
        open.add(hold);
        look();
    }

    private Set<String> whoMayKnow() {
        return owner.registered();
    }

    /** Whether the shard must not be granted yet. */
    boolean holds(ShardKey shard) {
        Hold hold = byBucket.get(Buckets.of(shard));
        return hold != null && hold.over.isEmpty();
    }

    /** Whether this incarnation is still waited for. */
    boolean awaits(String incarnation) {
        return open.stream().anyMatch(hold -> hold.awaited.contains(incarnation));
    }

    /** For how long, in nanoseconds, the wait has been over; empty if there was none. */
    OptionalLong overNanos(ShardKey shard) {
        Hold hold = byBucket.get(Buckets.of(shard));
        return hold == null || hold.over.isEmpty()
                ? OptionalLong.empty()
                : OptionalLong.of(loop.nanoTime() - hold.over.getAsLong());
    }

    /** Whether the shard is held back for agents that live, and not only for leases that time ends. */
    boolean waitsForAgents(ShardKey shard) {
        Hold hold = byBucket.get(Buckets.of(shard));
        return hold != null && !hold.awaited.isEmpty() && loop.nanoTime() >= hold.until;
    }

    /** Why the shard is held back, for a person to read; empty if it is not. */
    Optional<String> why(ShardKey shard) {
        Hold hold = byBucket.get(Buckets.of(shard));
        if (hold == null || hold.over.isPresent()) {
            return Optional.empty();
        }
        String emptied = "its bucket of the table names nobody, maybe because rows were lost; it is granted once ";
        if (!waitsForAgents(shard)) {
            return Optional.of(emptied + "every lease that may go by them is over");
        }
        String names = String.join(", ", hold.awaited.stream().limit(NAMED).toList());
        int more = hold.awaited.size() - NAMED;
        return Optional.of(emptied + "these agents have reported the present table, or are gone and their leases over: "
                + names + (more > 0 ? " and " + more + " more" : ""));
    }

    /** Strikes out who is gone for good, asks about the others, and says when there is nobody left. */
    private void look() {
        timer.cancel();
        if (closed) {
            return;
        }
        long now = loop.nanoTime();
        long next = session.timeout().toNanos() / 6; // a heartbeat comes so often
        boolean cleared = false;
        Set<String> asked = new TreeSet<>();
        for (Hold hold : open) {
            if (hold.awaited.removeIf(name -> !owner.registered(name) && owner.leftNanos(name) == 0)) {
                hold.struck = now;
            }
            if (hold.awaited.isEmpty() && now >= hold.until) {
                hold.over = OptionalLong.of(Math.max(hold.until, hold.struck));
                cleared = true;
            } else if (now < hold.until) {
                next = Math.min(next, hold.until - now);
            }
            asked.addAll(hold.awaited);
        }
        open.removeIf(hold -> hold.over.isPresent());
        asked.stream().filter(owner::registered).forEach(this::ask);
        if (!open.isEmpty()) {
            timer = loop.after(next, this::look);
        }
        if (cleared) {
            owner.cleared();
        }
    }

    private void ask(String incarnation) {
        store.read(session, "lost-rows-heartbeat", Paths.heartbeat(incarnation), answer -> {
            if (!closed && answer instanceof Read.Found found) {
                reported(incarnation, found.znode());
            }
            // Otherwise nothing is known of it: it is asked again.
        });
    }

    private void reported(String incarnation, Znode heartbeat) {
        if (heartbeat.ephemeralOwner() != new Incarnation(incarnation).sessionId()) {
            return;
        }
        try {
            long applied =
                    HeartbeatRecord.decode(heartbeat.path(), heartbeat.data()).appliedTable();
            for (Hold hold : open) {
                if (applied >= hold.zxid && hold.awaited.remove(incarnation)) {
                    hold.struck = loop.nanoTime();
                }
            }
        } catch (CorruptRecordException e) {
            // It says nothing; the next heartbeat overwrites it.
            return;
        }
        if (open.stream().anyMatch(hold -> hold.awaited.isEmpty() && loop.nanoTime() >= hold.until)) {
            look();
        }
    }
}
