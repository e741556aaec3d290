package dev.belfry.agent.client;

/**
 * Where a queued run lies until it has its outcome.
 *
 * @param segment the path of its segment
 * @param first the number of its first task there
 * @param shards how many tasks it has
 * @param keyed whether it was submitted with a key: then it may be the repetition of a run that lies elsewhere
 */
public record RunPlace(String runId, String segment, int first, int shards, boolean keyed) {}
