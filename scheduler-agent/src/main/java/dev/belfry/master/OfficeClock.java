package dev.belfry.master;

import dev.belfry.agent.loop.Loop;
import dev.belfry.core.ownership.HeartbeatRecord;
import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.core.record.Paths;
import dev.belfry.store.Read;
import dev.belfry.store.Session;
import dev.belfry.store.Store;
import dev.belfry.store.Znode;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The present by the ensemble's clock, in one office: this machine's wall clock, and what it differed by when the office was
 * taken. When the wall clock is set, or the machine was suspended, that is measured anew, by a heartbeat which this agent
 * writes afterwards; until then the time goes on by the monotonic clock.
 *
 * <p>Not thread-safe; owned by the master's loop.
 */
final class OfficeClock {
    private static final Logger LOG = LoggerFactory.getLogger(OfficeClock.class);

    private static final Duration LOOK = Duration.ofSeconds(5);
    private static final Duration SOON = Duration.ofMillis(500);
    /** Between two looks the two clocks of this machine may part by so much, and by a thousandth of the time. */
    private static final Duration PARTED = Duration.ofSeconds(1);

    private final Loop loop;
    private final Store store;
    private final Session session;
    private final String heartbeat;
    private Duration offset;
    /** Both clocks of this machine, when they were asked last. */
    private long seenNanos;

    private Instant seen;
    /** Whether what the wall clock says is of no use. */
    private boolean off;
    /** While it is off: the wall clock before that, and the monotonic one at the same moment. */
    private Instant good;

    private long goodNanos;
    /** While it is off, the last heartbeat that was found. */
    private OptionalLong before = OptionalLong.empty();
    /** While it is off, how many were found after the first. */
    private int fresh;

    private Loop.Timer timer = () -> {};
    private boolean closed;

    /**
     * Begins to look.
     *
     * @param self the incarnation whose heartbeats are of this machine
     * @param offset what is to be added to this machine's wall clock
     */
    OfficeClock(Loop loop, Store store, Session session, String self, Duration offset) {
        this.loop = loop;
        this.store = store;
        this.session = session;
        this.heartbeat = Paths.heartbeat(self);
        this.offset = offset;
        this.seenNanos = loop.nanoTime();
        this.seen = loop.now();
        this.good = seen;
        look();
    }

    private void look() {
        now();
        timer = loop.after((off ? SOON : LOOK).toNanos(), this::look);
        if (off) {
            store.read(session, "clock-own", heartbeat, answer -> {
                if (!closed && off && answer instanceof Read.Found found) {
                    measure(found.znode());
                }
            });
        }
    }

    private void measure(Znode znode) {
        // It may have been set once more since that heartbeat was sent: then this begins anew.
        now();
        if (before.isPresent() && before.getAsLong() != znode.modifiedZxid()) {
            fresh++;
        }
        before = OptionalLong.of(znode.modifiedZxid());
        // The first may have been sent before the clock was set; the second was sent when the first had been answered.
        if (fresh < 2) {
            return;
        }
        try {
            Instant clock = HeartbeatRecord.decode(heartbeat, znode.data()).clock();
            Duration measured = Duration.between(clock, znode.modified());
            LOG.warn(
                    "wall clock of the master was set, or its machine was suspended: it is {} ms behind the ensemble's clock, and"
                            + " was {} ms behind",
                    measured.toMillis(),
                    offset.toMillis());
            offset = measured;
            off = false;
        } catch (CorruptRecordException e) {
            LOG.warn("heartbeat ignored: {}", e.getMessage());
        }
    }

    void close() {
        closed = true;
        timer.cancel();
    }

    Instant now() {
        Instant wall = loop.now();
        long nanos = loop.nanoTime();
        Duration steady = Duration.ofNanos(nanos - seenNanos);
        Duration parted = Duration.between(seen, wall).minus(steady).abs();
        if (parted.compareTo(PARTED.plus(steady.dividedBy(1_000))) > 0) {
            if (!off) {
                off = true;
                good = seen;
                goodNanos = seenNanos;
            }
            before = OptionalLong.empty();
            fresh = 0;
        }
        seen = wall;
        seenNanos = nanos;
        return off ? good.plusNanos(nanos - goodNanos).plus(offset) : wall.plus(offset);
    }
}
