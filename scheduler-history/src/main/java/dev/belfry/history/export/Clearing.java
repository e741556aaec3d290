package dev.belfry.history.export;

import dev.belfry.core.journal.FireJournal;
import dev.belfry.core.journal.JournalCounts;
import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.core.record.Paths;
import dev.belfry.history.JournalMark;
import dev.belfry.store.Transaction;
import dev.belfry.store.Znode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Deletes exported entries after a while, so that the journal stays small and its room is left to what is not exported. As
 * whoever makes room does, it adds them to the counts of their journal in the same transaction: without the database the proof
 * then finds them counted, and not missing.
 *
 * <p>An incarnation that lives makes room, too: each of the two checks the version of the counts, so that nothing is counted
 * twice. Its last entry is its own, since it may be extended. Not thread-safe.
 */
final class Clearing {
    private static final int DELETES = 90;

    private final JournalAccess access;
    private final Journals journals;
    private final Writing writing;
    private final Duration keep;

    Clearing(JournalAccess access, Journals journals, Writing writing, Duration keep) {
        this.access = access;
        this.journals = journals;
        this.writing = writing;
        this.keep = keep;
    }

    /** @param now by the wall clock, against the ensemble's */
    void clear(List<String> writers, Instant now) {
        // Read after the journals were: whoever has a journal was registered before.
        List<String> live = access.children(Paths.AGENTS);
        for (String writer : writers) {
            JournalMark mark = writing.written(writer);
            if (mark != null) {
                while (someOf(writer, mark, live.contains(writer), now)) {
                    // The next ones.
                }
            }
        }
    }

    /** Whether some were deleted and there may be more. */
    private boolean someOf(String writer, JournalMark mark, boolean lives, Instant now) {
        NavigableSet<Long> numbers = journals.entries(writer);
        Optional<Znode> parent = access.read(Paths.journal(writer));
        if (numbers.isEmpty() || parent.isEmpty()) {
            return false;
        }
        NavigableSet<Long> free = new TreeSet<>(numbers);
        if (lives) {
            free.pollLast();
        }
        List<Znode> exported = exported(writer, mark, free, now);
        if (exported.isEmpty()) {
            return false;
        }
        try {
            return access.commit(clearing(parent.get(), exported)) && exported.size() == DELETES;
        } catch (CorruptRecordException e) {
            // Counts that cannot be read: said when they were to be compared.
            return false;
        }
    }

    /** The oldest entries, as far as all of what they say was exported, and they are old enough. */
    private List<Znode> exported(String writer, JournalMark mark, NavigableSet<Long> numbers, Instant now) {
        List<String> paths = numbers.headSet(mark.entry(), true).stream()
                .limit(DELETES)
                .map(number -> Paths.journalEntry(writer, number))
                .toList();
        List<Znode> read = new ArrayList<>();
        access.readAll(paths, read::add);
        List<Znode> exported = new ArrayList<>();
        for (int i = 0; i < read.size(); i++) {
            Znode entry = read.get(i);
            // One that is missing or too young ends it: what goes, goes from the beginning.
            boolean old = !entry.modified().plus(keep).isAfter(now);
            if (!old || !entry.path().equals(paths.get(i)) || !isExported(entry, mark)) {
                break;
            }
            exported.add(entry);
        }
        return exported;
    }

    private static boolean isExported(Znode entry, JournalMark mark) {
        try {
            int lines = FireJournal.decode(entry.path(), entry.data()).size();
            return Long.parseLong(Paths.name(entry.path())) < mark.entry() || lines == mark.lines();
        } catch (CorruptRecordException e) {
            // Said when it was to be exported; it is kept, and so is its journal.
            return false;
        }
    }

    private static Transaction clearing(Znode parent, List<Znode> exported) {
        Transaction.Builder transaction = Transaction.at("export-clear");
        JournalCounts counts = JournalCounts.decode(parent.path(), parent.data());
        for (Znode entry : exported) {
            FireJournal.decode(entry.path(), entry.data()).forEach(counts::add);
            transaction.delete(entry.path(), entry.version());
        }
        return transaction.put(parent.path(), counts.encode(), parent.version()).build();
    }
}
