package dev.belfry.core.version;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.belfry.core.job.DefinitionJson;
import dev.belfry.core.job.IllegalDefinitionException;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.ledger.FireId;
import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.core.record.JsonRecordReader;
import dev.belfry.core.record.JsonRecordWriter;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The stored form of a {@link JobRecord}.
 *
 * <p>A new version cannot say from when on it is in force, since its writer does not know when the ensemble will take
 * it: it says how long after that. Readers add the delay to the ensemble's own clock at the write
 * ({@code Znode.modified}), so that all of them get the same instant; whoever writes the record next puts the instant in
 * place of the delay. The same goes for the end of a job that is deleted.
 */
public final class JobRecordCodec {

    public static final int SCHEMA = 1;

    private JobRecordCodec() {}

    /** The bytes of a record all of whose versions have been in the store before. */
    public static byte[] encode(JobRecord job) {
        return encode(job, Optional.empty(), Optional.empty());
    }

    /**
     * The bytes of a record whose newest version is new.
     *
     * @param delay from the write until the newest version is in force; its {@code from} is not written
     */
    public static byte[] encode(JobRecord job, Duration delay) {
        return encode(job, Optional.of(delay), Optional.empty());
    }

    /**
     * The bytes of a record whose job is being deleted.
     *
     * @param delay from the write until nothing is due any more; its {@code deletedAt} is not written
     */
    public static byte[] encodeDeleted(JobRecord job, Duration delay) {
        return encode(job, Optional.empty(), Optional.of(delay));
    }

    private static byte[] encode(JobRecord job, Optional<Duration> delay, Optional<Duration> ends) {
        return JsonRecordWriter.write(SCHEMA, json -> {
            write(json, job, delay, ends);
            if (!job.former().isEmpty()) {
                json.writeArrayFieldStart("former");
                for (JobRecord former : job.former()) {
                    json.writeStartObject();
                    write(json, former, Optional.empty(), Optional.empty());
                    json.writeEndObject();
                }
                json.writeEndArray();
            }
        });
    }

    private static void write(JsonGenerator json, JobRecord job, Optional<Duration> delay, Optional<Duration> ends)
            throws IOException {
        json.writeStringField("name", job.name());
        json.writeStringField("uid", job.uid());
        if (ends.isPresent()) {
            json.writeNumberField("deletedAfter", ends.get().toMillis());
        } else if (job.deletedAt().isPresent()) {
            json.writeNumberField("deletedAt", job.deletedAt().get().toEpochMilli());
        }
        if (job.settled() > 0) {
            json.writeNumberField("settled", job.settled());
        }
        json.writeArrayFieldStart("versions");
        for (JobVersion version : job.versions()) {
            writeVersion(json, version, version.number() == job.newest().number() ? delay : Optional.empty());
        }
        json.writeEndArray();
        json.writeArrayFieldStart("requests");
        for (RunRequest request : job.requests()) {
            writeRequest(json, request);
        }
        json.writeEndArray();
        if (!job.cancels().isEmpty()) {
            json.writeArrayFieldStart("cancels");
            for (CancelledRun cancel : job.cancels()) {
                writeCancel(json, cancel);
            }
            json.writeEndArray();
        }
    }

    private static void writeCancel(JsonGenerator json, CancelledRun cancel) throws IOException {
        json.writeStartObject();
        json.writeNumberField("due", cancel.fire().due().toEpochMilli());
        if (!cancel.fire().isScheduled()) {
            json.writeStringField("runId", cancel.fire().requested().orElseThrow());
        }
        json.writeNumberField("accepted", cancel.accepted().toEpochMilli());
        writeAuthor(json, cancel.author());
        json.writeEndObject();
    }

    private static void writeVersion(JsonGenerator json, JobVersion version, Optional<Duration> delay)
            throws IOException {
        json.writeStartObject();
        json.writeNumberField("number", version.number());
        if (delay.isPresent()) {
            json.writeNumberField("inForceAfter", delay.get().toMillis());
        } else {
            json.writeNumberField("from", version.from().toEpochMilli());
            json.writeNumberField("changed", version.changed().toEpochMilli());
        }
        json.writeNumberField("layout", version.layout());
        if (version.paused()) {
            json.writeBooleanField("paused", true);
        }
        writeAuthor(json, version.author());
        json.writeFieldName("definition");
        json.writeRawValue(DefinitionJson.encode(version.definition()));
        json.writeEndObject();
    }

