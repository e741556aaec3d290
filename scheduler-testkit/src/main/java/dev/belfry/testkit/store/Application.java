package dev.belfry.testkit.store;

import dev.belfry.store.Change;
import dev.belfry.store.Commit;
import dev.belfry.store.Synced;
import dev.belfry.store.Transaction;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Applies one proposal to the leader's tree: all of it, or nothing. */
final class Application {
    private final Tree tree;
    private final DeniedPaths denied;
    private final SimSession session;
    private final long zxid;
    private final Instant now;
    private final List<Tree.Effect> effects = new ArrayList<>();
    private final List<Commit.Stamp> stamps = new ArrayList<>();

    /** What each effect replaced, to take it back. */
    private final List<Tree.@Nullable Entry> entries = new ArrayList<>();

    private final List<Tree.@Nullable Node> nodes = new ArrayList<>();

    private Application(SimEnsemble ensemble, SimServer leader, SimSession session, long zxid) {
        this.tree = leader.tree;
        this.denied = ensemble.denied;
        this.session = session;
        this.zxid = zxid;
        // Stat times are whole milliseconds.
        this.now = leader.clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    static Txn.Outcome apply(SimEnsemble ensemble, SimServer leader, Txn.Proposal proposal, long zxid) {
        Application application = new Application(ensemble, leader, proposal.session(), zxid);
        Request<?> request = proposal.request();
        return switch (proposal.role()) {
            case OPENS -> Txn.Outcome.refused("opened");
            case CLOSES -> application.close();
            case WRITES ->
                request != null && request.transaction != null
                        ? application.transaction(request.transaction)
                        : application.latch(request == null ? "" : request.path);
        };
    }

    private Txn.Outcome close() {
        List<Transaction.Write> writes = new ArrayList<>();
        for (String path : session.ephemerals) {
            delete(path);
            writes.add(new Transaction.Delete(path, -1));
        }
        return new Txn.Outcome(effects, writes, new Synced.Done());
    }

    // The path ends in what every name starts with; the number that makes it unique is added here.
    private Txn.Outcome latch(String prefix) {
        List<Transaction.Write> writes = new ArrayList<>();
        String queue = Tree.parent(prefix);
        for (int slash = queue.indexOf('/', 1); ; slash = queue.indexOf('/', slash + 1)) {
            String parent = slash < 0 ? queue : queue.substring(0, slash);
            if (tree.get(parent) == null) {
                writes.add(new Transaction.Create(parent, new byte[0], false));
            }
            if (slash < 0) {
                break;
            }
        }
        Tree.Entry entry = tree.get(queue);
        int number = entry == null ? 0 : entry.creates;
        writes.add(new Transaction.Create(prefix + "%010d".formatted(number), new byte[0], true));
        return transaction(new Transaction("election", List.of(), writes));
    }

    private Txn.Outcome transaction(Transaction transaction) {
        List<Transaction.Guard> guards = transaction.guards();
        for (int i = 0; i < guards.size(); i++) {
            if (!holds(guards.get(i))) {
                return Txn.Outcome.refused(new Commit.Fenced(i, guards.get(i).path()));
            }
        }
        List<Transaction.Write> writes = transaction.writes();
        for (int i = 0; i < writes.size(); i++) {
            Transaction.Write write = writes.get(i);
            Commit refusal = refusal(i, write);
            if (refusal != null) {
                takeBack();
                return Txn.Outcome.refused(refusal);
            }
            apply(write);
        }
        return new Txn.Outcome(effects, writes, new Commit.Applied(stamps));
    }

    private boolean holds(Transaction.Guard guard) {
        Tree.Entry entry = tree.get(guard.path());
        if (entry == null) {
            return false;
        }
        return !(guard instanceof Transaction.AtVersion at) || matches(entry, at.version());
    }

    private static boolean matches(Tree.Entry entry, int version) {
        return version == -1 || entry.node.version() == version;
    }

    private @Nullable Commit refusal(int index, Transaction.Write write) {
        String path = write.path();
        if (denied.deniesWrite(path)) {
            return new Commit.Rejected("writing is not allowed: " + path);
        }
        Tree.Entry entry = tree.get(path);
        if (write instanceof Transaction.Create) {
            Tree.Entry parent = tree.get(Tree.parent(path));
            if (parent == null) {
                return new Commit.Conflict(index, path, Commit.Reason.MISSING);
            }
            if (entry != null) {
                return new Commit.Conflict(index, path, Commit.Reason.EXISTS);
            }
            return parent.node.owner() == 0 ? null : new Commit.Rejected("an ephemeral has no children: " + path);
        }
        if (entry == null) {
            return new Commit.Conflict(index, path, Commit.Reason.MISSING);
        }
        int version = write instanceof Transaction.Put put ? put.version() : ((Transaction.Delete) write).version();
        if (!matches(entry, version)) {
            return new Commit.Conflict(index, path, Commit.Reason.VERSION);
        }
        if (path.equals("/") && write instanceof Transaction.Delete) {
            return new Commit.Rejected("the root cannot be deleted");
        }
        if (write instanceof Transaction.Delete && entry.childCount() > 0) {
            return new Commit.Conflict(index, path, Commit.Reason.NOT_EMPTY);
        }
        return null;
    }

    private void apply(Transaction.Write write) {
        if (write instanceof Transaction.Create create) {
            long owner = create.ephemeral() ? session.id : 0;
            effect(Change.Kind.CREATED, create.path(), new Tree.Node(create.data(), 0, zxid, zxid, now, now, owner));
            stamps.add(new Commit.Stamp(0, zxid, now));
        } else if (write instanceof Transaction.Put put) {
            Tree.Entry entry = tree.get(put.path());
            if (entry != null) {
                Tree.Node old = entry.node;
                int version = old.version() + 1;
                effect(
                        Change.Kind.CHANGED,
                        put.path(),
                        new Tree.Node(put.data(), version, old.createdZxid(), zxid, old.created(), now, old.owner()));
                stamps.add(new Commit.Stamp(version, zxid, now));
            }
        } else {
            delete(write.path());
            stamps.add(new Commit.Stamp(-1, zxid, Instant.EPOCH));
        }
    }

    private void delete(String path) {
        Tree.Entry entry = tree.get(path);
        if (entry != null) {
            effect(Change.Kind.DELETED, path, entry.node);
        }
    }

    private void effect(Change.Kind kind, String path, Tree.Node node) {
        Tree.Entry entry = tree.get(path);
        entries.add(entry);
        nodes.add(entry == null ? null : entry.node);
        Tree.Effect effect = Tree.Effect.of(kind, path, node);
        effects.add(effect);
        tree.apply(effect);
    }

    private void takeBack() {
        for (int i = effects.size() - 1; i >= 0; i--) {
            tree.undo(effects.get(i), entries.get(i), nodes.get(i));
        }
    }
}
