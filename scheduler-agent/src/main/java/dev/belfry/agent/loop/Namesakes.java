package dev.belfry.agent.loop;

import dev.belfry.core.agent.AgentFacts;
import dev.belfry.core.agent.AgentFactsCodec;
import dev.belfry.core.agent.Eligibility;
import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.core.record.Paths;
import dev.belfry.store.Listing;
import dev.belfry.store.Read;
import dev.belfry.store.Session;
import dev.belfry.store.Store;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks right after a registration whether another live agent has the same id, and since when this one is registered by
 * the ensemble's clock. The later of two takes part in nothing until the earlier is gone: the master grants it no shards,
 * and it joins no broadcast job.
 *
 * <p>Not thread-safe; owned by the agent's loop. One per session.
 */
final class Namesakes {
    private static final Logger LOG = LoggerFactory.getLogger(Namesakes.class);

    private final Loop loop;
    private final Store store;
    private final Session session;
    private final Incarnation self;
    private final Runnable known;

    private Optional<Registered> registered = Optional.empty();
    private long ownZxid;
    private boolean duplicate;
    private boolean looking;
    private int looks;
    private boolean closed;

    /** @param known called once the look has ended, and again when this agent is no duplicate any more */
    Namesakes(Loop loop, Store store, Session session, Incarnation self, Runnable known) {
        this.loop = loop;
        this.store = store;
        this.session = session;
        this.self = self;
        this.known = known;
    }

    /** When this incarnation was registered, by the ensemble's clock; empty until the look has ended. */
    Optional<Registered> registered() {
        return registered;
    }

    /** Whether another agent of the same id was registered earlier and lives. */
    boolean duplicate() {
        return duplicate;
    }

    void close() {
        closed = true;
    }

    /** Looks, unless that is done or under way; call it after the registration and after each reconnection. */
    void look() {
        if (looking || closed || (registered.isPresent() && !duplicate)) {
            return;
        }
        looking = true;
        store.children(session, "namesakes", Paths.AGENTS, answer -> {
            if (answer instanceof Listing.Found found) {
                List<String> same = new ArrayList<>();
                for (String name : found.names()) {
                    if (isOurId(name)) {
                        same.add(name);
                    }
                }
                read(new ArrayDeque<>(same), new ArrayList<>());
            } else {
                again();
            }
        });
    }

    private boolean isOurId(String name) {
        try {
            return new Incarnation(name).agentId().equals(self.agentId());
        } catch (IllegalArgumentException e) {
            return false; // not written by an agent
        }
    }

    private void read(Deque<String> unread, List<AgentFacts> found) {
        String name = unread.poll();
        if (name == null) {
            conclude(found);
            return;
        }
        store.read(session, "namesake-read", Paths.agent(name), answer -> {
            if (answer instanceof Read.Failed) {
                again();
                return;
            }
            if (answer instanceof Read.Found read) {
                if (name.equals(self.name())) {
                    ownZxid = read.znode().createdZxid();
                }
                try {
                    found.add(AgentFactsCodec.decode(
                            read.znode().path(),
                            name,
                            read.znode().data(),
                            read.znode().created()));
                } catch (CorruptRecordException e) {
                    LOG.warn("registration ignored: {}", e.getMessage());
                }
            }
            read(unread, found);
        });
    }

    private void conclude(List<AgentFacts> found) {
        Optional<AgentFacts> ours =
                found.stream().filter(f -> f.incarnation().equals(self)).findFirst();
        if (ours.isEmpty()) {
            again(); // read at a server that lags behind
            return;
        }
        looking = false;
        boolean first = registered.isEmpty();
        boolean before = duplicate;
        registered = Optional.of(new Registered(ours.get().registeredAt(), ownZxid));
        duplicate = Eligibility.duplicates(found).contains(self);
        if (duplicate) {
            tell(found);
        }
        if (duplicate) {
            loop.after(session.timeout().toNanos(), this::look);
        }
        if (!closed && (first || (before && !duplicate))) {
            known.run();
        }
    }

    /** A predecessor that has crashed is given time to expire before it is called another agent. */
    private void tell(List<AgentFacts> found) {
        List<String> others = found.stream()
                .filter(f -> !f.incarnation().equals(self))
                .map(f -> f.incarnation() + " on " + f.host() + " pid " + f.pid() + " since " + f.registeredAt())
                .toList();
        looks++;
        if (looks == 1) {
            LOG.info(
                    "an earlier registration of this agent is still there: incarnation={} other={}; this one is assigned"
                            + " nothing until that one is gone",
                    self,
                    others);
        } else if (looks == 2) {
            LOG.error(
                    "another live agent has the same id: agent={} incarnation={} other={}; this one is assigned nothing"
                            + " until that one is gone. Give each agent an id of its own, or none to have one made up.",
                    self.agentId(),
                    self,
                    others);
        }
    }

    private void again() {
        looking = false;
        loop.after(session.timeout().toNanos() / 10, this::look);
    }
}
