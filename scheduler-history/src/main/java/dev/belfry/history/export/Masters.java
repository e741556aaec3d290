package dev.belfry.history.export;

import dev.belfry.core.journal.TableEntry;
import dev.belfry.core.ownership.Generation;
import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.core.record.Paths;
import dev.belfry.history.JournalMark;
import dev.belfry.history.TableRows;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Exports the masters' journal. Its entries never change, and later ones have greater generations. Not thread-safe. */
final class Masters {
    private static final Pattern NAME = Pattern.compile("t([0-9]{1,18})|g([0-9]{1,20})-[0-9]+");

    private record Entry(String name, long generation) {
        static Optional<Entry> of(String name) {
            Matcher matcher = NAME.matcher(name);
            if (!matcher.matches()) {
                return Optional.empty();
            }
            try {
                long generation = matcher.group(1) != null
                        ? Generation.of(Long.parseLong(matcher.group(1)), 0).value()
                        : new Generation(Long.parseLong(matcher.group(2))).value();
                return Optional.of(new Entry(name, generation));
            } catch (IllegalArgumentException outOfRange) {
                return Optional.empty();
            }
        }
    }

    private final JournalAccess access;
    private final Writing writing;
    private final Consumer<String> unreadable;

    Masters(JournalAccess access, Writing writing, Consumer<String> unreadable) {
        this.access = access;
        this.writing = writing;
        this.unreadable = unreadable;
    }

    void export() {
        List<Entry> entries = new ArrayList<>();
        for (String name : access.children(Paths.MASTER_JOURNAL)) {
            Entry.of(name)
                    .ifPresentOrElse(
                            entries::add,
                            () -> unreadable.accept(Paths.MASTER_JOURNAL + '/' + name
                                    + " is not the name of an entry; it is left out"));
        }
        entries.sort(Comparator.comparingLong(Entry::generation).thenComparing(Entry::name));
        JournalMark mark = writing.mark(JournalMark.MASTERS);
        List<Entry> fresh = new ArrayList<>();
        int same = 0;
        for (Entry entry : entries) {
            boolean exported =
                    entry.generation() < mark.entry() || (entry.generation() == mark.entry() && same++ < mark.lines());
            if (!exported) {
                fresh.add(entry);
            }
        }
        fresh.forEach(this::export);
    }

    private void export(Entry entry) {
        String path = Paths.MASTER_JOURNAL + '/' + entry.name();
        JournalMark mark = writing.mark(JournalMark.MASTERS);
        int lines = mark.entry() == entry.generation() ? mark.lines() + 1 : 1;
        JournalMark next = mark.at(entry.generation(), lines);
        try {
            List<dev.belfry.history.HistoryRow> rows = new ArrayList<>();
            access.read(path)
                    .ifPresent(znode -> rows.addAll(TableRows.of(entry.name(), TableEntry.decode(path, znode.data()))));
            writing.add(rows, next);
        } catch (CorruptRecordException e) {
            unreadable.accept(String.valueOf(e.getMessage()));
            writing.add(List.of(), next);
        } catch (IllegalArgumentException e) {
            unreadable.accept(path + ": " + e.getMessage());
            writing.add(List.of(), next);
        }
    }
}
