package dev.belfry.core.queue;

import dev.belfry.core.record.JsonRecordReader;
import dev.belfry.core.record.JsonRecordWriter;
import dev.belfry.core.run.Outcome;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs that have failed for good; one page of several.
 *
 * @param letters in the order in which they were settled
 */
public record DeadLetterPage(List<DeadLetter> letters) {

    public static final int SCHEMA = 1;

    /** Bytes of a page, at most: one run may be as large as a segment. */
    public static final int MOST_BYTES = Segment.MOST_BYTES + 1_000;

    public DeadLetterPage {
        letters = List.copyOf(letters);
    }

    public byte[] encode() {
        return JsonRecordWriter.write(SCHEMA, json -> {
            json.writeArrayFieldStart("letters");
            for (DeadLetter letter : letters) {
                json.writeStartObject();
                json.writeStringField("outcome", letter.outcome().text());
                json.writeNumberField("stood", letter.due().toEpochMilli());
                json.writeNumberField("at", letter.at().toEpochMilli());
                Segment.write(json, letter.run());
                json.writeEndObject();
            }
            json.writeEndArray();
        });
    }

    /** @throws dev.belfry.core.record.CorruptRecordException if it cannot be read */
    public static DeadLetterPage decode(String path, byte[] bytes) {
        JsonRecordReader json = JsonRecordReader.open(path, bytes, SCHEMA);
        List<DeadLetter> letters = new ArrayList<>();
        for (JsonRecordReader letter : json.objects("letters")) {
            try {
                letters.add(new DeadLetter(
                        Segment.read(letter),
                        letter.instant("stood"),
                        Outcome.of(letter.text("outcome")),
                        letter.instant("at")));
            } catch (IllegalArgumentException e) {
                throw json.malformed("letters", String.valueOf(e.getMessage()));
            }
        }
        return new DeadLetterPage(letters);
    }
}
