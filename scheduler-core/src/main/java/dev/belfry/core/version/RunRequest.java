package dev.belfry.core.version;

import java.time.Instant;
import java.util.Map;

/**
 * A run that somebody asked for.
 *
 * @param runId its id, unique in the job
 * @param accepted when the master accepted it
 * @param parameters override the job's
 */
public record RunRequest(String runId, Instant accepted, Map<String, String> parameters, Author author) {

    public RunRequest {
        parameters = Map.copyOf(parameters);
    }
}
