package dev.belfry.core.shard;

import dev.belfry.core.job.JobDefinition;
import java.time.Instant;

/**
 * The rules of one version of a job: they hold for what is due from its beginning to that of the next version.
 *
 * @param from what is due at or after it is subject to these rules
 * @param paused whether what is due is skipped
 */
public record VersionRules(Instant from, JobDefinition definition, boolean paused) {}
