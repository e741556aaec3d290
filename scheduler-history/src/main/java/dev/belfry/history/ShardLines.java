package dev.belfry.history;

import java.time.Instant;
import java.util.Optional;

/**
 * How much the history lists of one shard of a job within a stretch of time.
 *
 * @param jobUid of the job
 * @param layout of the job; 0 for a broadcast job
 * @param shard number of the shard as text, or agent id
 * @param lines how many
 * @param firstOutcome when the first scheduled fire was due of which an outcome is listed; empty if none is
 */
public record ShardLines(String jobUid, int layout, String shard, long lines, Optional<Instant> firstOutcome) {}
