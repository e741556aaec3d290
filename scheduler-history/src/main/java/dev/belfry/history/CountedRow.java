package dev.belfry.history;

import dev.belfry.core.journal.JournalCounts.Cell;
import dev.belfry.core.journal.JournalCounts.Origin;
import dev.belfry.core.run.Outcome;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * Fires whose lines became counts before they were exported.
 *
 * @param journal the incarnation whose journal it was; {@code /} where that is no longer known
 * @param cell what is counted together
 * @param fires how many
 * @param noticed when the exporter found out; an {@link Cell#isEarlier} cell was due before that
 */
public record CountedRow(String journal, Cell cell, long fires, Instant noticed) {

    public HistoryRow row() {
        return HistoryRow.of(
                RowKind.COUNTED,
                journal,
                cell.hour(),
                cell.lastHour(),
                cell.jobUid(),
                cell.origin() == Origin.SCHEDULED,
                cell.outcome().text(),
                fires,
                noticed.truncatedTo(ChronoUnit.MILLIS));
    }

    /** What a row of kind {@link RowKind#COUNTED} says. */
    public static CountedRow of(HistoryRow row) {
        Cell cell = new Cell(
                row.instant("due_hour"),
                row.instant("last_hour"),
                row.text("job_uid"),
                row.flag("scheduled") ? Origin.SCHEDULED : Origin.REQUESTED,
                Outcome.of(row.text("outcome")));
        return new CountedRow(row.text("journal"), cell, row.number("fires"), row.instant("noticed"));
    }
}
