package dev.belfry.core.overdue;

import dev.belfry.core.job.JobAlerts;
import dev.belfry.core.record.JsonRecordWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Fires of a job, or a run that somebody asked for, are without an outcome for longer than they may be. Raised once for each
 * fire and each run; people are told of a cause when it begins, now and then while it goes on, and when all of it is settled.
 *
 * @param id names the event for ever: {@code <job uid>.<layout>@<first fire, or id of the run>/<term>}
 * @param job its name
 * @param run the id of a run that was asked for; empty for scheduled fires
 * @param telling as what it is to be told
 * @param causeFires how many fires the cause concerns so far, these included
 * @param first the first of the fires, before jitter; for a run, when the master accepted it
 * @param last the last of them
 * @param fires how many that no event spoke of before; 0 for a reminder without any, and for an end
 * @param shards the shards that have no outcome of one of them, in order, at most {@link #MOST_SHARDS}; agents' ids for a
 *     broadcast job
 * @param shardCount how many such shards there are
 * @param tolerance how long they may be without an outcome
 * @param at when the master found it, by the ensemble's clock
 * @param explanation why, sentence by sentence, in the words of {@code belfry explain}
 * @param alerts whom the job wants told
 */
public record OverdueEvent(
        String id,
        String job,
        String jobUid,
        int layout,
        Optional<String> run,
        Telling telling,
        long causeFires,
        Instant first,
        Instant last,
        long fires,
        List<String> shards,
        int shardCount,
        Duration tolerance,
        Instant at,
        List<String> explanation,
        JobAlerts alerts) {

    public static final int SCHEMA = 1;
    /** Shards named. */
    public static final int MOST_SHARDS = 20;

    public OverdueEvent {
        shards = List.copyOf(shards);
        explanation = List.copyOf(explanation);
    }

    /** One line for people: which fires, of what, for how long. */
    public String title() {
        if (telling == Telling.END) {
            return "job '" + job + "': "
                    + (causeFires == 1
                            ? "the fire of " + first + " is"
                            : causeFires + " fires from " + first + " to " + last + " are")
                    + " settled; nothing is overdue any more";
        }
        String still = telling == Telling.REMINDER ? "still, " + causeFires + " so far: " : "";
        String which = run.isPresent()
                ? "run " + run.get() + ", asked for at " + first + ","
                : fires <= 1 ? "the fire of " + first : fires + " fires from " + first + " to " + last;
        String whom = shardCount == 1 ? "shard " + shards.get(0) : shardCount + " shards";
        return "job '" + job + "': " + still + which + " of " + whom + (fires <= 1 ? " has" : " have")
                + " no outcome after " + dev.belfry.core.schedule.Durations.format(tolerance);
    }

    /** Whether the job wants nobody told. */
    public boolean silenced() {
        return alerts.silent(at);
    }

    /** The title, why, and whether nobody is told: for a log. */
    public String text() {
        String silence = alerts.silence().equals(Instant.MAX) ? "" : " until " + alerts.silence();
        return title() + ". " + String.join(" ", explanation)
                + (silenced() ? " Nobody is told: the job is silenced" + silence + "." : "");
    }

    /** The event as JSON, with a schema number; instants in ISO form, the tolerance in milliseconds. */
    public byte[] encode() {
        return JsonRecordWriter.write(SCHEMA, json -> {
            json.writeStringField("event", "overdue");
            json.writeStringField("telling", telling.name().toLowerCase(Locale.ROOT));
            json.writeStringField("id", id);
            json.writeStringField("job", job);
            json.writeStringField("jobUid", jobUid);
            json.writeNumberField("layout", layout);
            if (run.isPresent()) {
                json.writeStringField("run", run.get());
            }
            json.writeStringField("first", first.toString());
            json.writeStringField("last", last.toString());
            json.writeNumberField("fires", fires);
            json.writeNumberField("causeFires", causeFires);
            JsonRecordWriter.texts(json, "shards", shards);
            json.writeNumberField("shardCount", shardCount);
            json.writeNumberField("toleranceMillis", tolerance.toMillis());
            json.writeStringField("at", at.toString());
            json.writeStringField("title", title());
            JsonRecordWriter.texts(json, "explanation", explanation);
        });
    }
}
