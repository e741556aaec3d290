package dev.belfry.history.export;

import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.journal.JournalCounts;
import dev.belfry.core.journal.JournalCounts.Cell;
import dev.belfry.core.record.CorruptRecordException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Tells what was counted without having been exported: of what counts have grown by, that which the history does not list.
 *
 * <p>Counts that had to make room have no job and no hour any more; what a cell has lost to them is set off first.
 */
final class Unlisted {
    private final Map<Cell, Long> left = new TreeMap<>();

    /** What the counts say now. */
    Unlisted plus(Map<Cell, Long> counts) {
        counts.forEach((cell, count) -> left.merge(cell, count, Long::sum));
        return this;
    }

    /** What they said before. */
    Unlisted minus(Map<Cell, Long> counts) {
        counts.forEach((cell, count) -> left.merge(cell, -count, Long::sum));
        return this;
    }

    /** What is listed and was counted since. */
    Unlisted minus(List<FireEntry> listed) {
        for (FireEntry line : listed) {
            JournalCounts one = new JournalCounts();
            one.add(line);
            minus(one.cells());
        }
        return this;
    }

    /** Counted and not listed. */
    Map<Cell, Long> counts() {
        Map<Cell, Long> lost = new HashMap<>();
        left.forEach((cell, count) -> {
            if (!cell.isEarlier() && count < 0) {
                lost.merge(earlier(cell), count, Long::sum);
            }
        });
        Map<Cell, Long> found = new TreeMap<>();
        left.forEach((cell, count) -> {
            long own = cell.isEarlier() ? count + lost.getOrDefault(earlier(cell), 0L) : count;
            if (own > 0) {
                found.put(cell, own);
            }
        });
        return found;
    }

    /** Listed, gone from the journal, and not counted there: somebody has deleted it. By origin and outcome. */
    Map<Cell, Long> uncounted() {
        Map<Cell, Long> sums = new TreeMap<>();
        left.forEach((cell, count) -> {
            if (cell.isEarlier() || count < 0) {
                sums.merge(earlier(cell), count, Long::sum);
            }
        });
        Map<Cell, Long> missing = new TreeMap<>();
        sums.forEach((cell, count) -> {
            if (count < 0) {
                missing.put(cell, -count);
            }
        });
        return missing;
    }

    private static Cell earlier(Cell cell) {
        return new Cell(
                java.time.Instant.EPOCH, java.time.Instant.EPOCH, JournalCounts.EARLIER, cell.origin(), cell.outcome());
    }

    /**
     * The cells of counts in their stored form.
     *
     * @throws CorruptRecordException if they cannot be read
     */
    static Map<Cell, Long> cells(String path, String stored) {
        return JournalCounts.decode(path, stored.getBytes(StandardCharsets.UTF_8))
                .cells();
    }
}
