package dev.belfry.agent.client;

import dev.belfry.core.version.JobRecord;
import java.time.Instant;

/**
 * A job as it was read.
 *
 * @param znodeVersion number of writes of its znode
 * @param zxid of the last write
 * @param written when that was, by the ensemble's clock
 */
public record JobState(JobRecord record, int znodeVersion, long zxid, Instant written) {

    /** The job's name. */
    public String name() {
        return record.name();
    }
}
