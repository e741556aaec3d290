package dev.belfry.console.proof;

import dev.belfry.agent.client.Journal;
import dev.belfry.core.agent.AgentFacts;
import dev.belfry.core.ledger.LedgerRecord;
import dev.belfry.core.ownership.ShardKey;
import dev.belfry.core.version.JobRecord;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * What a proof goes by.
 *
 * @param jobs as stored, deleted ones included
 * @param ledgers of a layout of a job, read when they are needed
 * @param journal read after the ledgers' marks are, or the proof may find less than there is
 * @param agents registered now
 * @param owned shards that have an owner now
 * @param queue what the queue holds, read before the journal is
 * @param now the present, by the clock that schedules go by
 */
public record Evidence(
        List<JobRecord> jobs,
        Ledgers ledgers,
        Lines journal,
        List<AgentFacts> agents,
        Predicate<ShardKey> owned,
        QueueEvidence queue,
        Instant now) {

    /** Where the ledgers of a job come from. */
    @FunctionalInterface
    public interface Ledgers {
        /** The ledgers by shard; none for shards of which nothing was recorded. */
        Map<String, LedgerRecord> of(String jobUid, int layout);
    }

    /** Likewise, with all lines in memory. */
    public Evidence(
            List<JobRecord> jobs,
            Ledgers ledgers,
            Journal journal,
            List<AgentFacts> agents,
            Predicate<ShardKey> owned,
            QueueEvidence queue,
            Instant now) {
        this(jobs, ledgers, Lines.in(journal), agents, owned, queue, now);
    }

    public Evidence {
        jobs = List.copyOf(jobs);
        agents = List.copyOf(agents);
    }
}
