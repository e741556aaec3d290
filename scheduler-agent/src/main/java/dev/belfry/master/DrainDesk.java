package dev.belfry.master;

import dev.belfry.agent.loop.Loop;
import dev.belfry.core.ownership.Drains;
import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.core.record.Paths;
import dev.belfry.store.Failure;
import dev.belfry.store.Read;
import dev.belfry.store.Session;
import dev.belfry.store.Store;
import dev.belfry.store.Transaction;
import dev.belfry.store.Znode;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who is drained, as it is stored, and what commands make of it.
 *
 * <p>Not thread-safe; owned by the master's loop.
 */
final class DrainDesk {
    private static final Logger LOG = LoggerFactory.getLogger(DrainDesk.class);

    private final Loop loop;
    private final Store store;
    private final Session session;
    private final Runnable wasRead;

    private Drains drains = Drains.NONE;
    private boolean known;
    /** Of the znode; -1 while there is none, which is so after it was set aside. */
    private int version = -1;
    /** Why they cannot be read; empty if they can. */
    private String problem = "";

    private boolean closed;

    /** @param wasRead called each time that the store has said who is drained, readable or not */
    DrainDesk(Loop loop, Store store, Session session, Runnable wasRead) {
        this.loop = loop;
        this.store = store;
        this.session = session;
        this.wasRead = wasRead;
    }

    /** Reads them, for the first time or because they may have changed. */
    void read() {
        store.read(session, "drains-read", Paths.DRAINS, answer -> {
            if (closed) {
                return;
            }
            if (answer instanceof Read.Failed failed) {
                if (failed.failure() instanceof Failure.Rejected rejected) {
                    LOG.error("cannot read {}: {}; nothing is planned until then", Paths.DRAINS, rejected.why());
                    loop.after(session.timeout().toNanos() / 2, this::read);
                }
                return;
            }
            known = true;
            if (answer instanceof Read.Found found) {
                decode(found.znode());
            } else {
                version = -1;
                drains = Drains.NONE;
                problem = "";
            }
            wasRead.run();
        });
    }

    private void decode(Znode znode) {
        version = znode.version();
        try {
            drains = Drains.decode(Paths.DRAINS, znode.data());
            problem = "";
        } catch (CorruptRecordException e) {
            String found = String.valueOf(e.getMessage());
            if (!found.equals(problem)) {
                LOG.error(
                        "drains cannot be read: {} Until then these agents count as drained: {}.",
                        found,
                        drains.agents());
            }
            problem = found;
            loop.after(session.timeout().toNanos() / 4, this::read);
        }
    }

    void close() {
        closed = true;
    }

    /** Whether they have been read in this term. */
    boolean isKnown() {
        return known;
    }

    /** Those that could be read last. */
    Drains drains() {
        return drains;
    }

    /**
     * What comes of a command that drains an agent, or takes that back.
     *
     * @param registered whether there is an agent with this id
     */
    Effect effect(String agent, boolean drain, Predicate<String> registered) {
        if (!problem.isEmpty()) {
            return Effect.refused("who is drained cannot be read: " + problem);
        }
        if (drains.agents().contains(agent) == drain) {
            return Effect.none("agent '" + agent + "' was " + (drain ? "drained" : "not drained") + " already");
        }
        if (drain && !registered.test(agent)) {
            return Effect.refused("no agent '" + agent + "' is registered; see 'belfry get agents'");
        }
        Drains changed = drains.with(agent, drain);
        return new Effect(
                true,
                drain ? "agent '" + agent + "' hands over its shards" : "agent '" + agent + "' takes shards again",
                "",
                List.of(
                        version < 0
                                ? new Transaction.Create(Paths.DRAINS, changed.encode(), false)
                                : new Transaction.Put(Paths.DRAINS, changed.encode(), version)),
                Optional.of(changed));
    }

    /** What {@link #effect} came to is written. */
    void written(Drains changed) {
        drains = changed;
        version++;
    }
}
