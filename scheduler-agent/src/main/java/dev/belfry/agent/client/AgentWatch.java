package dev.belfry.agent.client;

import dev.belfry.agent.loop.Loop;
import dev.belfry.agent.loop.Mirror;
import dev.belfry.core.agent.AgentFacts;
import dev.belfry.core.agent.AgentFactsCodec;
import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.core.record.Paths;
import dev.belfry.store.Session;
import dev.belfry.store.SessionListener;
import dev.belfry.store.Znode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Follows the registrations of agents with one watch, over lost connections and sessions. Thread-safe. */
public final class AgentWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AgentWatch.class);

    /** Told, on the client's thread, who is registered. Must not block. */
    @FunctionalInterface
    public interface Listener {
        /** All agents registered now, by incarnation; called once at the start and whenever it has changed. */
        void agents(List<AgentFacts> registered);
    }

    private final Loop loop;
    private final Requests requests;
    private final Listener listener;
    private @Nullable Mirror mirror;
    private @Nullable List<AgentFacts> told;
    private boolean closed;

    AgentWatch(Loop loop, Requests requests, Listener listener) {
        this.loop = loop;
        this.requests = requests;
        this.listener = listener;
    }

    void start() {
        requests.watch(new Sessions());
    }

    private final class Sessions implements SessionListener {
        @Override
        public void opened(Session session) {
            if (!closed) {
                Mirror fresh = new Mirror(requests.store(), session, Paths.AGENTS, 1, new Changes());
                mirror = fresh;
                fresh.start();
            }
        }

        @Override
        public void suspended(Session session) {}

        @Override
        public void resumed(Session session) {
            if (mirror != null) {
                mirror.compare();
            }
        }

        @Override
        public void ended(Session session) {
            if (mirror != null) {
                mirror.close();
                mirror = null;
            }
        }
    }

    private final class Changes implements Mirror.Listener {
        @Override
        public void present(Znode znode) {}

        @Override
        public void absent(String path) {}

        @Override
        public void settled() {
            tell();
        }

        @Override
        public void refused(String path, String why) {
            LOG.warn("cannot follow the agents at {}: {}; check the ACL", path, why);
        }
    }

    private void tell() {
        Mirror present = mirror;
        if (closed || present == null) {
            return;
        }
        List<AgentFacts> now = new ArrayList<>();
        for (Znode znode : present.znodes()) {
            try {
                now.add(AgentFactsCodec.decode(znode.path(), Paths.name(znode.path()), znode.data(), znode.created()));
            } catch (CorruptRecordException | IllegalArgumentException e) {
                LOG.warn("a registration is passed over: {}", e.getMessage());
            }
        }
        if (!now.equals(told)) {
            told = now;
            listener.agents(List.copyOf(now));
        }
    }

    /** Ends it; the listener may be told once more from a change under way. */
    @Override
    public void close() {
        loop.execute(() -> {
            closed = true;
            if (mirror != null) {
                mirror.close();
            }
        });
    }
}
