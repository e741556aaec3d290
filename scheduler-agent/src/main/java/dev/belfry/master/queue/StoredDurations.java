package dev.belfry.master.queue;

import dev.belfry.core.queue.DurationBook;
import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.core.record.Paths;
import dev.belfry.store.Transaction;
import dev.belfry.store.Znode;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is stored of how long tasks took, so that a new master need not measure anew which attempts are slow: written when it has
 * changed, at most every half minute. A term that is lost takes what it measured since.
 *
 * <p>What cannot be read is written anew. Not thread-safe; owned by the master's loop.
 */
final class StoredDurations {
    private static final Logger LOG = LoggerFactory.getLogger(StoredDurations.class);

    private static final long PERIOD_NANOS = Duration.ofSeconds(30).toNanos();

    private final DurationBook durations;
    private int version = -1;
    private long stored;
    private long notBefore;

    /** @param now on the monotonic clock */
    StoredDurations(DurationBook durations, long now) {
        this.durations = durations;
        this.notBefore = now + PERIOD_NANOS;
    }

    void found(Optional<Znode> znode) {
        version = znode.map(Znode::version).orElse(-1);
        try {
            znode.ifPresent(found -> durations.restore(found.path(), found.data()));
        } catch (CorruptRecordException e) {
            LOG.warn("how long tasks took cannot be read: {} It is measured anew.", e.getMessage());
        }
    }

    boolean isNews() {
        return durations.changes() != stored;
    }

    /** How long until it may be written, in nanoseconds; 0 for now. */
    long left(long now) {
        return Math.max(0, notBefore - now);
    }

    List<Transaction.Write> write(long now) {
        notBefore = now + PERIOD_NANOS;
        stored = durations.changes();
        byte[] data = durations.encode();
        return List.of(
                version < 0
                        ? new Transaction.Create(Paths.DURATIONS, data, false)
                        : new Transaction.Put(Paths.DURATIONS, data, version));
    }

    void written() {
        version++;
    }
}
