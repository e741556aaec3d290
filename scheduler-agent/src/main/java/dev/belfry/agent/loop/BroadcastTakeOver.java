package dev.belfry.agent.loop;

import dev.belfry.core.ledger.LedgerCodec;
import dev.belfry.core.ledger.LedgerRecord;
import dev.belfry.core.record.Paths;
import dev.belfry.store.Commit;
import dev.belfry.store.Session;
import dev.belfry.store.Store;
import dev.belfry.store.Transaction;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * How an agent takes up its part of a broadcast job. Nobody grants such a shard: its owner reads the ledger of the agent's
 * id and writes the next {@code since} into it before anything starts, at least the second of its registration, so that no two
 * incarnations ever hand out the same token.
 *
 * <p>Not thread-safe; owned by the agent's loop.
 */
final class BroadcastTakeOver implements Loading.Owner {

    /** Who goes on with the shard. */
    interface Owner {
        boolean gone(OwnedShard shard);

        /** The number of the tenancy that follows the one its ledger tells of; 0 if that tells of none. */
        long tenancyAfter(OwnedShard shard, long stored);

        /** The shard is ours, from this record on. */
        void taken(OwnedShard shard, LedgerRecord ledger);

        /** It did not work out; it is to be tried again from the start. */
        void failed(OwnedShard shard);
    }

    private final Store store;
    private final Session session;
    private final String incarnation;
    private final Owner owner;
    private final Loading loading;
    private final Map<OwnedShard, Instant> since = new HashMap<>();
    /** Of these the record is under way to the store. */
    private final Set<OwnedShard> written = new HashSet<>();

    BroadcastTakeOver(Loop loop, Store store, Session session, String incarnation, Owner owner) {
        this.store = store;
        this.session = session;
        this.incarnation = incarnation;
        this.owner = owner;
        this.loading = new Loading(loop, store, session, this);
    }

    /** @param registeredAt nothing due before is owed: the agent was not there */
    void take(OwnedShard shard, Instant registeredAt) {
        since.put(shard, registeredAt);
        loading.load(shard);
    }

    /** Whether the record that says that the shard is ours was sent, and not answered yet. */
    boolean isWritten(OwnedShard shard) {
        return written.contains(shard);
    }

    @Override
    public boolean gone(OwnedShard shard) {
        boolean gone = owner.gone(shard);
        if (gone) {
            since.remove(shard);
        }
        return gone;
    }

    @Override
    public void failed(OwnedShard shard) {
        since.remove(shard);
        owner.failed(shard);
    }

    @Override
    public void loaded(OwnedShard shard, Optional<LedgerRecord> stored) {
        Instant registeredAt = Optional.ofNullable(since.remove(shard)).orElseThrow();
        LedgerRecord before = stored.orElseGet(() -> LedgerRecord.fresh(registeredAt));
        // By the ensemble's clock, so that numbers go on rising where the ledger of a while ago is back, or none at
        // all.
        long floor = registeredAt.getEpochSecond() - 1;
        shard.since = owner.tenancyAfter(shard, Math.max(before.since(), floor));
        // What was begun and not finished is settled like any other; nothing was due while the agent was not there.
        // Only of
        // an incarnation that did not let go nobody can say what it ran last: that is still to be settled.
        boolean lost = stored.isPresent() && before.released().isEmpty();
        Instant mark = lost || before.mark().isAfter(registeredAt) ? before.mark() : registeredAt;
        shard.followsLost = lost;
        LedgerRecord ours = new LedgerRecord(
                incarnation,
                0,
                shard.since,
                mark,
                before.above(),
                before.requested(),
                before.recent(),
                before.delayNext(),
                Optional.empty(),
                lost ? LostStretch.of(before, shard.ledgerZxid, registeredAt, shard.lostZxid) : Optional.empty());
        String path = shard.ref.ledgerPath();
        Transaction.Builder take = Transaction.at("broadcast-take").exists(Paths.agent(incarnation));
        Transaction transaction = shard.ledgerVersion < 0
                ? take.create(path, LedgerCodec.encode(ours)).build()
                : take.put(path, LedgerCodec.encode(ours), shard.ledgerVersion).build();
        written.add(shard);
        store.commit(session, transaction, answer -> {
            written.remove(shard);
            if (owner.gone(shard)) {
                return;
            }
            if (answer instanceof Commit.Applied) {
                shard.ledgerVersion++;
                owner.taken(shard, ours);
            } else {
                owner.failed(shard);
            }
        });
    }
}
