package dev.belfry.master;

import dev.belfry.agent.loop.Loop;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.journal.FireJournal;
import dev.belfry.core.journal.JournalBounds;
import dev.belfry.core.journal.JournalCounts;
import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.core.record.Paths;
import dev.belfry.store.Commit;
import dev.belfry.store.Listing;
import dev.belfry.store.Read;
import dev.belfry.store.Session;
import dev.belfry.store.Store;
import dev.belfry.store.Synced;
import dev.belfry.store.Transaction;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the journals of incarnations that are gone within bounds: beyond them, the oldest entries of the journal that was left
 * alone for the longest time become counts in its parent, and an empty one's counts are added to those at {@code /journal}.
 *
 * <p>One request at a time. Every change is a transaction that checks the epoch and the version of the counts it replaces, and
 * deletes what it has counted: whatever becomes of a reply or of the master, nothing is counted twice. Whatever fails is left
 * for the next round. An entry that cannot be read is kept, and so is its journal.
 *
 * <p>Not thread-safe; owned by the master's loop.
 */
final class JournalKeeper {
    private static final Logger LOG = LoggerFactory.getLogger(JournalKeeper.class);

    static final Duration ROUND = Duration.ofMinutes(1);
    private static final int DELETES = 90;

    /** What the keeper needs of the office. */
    interface Owner {
        /** Names of the incarnations that are registered. */
        Set<String> live();

        /** A transaction that checks the epoch. */
        Transaction.Builder transaction(String site);
    }

    /**
     * How much of what is gone is kept.
     *
     * @param journals of incarnations
     * @param bytes of them together
     */
    record Bounds(int journals, long bytes) {
        static final Bounds STANDARD = new Bounds(JournalBounds.GONE_JOURNALS, JournalBounds.GONE_BYTES);
    }

    /** A journal that nobody writes any more. */
    private static final class Gone {
        final String writer;
        /** When its last entry was written; its parent does not count, since folding writes it. 0 if it has no entry. */
        long zxid;

        /** Of all entries. */
        long bytes;

        Gone(String writer) {
            this.writer = writer;
        }
    }

    private final Loop loop;
    private final Store store;
    private final Session session;
    private final Owner owner;
    private final Bounds bounds;
    private final MasterJournalKeeper masters;
    /** Journals whose size is known. */
    private final Map<String, Gone> known = new TreeMap<>();

    private final Set<String> unreadable = new HashSet<>();
    private Loop.Timer timer = () -> {};
    private boolean busy;
    private boolean closed;

    JournalKeeper(Loop loop, Store store, Session session, Owner owner, Bounds bounds) {
        this.loop = loop;
        this.store = store;
        this.session = session;
        this.owner = owner;
        this.bounds = bounds;
        this.masters = new MasterJournalKeeper(store, session, owner);
    }

    void start() {
        timer.cancel();
        timer = loop.after(ROUND.toNanos() + loop.random(ROUND.toNanos() / 4), this::round);
    }

    void close() {
        closed = true;
        timer.cancel();
        masters.close();
    }

    private void round() {
        start();
        masters.round();
        if (busy) {
            return;
        }
        busy = true;
        // A change whose result was never known has happened by the answer, or never will.
        store.sync(session, "journal-sync", Paths.JOURNAL, synced -> {
            if (!closed && synced instanceof Synced.Done) {
                list();
            } else {
                busy = false;
            }
        });
    }

    private void list() {
        store.children(session, "journal-writers", Paths.JOURNAL, answer -> {
            if (closed || !(answer instanceof Listing.Found found)) {
                busy = false;
                return;
            }
            List<String> gone = new ArrayList<>(found.names());
            gone.remove(Paths.name(Paths.MASTER_JOURNAL));
            gone.removeAll(owner.live());
            known.keySet().retainAll(gone);
            gone.removeAll(known.keySet());
            survey(new ArrayDeque<>(gone));
        });
    }

    // --- how large, how old

    private void survey(Deque<String> unknown) {
        String writer = unknown.poll();
        if (writer == null) {
            enforce();
            return;
        }
        // A session that was registered once and is not any more is over: its incarnation never comes back.
        read("journal-registration", Paths.agent(writer), registration -> {
            if (registration.isPresent()) {
                survey(unknown);
                return;
            }
            entries(
                    writer,
                    names -> readAll(writer, new ArrayDeque<>(names), new ArrayList<>(), read -> {
                        Gone gone = new Gone(writer);
                        for (Found entry : read) {
                            gone.zxid = Math.max(gone.zxid, entry.zxid());
                            gone.bytes += entry.data().length;
                        }
                        known.put(writer, gone);
                        survey(unknown);
                    }));
        });
    }

    // --- making room

