package dev.belfry.master;

import dev.belfry.core.overdue.RaisedRecord;
import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.core.record.Paths;
import dev.belfry.store.Commit;
import dev.belfry.store.Listing;
import dev.belfry.store.Read;
import dev.belfry.store.Session;
import dev.belfry.store.Store;
import dev.belfry.store.Transaction;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The records of what was raised, bucket by bucket: read when they are first needed in a term, and written with a check of
 * the epoch, so that of two masters only one can raise an event of a fire.
 *
 * <p>Not thread-safe; owned by the master's loop.
 */
final class RaisedBook {
    private static final Logger LOG = LoggerFactory.getLogger(RaisedBook.class);

    /** A record and the version of its znode; -1 while there is none. */
    record Entry(RaisedRecord record, int version) {}

    private final Store store;
    private final Session session;
    private final Function<String, Transaction.Builder> fence;
    private final Map<String, Entry> byPath = new HashMap<>();
    private boolean parent;
    private boolean loaded;
    private boolean closed;
    private String problem = "";

    RaisedBook(Store store, Session session, Function<String, Transaction.Builder> fence) {
        this.store = store;
        this.session = session;
        this.fence = fence;
    }

    void close() {
        closed = true;
    }

    /** What was read or written at a path in this term; nothing is read. */
    RaisedRecord known(String path) {
        Entry entry = byPath.get(path);
        return entry == null ? RaisedRecord.NONE : entry.record();
    }

    /**
     * Reads the record at a path, once a term.
     *
     * @param then told what it says; not called if the store does not answer
     * @param failed called if it cannot be read
     */
    void load(String path, Consumer<RaisedRecord> then, Runnable failed) {
        Entry known = byPath.get(path);
        if (known != null) {
            then.accept(known.record());
            return;
        }
        store.read(session, "overdue-read", path, answer -> {
            if (closed) {
                return;
            }
            if (answer instanceof Read.Found found) {
                try {
                    RaisedRecord record =
                            RaisedRecord.decode(path, found.znode().data());
                    byPath.put(path, new Entry(record, found.znode().version()));
                    parent = true;
                } catch (CorruptRecordException e) {
                    complain(e.getMessage() + " Delete it: at worst its fires are told of once more.");
                    failed.run();
                    return;
                }
            } else if (answer instanceof Read.Missing) {
                byPath.put(path, new Entry(RaisedRecord.NONE, -1));
            } else {
                complain("cannot read " + path + ": " + answer);
                failed.run();
                return;
            }
            then.accept(byPath.get(path).record());
        });
    }

    /** Reads every record that there is, once a term: of what an earlier master told somebody may have to hear the end. */
    void loadAll(Runnable then) {
        if (loaded) {
            then.run();
            return;
        }
        store.children(session, "overdue-list", Paths.OVERDUE, answer -> {
            if (closed) {
                return;
            }
            loaded = !(answer instanceof Listing.Failed);
            List<String> names = answer instanceof Listing.Found found ? found.names() : List.of();
            loadAll(new ArrayDeque<>(names), then);
        });
    }

    private void loadAll(Deque<String> names, Runnable then) {
        String name = names.poll();
        if (name == null) {
            then.run();
            return;
        }
        load(Paths.OVERDUE + '/' + name, record -> loadAll(names, then), () -> loadAll(names, then));
    }

    /** Writes a record in place of the one that was loaded. */
    void write(String path, RaisedRecord next, Consumer<Commit> then) {
        if (!parent) {
            makeParent(() -> write(path, next, then), then);
            return;
        }
        Entry before = byPath.getOrDefault(path, new Entry(RaisedRecord.NONE, -1));
        Transaction.Builder transaction = fence.apply("overdue-raise");
        Transaction built = before.version() < 0
                ? transaction.create(path, next.encode()).build()
                : transaction.put(path, next.encode(), before.version()).build();
        store.commit(session, built, answer -> {
            if (answer instanceof Commit.Applied) {
                byPath.put(path, new Entry(next, before.version() + 1));
            } else {
                // Read again before anything else is made of it.
                byPath.remove(path);
                if (answer instanceof Commit.Rejected rejected) {
                    complain("cannot write " + path + ": " + rejected.why());
                }
            }
            then.accept(answer);
        });
    }

    private void makeParent(Runnable made, Consumer<Commit> failed) {
        store.commit(
                session,
                fence.apply("overdue-parent").create(Paths.OVERDUE, new byte[0]).build(),
                answer -> {
                    boolean there =
                            answer instanceof Commit.Conflict conflict && conflict.reason() == Commit.Reason.EXISTS;
                    if (answer instanceof Commit.Applied || there) {
                        parent = true;
                        made.run();
                    } else {
                        failed.accept(answer);
                    }
                });
    }

    private void complain(String why) {
        if (!why.equals(problem)) {
            problem = why;
            LOG.error("no event can be raised of some overdue fires: {}", why);
        }
    }
}
