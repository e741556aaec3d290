package dev.belfry.testkit.store;

import dev.belfry.store.Change;
import java.util.function.Consumer;

/** A subtree that a client follows. */
final class Watch {
    private final String root;
    private final String prefix;
    private final Consumer<Change> changes;

    Watch(String root, Consumer<Change> changes) {
        this.root = root;
        this.prefix = root.equals("/") ? "/" : root + "/";
        this.changes = changes;
    }

    boolean covers(String path) {
        // Most changes are elsewhere, and most of those have no slash in that place.
        int last = prefix.length() - 1;
        return path.length() > last ? path.charAt(last) == '/' && path.startsWith(prefix) : path.equals(root);
    }

    void report(Change change) {
        changes.accept(change);
    }
}
