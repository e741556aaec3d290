package dev.belfry.history;

import java.time.Instant;

/**
 * How far the lines of a writer go that the history has.
 *
 * @param writer the incarnation
 * @param entry number of the last entry
 * @param last when the last thing happened that they tell of, by the clock of the writer
 */
public record WriterEnd(String writer, long entry, Instant last) {}
