package dev.belfry.history.export;

import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.journal.FireJournal;
import dev.belfry.core.journal.JournalCounts;
import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.core.record.Paths;
import dev.belfry.history.JournalMark;
import dev.belfry.store.Transaction;
import dev.belfry.store.Znode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Deletes exported entries of incarnations that are gone, so that their room is left to what is not exported. As whoever makes
 * room does, it adds them to the counts of their journal in the same transaction: without the database the proof then finds
 * them counted, and not missing.
 *
 * <p>The living make room themselves; an incarnation that is not registered any more never writes again. Not thread-safe.
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
            if (mark != null && !live.contains(writer)) {
                while (someOf(writer, mark, now)) {
                    // The next ones.
                }
            }
        }
    }

    /** Whether some were deleted and there may be more. */
    private boolean someOf(String writer, JournalMark mark, Instant now) {
        NavigableSet<Long> numbers = journals.entries(writer);
        if (numbers.isEmpty() || numbers.last() > mark.entry() || !oldEnough(writer, numbers.last(), now)) {
            return false;
        }
        Optional<Znode> parent = access.read(Paths.journal(writer));
        if (parent.isEmpty()) {
            return false;
        }
        Transaction transaction = clearing(writer, mark, numbers, parent.get());
        return transaction != null && access.commit(transaction) && numbers.size() > DELETES;
    }

    private boolean oldEnough(String writer, long last, Instant now) {
        return access.read(Paths.journalEntry(writer, last))
                .filter(znode -> !znode.modified().plus(keep).isAfter(now))
                .isPresent();
    }

    /** Null if an entry cannot be read, or has more in it than was exported. */
    private @Nullable Transaction clearing(String writer, JournalMark mark, NavigableSet<Long> numbers, Znode parent) {
        Transaction.Builder transaction = Transaction.at("export-clear");
        try {
            JournalCounts counts = JournalCounts.decode(parent.path(), parent.data());
            for (long number : numbers.stream().limit(DELETES).toList()) {
                Optional<Znode> entry = access.read(Paths.journalEntry(writer, number));
                if (entry.isEmpty()) {
                    return null;
                }
                List<FireEntry> lines =
                        FireJournal.decode(entry.get().path(), entry.get().data());
                if (number == mark.entry() && lines.size() != mark.lines()) {
                    return null;
                }
                lines.forEach(counts::add);
                transaction.delete(entry.get().path(), entry.get().version());
            }
            return transaction
                    .put(parent.path(), counts.encode(), parent.version())
                    .build();
        } catch (CorruptRecordException e) {
            // Said when it was to be exported; it is kept, and so is its journal.
            return null;
        }
    }
}
