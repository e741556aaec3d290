package dev.belfry.console.proof;

import java.time.Instant;

/**
 * A fire that may have run twice, and whose record says so: an owner was lost, or its lease was over, before it could record an
 * outcome, and another attempt followed.
 *
 * @param job name of the job
 * @param shard its number, or the agent id for a broadcast job
 * @param due when it was due
 * @param detail the attempts that are known of, for a person
 */
public record Pair(String job, int layout, String shard, Instant due, String detail) {}
