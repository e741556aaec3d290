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

    /**
     * One step of a transaction, as every server applies it.
     *
     * @param parent the path of the znode's parent
     * @param name the last part of its path
     * @param node what the znode is from then on; of a deletion, what it was
     */
    record Effect(Change.Kind kind, String path, String parent, String name, Node node) {
        static Effect of(Change.Kind kind, String path, Node node) {
            return new Effect(kind, path, Tree.parent(path), Tree.name(path), node);
        }
    }

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
            case CREATED -> add(effect, new Entry(effect.node())).creates++;
            case CHANGED -> existing(effect.path()).node = effect.node();
            case DELETED -> remove(effect);
        }
    }

    /** Takes back an effect just applied, {@code before} being the entry's content then. */
    void undo(Effect effect, @Nullable Entry entry, @Nullable Node before) {
        switch (effect.kind()) {
            case CREATED -> remove(effect).creates--;
            case CHANGED -> {
                if (before != null) {
                    existing(effect.path()).node = before;
                }
            }
            case DELETED -> {
                if (entry != null) {
                    add(effect, entry);
                }
            }
        }
    }

    /** Puts an entry in its place; returns its parent. */
    private Entry add(Effect effect, Entry entry) {
        entries.put(effect.path(), entry);
        Entry parent = existing(effect.parent());
        if (parent.children == null) {
            parent.children = new TreeSet<>();
        }
        parent.children.add(effect.name());
        return parent;
    }

    /** Takes an entry away; returns its parent. */
    private Entry remove(Effect effect) {
        entries.remove(effect.path());
        Entry parent = existing(effect.parent());
        if (parent.children != null) {
            parent.children.remove(effect.name());
        }
        return parent;
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
