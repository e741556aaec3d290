package dev.belfry.agent.loop;

import dev.belfry.core.ledger.CheckpointRecord;
import dev.belfry.core.ledger.LedgerCodec;
import dev.belfry.core.ledger.LedgerRecord;
import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.core.record.Paths;
import dev.belfry.store.Read;
import dev.belfry.store.Session;
import dev.belfry.store.Store;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads what the predecessors of a shard left: its ledger and its checkpoint. For a numbered shard that happens after
 * the grant was read, in the same session, so that nothing of a predecessor can follow (rule R8).
 *
 * <p>Not thread-safe; owned by the agent's loop.
 */
final class Loading {
    private static final Logger LOG = LoggerFactory.getLogger(Loading.class);

    /** Who goes on with what was read. */
    interface Owner {
        /** Whether the shard is not to be taken over any more. */
        boolean gone(OwnedShard shard);

        /** Ledger and checkpoint are read; empty if nobody has ever written a ledger. */
        void loaded(OwnedShard shard, Optional<LedgerRecord> ledger);

        /** The connection went before the answer came: it has to be read again once it is back. */
        default void failed(OwnedShard shard) {
            shard.ledgerRead = false;
        }
    }

    private final Loop loop;
    private final Store store;
    private final Session session;
    private final Owner owner;

    Loading(Loop loop, Store store, Session session, Owner owner) {
        this.loop = loop;
        this.store = store;
        this.session = session;
        this.owner = owner;
    }

    void load(OwnedShard shard) {
        String path = shard.ref.ledgerPath();
        shard.ledgerRead = true;
        store.read(session, "ledger-read", path, answer -> {
            if (owner.gone(shard)) {
                return;
            }
            if (answer instanceof Read.Found found) {
                try {
                    LedgerRecord ledger = LedgerCodec.decode(path, found.znode().data());
                    shard.ledgerVersion = found.znode().version();
                    shard.ledgerModified = found.znode().modified();
                    shard.ledgerZxid = found.znode().modifiedZxid();
                    loadCheckpoint(shard, ledger);
                } catch (CorruptRecordException e) {
                    unreadable(shard, e);
                }
            } else if (answer instanceof Read.Missing) {
                owner.loaded(shard, Optional.empty());
            } else {
                owner.failed(shard);
            }
        });
    }

    /** A ledger cannot be read: that shard alone stops, and is looked at again until somebody has repaired it. */
    private void unreadable(OwnedShard shard, CorruptRecordException why) {
        if (!shard.complained) {
            shard.complained = true;
            LOG.error("shard stops until its ledger can be read: {}; {}", shard, why.getMessage());
        }
        loop.after(session.timeout().toNanos(), () -> {
            if (!owner.gone(shard) && shard.runs == null) {
                load(shard);
            }
        });
    }

    private void loadCheckpoint(OwnedShard shard, LedgerRecord ledger) {
        String path = Paths.checkpoint(shard.ref.ledgerPath());
        store.read(session, "checkpoint-read", path, answer -> {
            if (owner.gone(shard)) {
                return;
            }
            if (answer instanceof Read.Found found) {
                shard.checkpointStored = true;
                try {
                    shard.checkpoint = Optional.of(
                            CheckpointRecord.decode(path, found.znode().data()));
                } catch (CorruptRecordException e) {
                    LOG.error("checkpoint ignored: {}; {}", shard, e.getMessage());
                }
            } else if (answer instanceof Read.Failed) {
                owner.failed(shard);
                return;
            }
            owner.loaded(shard, Optional.of(ledger));
        });
    }
}
