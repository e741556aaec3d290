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
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How this agent's wall clock compares with the ensemble's, which every heartbeat tells, and what follows: a warning, a
 * drain, or, when most agents find the same of the ensemble, an alarm about the ensemble.
 *
 * <p>What the others find is asked for a heartbeat later, and what they had written before does not count: when the clocks of
 * all servers are set at once, the first agent to notice finds only heartbeats that were stamped before.
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
    /** When the others were last begun to be asked, on the monotonic clock. */
    private long asked = Long.MIN_VALUE;
    /** How often they were: what is answered to an earlier time is of no use. */
    private int asking;

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

    /** The present by the clock that counts: the later of ours and the ensemble's, and ours alone while that is suspect. */
    Instant present() {
        Instant now = loop.now();
        Instant ensemble = suspect ? now : now.plus(offset);
        return ensemble.isAfter(now) ? ensemble : now;
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
            asking++;
            asked = Long.MIN_VALUE;
        } else if (asked == Long.MIN_VALUE
                || loop.nanoTime() - asked > session.timeout().toNanos() * 2) {
            ask(session);
        }
    }

    /** One heartbeat, as it was found. */
    private record Beat(long zxid, Duration ahead) {}

    /** Asks what the other agents find, by the clocks that they will write into their next heartbeats. */
    private void ask(Session session) {
        asked = loop.nanoTime();
        int time = ++asking;
        read(session, time, beats -> {
            long noticed = beats.stream().mapToLong(Beat::zxid).max().orElse(0);
            askAgain(session, time, noticed);
        });
    }

    private void askAgain(Session session, int time, long noticed) {
        // A little more than the time between two heartbeats.
        loop.after(
                session.timeout().toNanos() / 5,
                () -> read(session, time, beats -> {
                    List<Duration> fresh = new ArrayList<>();
                    beats.stream().filter(beat -> beat.zxid() > noticed).forEach(beat -> fresh.add(beat.ahead()));
                    boolean late = loop.nanoTime() - asked > session.timeout().toNanos();
                    if (fresh.size() < beats.size() && !late) {
                        askAgain(session, time, noticed);
                    } else {
                        // Whoever has not written meanwhile has not found the same.
                        conclude(fresh, beats.size());
                    }
                }));
    }

    private void read(Session session, int time, Consumer<List<Beat>> then) {
        if (time != asking) {
            return;
        }
        store.children(session, "clock-agents", Paths.HEARTBEATS, answer -> {
            if (answer instanceof Listing.Found found) {
                readNext(session, new ArrayDeque<>(found.names()), new ArrayList<>(), beats -> {
                    if (time == asking) {
                        then.accept(beats);
                    }
                });
            }
        });
    }

    private void readNext(Session session, Deque<String> unread, List<Beat> found, Consumer<List<Beat>> then) {
        String incarnation = unread.poll();
        if (incarnation == null) {
            then.accept(found);
            return;
        }
        String path = Paths.heartbeat(incarnation);
        store.read(session, "clock-read", path, answer -> {
            if (answer instanceof Read.Failed) {
                // Whom it could not ask might say otherwise: it asks again with a later heartbeat, of another session
                // if need be.
                asked = Long.MIN_VALUE;
                return;
            }
            if (answer instanceof Read.Found read) {
                try {
                    Instant clock =
                            HeartbeatRecord.decode(path, read.znode().data()).clock();
                    found.add(new Beat(
                            read.znode().modifiedZxid(),
                            Duration.between(clock, read.znode().modified())));
                } catch (CorruptRecordException e) {
                    LOG.warn("heartbeat ignored: {}", e.getMessage());
                }
            }
            readNext(session, unread, found, then);
        });
    }

    private void conclude(List<Duration> fresh, int agents) {
        long same = fresh.stream()
                .filter(other -> other.abs().compareTo(DRAIN) > 0 && other.isNegative() == offset.isNegative())
                .count();
        boolean most = same * 2 > agents;
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
