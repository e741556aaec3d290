package dev.belfry.core.queue;

/**
 * One shard of one queued run.
 *
 * @param runId of the run
 * @param shard from 0
 */
public record TaskId(String runId, int shard) implements Comparable<TaskId> {

    @Override
    public int compareTo(TaskId other) {
        int byRun = runId.compareTo(other.runId);
        return byRun != 0 ? byRun : Integer.compare(shard, other.shard);
    }

    /** The run id, and the shard unless it is the first. */
    @Override
    public String toString() {
        return shard == 0 ? runId : runId + "/" + shard;
    }
}
