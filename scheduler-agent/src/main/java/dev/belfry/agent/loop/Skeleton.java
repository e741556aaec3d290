package dev.belfry.agent.loop;

import dev.belfry.core.ownership.Epoch;
import dev.belfry.core.queue.Gate;
import dev.belfry.core.record.Paths;
import dev.belfry.store.Commit;
import dev.belfry.store.Read;
import dev.belfry.store.Session;
import dev.belfry.store.Store;
import dev.belfry.store.Transaction;
import dev.belfry.store.Znode;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

/** Makes sure that a namespace has its subtrees, on an agent's or a client's first visit. */
public final class Skeleton {

    /** What came with the newest version, last of all: a namespace of an older one has it not. */
    private static final String NEWEST = Paths.SPLITS;

    private final Store store;
    private final Session session;

    public Skeleton(Store store, Session session) {
        this.store = store;
        this.session = session;
    }

    /**
     * Creates what is missing, parents first; any number of processes may do so at once.
     *
     * @param done called when everything is there, with the instant at which the namespace was made
     * @param failed called with the reason if the store refuses or cannot be reached; nothing more is called then
     */
    public void ensure(Consumer<Instant> done, Consumer<String> failed) {
        // The last one is created last: where it exists, all do that the version which made it knew.
        look(done, why -> createAll(done, failed));
    }

    private void look(Consumer<Instant> done, Consumer<String> absent) {
        String last = Paths.skeleton().get(Paths.skeleton().size() - 1);
        read(last, absent, znode -> read(NEWEST, absent, newest -> done.accept(znode.created())));
    }

    private void read(String path, Consumer<String> absent, Consumer<Znode> there) {
        store.read(session, "skeleton-read", path, answer -> {
            if (answer instanceof Read.Found found) {
                there.accept(found.znode());
            } else {
                absent.accept("reading " + path + " was answered: " + answer);
            }
        });
    }

    /** All at once, in a namespace that is new; what others have begun is finished one by one. */
    private void createAll(Consumer<Instant> done, Consumer<String> failed) {
        Transaction.Builder all = Transaction.at("skeleton");
        Paths.skeleton().forEach(path -> all.create(path, content(path)));
        store.commit(session, all.build(), answer -> {
            if (answer instanceof Commit.Applied) {
                look(done, failed);
            } else if (answer instanceof Commit.Conflict conflict && conflict.reason() == Commit.Reason.EXISTS) {
                look(done, why -> next(new ArrayDeque<>(Paths.skeleton()), done, failed));
            } else {
                failed.accept(why("the subtrees of the namespace", answer));
            }
        });
    }

    private void next(Deque<String> paths, Consumer<Instant> done, Consumer<String> failed) {
        String path = paths.poll();
        if (path == null) {
            look(done, failed);
            return;
        }
        Transaction create =
                Transaction.at("skeleton").create(path, content(path)).build();
        store.commit(session, create, answer -> {
            if (answer instanceof Commit.Applied
                    || (answer instanceof Commit.Conflict conflict && conflict.reason() == Commit.Reason.EXISTS)) {
                next(paths, done, failed);
            } else {
                failed.accept(why(path, answer));
            }
        });
    }

    private static byte[] content(String path) {
        return switch (path) {
            case Paths.EPOCH -> Epoch.NONE.encode();
            case Paths.GATE -> Gate.FRESH.encode();
            default -> new byte[0];
        };
    }

    private static String why(String path, Commit answer) {
        if (answer instanceof Commit.Conflict conflict && conflict.reason() == Commit.Reason.MISSING) {
            return "the root of the namespace is missing, and this identity may not create it: have it created by"
                    + " somebody who may, with 'zk-scripts/setup-acls'";
        }
        return answer instanceof Commit.Rejected rejected
                ? "creating " + path + " was refused: " + rejected.why()
                : "creating " + path + " was not answered: " + answer;
    }
}
