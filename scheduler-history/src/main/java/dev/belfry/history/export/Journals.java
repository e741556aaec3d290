package dev.belfry.history.export;

import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.journal.FireJournal;
import dev.belfry.core.journal.JournalCounts.Cell;
import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.core.record.Paths;
import dev.belfry.history.CountedRow;
import dev.belfry.history.FireRow;
import dev.belfry.history.HistoryRow;
import dev.belfry.history.HistoryStore;
import dev.belfry.history.JournalMark;
import dev.belfry.store.Znode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Exports the agents' journals.
 *
 * <p>A journal only grows at its end: its last entry by lines, then by entries with greater numbers. So a mark, an entry and how
 * many of its lines, says all that was exported. It loses entries at its beginning, in the transaction that counts them: what
 * the counts have grown by and the history does not list has become counts before it was exported.
 *
 * <p>Not thread-safe.
 */
final class Journals {
    private static final Logger LOG = LoggerFactory.getLogger(Journals.class);

    /** Entries that a living journal may lose before its counts are compared, although nothing looks wrong. */
    private static final int SETTLE = 300;
    /** Attempts at reading a journal and its counts as they were at one instant. */
    private static final int TRIES = 5;

    private final JournalAccess access;
    private final HistoryStore store;
    private final Writing writing;
    private final Jobs jobs;
    private final Tally tally;
    private final Consumer<String> unreadable;
    private final InstantSource clock;
    private final Optional<Duration> retention;

    Journals(Tenure.Parts parts, Writing writing, Jobs jobs, Consumer<String> unreadable) {
        this.access = parts.access();
        this.store = parts.store();
        this.tally = parts.tally();
        this.clock = parts.clock();
        this.retention = parts.settings().retention();
        this.writing = writing;
        this.jobs = jobs;
        this.unreadable = unreadable;
    }

    /** Numbers of the entries of a journal. */
    NavigableSet<Long> entries(String writer) {
        NavigableSet<Long> numbers = new TreeSet<>();
        for (String name : access.children(Paths.journal(writer))) {
            if (name.matches("[0-9]{12,18}")) {
                numbers.add(Long.parseLong(name));
            } else {
                unreadable.accept(Paths.journal(writer) + '/' + name + " is not the name of an entry; it is left out");
            }
        }
        return numbers;
    }

    /** Exports what a journal has that the history has not. */
    void export(String writer) {
        JournalMark mark = writing.mark(writer);
        NavigableSet<Long> numbers = entries(writer);
        List<String> paths = numbers.tailSet(Math.max(1, mark.entry())).stream()
                .map(number -> Paths.journalEntry(writer, number))
                .toList();
        int[] read = {0};
        access.readAll(paths, znode -> {
            read[0]++;
            export(writer, znode);
        });
        boolean vanished = read[0] < paths.size() || (mark.entry() > 0 && !numbers.contains(mark.entry()));
        boolean moved = !numbers.isEmpty() && numbers.first() > mark.floor() + SETTLE;
        if (vanished || moved || mark.revision() == 0) {
            settle(writer);
        }
    }

    private void export(String writer, Znode znode) {
        long number = Long.parseLong(Paths.name(znode.path()));
        JournalMark mark = writing.mark(writer);
        int done = mark.entry() == number ? mark.lines() : 0;
        try {
            List<FireEntry> lines = FireJournal.decode(znode.path(), znode.data());
            List<HistoryRow> rows = new ArrayList<>();
            for (int line = done; line < lines.size(); line++) {
                FireEntry event = lines.get(line);
                rows.add(new FireRow(writer, number, line, jobs.name(event.jobUid()), event).row());
            }
            if (!rows.isEmpty()) {
                writing.add(rows, mark.at(number, lines.size()));
            }
        } catch (CorruptRecordException | IllegalArgumentException e) {
            unreadable.accept(znode.path() + ": " + e.getMessage());
        }
    }

    // --- what was counted

    /** The counts of a journal and its first entry, as they were at one instant. */
    private record Look(String counts, NavigableSet<Long> numbers) {}

    private Optional<Look> look(String writer) {
        for (int i = 0; i < TRIES; i++) {
            Optional<Znode> before = access.read(Paths.journal(writer));
            NavigableSet<Long> numbers = entries(writer);
            Optional<Znode> after = access.read(Paths.journal(writer));
            if (before.isEmpty() || after.isEmpty()) {
                return Optional.empty();
            }
            if (before.get().version() == after.get().version()) {
                return Optional.of(new Look(text(before.get()), numbers));
            }
        }
        // Next time: counts only grow.
        return Optional.empty();
    }

