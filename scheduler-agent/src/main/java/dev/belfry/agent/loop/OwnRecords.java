package dev.belfry.agent.loop;

import dev.belfry.core.agent.AgentFactsCodec;
import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.ownership.HandOver;
import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.core.record.Paths;
import dev.belfry.store.Read;
import dev.belfry.store.Session;
import dev.belfry.store.Store;
import dev.belfry.store.Znode;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices when somebody else has written over an incarnation's registration or hand-over so that they cannot be read, and
 * has them written again. The heartbeat needs no such care: it is written anew all the time.
 *
 * <p>Not thread-safe; owned by the agent's loop. One per session.
 */
final class OwnRecords {
    private static final Logger LOG = LoggerFactory.getLogger(OwnRecords.class);

    private record Kept(String path, Watching watching, Consumer<Znode> decoder, Runnable writeAgain) {}

    private final Store store;
    private final Session session;
    private final List<Kept> kept;
    private boolean closed;

    OwnRecords(Store store, Session session, Incarnation self, Runnable publish, Runnable listReleases) {
        this.store = store;
        this.session = session;
        String name = self.name();
        this.kept = List.of(
                kept(
                        Paths.agent(name),
                        znode -> AgentFactsCodec.decode(znode.path(), name, znode.data(), znode.created()),
                        publish),
                kept(Paths.handover(name), znode -> HandOver.decode(znode.path(), znode.data()), listReleases));
    }

    private Kept kept(String path, Consumer<Znode> decoder, Runnable writeAgain) {
        Watching watching = new Watching(
                store,
                session,
                "own-follow",
                path,
                change -> look(path, decoder, writeAgain),
                why -> LOG.warn("cannot watch {}: {}; what others write there stays", path, why));
        return new Kept(path, watching, decoder, writeAgain);
    }

    /** Begins once the incarnation is registered, and goes on after a reconnection. */
    void follow() {
        for (Kept one : kept) {
            one.watching().arm();
            look(one.path(), one.decoder(), one.writeAgain());
        }
    }

    void close() {
        closed = true;
    }

    private void look(String path, Consumer<Znode> decoder, Runnable writeAgain) {
        store.read(session, "own-read", path, answer -> {
            if (closed || !(answer instanceof Read.Found found)) {
                return;
            }
            try {
                decoder.accept(found.znode());
            } catch (CorruptRecordException e) {
                LOG.error("{} This agent writes its record again.", e.getMessage());
                writeAgain.run();
            }
        });
    }
}
