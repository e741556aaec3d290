package dev.belfry.master;

import dev.belfry.core.journal.JournalBounds;
import dev.belfry.core.ownership.Generation;
import dev.belfry.core.record.Paths;
import dev.belfry.store.Commit;
import dev.belfry.store.Listing;
import dev.belfry.store.Read;
import dev.belfry.store.Session;
import dev.belfry.store.Store;
import dev.belfry.store.Transaction;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Keeps what earlier terms have left in the masters' journal within bounds: the oldest entries go. Those of the present term
 * are bounded by whoever writes them.
 *
 * <p>One request at a time; whatever fails is left for the next round. Not thread-safe; owned by the master's loop.
 */
final class MasterJournalKeeper {
    private static final Pattern NAME = Pattern.compile("t([0-9]{1,18})|g([0-9]{1,20})-[0-9]+");
    private static final int DELETES = 90;

    private record Entry(String name, Generation generation) {
        /** Empty for a name that this version does not know. */
        static Optional<Entry> of(String name) {
            Matcher matcher = NAME.matcher(name);
            if (!matcher.matches()) {
                return Optional.empty();
            }
            try {
                return Optional.of(new Entry(
                        name,
                        matcher.group(1) != null
                                ? Generation.of(Long.parseLong(matcher.group(1)), 0)
                                : new Generation(Long.parseLong(matcher.group(2)))));
            } catch (IllegalArgumentException outOfRange) {
                return Optional.empty();
            }
        }
    }

    private final Store store;
    private final Session session;
    private final JournalKeeper.Owner owner;
    private final Map<String, Integer> sizes = new HashMap<>();
    private boolean busy;
    private boolean closed;

    MasterJournalKeeper(Store store, Session session, JournalKeeper.Owner owner) {
        this.store = store;
        this.session = session;
        this.owner = owner;
    }

    void close() {
        closed = true;
    }

    void round() {
        if (busy || closed) {
            return;
        }
        busy = true;
        store.children(session, "master-journal", Paths.MASTER_JOURNAL, answer -> {
            if (closed || !(answer instanceof Listing.Found found)) {
                busy = false;
                return;
            }
            sizes.keySet().retainAll(found.names());
            List<Entry> entries = found.names().stream()
                    .flatMap(name -> Entry.of(name).stream())
                    .sorted(Comparator.comparing(Entry::generation).thenComparing(Entry::name))
                    .toList();
            long term = entries.stream()
                    .mapToLong(entry -> entry.generation().term())
                    .max()
                    .orElse(0);
            List<Entry> earlier = entries.stream()
                    .filter(entry -> entry.generation().term() < term)
                    .toList();
            measure(new ArrayDeque<>(earlier), earlier);
        });
    }

    private void measure(Deque<Entry> unread, List<Entry> earlier) {
        while (!unread.isEmpty() && sizes.containsKey(unread.peek().name())) {
            unread.remove();
        }
        Entry next = unread.poll();
        if (next == null) {
            makeRoom(earlier);
            return;
        }
        store.read(session, "master-journal-entry", Paths.MASTER_JOURNAL + '/' + next.name(), answer -> {
            if (closed || answer instanceof Read.Failed) {
                busy = false;
                return;
            }
            sizes.put(
                    next.name(),
                    answer instanceof Read.Found found ? found.znode().data().length : 0);
            measure(unread, earlier);
        });
    }

    private void makeRoom(List<Entry> earlier) {
        long bytes = earlier.stream()
                .mapToLong(entry -> sizes.getOrDefault(entry.name(), 0))
                .sum();
        List<Entry> left = new ArrayList<>(earlier);
        Transaction.Builder transaction = owner.transaction("master-journal-age");
        int deleted = 0;
        while (deleted < DELETES && (left.size() > JournalBounds.TERM_ENTRIES || bytes > JournalBounds.TERM_BYTES)) {
            Entry oldest = left.remove(0);
            bytes -= sizes.getOrDefault(oldest.name(), 0);
            transaction.delete(Paths.MASTER_JOURNAL + '/' + oldest.name(), -1);
            deleted++;
        }
        if (deleted == 0) {
            busy = false;
            return;
        }
        boolean more = deleted == DELETES;
        store.commit(session, transaction.build(), answer -> {
            busy = false;
            if (more && answer instanceof Commit.Applied) {
                round();
            }
        });
    }
}
