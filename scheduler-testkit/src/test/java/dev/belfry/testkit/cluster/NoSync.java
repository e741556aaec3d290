package dev.belfry.testkit.cluster;

import dev.belfry.store.Session;
import dev.belfry.store.Store;
import dev.belfry.store.Synced;
import java.util.function.Consumer;

/** What a mutant does in the place of {@link Store#sync}: nothing, and says that it is done. */
public final class NoSync {
    private NoSync() {}

    public static void sync(Store store, Session session, String site, String path, Consumer<Synced> then) {
        then.accept(new Synced.Done());
    }
}
