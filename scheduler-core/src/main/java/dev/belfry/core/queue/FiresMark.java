package dev.belfry.core.queue;

import dev.belfry.core.record.JsonRecordReader;
import dev.belfry.core.record.JsonRecordWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * How far the fires of a queued job with a schedule have come: each that is due up to an instant is queued, has its outcome,
 * or waits here for its turn.
 *
 * @param upTo everything due up to it was decided
 * @param waiting fires whose turn comes when earlier runs of the job are over: late ones first, each in the order of its instant
 * @param delayNext of a fixed delay: the next instant, counted from the end of the run before
 */
public record FiresMark(Instant upTo, List<Turn> waiting, Optional<Instant> delayNext) {

    public static final int SCHEMA = 1;

    /**
     * A fire that waits for its turn.
     *
     * @param late whether it was found late, and runs by the misfire policy
     */
    public record Turn(Instant due, boolean late) implements Comparable<Turn> {
        private static final Comparator<Turn> ORDER =
                Comparator.comparing((Turn turn) -> !turn.late()).thenComparing(Turn::due);

        @Override
        public int compareTo(Turn other) {
            return ORDER.compare(this, other);
        }
    }

    public FiresMark {
        waiting = waiting.stream().sorted().toList();
    }

    /** Nothing was decided later than {@code upTo}, and nothing waits. */
    public static FiresMark from(Instant upTo) {
        return new FiresMark(upTo, List.of(), Optional.empty());
    }

    public byte[] encode() {
        return JsonRecordWriter.write(SCHEMA, json -> {
            json.writeNumberField("upTo", upTo.toEpochMilli());
            json.writeArrayFieldStart("waiting");
            for (Turn turn : waiting) {
                json.writeStartArray();
                json.writeNumber(turn.due().toEpochMilli());
                json.writeBoolean(turn.late());
                json.writeEndArray();
            }
            json.writeEndArray();
            if (delayNext.isPresent()) {
                json.writeNumberField("delayNext", delayNext.get().toEpochMilli());
            }
        });
    }

    /** @throws dev.belfry.core.record.CorruptRecordException if it cannot be read */
    public static FiresMark decode(String path, byte[] bytes) {
        JsonRecordReader json = JsonRecordReader.open(path, bytes, SCHEMA);
        List<Turn> waiting = new ArrayList<>();
        for (JsonRecordReader.Row row : json.rows("waiting")) {
            waiting.add(new Turn(row.instant(0), row.flag(1)));
        }
        return new FiresMark(json.instant("upTo"), waiting, json.optionalInstant("delayNext"));
    }
}
