package dev.belfry.agent.loop;

import dev.belfry.core.ownership.HeartbeatRecord;
import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.core.record.Paths;
import dev.belfry.store.Listing;
import dev.belfry.store.Read;
import dev.belfry.store.Session;
import dev.belfry.store.Store;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How this agent's wall clock compares with the ensemble's, which every heartbeat tells, and what follows: a warning, a
 * drain, or, when most agents find the same of the ensemble, an alarm about the ensemble.
 *
 * <p>Not thread-safe; owned by the agent's loop.
 */
final class EnsembleClock {
    private static final Logger LOG = LoggerFactory.getLogger(EnsembleClock.class);

    static final Duration WARNING = Duration.ofSeconds(1);
    static final Duration DRAIN = Duration.ofSeconds(5);
    /** No fire whose instant is later than the ensemble's clock and this is started or accounted. */
    static final Duration AHEAD = Duration.ofSeconds(1);

    private final Loop loop;
    private final Store store;
    private final String agent;
    private final Runnable drainChanged;

    /** How far our clock is behind the ensemble's. */
    private Duration offset = Duration.ZERO;
    /** The same, less what the measurement may have been wrong by: the ensemble's clock is no further behind. */
    private Duration leastOffset = Duration.ZERO;

    private boolean warned;
    private boolean drains;
    private boolean suspect;
    /** When the other agents were last asked, on the monotonic clock. */
    private long asked = Long.MIN_VALUE;

    EnsembleClock(Loop loop, Store store, String agent, Runnable drainChanged) {
        this.loop = loop;
        this.store = store;
        this.agent = agent;
        this.drainChanged = drainChanged;
    }

    /** Whether this agent must not own anything because of its clock. */
    boolean drains() {
        return drains;
    }

    /** Nothing later than this may be started or accounted: the present, by the earlier of the two clocks. */
    Instant horizon() {
        Instant now = loop.now();
        if (suspect) {
            return now;
        }
        Instant ensemble = now.plus(leastOffset).plus(AHEAD);
        return now.isBefore(ensemble) ? now : ensemble;
    }

    /** A heartbeat was answered: the ensemble's clock is ahead of ours by {@code ahead}, give or take {@code uncertainty}. */
    void judge(Session session, Duration ahead, Duration uncertainty) {
        offset = ahead;
        leastOffset = ahead.minus(uncertainty);
        boolean off = ahead.abs().compareTo(WARNING) > 0;
        if (off && !warned) {
            LOG.warn(
                    "clock differs from the ensemble's by {} ms: agent={}; beyond {} s this agent drains itself",
                    ahead.toMillis(),
                    agent,
                    DRAIN.toSeconds());
        }
        warned = off;
        if (ahead.abs().compareTo(DRAIN) <= 0) {
            decide(false, false);
        } else if (asked == Long.MIN_VALUE
                || loop.nanoTime() - asked > session.timeout().toNanos()) {
            asked = loop.nanoTime();
            ask(session);
        }
    }

    /** Asks what the other agents find, by the clocks that they wrote into their heartbeats. */
    private void ask(Session session) {
        store.children(session, "clock-agents", Paths.HEARTBEATS, answer -> {
            if (answer instanceof Listing.Found found) {
                readNext(session, new ArrayDeque<>(found.names()), new ArrayList<>());
            }
        });
    }

    private void readNext(Session session, Deque<String> unread, List<Duration> found) {
        String incarnation = unread.poll();
        if (incarnation == null) {
            conclude(found);
            return;
        }
        String path = Paths.heartbeat(incarnation);
        store.read(session, "clock-read", path, answer -> {
            if (answer instanceof Read.Found read) {
                try {
                    Instant clock =
                            HeartbeatRecord.decode(path, read.znode().data()).clock();
                    found.add(Duration.between(clock, read.znode().modified()));
                } catch (CorruptRecordException e) {
                    LOG.warn("heartbeat ignored: {}", e.getMessage());
                }
            }
            readNext(session, unread, found);
        });
    }

    private void conclude(List<Duration> found) {
        if (offset.abs().compareTo(DRAIN) <= 0) {
            return;
        }
        long same = found.stream()
                .filter(other -> other.abs().compareTo(DRAIN) > 0 && other.isNegative() == offset.isNegative())
                .count();
        boolean most = same * 2 > found.size();
        decide(!most, most);
    }

    private void decide(boolean drain, boolean ensembleIsOff) {
        if (ensembleIsOff && !suspect) {
            LOG.error(
                    "ensemble's clock is suspect: agent={}; it differs by {} ms from this agent's, and in the same way"
                            + " from most agents'; they go on by their own clocks; set the clocks of the ZooKeeper servers",
                    agent,
                    offset.toMillis());
        } else if (!ensembleIsOff && suspect) {
            LOG.info("ensemble's clock counts again: agent={}", agent);
        }
        suspect = ensembleIsOff;
        if (drain != drains) {
            drains = drain;
            LOG.error(
                    "clock differs from the ensemble's by {} ms: agent={}; this agent {}",
                    offset.toMillis(),
                    agent,
                    drain ? "drains itself; set its clock" : "takes shards again");
            drainChanged.run();
        }
    }
}
