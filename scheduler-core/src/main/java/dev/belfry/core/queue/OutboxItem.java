package dev.belfry.core.queue;

import dev.belfry.core.record.Paths;

/**
 * What an attempt left beside the outbox of its incarnation: a checkpoint, or in its place the output of a success. An
 * attempt has one at most.
 *
 * @param incarnation that made the attempt
 * @param number of the dispatch
 */
public record OutboxItem(String incarnation, long number) {

    /** Bytes that one may have: 64 KiB. They are stored as user code gave them. */
    public static final int MOST_BYTES = 64 * 1_024;

    /** Where it lies. */
    public String path() {
        return Paths.outboxItem(incarnation, Long.toString(number));
    }

    /** As records name it. */
    String text() {
        return incarnation + '/' + number;
    }

    /**
     * The item that a record names.
     *
     * @throws IllegalArgumentException if the text is not {@code <incarnation>/<number>}
     */
    public static OutboxItem of(String text) {
        int slash = text.indexOf('/');
        if (slash < 1) {
            throw new IllegalArgumentException("not an item of an outbox: '" + text + "'");
        }
        return new OutboxItem(text.substring(0, slash), Long.parseLong(text.substring(slash + 1)));
    }

    @Override
    public String toString() {
        return text();
    }
}
