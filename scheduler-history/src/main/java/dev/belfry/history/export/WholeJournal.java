package dev.belfry.history.export;

import dev.belfry.agent.client.Journal;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.journal.FireJournal;
import dev.belfry.core.journal.JournalCounts;
import dev.belfry.core.journal.JournalCounts.Cell;
import dev.belfry.core.journal.TableEntry;
import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.core.record.Paths;
import dev.belfry.history.CountedRow;
import dev.belfry.history.FireQuery;
import dev.belfry.history.FireRow;
import dev.belfry.history.HistoryStore;
import dev.belfry.history.JournalMark;
import dev.belfry.store.StoreConnection;
import dev.belfry.store.Znode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The journal as the history and ZooKeeper have it together: each line once, whether it was exported or not. It is what a proof
 * goes by when there is a database. One use; not thread-safe.
 */
public final class WholeJournal {
    /** Cells that counts hold without putting the oldest together. */
    private static final int CELLS = 500;

    private final JournalAccess access;
    private final HistoryStore store;
    private final Instant from;
    private final Instant to;
    private final List<String> problems = new ArrayList<>();
    /** Lines in ZooKeeper, exported ones included. */
    private final List<FireRow> present = new ArrayList<>();

    private final Set<TableEntry> table = new LinkedHashSet<>();
    private final Map<String, String> counts = new TreeMap<>();
    private final Map<String, NavigableSet<Long>> entries = new TreeMap<>();

    private WholeJournal(JournalAccess access, HistoryStore store, Instant from, Instant to) {
        this.access = access;
        this.store = store;
        this.from = from;
        this.to = to;
    }

    /**
     * Reads everything about fires due in [{@code from}, {@code to}). Counts are of what is listed nowhere.
     *
     * @param connection stays open
     * @throws dev.belfry.history.HistoryException if the database does not answer
     * @throws IllegalStateException if ZooKeeper does not
     */
    public static Journal read(StoreConnection connection, HistoryStore store, Instant from, Instant to) {
        try (JournalAccess access = new JournalAccess(connection, "belfry-whole-journal")) {
            return new WholeJournal(access, store, from, to).read();
        } catch (AwayException e) {
            throw new IllegalStateException("the journal cannot be read: " + e.getMessage(), e);
        }
    }

    private Journal read() {
        // ZooKeeper first: what leaves it meanwhile is in the history by the time that is read.
        access.sync();
        access.read(Paths.JOURNAL).ifPresent(root -> counts.put(JournalMark.TOTAL, text(root)));
        for (String writer : access.children(Paths.JOURNAL)) {
            if (Paths.journal(writer).equals(Paths.MASTER_JOURNAL)) {
                masters();
            } else {
                agent(writer);
            }
        }
        Map<String, JournalMark> marks = store.marks();
        List<FireRow> rows = new ArrayList<>();
        store.fires(FireQuery.between(from, to), rows::add);
        present.stream()
                .filter(row -> isNew(row, marks.getOrDefault(row.writer(), JournalMark.none(row.writer()))))
                .forEach(rows::add);
        rows.sort(Comparator.comparing(FireRow::writer)
                .thenComparingLong(FireRow::entry)
                .thenComparingInt(FireRow::line));
        List<Journal.Line> lines = new ArrayList<>();
        rows.forEach(row -> lines.add(new Journal.Line(row.writer(), lines.size(), row.event())));
        table.addAll(store.table(from, to));
        List<TableEntry> versions = new ArrayList<>(table);
        versions.sort(Comparator.comparingLong(TableEntry::term).thenComparingLong(TableEntry::generation));
        Set<String> writers = new TreeSet<>(entries.keySet());
        rows.forEach(row -> writers.add(row.writer()));
        return new Journal(lines, unlisted(marks), versions, writers, problems);
    }

    private static boolean isNew(FireRow row, JournalMark mark) {
        return row.entry() > mark.entry() || (row.entry() == mark.entry() && row.line() >= mark.lines());
    }

    private static String text(Znode znode) {
        return new String(znode.data(), StandardCharsets.UTF_8);
    }