    private static String text(Znode znode) {
        return new String(znode.data(), StandardCharsets.UTF_8);
    }

    /** Finds what of a journal became counts before it was exported. */
    private void settle(String writer) {
        writing.flush();
        Optional<Look> found = look(writer);
        JournalMark mark = writing.mark(writer);
        if (found.isEmpty()) {
            return;
        }
        Look look = found.get();
        long floor = look.numbers().isEmpty()
                ? Math.max(mark.entry() + 1, mark.floor())
                : look.numbers().first();
        if (look.counts().equals(mark.counts()) && floor <= mark.floor() + SETTLE && mark.revision() > 0) {
            return;
        }
        try {
            String path = Paths.journal(writer);
            Map<Cell, Long> unlisted = new Unlisted()
                    .plus(Unlisted.cells(path, look.counts()))
                    .minus(Unlisted.cells(path, mark.counts()))
                    .minus(store.outcomes(writer, mark.floor(), floor))
                    .counts();
            unlisted.keySet().removeIf(this::removedSince);
            writing.add(rows(writer, unlisted), mark.counted(floor, look.counts()));
            writing.flush();
            report(writer, unlisted);
        } catch (CorruptRecordException e) {
            unreadable.accept(String.valueOf(e.getMessage()));
        }
    }

    /** Finds what of the journals that are no more became counts before it was exported. */
    void settleTotal() {
        writing.flush();
        for (int i = 0; i < TRIES; i++) {
            Optional<Znode> before = access.read(Paths.JOURNAL);
            List<String> writers = access.children(Paths.JOURNAL);
            Optional<Znode> after = access.read(Paths.JOURNAL);
            if (before.isPresent()
                    && after.isPresent()
                    && before.get().version() == after.get().version()) {
                settleTotal(text(before.get()), writers);
                return;
            }
        }
    }

    private void settleTotal(String counts, List<String> writers) {
        List<String> over = new ArrayList<>(writing.writers());
        over.removeAll(List.of(JournalMark.TOTAL, JournalMark.MASTERS));
        over.removeAll(writers);
        JournalMark total = writing.mark(JournalMark.TOTAL);
        if (over.isEmpty() && counts.equals(total.counts())) {
            return;
        }
        try {
            Unlisted unlisted = new Unlisted()
                    .plus(Unlisted.cells(Paths.JOURNAL, counts))
                    .minus(Unlisted.cells(Paths.JOURNAL, total.counts()));
            for (String writer : over) {
                JournalMark mark = writing.mark(writer);
                unlisted.minus(Unlisted.cells(Paths.journal(writer), mark.counts()))
                        .minus(store.outcomes(writer, mark.floor(), Long.MAX_VALUE));
            }
            Map<Cell, Long> found = unlisted.counts();
            found.keySet().removeIf(this::removedSince);
            writing.add(rows(JournalMark.TOTAL, found), total.counted(0, counts));
            over.forEach(writer -> writing.add(List.of(), writing.mark(writer).ended()));
            writing.flush();
            report("incarnations that are gone", found);
        } catch (CorruptRecordException e) {
            unreadable.accept(String.valueOf(e.getMessage()));
        }
    }

    /** Whether such lines may have been exported, and removed from the history because of their age. */
    private boolean removedSince(Cell cell) {
        Instant end = cell.lastHour().plus(Duration.ofHours(1));
        return !cell.isEarlier()
                && retention.filter(age -> end.isBefore(clock.instant().minus(age))).isPresent();
    }

    private List<HistoryRow> rows(String journal, Map<Cell, Long> unlisted) {
        List<HistoryRow> rows = new ArrayList<>();
        unlisted.forEach((cell, fires) -> rows.add(new CountedRow(journal, cell, fires, clock.instant()).row()));
        return rows;
    }

    private void report(String journal, Map<Cell, Long> unlisted) {
        long fires = unlisted.values().stream().mapToLong(Long::longValue).sum();
        if (fires > 0) {
            tally.counted(fires);
            LOG.warn(
                    "entries made room before they were exported: {} outcomes are counted in the history, not listed;"
                            + " journal={}",
                    fires,
                    journal);
        }
    }
}
