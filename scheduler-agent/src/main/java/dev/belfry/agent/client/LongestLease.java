package dev.belfry.agent.client;

import dev.belfry.agent.client.ClientException.Kind;
import dev.belfry.core.ownership.Epoch;
import dev.belfry.core.ownership.Lease;
import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.core.record.Paths;
import dev.belfry.store.Znode;
import java.time.Duration;
import java.util.Optional;

/**
 * A time after which no lease can be valid that began before.
 *
 * @param length the longest lease, and a margin
 * @param epoch the version of the znode that says so
 */
record LongestLease(Duration length, int epoch) {
    private static final Duration MARGIN = Duration.ofSeconds(1);

    /**
     * By what was read of the epoch. Not by the registrations: one may be gone before its lease is over. The epoch names each
     * session time-out before it counts for anything.
     *
     * @throws ClientException if that cannot be known
     */
    static LongestLease of(Optional<Znode> found) {
        if (found.isEmpty()) {
            throw unknown(Paths.EPOCH + " is missing");
        }
        Znode znode = found.get();
        try {
            Duration session = Epoch.decode(Paths.EPOCH, znode.data()).longestTimeout();
            return new LongestLease(Lease.length(session).plus(MARGIN), znode.version());
        } catch (CorruptRecordException e) {
            throw unknown(String.valueOf(e.getMessage()));
        }
    }

    private static ClientException unknown(String why) {
        return new ClientException(
                Kind.REJECTED,
                "no job can be changed while the longest lease is not known: " + why
                        + "; put the epoch right as docs/operations.md says under 'Backup and restore'");
    }
}