    private void masters() {
        List<String> paths = access.children(Paths.MASTER_JOURNAL).stream()
                .map(name -> Paths.MASTER_JOURNAL + '/' + name)
                .toList();
        access.readAll(paths, znode -> {
            try {
                TableEntry entry = TableEntry.decode(znode.path(), znode.data());
                if (!entry.at().isBefore(from) && entry.at().isBefore(to)) {
                    table.add(entry);
                }
            } catch (CorruptRecordException e) {
                problems.add(String.valueOf(e.getMessage()));
            }
        });
    }

    private void agent(String writer) {
        Optional<Znode> parent = access.read(Paths.journal(writer));
        if (parent.isEmpty()) {
            return;
        }
        counts.put(writer, text(parent.get()));
        NavigableSet<Long> numbers = new TreeSet<>();
        entries.put(writer, numbers);
        List<String> paths = access.children(Paths.journal(writer)).stream()
                .filter(name -> name.matches("[0-9]{12,18}"))
                .map(name -> Paths.journal(writer) + '/' + name)
                .toList();
        paths.forEach(path -> numbers.add(Long.parseLong(Paths.name(path))));
        access.readAll(paths, znode -> lines(writer, znode));
    }

    private void lines(String writer, Znode znode) {
        try {
            int line = 0;
            for (FireEntry event : FireJournal.decode(znode.path(), znode.data())) {
                boolean within =
                        !event.last().isBefore(from) && event.fire().due().isBefore(to);
                if (within) {
                    present.add(new FireRow(writer, Long.parseLong(Paths.name(znode.path())), line, "", event));
                }
                line++;
            }
        } catch (CorruptRecordException e) {
            problems.add(String.valueOf(e.getMessage()));
        }
    }

    // --- what is listed nowhere

    /** What the history has recorded as counted, and what it has not found out about yet. */
    private Map<String, JournalCounts> unlisted(Map<String, JournalMark> marks) {
        Losses losses = new Losses(store, Optional.empty(), InstantSource.system());
        Map<String, JournalCounts> found = new TreeMap<>();
        Map<Cell, Long> cells = new TreeMap<>();
        Instant until = Instant.EPOCH;
        for (CountedRow row : store.counted(from, to)) {
            cells.merge(row.cell(), row.fires(), Long::sum);
            until = row.noticed().isAfter(until) ? row.noticed() : until;
        }
        add(found, "history", cells, until);
        List<JournalMark> over = marks.values().stream()
                .filter(mark ->
                        !counts.containsKey(mark.writer()) && !mark.writer().equals(JournalMark.MASTERS))
                .toList();
        counts.forEach((writer, text) -> {
            JournalMark mark = marks.getOrDefault(writer, JournalMark.none(writer));
            if (text.equals(mark.counts())) {
                return;
            }
            try {
                Map<Cell, Long> fresh = writer.equals(JournalMark.TOTAL)
                        ? losses.ofTotal(mark, text, over)
                        : losses.of(mark, text, Losses.floor(mark, entries.getOrDefault(writer, new TreeSet<>())));
                Instant earlier = JournalCounts.decode(writer, text.getBytes(StandardCharsets.UTF_8))
                        .earlierUntil();
                add(found, writer, fresh, earlier);
            } catch (CorruptRecordException e) {
                problems.add(String.valueOf(e.getMessage()));
            }
        });
        return found;
    }

    private static void add(
            Map<String, JournalCounts> found, String name, Map<Cell, Long> cells, Instant earlierUntil) {
        List<Map.Entry<Cell, Long>> all = List.copyOf(cells.entrySet());
        for (int first = 0; first < all.size(); first += CELLS) {
            Map<Cell, Long> some = new TreeMap<>();
            all.subList(first, Math.min(all.size(), first + CELLS))
                    .forEach(cell -> some.put(cell.getKey(), cell.getValue()));
            found.put(first == 0 ? name : name + "+" + first, JournalCounts.of(some, earlierUntil));
        }
    }
}
