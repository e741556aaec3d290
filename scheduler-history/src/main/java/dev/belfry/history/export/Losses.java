package dev.belfry.history.export;

import dev.belfry.core.journal.JournalCounts.Cell;
import dev.belfry.core.record.Paths;
import dev.belfry.history.HistoryStore;
import dev.belfry.history.JournalMark;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;

/**
 * Compares what the journal's counts have grown by since a mark with what the history lists of it: the rest is what became
 * counts before it was exported. It throws {@link dev.belfry.core.record.CorruptRecordException} if counts cannot be read.
 */
final class Losses {
    private final HistoryStore store;
    private final Optional<Duration> retention;
    private final InstantSource clock;

    Losses(HistoryStore store, Optional<Duration> retention, InstantSource clock) {
        this.store = store;
        this.retention = retention;
        this.clock = clock;
    }

    /** Every exported entry below this is in the counts. */
    static long floor(JournalMark mark, NavigableSet<Long> entries) {
        return entries.isEmpty() ? Math.max(mark.entry() + 1, mark.floor()) : entries.first();
    }

    /** Of one journal; counts and floor as they were at one instant, everything before that being exported. */
    Map<Cell, Long> of(JournalMark mark, String counts, long floor) {
        return kept(compared(mark, counts, floor));
    }

    /** What the counts have grown by, less what the history lists of the entries that went. */
    Unlisted compared(JournalMark mark, String counts, long floor) {
        String path = Paths.journal(mark.writer());
        return new Unlisted()
                .plus(Unlisted.cells(path, counts))
                .minus(Unlisted.cells(path, mark.counts()))
                .minus(store.outcomes(mark.writer(), mark.floor(), floor));
    }

    /** Of journals that are no more: their counts have gone into the total. */
    Map<Cell, Long> ofTotal(JournalMark total, String counts, List<JournalMark> over) {
        return kept(comparedTotal(total, counts, over));
    }

    /** Likewise for the total. */
    Unlisted comparedTotal(JournalMark total, String counts, List<JournalMark> over) {
        Unlisted unlisted = new Unlisted()
                .plus(Unlisted.cells(Paths.JOURNAL, counts))
                .minus(Unlisted.cells(Paths.JOURNAL, total.counts()));
        for (JournalMark mark : over) {
            unlisted.minus(Unlisted.cells(Paths.journal(mark.writer()), mark.counts()))
                    .minus(store.outcomes(mark.writer(), mark.floor(), Long.MAX_VALUE));
        }
        return unlisted;
    }

    /** Without what may have been exported and removed from the history since, because of its age. */
    private Map<Cell, Long> kept(Unlisted unlisted) {
        Map<Cell, Long> found = unlisted.counts();
        if (retention.isPresent()) {
            Instant oldest = clock.instant().minus(retention.get()).minus(Duration.ofHours(1));
            found.keySet().removeIf(cell -> !cell.isEarlier() && cell.lastHour().isBefore(oldest));
        }
        return found;
    }
}
