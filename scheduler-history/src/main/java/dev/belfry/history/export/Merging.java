package dev.belfry.history.export;

import dev.belfry.agent.client.Journal;
import dev.belfry.core.journal.FireEntry;
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
import dev.belfry.history.Timelines;
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
import java.util.function.Consumer;

/** Lays what ZooKeeper has over what the history has. ZooKeeper was read first: what leaves it is in the history by now. */
final class Merging {
    /** Cells that counts hold without putting the oldest together. */
    private static final int CELLS = 500;

    private final JournalImage image;
    private final HistoryStore store;
    private final FireQuery query;
    private final Instant tableFrom;
    private final Map<String, JournalMark> marks;
    private final Contradictions contradictions;
    private final List<String> problems;

    /** @param before how far journals were exported before the image was taken: so much it must have, or count */
    Merging(
            JournalImage image,
            Map<String, JournalMark> before,
            HistoryStore store,
            FireQuery query,
            Instant tableFrom) {
        this.image = image;
        this.store = store;
        this.query = query;
        this.tableFrom = tableFrom;
        // Before the rows: what a mark says is exported is among them.
        this.marks = store.marks();
        this.problems = new ArrayList<>(image.problems());
        this.contradictions =
                new Contradictions(image, before, marks, store.retainedSince(), new Timelines(store.restores()));
    }

    WholeJournal merge() {
        Map<Contradictions.Place, FireRow> rows = new TreeMap<>();
        store.fires(query, row -> rows.put(Contradictions.Place.of(row), row));
        Set<Contradictions.Place> exported = Set.copyOf(rows.keySet());
        image.agents()
                .forEach((writer, journal) ->
                        journal.entries().forEach((number, lines) -> lay(writer, number, lines, rows, line -> {})));
        rows.values().stream()
                .filter(row -> exported.contains(Contradictions.Place.of(row)))
                .forEach(contradictions::exported);
        List<Journal.Line> lines = new ArrayList<>();
        rows.values().forEach(row -> lines.add(new Journal.Line(row.writer(), lines.size(), row.event())));
        Set<String> writers = new TreeSet<>(image.agents().keySet());
        rows.values().forEach(row -> writers.add(row.writer()));
        Journal journal = new Journal(lines, unlisted(), table(), writers, problems);
        return new WholeJournal(journal, contradictions.found());
    }

    /** The same, but for the lines of the history, which are read shard by shard when they are asked for. */
    StreamedJournal stream() {
        List<FireRow> present = new ArrayList<>();
        List<FireRow> exported = new ArrayList<>();
        image.agents().forEach((writer, journal) -> {
            if (!journal.entries().isEmpty()) {
                // Below its first entry the journal says nothing that the history could contradict.
                Map<Contradictions.Place, FireRow> known = new TreeMap<>();
                store.fires(writer, journal.entries().firstKey()).stream()
                        .filter(row -> isAsked(row.event()))
                        .forEach(row -> known.put(Contradictions.Place.of(row), row));
                exported.addAll(known.values());
                journal.entries().forEach((number, lines) -> lay(writer, number, lines, known, present::add));
            }
        });
        exported.forEach(contradictions::exported);
        table();
        Map<String, JournalCounts> unlisted = unlisted();
        return new StreamedJournal(
                store, query, present, new StreamedJournal.Beside(unlisted, problems, contradictions.found()));
    }

    private void lay(
            String writer,
            long number,
            List<FireEntry> lines,
            Map<Contradictions.Place, FireRow> rows,
            Consumer<FireRow> each) {
        for (int line = 0; line < lines.size(); line++) {
            FireEntry event = lines.get(line);
            if (isAsked(event)) {
                FireRow present = new FireRow(writer, number, line, "", event);
                FireRow known = rows.putIfAbsent(Contradictions.Place.of(present), present);
                contradictions.present(present, Optional.ofNullable(known));
                each.accept(present);
            }
        }
    }

