package dev.belfry.history;

import java.util.List;

/**
 * What is written to the history at once: rows, and how far the journals are exported with them.
 *
 * @param exporter who writes, for people
 * @param kind of all rows
 * @param rows may be empty if only marks are moved
 * @param marks of the journals that the rows are from
 */
public record Batch(String exporter, SegmentKind kind, List<HistoryRow> rows, List<JournalMark> marks) {

    /** @throws IllegalArgumentException if a row belongs into another kind of segment */
    public Batch {
        rows = List.copyOf(rows);
        marks = List.copyOf(marks);
        for (HistoryRow row : rows) {
            if (row.kind().segment() != kind) {
                throw new IllegalArgumentException("a row of kind " + row.kind() + " in a segment of " + kind);
            }
        }
    }
}
