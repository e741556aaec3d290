package dev.belfry.core.ownership;

import dev.belfry.core.record.JsonRecordReader;
import dev.belfry.core.record.JsonRecordWriter;
import java.time.Instant;
import java.util.Optional;

/**
 * What an incarnation says with each heartbeat.
 *
 * @param number of the heartbeat, from 1
 * @param appliedJobs every change of a definition up to this zxid has been applied
 * @param appliedTable every change of the assignment table up to this zxid has been applied
 * @param shards tenancies held
 * @param running attempts running
 * @param load system load average over the last minute; negative if unknown
 * @param clock the agent's wall clock when it was sent
 * @param silentUntil up to when shards held are settled, if that lies in the future by more than a minute: they fire nothing
 *     until then
 * @param busy how busy the processors are: the load average for each of them; negative if unknown
 * @param memory share of the memory that is in use, from 0 to 1; negative if unknown
 */
public record HeartbeatRecord(
        long number,
        long appliedJobs,
        long appliedTable,
        int shards,
        int running,
        double load,
        Instant clock,
        Optional<Instant> silentUntil,
        double busy,
        double memory) {

    public static final int SCHEMA = 1;

    /** Of a machine of which no more is known than its load. */
    public HeartbeatRecord(
            long number,
            long appliedJobs,
            long appliedTable,
            int shards,
            int running,
            double load,
            Instant clock,
            Optional<Instant> silentUntil) {
        this(number, appliedJobs, appliedTable, shards, running, load, clock, silentUntil, -1, -1);
    }

    public byte[] encode() {
        return JsonRecordWriter.write(SCHEMA, json -> {
            json.writeNumberField("number", number);
            json.writeNumberField("appliedJobs", appliedJobs);
            json.writeNumberField("appliedTable", appliedTable);
            json.writeNumberField("shards", shards);
            json.writeNumberField("running", running);
            json.writeNumberField("load", hundredths(load));
            json.writeNumberField("clock", clock.toEpochMilli());
            if (silentUntil.isPresent()) {
                json.writeNumberField("silentUntil", silentUntil.get().toEpochMilli());
            }
            if (busy >= 0) {
                json.writeNumberField("busy", hundredths(busy));
            }
            if (memory >= 0) {
                json.writeNumberField("memory", hundredths(memory));
            }
        });
    }

    private static double hundredths(double number) {
        return Math.round(number * 100) / 100.0;
    }

    /** @throws dev.belfry.core.record.CorruptRecordException if it cannot be read */
    public static HeartbeatRecord decode(String path, byte[] bytes) {
        JsonRecordReader json = JsonRecordReader.open(path, bytes, SCHEMA);
        return new HeartbeatRecord(
                json.number("number"),
                json.number("appliedJobs"),
                json.number("appliedTable"),
                json.integer("shards"),
                json.integer("running"),
                json.decimal("load"),
                json.instant("clock"),
                json.optionalInstant("silentUntil"),
                json.has("busy") ? json.decimal("busy") : -1,
                json.has("memory") ? json.decimal("memory") : -1);
    }
}