    private boolean isAsked(FireEntry event) {
        return !event.last().isBefore(query.from())
                && event.fire().due().isBefore(query.to())
                && query.job().filter(job -> !job.equals(event.jobUid())).isEmpty()
                && query.shard().filter(shard -> !shard.equals(event.shard())).isEmpty();
    }

    private List<TableEntry> table() {
        List<TableEntry> known = store.table(tableFrom, query.to());
        contradictions.exported(known);
        Set<TableEntry> table = new LinkedHashSet<>(known);
        for (TableEntry entry : image.masters()) {
            if (!entry.at().isBefore(tableFrom) && entry.at().isBefore(query.to()) && table.add(entry)) {
                contradictions.notInHistory(entry);
            }
        }
        List<TableEntry> versions = new ArrayList<>(table);
        versions.sort(Comparator.comparingLong(TableEntry::term).thenComparingLong(TableEntry::generation));
        return versions;
    }

    // --- what is listed nowhere

    /** What the history has recorded as counted, and what it has not found out about yet. */
    private Map<String, JournalCounts> unlisted() {
        Map<String, JournalCounts> found = new TreeMap<>();
        Map<Cell, Long> cells = new TreeMap<>();
        Instant until = Instant.EPOCH;
        for (CountedRow row : store.counted(query.from(), query.to())) {
            cells.merge(row.cell(), row.fires(), Long::sum);
            until = row.noticed().isAfter(until) ? row.noticed() : until;
        }
        String root = Paths.name(Paths.JOURNAL);
        add(found, root, cells, until);
        Losses losses = new Losses(store, Optional.empty(), InstantSource.system());
        image.agents().forEach((writer, journal) -> {
            JournalMark mark = marks.getOrDefault(writer, JournalMark.none(writer));
            NavigableSet<Long> numbers = new TreeSet<>(journal.entries().keySet());
            long floor = Losses.floor(mark, numbers);
            if (!journal.counts().equals(mark.counts()) || floor > mark.floor()) {
                count(
                        found,
                        writer,
                        journal.counts(),
                        journal.atOnce(),
                        () -> losses.compared(mark, journal.counts(), floor));
            }
        });
        JournalMark total = marks.getOrDefault(JournalMark.TOTAL, JournalMark.none(JournalMark.TOTAL));
        List<JournalMark> over = marks.values().stream()
                .filter(mark -> !image.agents().containsKey(mark.writer())
                        && !List.of(JournalMark.MASTERS, JournalMark.TOTAL, JournalMark.JOBS)
                                .contains(mark.writer()))
                .toList();
        if (!over.isEmpty() || !image.total().equals(total.counts())) {
            count(found, root, image.total(), true, () -> losses.comparedTotal(total, image.total(), over));
        }
        return found;
    }

    private interface Comparison {
        Unlisted compared();
    }

    private void count(
            Map<String, JournalCounts> found, String writer, String counts, boolean atOnce, Comparison comparison) {
        try {
            Unlisted compared = comparison.compared();
            Instant earlier = JournalCounts.decode(
                            Paths.JOURNAL + " (" + writer + ")", counts.getBytes(StandardCharsets.UTF_8))
                    .earlierUntil();
            add(found, writer, compared.counts(), earlier);
            if (atOnce) {
                contradictions.uncounted(writer, compared);
            }
        } catch (CorruptRecordException e) {
            contradictions.unreadable(String.valueOf(e.getMessage()));
        }
    }

    private static void add(
            Map<String, JournalCounts> found, String name, Map<Cell, Long> cells, Instant earlierUntil) {
        List<Map.Entry<Cell, Long>> all = List.copyOf(cells.entrySet());
        for (int first = 0; first < all.size(); first += CELLS) {
            Map<Cell, Long> some = new TreeMap<>();
            all.subList(first, Math.min(all.size(), first + CELLS))
                    .forEach(cell -> some.put(cell.getKey(), cell.getValue()));
            String free = name;
            for (int i = 1; found.containsKey(free); i++) {
                free = name + "+" + i;
            }
            found.put(free, JournalCounts.of(some, earlierUntil));
        }
    }
}
