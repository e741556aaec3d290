package dev.belfry.core.workflow;

import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.core.record.JsonRecordReader;
import dev.belfry.core.record.JsonRecordWriter;
import dev.belfry.core.workflow.BackfillRequest.Beside;
import dev.belfry.core.workflow.BackfillRequest.Order;
import dev.belfry.core.workflow.BackfillRequest.Reprocess;
import dev.belfry.core.workflow.BackfillRun.Phase;
import java.time.DateTimeException;
import java.time.Instant;

/** The stored form of a {@link BackfillRun}: at most 18 KB, whatever its range. */
public final class BackfillRunCodec {

    public static final int SCHEMA = 1;

    private BackfillRunCodec() {}

    public static byte[] encode(BackfillRun run) {
        BackfillRequest request = run.request();
        return JsonRecordWriter.write(SCHEMA, json -> {
            json.writeStringField("id", run.id().toString());
            json.writeStringField("uid", run.job().uid());
            json.writeStringField("job", run.job().name());
            json.writeNumberField("version", run.job().version());
            json.writeNumberField("asOf", run.job().asOf().toEpochMilli());
            json.writeStringField("from", request.from().toString());
            json.writeStringField("to", request.to().toString());
            json.writeStringField("reprocess", BackfillOrder.word(request.reprocess()));
            json.writeStringField("order", BackfillOrder.word(request.order()));
            json.writeStringField("overlap", BackfillOrder.word(request.overlap()));
            json.writeNumberField("concurrency", request.concurrency());
            json.writeNumberField("instants", run.chosen().all());
            if (!run.chosen().text().isEmpty()) {
                json.writeStringField("chosen", run.chosen().text());
            }
            json.writeNumberField("next", run.progress().next());
            json.writeNumberField("queued", run.progress().queued());
            json.writeNumberField("skipped", run.progress().skipped());
            json.writeStringField("state", BackfillOrder.word(run.phase()));
            if (!run.why().isEmpty()) {
                json.writeStringField("why", run.why());
            }
            json.writeStringField("by", run.asked().by());
            json.writeNumberField("at", run.asked().at().toEpochMilli());
            if (run.ended().isPresent()) {
                json.writeNumberField("ended", run.ended().get().toEpochMilli());
            }
        });
    }

    /** @throws CorruptRecordException if it cannot be read */
    public static BackfillRun decode(String path, byte[] bytes) {
        JsonRecordReader json = JsonRecordReader.open(path, bytes, SCHEMA);
        try {
            BackfillRequest request = new BackfillRequest(
                    Instant.parse(json.text("from")),
                    Instant.parse(json.text("to")),
                    BackfillOrder.choice(Reprocess.class, json.text("reprocess")),
                    BackfillOrder.choice(Order.class, json.text("order")),
                    BackfillOrder.choice(Beside.class, json.text("overlap")),
                    json.integer("concurrency"),
                    BackfillRequest.MOST);
            return new BackfillRun(
                    BackfillId.parse(json.text("id"))
                            .orElseThrow(() -> json.malformed("id", "not the id of a backfill")),
                    new BackfillRun.Target(
                            json.text("uid"), json.text("job"), json.integer("version"), json.instant("asOf")),
                    request,
                    Chosen.parse(
                            json.integer("instants"),
                            json.optionalText("chosen").orElse("")),
                    new BackfillRun.Progress(json.integer("next"), json.integer("queued"), json.integer("skipped")),
                    BackfillOrder.choice(Phase.class, json.text("state")),
                    json.optionalText("why").orElse(""),
                    new BackfillRun.Asked(json.text("by"), json.instant("at")),
                    json.optionalInstant("ended"));
        } catch (IllegalArgumentException | DateTimeException e) {
            throw json.malformed("from", String.valueOf(e.getMessage()));
        }
    }
}
