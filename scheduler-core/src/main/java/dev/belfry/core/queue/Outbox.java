package dev.belfry.core.queue;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.belfry.core.ledger.FailureText;
import dev.belfry.core.record.JsonRecordReader;
import dev.belfry.core.record.JsonRecordReader.Row;
import dev.belfry.core.record.JsonRecordWriter;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What an incarnation says of the entries of its inbox. Written by the agent alone, while it is registered (rule R8).
 *
 * @param reports in the order of their numbers; one for each entry that was claimed, begun, refused or has ended
 */
public record Outbox(List<Report> reports) {

    public static final int SCHEMA = 1;

    /** Bytes of all reports at most; the text of failures is cut for it. */
    public static final int MOST_BYTES = 60_000;

    /** Bytes of each reason, from the first for which all of them fit. */
    private static final int[] REASONS = {FailureText.MOST_BYTES, 400, FailureText.BRIEF_BYTES, 40};

    public static final Outbox EMPTY = new Outbox(List.of());

    /** How far an entry has come. */
    public enum Stage {
        /** At most once only: it is about to be begun, and has been as far as anybody else may assume. */
        CLAIMED,
        STARTED,
        SUCCEEDED,
        FAILED,
        /** One of the agent's time-outs was used up. */
        TIMED_OUT,
        /** It was to be cancelled, and has ended. */
        CANCELLED,
        /** Cut short by the end of the lease or of the agent. */
        LOST,
        /** Not begun, and it will not be. */
        REFUSED;

        /** Whether nothing more follows. */
        public boolean over() {
            return this != CLAIMED && this != STARTED;
        }

        String text() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** What an attempt has left beside the outbox. */
    public enum Left {
        NOTHING,
        /** For the attempt that may have to follow it. */
        CHECKPOINT,
        /** What came of its success, in JSON. */
        OUTPUT;

        String text() {
            return this == NOTHING ? "" : name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * One entry.
     *
     * @param number of the dispatch
     * @param started when the attempt began; {@link Instant#EPOCH} if it has not
     * @param ended when it ended, or was refused; {@link Instant#EPOCH} before
     * @param retryable whether another attempt may help
     * @param left what lies beside the outbox under its number
     * @param reason why it ended so: a word of {@code Reasons}, or what user code said
     * @param pages how many pages of sub-tasks it has handed in so far; those that no master has taken in lie beside the outbox
     */
    public record Report(
            long number,
            Stage stage,
            Instant started,
            Instant ended,
            boolean retryable,
            Left left,
            String reason,
            int pages) {

        /** One of an attempt that has handed in no sub-tasks. */
        public Report(
                long number, Stage stage, Instant started, Instant ended, boolean retryable, Left left, String reason) {
            this(number, stage, started, ended, retryable, left, reason, 0);
        }

        /** What lies beside the outbox of {@code incarnation} under this number; empty if nothing does. */
        public Optional<OutboxItem> item(String incarnation) {
            return left == Left.NOTHING ? Optional.empty() : Optional.of(new OutboxItem(incarnation, number));
        }

        private Report withReason(String other) {
            return new Report(number, stage, started, ended, retryable, left, other, pages);
        }

        /** The same with this beside the outbox. */
        public Report leaving(Left item) {
            return new Report(number, stage, started, ended, retryable, item, reason, pages);
        }

        /** The same with so many pages of sub-tasks handed in. */
        public Report handing(int handed) {
            return new Report(number, stage, started, ended, retryable, left, reason, handed);
        }

        /** The attempt has succeeded by what its agent says, and is to count as one that failed for good. */
        Report refused(String why) {
            return new Report(number, Stage.FAILED, started, ended, false, Left.NOTHING, why, pages);
        }

        /** The same while its end is not to be told yet. */
        public Report unended() {
            return new Report(number, Stage.STARTED, started, Instant.EPOCH, true, left, "", pages);
        }
    }

    public Outbox {
        reports = List.copyOf(reports);
    }

    /** The same with reasons so short that it keeps within {@link #MOST_BYTES}; what an inbox may hold then fits in any case. */
    public Outbox bounded() {
        for (int longest : REASONS) {
            Outbox shorter = new Outbox(reports.stream()
                    .map(report -> report.withReason(FailureText.cut(report.reason(), longest)))
                    .toList());
            if (shorter.encode().length <= MOST_BYTES) {
                return shorter;
            }
        }
        return new Outbox(reports.stream().map(report -> report.withReason("")).toList());
    }

    public byte[] encode() {
        return JsonRecordWriter.write(SCHEMA, json -> {
            json.writeArrayFieldStart("reports");
            for (Report report : reports) {
                write(json, report);
            }
            json.writeEndArray();
        });
    }

    private static void write(JsonGenerator json, Report report) throws IOException {
        json.writeStartArray();
        json.writeNumber(report.number());
        json.writeString(report.stage().text());
        json.writeNumber(report.started().toEpochMilli());
        json.writeNumber(report.ended().toEpochMilli());
        json.writeBoolean(report.retryable());
        json.writeString(report.left().text());
        json.writeString(report.reason());
        if (report.pages() > 0) {
            json.writeNumber(report.pages());
        }
        json.writeEndArray();
    }

    /** @throws dev.belfry.core.record.CorruptRecordException if it cannot be read */
    public static Outbox decode(String path, byte[] bytes) {
        JsonRecordReader json = JsonRecordReader.open(path, bytes, SCHEMA);
        List<Report> reports = new ArrayList<>();
        for (Row row : json.rows("reports")) {
            reports.add(new Report(
                    row.number(0),
                    stage(json, row.text(1)),
                    row.instant(2),
                    row.instant(3),
                    row.flag(4),
                    left(json, row.text(5)),
                    row.text(6),
                    row.size() > 7 ? (int) row.number(7) : 0));
        }
        return new Outbox(reports);
    }

    private static Stage stage(JsonRecordReader json, String text) {
        for (Stage stage : Stage.values()) {
            if (stage.text().equals(text)) {
                return stage;
            }
        }
        throw json.malformed("reports", "unknown stage '" + text + "'");
    }

    private static Left left(JsonRecordReader json, String text) {
        for (Left left : Left.values()) {
            if (left.text().equals(text)) {
                return left;
            }
        }
        throw json.malformed("reports", "unknown item '" + text + "'");
    }
}
