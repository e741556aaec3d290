package dev.belfry.agent.client;

import dev.belfry.core.version.JobRecord;

/**
 * A job as it was read.
 *
 * @param znodeVersion number of writes of its znode
 * @param zxid of the last write
 */
public record JobState(JobRecord record, int znodeVersion, long zxid) {

    /** The job's name. */
    public String name() {
        return record.name();
    }
}