    private static void writeAuthor(JsonGenerator json, Author author) throws IOException {
        json.writeStringField("origin", author.origin().name().toLowerCase(Locale.ROOT));
        json.writeStringField("by", author.name());
        if (!author.reason().isEmpty()) {
            json.writeStringField("reason", author.reason());
        }
    }

    private static void writeRequest(JsonGenerator json, RunRequest request) throws IOException {
        json.writeStartObject();
        json.writeStringField("runId", request.runId());
        json.writeNumberField("accepted", request.accepted().toEpochMilli());
        JsonRecordWriter.textMap(json, "parameters", new java.util.TreeMap<>(request.parameters()));
        writeAuthor(json, request.author());
        json.writeEndObject();
    }

    /**
     * Reads a record.
     *
     * @param modified the ensemble's clock at the last write of the znode
     * @throws CorruptRecordException if it cannot be read
     */
    public static JobRecord decode(String path, byte[] bytes, Instant modified) {
        JsonRecordReader json = JsonRecordReader.open(path, bytes, SCHEMA);
        JobRecord job = read(json, modified);
        if (!json.has("former")) {
            return job;
        }
        List<JobRecord> former = new ArrayList<>();
        for (JsonRecordReader predecessor : json.objects("former")) {
            former.add(read(predecessor, modified));
        }
        return job.withFormer(former);
    }

    private static JobRecord read(JsonRecordReader json, Instant modified) {
        List<JobVersion> versions = new ArrayList<>();
        for (JsonRecordReader version : json.objects("versions")) {
            versions.add(readVersion(version, modified, versions));
        }
        List<RunRequest> requests = new ArrayList<>();
        for (JsonRecordReader request : json.objects("requests")) {
            requests.add(new RunRequest(
                    request.text("runId"),
                    request.instant("accepted"),
                    request.textMap("parameters"),
                    readAuthor(request)));
        }
        List<CancelledRun> cancels = new ArrayList<>();
        for (JsonRecordReader cancel : json.has("cancels") ? json.objects("cancels") : List.<JsonRecordReader>of()) {
            FireId fire = new FireId(cancel.instant("due"), cancel.optionalText("runId"));
            cancels.add(new CancelledRun(fire, cancel.instant("accepted"), readAuthor(cancel)));
        }
        if (versions.isEmpty()) {
            throw json.malformed("versions", "none");
        }
        return new JobRecord(
                json.text("name"),
                json.text("uid"),
                versions,
                requests,
                json.has("deletedAfter")
                        ? Optional.of(modified.plusMillis(json.number("deletedAfter")))
                        : json.optionalInstant("deletedAt"),
                json.has("settled") ? json.integer("settled") : 0,
                List.of(),
                cancels);
    }

    private static JobVersion readVersion(JsonRecordReader json, Instant modified, List<JobVersion> before) {
        boolean isNew = json.has("inForceAfter");
        Instant changed = isNew ? modified : json.instant("changed");
        Instant from = isNew ? modified.plusMillis(json.number("inForceAfter")) : json.instant("from");
        if (!before.isEmpty() && from.isBefore(before.get(before.size() - 1).from())) {
            from = before.get(before.size() - 1).from();
        }
        return new JobVersion(
                json.integer("number"),
                from,
                changed,
                json.integer("layout"),
                definition(json),
                json.flag("paused"),
                readAuthor(json));
    }

    private static JobDefinition definition(JsonRecordReader json) {
        try {
            return DefinitionJson.decode(json.json("definition"));
        } catch (IllegalDefinitionException e) {
            throw json.malformed("definition", String.valueOf(e.getMessage()));
        }
    }

    private static Author readAuthor(JsonRecordReader json) {
        Author.Origin origin = json.text("origin").equals("code") ? Author.Origin.CODE : Author.Origin.OPERATOR;
        return new Author(origin, json.text("by"), json.optionalText("reason").orElse(""));
    }
}
