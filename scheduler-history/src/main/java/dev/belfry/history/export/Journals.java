package dev.belfry.history.export;

import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.journal.FireJournal;
import dev.belfry.core.journal.JournalCounts.Cell;
import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.core.record.Paths;
import dev.belfry.history.CountedRow;
import dev.belfry.history.FireRow;
import dev.belfry.history.HistoryRow;
import dev.belfry.history.JournalMark;
import dev.belfry.store.Znode;
import java.nio.charset.StandardCharsets;
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
    private final Writing writing;
    private final Jobs jobs;
    private final Tally tally;
    private final Consumer<String> unreadable;
    private final InstantSource clock;
    private final Losses losses;

    Journals(Tenure.Parts parts, Writing writing, Jobs jobs, Consumer<String> unreadable) {
        this.access = parts.access();
        this.tally = parts.tally();
        this.clock = parts.clock();
        this.losses = new Losses(parts.store(), parts.settings().retention(), clock);
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

    /**
     * Exports what a journal has that the history has not.
     *
     * @param settle whether its counts are compared even if nothing looks wrong
     */
    void export(String writer, boolean settle) {
        NavigableSet<Long> numbers = entries(writer);
        JournalMark mark = writing.mark(writer);
        boolean vanished = mark.entry() > 0 && !numbers.contains(mark.entry());
        boolean moved = !numbers.isEmpty() && numbers.first() > mark.floor() + SETTLE;
        if (settle || vanished || moved || mark.floor() == 0) {
            // Before the mark moves on: it is what shows that something is missing.
            settle(writer);
        }
        List<String> paths = numbers.tailSet(Math.max(1, mark.entry())).stream()
                .map(number -> Paths.journalEntry(writer, number))
                .toList();
        int[] read = {0};
        access.readAll(paths, znode -> {
            read[0]++;
            export(writer, znode);
        });
        if (read[0] < paths.size()) {
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
        } catch (CorruptRecordException e) {
            unreadable.accept(String.valueOf(e.getMessage()));
        } catch (IllegalArgumentException e) {
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
        long floor = Losses.floor(mark, look.numbers());
        if (look.counts().equals(mark.counts()) && floor <= mark.floor() + SETTLE && mark.floor() > 0) {
            return;
        }
        try {
            Map<Cell, Long> unlisted = losses.of(mark, look.counts(), floor);
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
        over.removeAll(List.of(JournalMark.TOTAL, JournalMark.MASTERS, JournalMark.JOBS));
        over.removeAll(writers);
        JournalMark total = writing.mark(JournalMark.TOTAL);
        if (over.isEmpty() && counts.equals(total.counts())) {
            return;
        }
        try {
            Map<Cell, Long> found = losses.ofTotal(
                    total, counts, over.stream().map(writing::mark).toList());
            writing.add(rows(JournalMark.TOTAL, found), total.counted(0, counts));
            over.forEach(writer -> writing.add(List.of(), writing.mark(writer).ended()));
            writing.flush();
            report("incarnations that are gone", found);
        } catch (CorruptRecordException e) {
            unreadable.accept(String.valueOf(e.getMessage()));
        }
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
                    "entries made room before they were exported; outcomes counted in the history, not listed: {};"
                            + " journal={}",
                    fires,
                    journal);
        }
    }
}