    private void enforce() {
        List<Gone> movable = known.values().stream()
                .filter(gone -> !unreadable.contains(gone.writer))
                .sorted(Comparator.<Gone>comparingLong(gone -> gone.zxid).thenComparing(gone -> gone.writer))
                .toList();
        long bytes = known.values().stream().mapToLong(gone -> gone.bytes).sum();
        boolean within = known.size() <= bounds.journals() && bytes <= bounds.bytes();
        if (within || movable.isEmpty()) {
            busy = false;
        } else {
            fold(movable.get(0));
        }
    }

    /** Turns the oldest entries of a journal into counts; one without entries is removed. */
    private void fold(Gone gone) {
        entries(gone.writer, names -> {
            List<String> some = names.subList(0, Math.min(DELETES, names.size()));
            if (some.isEmpty()) {
                remove(gone);
                return;
            }
            readAll(gone.writer, new ArrayDeque<>(some), new ArrayList<>(), read -> fold(gone, read));
        });
    }

    private void fold(Gone gone, List<Found> entries) {
        read("journal-counts", Paths.journal(gone.writer), parent -> {
            if (parent.isEmpty()) {
                known.remove(gone.writer);
                enforce();
                return;
            }
            Transaction.Builder transaction = owner.transaction("journal-fold");
            long folded = 0;
            try {
                JournalCounts counts =
                        JournalCounts.decode(parent.get().path(), parent.get().data());
                for (Found entry : entries) {
                    for (FireEntry line : FireJournal.decode(entry.path(), entry.data())) {
                        counts.add(line);
                    }
                    folded += entry.data().length;
                }
                transaction.put(
                        parent.get().path(), counts.encode(), parent.get().version());
            } catch (CorruptRecordException e) {
                keep(gone, e);
                return;
            }
            entries.forEach(entry -> transaction.delete(entry.path(), entry.version()));
            long bytes = folded;
            commit(gone, transaction, () -> gone.bytes -= bytes);
        });
    }

    /** Adds the counts of an emptied journal to those at {@code /journal} and removes its parent. */
    private void remove(Gone gone) {
        String path = Paths.journal(gone.writer);
        read("journal-counts", path, parent -> {
            if (parent.isEmpty()) {
                known.remove(gone.writer);
                enforce();
                return;
            }
            read("journal-total", Paths.JOURNAL, root -> {
                if (root.isEmpty()) {
                    busy = false;
                    return;
                }
                Transaction.Builder transaction = owner.transaction("journal-remove");
                try {
                    JournalCounts total =
                            JournalCounts.decode(Paths.JOURNAL, root.get().data());
                    total.addAll(JournalCounts.decode(path, parent.get().data()));
                    transaction.put(Paths.JOURNAL, total.encode(), root.get().version());
                } catch (CorruptRecordException e) {
                    keep(gone, e);
                    return;
                }
                transaction.delete(path, parent.get().version());
                commit(gone, transaction, () -> known.remove(gone.writer));
            });
        });
    }

    private void commit(Gone gone, Transaction.Builder transaction, Runnable applied) {
        store.commit(session, transaction.build(), answer -> {
            if (closed || !(answer instanceof Commit.Applied)) {
                // Looked at anew in the next round.
                known.remove(gone.writer);
                busy = false;
                return;
            }
            applied.run();
            enforce();
        });
    }

    private void keep(Gone gone, CorruptRecordException why) {
        unreadable.add(gone.writer);
        LOG.error("journal is kept, whatever its size: {}", why.getMessage());
        enforce();
    }

    // --- reading; a request without an answer ends the round

    @SuppressWarnings("ArrayRecordComponent") // bytes are handed over, never compared
    private record Found(String path, byte[] data, int version, long zxid) {}

    private void read(String site, String path, Consumer<Optional<Found>> then) {
        store.read(session, site, path, answer -> {
            if (closed || answer instanceof Read.Failed) {
                busy = false;
                return;
            }
            then.accept(
                    answer instanceof Read.Found found
                            ? Optional.of(new Found(
                                    path,
                                    found.znode().data(),
                                    found.znode().version(),
                                    found.znode().modifiedZxid()))
                            : Optional.empty());
        });
    }

    private void entries(String writer, Consumer<List<String>> then) {
        store.children(session, "journal-entries", Paths.journal(writer), answer -> {
            if (closed || answer instanceof Listing.Failed) {
                busy = false;
                return;
            }
            then.accept(answer instanceof Listing.Found found ? found.names() : List.of());
        });
    }

    /** Reads entries one after the other; what has gone meanwhile is left out. */
    private void readAll(String writer, Deque<String> unread, List<Found> read, Consumer<List<Found>> then) {
        String name = unread.poll();
        if (name == null) {
            then.accept(read);
            return;
        }
        read("journal-entry", Paths.journal(writer) + '/' + name, entry -> {
            entry.ifPresent(read::add);
            readAll(writer, unread, read, then);
        });
    }
}
