package dev.belfry.agent.loop;

import dev.belfry.store.Change;
import dev.belfry.store.Failure;
import dev.belfry.store.Session;
import dev.belfry.store.Store;
import dev.belfry.store.Synced;
import java.util.function.Consumer;

/**
 * A watch of one session, armed once: the store keeps it over reconnections. Where the connection goes before the store
 * has said that it is armed, it may not be, and is armed again with the next {@link #arm}.
 *
 * <p>Not thread-safe; owned by one loop.
 */
public final class Watching {
    private final Store store;
    private final Session session;
    private final String site;
    private final String path;
    private final Consumer<Change> changes;
    private final Consumer<String> refused;
    private boolean armed;
    private boolean arming;

    /**
     * A watch of {@code path} and everything below; nothing happens before {@link #arm}.
     *
     * @param refused told why, if the store does not allow it
     */
    public Watching(
            Store store,
            Session session,
            String site,
            String path,
            Consumer<Change> changes,
            Consumer<String> refused) {
        this.store = store;
        this.session = session;
        this.site = site;
        this.path = path;
        this.changes = changes;
        this.refused = refused;
    }

    /** Arms it unless it is; call it at the start and after every reconnection, before what it watches is read. */
    public void arm() {
        if (armed || arming) {
            return;
        }
        arming = true;
        store.follow(session, site, path, changes, answer -> {
            arming = false;
            if (answer instanceof Synced.Done) {
                armed = true;
            } else if (answer instanceof Synced.Failed failed && failed.failure() instanceof Failure.Rejected why) {
                refused.accept(why.why());
            }
        });
    }
}
