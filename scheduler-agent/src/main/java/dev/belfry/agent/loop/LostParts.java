package dev.belfry.agent.loop;

import dev.belfry.core.ledger.LedgerRecord;
import dev.belfry.store.Session;
import dev.belfry.store.Store;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * How an agent comes to settle a part of a broadcast job whose own agent was lost: it reads the ledger, and writes it once, with
 * everything that is left and the release. The version of what it read is its fence against that agent, should it come back.
 *
 * <p>Not thread-safe; owned by the agent's loop.
 */
final class LostParts implements Loading.Owner {
    private final Loading loading;
    private final Predicate<OwnedShard> gone;
    private final BiConsumer<OwnedShard, LedgerRecord> settle;
    private final Consumer<OwnedShard> forget;

    /**
     * @param gone whether the shard is not to be settled any more
     * @param settle told of a ledger that an incarnation left open
     * @param forget told of one where there is nothing to settle, or that could not be read
     */
    LostParts(
            Loop loop,
            Store store,
            Session session,
            Predicate<OwnedShard> gone,
            BiConsumer<OwnedShard, LedgerRecord> settle,
            Consumer<OwnedShard> forget) {
        this.loading = new Loading(loop, store, session, this);
        this.gone = gone;
        this.settle = settle;
        this.forget = forget;
    }

    void take(OwnedShard shard) {
        loading.load(shard);
    }

    @Override
    public boolean gone(OwnedShard shard) {
        return gone.test(shard);
    }

    @Override
    public void failed(OwnedShard shard) {
        forget.accept(shard);
    }

    @Override
    public void loaded(OwnedShard shard, Optional<LedgerRecord> ledger) {
        Optional<LedgerRecord> open = ledger.filter(record -> record.released().isEmpty() || record.hasBegun());
        if (open.isPresent()) {
            // Of one that was let go of nothing has run without a trace.
            shard.followsLost = open.get().released().isEmpty();
            shard.since = open.get().since() + 1;
            LedgerRecord left = open.get();
            settle.accept(
                    shard,
                    shard.followsLost
                            ? left.attended(LostStretch.of(left, shard.ledgerZxid, shard.joined, shard.lostZxid))
                            : left);
        } else {
            forget.accept(shard);
        }
    }
}
