package dev.belfry.core.ledger;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.belfry.core.record.JsonRecordReader;
import dev.belfry.core.record.JsonRecordReader.Row;
import dev.belfry.core.record.JsonRecordWriter;
import dev.belfry.core.run.Outcome;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The stored form of a {@link LedgerRecord}: compact JSON, so that an operator can read it with any client. */
public final class LedgerCodec {

    /** Schema written, and the highest read. */
    public static final int SCHEMA = 1;

    private static final String STARTED = "started";
    private static final String CLAIMED = "claimed";

    private LedgerCodec() {}

    public static byte[] encode(LedgerRecord ledger) {
        return JsonRecordWriter.write(SCHEMA, json -> {
            json.writeStringField("writer", ledger.writer());
            json.writeNumberField("batch", ledger.batch());
            json.writeNumberField("since", ledger.since());
            json.writeNumberField("mark", ledger.mark().toEpochMilli());
            if (ledger.delayNext().isPresent()) {
                json.writeNumberField("delayNext", ledger.delayNext().get().toEpochMilli());
            }
            if (ledger.released().isPresent()) {
                json.writeArrayFieldStart("released");
                json.writeNumber(ledger.released().get().from().toEpochMilli());
                json.writeNumber(ledger.released().get().at().toEpochMilli());
                if (ledger.released().get().doubt().isPresent()) {
                    json.writeNumber(ledger.released().get().doubt().get().toEpochMilli());
                }
                json.writeEndArray();
            }
            if (ledger.attended().isPresent()) {
                json.writeArrayFieldStart("attended");
                json.writeNumber(ledger.attended().get().from().toEpochMilli());
                json.writeNumber(ledger.attended().get().to().toEpochMilli());
                json.writeEndArray();
            }
            writeSpans(json, ledger.above());
            writeRequested(json, ledger.requested());
            writeRecent(json, ledger.recent());
        });
    }

    private static void writeSpans(JsonGenerator json, List<Span> spans) throws IOException {
        if (spans.isEmpty()) {
            return;
        }
        json.writeArrayFieldStart("above");
        for (Span span : spans) {
            json.writeStartArray();
            json.writeNumber(span.first().toEpochMilli());
            json.writeNumber(span.last().toEpochMilli());
            json.writeNumber(span.count());
            writeMark(json, span.mark());
            json.writeEndArray();
        }
        json.writeEndArray();
    }

    private static void writeRequested(JsonGenerator json, List<RequestedRun> runs) throws IOException {
        if (runs.isEmpty()) {
            return;
        }
        json.writeArrayFieldStart("requested");
        for (RequestedRun run : runs) {
            json.writeStartArray();
            json.writeString(run.runId());
            json.writeNumber(run.due().toEpochMilli());
            writeMark(json, run.mark());
            json.writeEndArray();
        }
        json.writeEndArray();
    }

    private static void writeMark(JsonGenerator json, Mark mark) throws IOException {
        if (mark instanceof Mark.Final f) {
            json.writeString(f.outcome().text());
            json.writeString(f.reason());
        } else if (mark instanceof Mark.Started s) {
            writeAttempt(json, STARTED, s.attempt(), s.token(), s.at(), s.incarnation());
            boolean alone = s.first().toEpochMilli() == s.at().toEpochMilli();
            if (s.failures() > 0 || !alone) {
                json.writeNumber(s.failures());
            }
            if (!alone) {
                json.writeNumber(s.first().toEpochMilli());
            }
        } else if (mark instanceof Mark.Claimed c) {
            writeAttempt(json, CLAIMED, c.attempt(), c.token(), c.at(), c.incarnation());
        }
    }

    private static void writeAttempt(
            JsonGenerator json, String word, int attempt, long token, Instant at, String incarnation)
            throws IOException {
        json.writeString(word);
        json.writeNumber(attempt);
        json.writeNumber(token);
        json.writeNumber(at.toEpochMilli());
        json.writeString(incarnation);
    }

    private static void writeRecent(JsonGenerator json, List<RecentOutcome> recent) throws IOException {
        json.writeArrayFieldStart("recent");
        for (RecentOutcome r : recent) {
            json.writeStartArray();
            json.writeNumber(r.due().toEpochMilli());
            json.writeNumber(r.count());
            json.writeString(r.requested());
            json.writeString(r.outcome().text());
            json.writeString(r.reason());
            json.writeNumber(r.attempt());
            json.writeNumber(r.started().toEpochMilli());
            json.writeNumber(r.ended().toEpochMilli());
            json.writeString(r.incarnation());
            json.writeEndArray();
        }
        json.writeEndArray();
    }

    /** @throws dev.belfry.core.record.CorruptRecordException if it cannot be read */
    public static LedgerRecord decode(String path, byte[] bytes) {
        JsonRecordReader json = JsonRecordReader.open(path, bytes, SCHEMA);
        List<Span> above = new ArrayList<>();
        for (Row row : json.rows("above")) {
            above.add(readSpan(json, row));
        }
        List<RequestedRun> requested = new ArrayList<>();
        for (Row row : json.rows("requested")) {
            requested.add(new RequestedRun(row.text(0), row.instant(1), readMark(row, 2)));
        }
        List<RecentOutcome> recent = new ArrayList<>();
        for (Row row : json.rows("recent")) {
            recent.add(new RecentOutcome(
                    row.instant(0),
                    row.number(1),
                    row.text(2),
                    Outcome.of(row.text(3)),
                    row.text(4),
                    (int) row.number(5),
                    row.instant(6),
                    row.instant(7),
                    row.text(8)));
        }
        Optional<Released> released = Optional.empty();
        if (json.has("released")) {
            Row row = json.row("released");
            Optional<Instant> doubt = row.size() > 2 ? Optional.of(row.instant(2)) : Optional.empty();
            released = Optional.of(new Released(row.instant(0), row.instant(1), doubt));
        }
        Optional<Attendance> attended = Optional.empty();
        if (json.has("attended")) {
            Row row = json.row("attended");
            attended = Optional.of(new Attendance(row.instant(0), row.instant(1)));
        }
        return new LedgerRecord(
                json.text("writer"),
                json.number("batch"),
                json.number("since"),
                json.instant("mark"),
                above,
                requested,
                recent,
                json.optionalInstant("delayNext"),
                released,
                attended);
    }

    private static Span readSpan(JsonRecordReader json, Row row) {
        try {
            return new Span(row.instant(0), row.instant(1), row.number(2), readMark(row, 3));
        } catch (IllegalArgumentException e) {
            throw json.malformed("above", String.valueOf(e.getMessage()));
        }
    }

    private static Mark readMark(Row row, int at) {
        String word = row.text(at);
        if (word.equals(STARTED)) {
            // The mark is the end of its row. At its own end are the number of failures and the first start, each left
            // out where it says nothing new. Records of before the first start was kept count from the last.
            Instant started = row.instant(at + 3);
            int failures = row.size() > at + 5 ? (int) row.number(at + 5) : 0;
            Instant first = row.size() > at + 6 ? row.instant(at + 6) : started;
            return new Mark.Started(
                    (int) row.number(at + 1), row.number(at + 2), started, row.text(at + 4), failures, first);
        }
        if (word.equals(CLAIMED)) {
            return new Mark.Claimed(
                    (int) row.number(at + 1), row.number(at + 2), row.instant(at + 3), row.text(at + 4));
        }
        return new Mark.Final(Outcome.of(word), row.text(at + 1));
    }
}
