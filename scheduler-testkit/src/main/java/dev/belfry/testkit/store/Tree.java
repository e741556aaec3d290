package dev.belfry.testkit.store;

import dev.belfry.store.Change;
import dev.belfry.store.Listing;
import dev.belfry.store.Read;
import dev.belfry.store.Znode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The znodes as one server has them. */
final class Tree {

    /** What a znode is, but for its children. Shared between the servers. */
    @SuppressWarnings("ArrayRecordComponent") // bytes are handed over, never compared
    record Node(
            byte[] data,
            int version,
            long createdZxid,
            long modifiedZxid,
            Instant created,
            Instant modified,
            long owner) {}

    /** One step of a transaction. The node is what the znode is from then on; of a deletion, what it was. */
    record Effect(Change.Kind kind, String path, Node node) {}

    /** A znode with its children in this tree. */
    static final class Entry {
        Node node;

        /** Names of the children; null until there is one. */
        @Nullable
        TreeSet<String> children;

        /** Children ever created: names the next one of an election. */
        int creates;

        Entry(Node node) {
            this.node = node;
        }

        int childCount() {
            return children == null ? 0 : children.size();
        }
    }

    private final Map<String, Entry> entries = new HashMap<>();

    Tree() {
        entries.put("/", new Entry(new Node(new byte[0], 0, 0, 0, Instant.EPOCH, Instant.EPOCH, 0)));
    }

    @Nullable
    Entry get(String path) {
        return entries.get(path);
    }

    static String parent(String path) {
        int slash = path.lastIndexOf('/');
        return slash == 0 ? "/" : path.substring(0, slash);
    }

    private static String name(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    private Entry existing(String path) {
        Entry entry = entries.get(path);
        if (entry == null) {
            throw new IllegalStateException("a server's tree lacks " + path);
        }
        return entry;
    }

    void apply(Effect effect) {
        switch (effect.kind()) {
            case CREATED -> {
                add(effect.path(), new Entry(effect.node()));
                existing(parent(effect.path())).creates++;
            }
            case CHANGED -> existing(effect.path()).node = effect.node();
            case DELETED -> remove(effect.path());
        }
    }

    /** Takes back an effect just applied, {@code before} being the entry's content then. */
    void undo(Effect effect, @Nullable Entry entry, @Nullable Node before) {
        switch (effect.kind()) {
            case CREATED -> {
                remove(effect.path());
                existing(parent(effect.path())).creates--;
            }
            case CHANGED -> {
                if (before != null) {
                    existing(effect.path()).node = before;
                }
            }
            case DELETED -> {
                if (entry != null) {
                    add(effect.path(), entry);
                }
            }
        }
    }

    private void add(String path, Entry entry) {
        entries.put(path, entry);
        Entry parent = existing(parent(path));
        if (parent.children == null) {
            parent.children = new TreeSet<>();
        }
        parent.children.add(name(path));
    }

    private void remove(String path) {
        entries.remove(path);
        TreeSet<String> siblings = existing(parent(path)).children;
        if (siblings != null) {
            siblings.remove(name(path));
        }
    }

    Read read(String path) {
        Entry entry = entries.get(path);
        return entry == null ? new Read.Missing(path) : new Read.Found(znode(path, entry));
    }

    private static Znode znode(String path, Entry entry) {
        Node node = entry.node;
        return new Znode(
                path,
                node.data,
                node.version,
                node.createdZxid,
                node.modifiedZxid,
                node.created,
                node.modified,
                node.owner,
                entry.childCount());
    }

    Listing list(String path) {
        Entry entry = entries.get(path);
        if (entry == null) {
            return new Listing.Missing(path);
        }
        ArrayList<String> names = entry.children == null ? new ArrayList<>() : new ArrayList<>(entry.children);
        return new Listing.Found(names, 2 * entry.creates - names.size());
    }

    /** All paths with their znodes, unordered. */
    Map<String, Entry> entries() {
        return entries;
    }
}
