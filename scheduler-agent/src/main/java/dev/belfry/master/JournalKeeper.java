package dev.belfry.master;

import dev.belfry.agent.loop.Loop;
import dev.belfry.core.journal.FireJournal;
import dev.belfry.core.journal.JournalCounts;
import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.core.record.Paths;
import dev.belfry.store.Commit;
import dev.belfry.store.Listing;
import dev.belfry.store.Read;
import dev.belfry.store.Session;
import dev.belfry.store.Store;
import dev.belfry.store.Transaction;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the journals of incarnations that are gone within bounds: beyond {@link #KEEP} of them, the entries of the
 * oldest become counts, and then the counts are added to those of the master's journal and the parent goes too.
 *
 * <p>One step at a time, each a transaction that checks the epoch; a step that fails is left for the next round.
 *
 * <p>Not thread-safe; owned by the master's loop.
 */
final class JournalKeeper {
    private static final Logger LOG = LoggerFactory.getLogger(JournalKeeper.class);

    /** Journals of gone incarnations that are kept whole. */
    static final int KEEP = 40;

    private static final long ROUND_NANOS = Duration.ofMinutes(1).toNanos();
    private static final int DELETES = 90;

    private record Gone(String writer, long lastZxid) {}

    private final Loop loop;
    private final Store store;
    private final Session session;
    private final Supplier<Set<String>> live;
    private final Function<String, Transaction.Builder> fence;
    private Loop.Timer timer = () -> {};
    private boolean closed;

    JournalKeeper(
            Loop loop,
            Store store,
            Session session,
            Supplier<Set<String>> live,
            Function<String, Transaction.Builder> fence) {
        this.loop = loop;
        this.store = store;
        this.session = session;
        this.live = live;
        this.fence = fence;
    }

    void start() {
        timer.cancel();
        timer = loop.after(ROUND_NANOS + loop.random(ROUND_NANOS / 4), this::round);
    }

    void close() {
        closed = true;
        timer.cancel();
    }

    private void round() {
        start();
        store.children(session, "journal-writers", Paths.JOURNAL, answer -> {
            if (closed || !(answer instanceof Listing.Found found)) {
                return;
            }
            List<String> gone = new ArrayList<>(found.names());
            gone.remove(Paths.name(Paths.MASTER_JOURNAL));
            gone.removeAll(live.get());
            if (gone.size() > KEEP) {
                age(new ArrayDeque<>(gone), new ArrayList<>());
            }
        });
    }

    /** Finds out which of them was left alone for the longest time. */
    private void age(Deque<String> unread, List<Gone> read) {
        String writer = unread.poll();
        if (writer == null) {
            read.sort(Comparator.comparingLong(Gone::lastZxid));
            fold(read.get(0).writer(), read.size() - KEEP);
            return;
        }
        store.read(session, "journal-age", Paths.journal(writer), answer -> {
            if (closed) {
                return;
            }
            if (answer instanceof Read.Found found) {
                read.add(new Gone(writer, found.znode().createdZxid()));
            }
            if (!unread.isEmpty() || !read.isEmpty()) {
                age(unread, read);
            }
        });
    }

    /** Turns the entries of one journal into counts, a step at a time, and then removes it. */
    private void fold(String writer, int tooMany) {
        store.children(session, "journal-entries", Paths.journal(writer), answer -> {
            if (closed || !(answer instanceof Listing.Found found)) {
                return;
            }
            if (found.names().isEmpty()) {
                remove(writer, tooMany);
                return;
            }
            List<String> some =
                    found.names().subList(0, Math.min(DELETES, found.names().size()));
            readCounts(writer, counts -> readEntries(writer, new ArrayDeque<>(some), some, counts, tooMany));
        });
    }

    private void readCounts(String writer, java.util.function.Consumer<JournalCounts> then) {
        String path = Paths.journal(writer);
        store.read(session, "journal-counts", path, answer -> {
            if (!closed && answer instanceof Read.Found found) {
                JournalCounts counts;
                try {
                    counts = JournalCounts.decode(path, found.znode().data());
                } catch (CorruptRecordException e) {
                    LOG.error("counts start anew: {}", e.getMessage());
                    counts = new JournalCounts();
                }
                then.accept(counts);
            }
        });
    }

    private void readEntries(
            String writer, Deque<String> unread, List<String> some, JournalCounts counts, int tooMany) {
        String entry = unread.poll();
        if (entry == null) {
            Transaction.Builder transaction =
                    fence.apply("journal-fold").put(Paths.journal(writer), counts.encode(), -1);
            some.forEach(name -> transaction.delete(Paths.journal(writer) + '/' + name, -1));
            store.commit(session, transaction.build(), answer -> {
                if (!closed && answer instanceof Commit.Applied) {
                    fold(writer, tooMany);
                }
            });
            return;
        }
        String path = Paths.journal(writer) + '/' + entry;
        store.read(session, "journal-entry", path, answer -> {
            if (closed || answer instanceof Read.Failed) {
                return;
            }
            if (answer instanceof Read.Found found) {
                try {
                    FireJournal.decode(path, found.znode().data()).forEach(counts::add);
                } catch (CorruptRecordException e) {
                    LOG.error("journal entry dropped: {}", e.getMessage());
                }
            }
            readEntries(writer, unread, some, counts, tooMany);
        });
    }

    /** Adds the counts of an emptied journal to those at {@code /journal} and removes its parent. */
    private void remove(String writer, int tooMany) {
        readCounts(
                writer,
                counts -> store.read(session, "journal-total", Paths.JOURNAL, answer -> {
                    if (closed || !(answer instanceof Read.Found found)) {
                        return;
                    }
                    JournalCounts total;
                    try {
                        total = JournalCounts.decode(
                                Paths.JOURNAL, found.znode().data());
                    } catch (CorruptRecordException e) {
                        LOG.error("counts start anew: {}", e.getMessage());
                        total = new JournalCounts();
                    }
                    total.addAll(counts);
                    Transaction transaction = fence.apply("journal-remove")
                            .put(Paths.JOURNAL, total.encode(), found.znode().version())
                            .delete(Paths.journal(writer), -1)
                            .build();
                    store.commit(session, transaction, done -> {
                        if (!closed && done instanceof Commit.Applied && tooMany > 1) {
                            round();
                        }
                    });
                }));
    }
}
