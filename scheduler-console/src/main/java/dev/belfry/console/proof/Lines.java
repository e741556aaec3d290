package dev.belfry.console.proof;

import dev.belfry.agent.client.Journal;
import dev.belfry.core.journal.JournalCounts;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Where a proof takes its lines from: one shard at a time, so that no more than those of one need be in memory.
 */
public interface Lines {

    /**
     * One shard of one layout of a job.
     *
     * @param layout 0 for a broadcast job
     * @param shard its number as text, or the agent id
     */
    record Shard(String jobUid, int layout, String shard) {}

    /** All shards that have lines. */
    Set<Shard> shards();

    /** The lines of a shard, by writer and then in the order in which they were written; none if it has none. */
    List<Journal.Line> of(Shard shard);

    /** Lines of a shard that restores have taken back: they are of pasts that have ended, and of no account but for what ran then. */
    default List<Journal.Line> ended(Shard shard) {
        return List.of();
    }

    /** When the first scheduled fire of a job was due of which an outcome is listed; empty if none is. */
    Optional<Instant> firstOutcome(String jobUid);

    /** What is counted, not listed. */
    Collection<JournalCounts> counts();

    /** What could not be read, one sentence each. */
    List<String> problems();

    /** Those of a journal that is in memory. */
    static Lines in(Journal journal) {
        return new LinesInMemory(journal);
    }
}
