package dev.belfry.agent.loop;

import dev.belfry.core.ownership.HandOver;
import dev.belfry.core.ownership.Release;
import dev.belfry.core.record.Paths;
import dev.belfry.core.shard.ShardRef;
import dev.belfry.store.Commit;
import dev.belfry.store.Session;
import dev.belfry.store.Store;
import dev.belfry.store.Transaction;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * The tenancies that an incarnation lists as let go of. An entry stays until the table names another owner or a later
 * grant; at most {@link HandOver#WAVE} are listed at once.
 *
 * <p>Not thread-safe; owned by the agent's loop. One per session.
 */
final class HandOverList {

    private final Loop loop;
    private final Store store;
    private final Session session;
    private final String incarnation;

    /** Whether nobody has to own the shard again, by what was let go of. */
    private final Map<Release, Boolean> releases = new LinkedHashMap<>();

    private boolean writing;
    private boolean dirty;
    private boolean connected = true;
    private boolean closed;

    HandOverList(Loop loop, Store store, Session session, String incarnation) {
        this.loop = loop;
        this.store = store;
        this.session = session;
        this.incarnation = incarnation;
    }

    byte[] encoded() {
        return wave().encode();
    }

    private HandOver wave() {
        Set<Release> wave = new LinkedHashSet<>();
        Set<Release> settled = new LinkedHashSet<>();
        for (Map.Entry<Release, Boolean> release : releases.entrySet()) {
            if (wave.size() < HandOver.WAVE) {
                wave.add(release.getKey());
                if (release.getValue()) {
                    settled.add(release.getKey());
                }
            }
        }
        return new HandOver(wave, settled);
    }

    void add(Release release, boolean settled) {
        if (releases.putIfAbsent(release, settled) == null) {
            changed();
        }
    }

    /** The tenancy is over, whether it was listed or not. */
    void forget(ShardRef ref, long since) {
        boolean removed = releases.keySet()
                .removeIf(release -> release.shard().jobUid().equals(ref.jobUid())
                        && release.shard().layout() == ref.layout()
                        && release.since().value() == since
                        && !ref.isBroadcast()
                        && release.shard().shard() == ref.number());
        if (removed) {
            changed();
        }
    }

    /** Writes the whole list again: somebody else has written over it. */
    void again() {
        changed();
    }

    private void changed() {
        if (!dirty) {
            dirty = true;
            loop.execute(this::write);
        }
    }

    private void write() {
        if (writing || closed || !connected || !dirty) {
            return;
        }
        writing = true;
        dirty = false;
        // Rule R8. The content is this object's whole state, so a write of unknown result is simply made again.
        Transaction transaction = Transaction.at("hand-over")
                .exists(Paths.agent(incarnation))
                .put(Paths.handover(incarnation), encoded(), -1)
                .build();
        store.commit(session, transaction, answer -> {
            writing = false;
            if (answer instanceof Commit.Indeterminate || answer instanceof Commit.Unavailable) {
                dirty = true;
                loop.after(session.timeout().toNanos() / 20, this::write);
            } else if (answer instanceof Commit.Fenced || answer instanceof Commit.SessionOver) {
                closed = true;
            } else if (dirty) {
                write();
            }
        });
    }

    void resumed() {
        connected = true;
        write();
    }

    void close() {
        closed = true;
    }
}
