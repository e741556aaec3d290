package dev.belfry.history.jdbc;

import dev.belfry.core.job.Job;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.journal.JournalCounts.Cell;
import dev.belfry.core.journal.JournalCounts.Origin;
import dev.belfry.core.journal.TableEntry;
import dev.belfry.core.ledger.FireId;
import dev.belfry.core.run.Outcome;
import dev.belfry.core.version.Author;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.JobVersion;
import dev.belfry.history.Batch;
import dev.belfry.history.CountedRow;
import dev.belfry.history.FireRow;
import dev.belfry.history.HistoryRow;
import dev.belfry.history.JobRows;
import dev.belfry.history.JournalMark;
import dev.belfry.history.SegmentKind;
import dev.belfry.history.TableRows;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Rows of every kind. */
final class Samples {
    static final Instant NOON = Instant.parse("2026-11-02T12:00:00Z");
    static final String WRITER = "indexer-1~100a3c5d8e70001";
    static final String UID = "index-6f1c2ab09d";

    private Samples() {}

    static FireEntry fire(int n) {
        return fire(n, "");
    }

    static FireEntry fire(int n, String reason) {
        Instant due = NOON.plusSeconds(n);
        boolean asked = n % 7 == 6;
        return new FireEntry(
                n % 5 == 4 ? FireEntry.Kind.STARTED : FireEntry.Kind.FINAL,
                UID,
                1,
                Integer.toString(n % 4),
                asked ? FireId.requested("c-" + n, due) : FireId.scheduled(due),
                due,
                1,
                1,
                3_298_534_883_328L + n,
                due.plusMillis(2),
                n % 5 == 4 ? Instant.EPOCH : due.plusMillis(300),
                n % 5 == 4 ? Outcome.UNKNOWN : n % 3 == 0 ? Outcome.FAILED : Outcome.SUCCEEDED,
                reason);
    }

    static List<FireRow> fires(long entry, int from, int count) {
        List<FireRow> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            rows.add(new FireRow(WRITER, entry, i, "index", fire(from + i)));
        }
        return rows;
    }

    static List<HistoryRow> rows(List<FireRow> fires) {
        return fires.stream().map(FireRow::row).toList();
    }

    static TableEntry change() {
        return new TableEntry(
                3,
                WRITER,
                3L << 20 | 7,
                NOON,
                List.of(
                        new TableEntry.Line("grant", UID, 1, 0, WRITER, "", "nobody owned it"),
                        new TableEntry.Line("offer", UID, 1, 1, WRITER, "indexer-2~1", "balance")));
    }

    static TableEntry newMaster() {
        return new TableEntry(3, WRITER, 0, NOON.minusSeconds(1), List.of());
    }

    static CountedRow counted(int n) {
        return new CountedRow(
                WRITER, new Cell(NOON, NOON, UID, Origin.SCHEDULED, Outcome.SUCCEEDED), n, NOON.plusSeconds(4_000));
    }

    static JobRecord job() {
        JobDefinition definition = Job.named("index")
                .handler("index")
                .every(Duration.ofSeconds(1))
                .shards(4)
                .build();
        Author author = new Author(Author.Origin.OPERATOR, "ada", "as agreed");
        JobVersion first =
                new JobVersion(1, NOON.minusSeconds(60), NOON.minusSeconds(60), 1, definition, false, author);
        JobVersion second = new JobVersion(2, NOON.plusSeconds(60), NOON.plusSeconds(55), 1, definition, true, author);
        return new JobRecord("index", UID, List.of(first, second), List.of(), Optional.of(NOON.plusSeconds(90)));
    }

    static Batch events(List<HistoryRow> rows, JournalMark... marks) {
        return new Batch("test", SegmentKind.EVENTS, rows, List.of(marks));
    }

    /** A batch with a line of each kind of event. */
    static Batch everyEvent() {
        List<HistoryRow> rows = new ArrayList<>(rows(fires(1, 0, 6)));
        rows.addAll(TableRows.of("t000000000003", newMaster()));
        rows.addAll(TableRows.of("g00000000000003145735-00", change()));
        rows.add(counted(5).row());
        return events(rows, JournalMark.none(WRITER).at(1, 6));
    }

    static Batch definitions() {
        JobRecord job = job();
        return new Batch(
                "test",
                SegmentKind.DEFINITIONS,
                List.of(
                        JobRows.version(job, job.versions().get(0)),
                        JobRows.version(job, job.versions().get(1)),
                        JobRows.end(UID, NOON.plusSeconds(90))),
                List.of());
    }
}
