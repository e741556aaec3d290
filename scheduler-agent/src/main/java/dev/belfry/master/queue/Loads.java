package dev.belfry.master.queue;

import dev.belfry.agent.loop.Loop;
import dev.belfry.core.agent.AgentFacts;
import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.ownership.HeartbeatRecord;
import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.core.record.Paths;
import dev.belfry.store.Znode;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads, while there are queued tasks, what agents say of their load: the queue gives nothing to those that are overloaded.
 *
 * <p>Not thread-safe; owned by the master's loop.
 */
final class Loads {
    private static final Logger LOG = LoggerFactory.getLogger(Loads.class);

    private static final Duration PAUSE = Duration.ofSeconds(5);

    private final Loop loop;
    private final Reads reads;
    private final AgentRooms rooms;
    private final Runnable news;
    private List<Incarnation> agents = List.of();
    private Loop.Timer timer = () -> {};
    private boolean waiting;
    private boolean closed;

    Loads(Loop loop, Reads reads, AgentRooms rooms, Runnable news) {
        this.loop = loop;
        this.reads = reads;
        this.rooms = rooms;
        this.news = news;
    }

    void close() {
        closed = true;
        timer.cancel();
    }

    /** Whether loads are of interest from here on, and whose. */
    void wanted(boolean wanted, Collection<AgentFacts> live) {
        agents = wanted ? live.stream().map(AgentFacts::incarnation).toList() : List.of();
        if (!agents.isEmpty() && !waiting) {
            look();
        }
    }

    private void look() {
        waiting = true;
        List<String> paths =
                agents.stream().map(agent -> Paths.heartbeat(agent.name())).toList();
        reads.readAll("queue-load", paths, this::heard, () -> {
            if (!closed) {
                timer = loop.after(PAUSE.toNanos(), () -> {
                    waiting = false;
                    news.run();
                });
            }
        });
    }

    private void heard(Znode znode) {
        try {
            HeartbeatRecord said = HeartbeatRecord.decode(znode.path(), znode.data());
            rooms.load(new Incarnation(Paths.name(znode.path())), said.busy(), said.memory());
        } catch (CorruptRecordException e) {
            LOG.warn("heartbeat ignored: {}", e.getMessage());
        }
    }
}
