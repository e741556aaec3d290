package dev.belfry.history;

import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.journal.TableEntry;
import dev.belfry.core.version.JobRecord;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The durable history of one namespace.
 *
 * <p><b>Duties of an implementation.</b> A batch is written as a whole or not at all, together with its marks, and is durable
 * when {@link #append} returns. A batch based on marks that are no longer so is refused: that is what makes it harmless to
 * send one twice, and to have two exporters for a while. Each batch with rows becomes one segment of a hash chain.
 *
 * <p>Every method throws {@link HistoryException}. Thread-safe.
 */
public interface HistoryStore extends AutoCloseable {

    /** Opens a history; called by an exporter when it is its turn, and again after a failure. */
    @FunctionalInterface
    interface Opener {
        HistoryStore open();
    }

    /**
     * Writes a batch.
     *
     * @return whether it was written; if not, somebody else has moved a mark or written a row, and the marks have to be
     *     read again
     */
    boolean append(Batch batch);

    /** How far each journal has been exported, by writer. */
    Map<String, JournalMark> marks();

    /** What is known of each job, by uid. */
    Map<String, KnownJob> knownJobs();

    /**
     * A job that the history knows.
     *
     * @param name of the job
     * @param version the newest that was seen
     * @param endedAt when it was deleted, if its deletion was seen
     */
    record KnownJob(String name, int version, Optional<Instant> endedAt) {
        /** Whether its deletion was seen. */
        public boolean ended() {
            return endedAt.isPresent();
        }
    }

    /**
     * Final outcomes of a writer's entries in [{@code from}, {@code below}), as far as they are here; without what a restore has
     * taken back.
     */
    List<FireEntry> outcomes(String writer, long from, long below);

    /**
     * Lines of agents' journals, by the instant at which they were due and then in the order in which they were written.
     *
     * @param each called for each, on the calling thread; must not call the store
     */
    void fires(FireQuery query, Consumer<FireRow> each);

    /** Which shards have lines of fires due in [{@code from}, {@code to}), ranges that reach into it included. In no order. */
    List<ShardLines> shards(Instant from, Instant to);

    /**
     * The lines of one shard, as far as {@link #shards} counts them, in no order.
     *
     * @param each called for each, on the calling thread; must not call the store
     */
    void fires(ShardLines shard, Instant from, Instant to, Consumer<FireRow> each);

    /** The lines of a writer from an entry of its journal on, in the order in which they were written. */
    List<FireRow> fires(String writer, long fromEntry);

    /** The masters' journal: versions of the table and changes of master in [{@code from}, {@code to}), in order. */
    List<TableEntry> table(Instant from, Instant to);

    /** Jobs with every version that was ever seen, deleted ones included, by uid; without what restores have taken back. */
    List<JobRecord> jobs();

    /** The same as it was when a restore was entered: what that one has taken back is among them. */
    List<JobRecord> jobsBefore(Restored restored);

    /** The restores of the namespace that are known, the first one first. */
    List<Restored> restores();

    /** How far the lines of each writer go. */
    List<WriterEnd> writers();

    /** Jobs whose records were found to be gone, and whose deletion was not seen, by uid. */
    Map<String, JobGone> gone();

    /**
     * What was counted before it was exported, as far as it was due, or may have been, in [{@code from}, {@code to}); without
     * what was due between a copy and its restore, and was counted before the restore.
     */
    List<CountedRow> counted(Instant from, Instant to);

    /**
     * Removes events that were exported before {@code writtenBefore}, whole segments at a time, oldest first. The chain stays
     * complete: it then holds a record of the removal.
     *
     * @return rows removed
     */
    long retain(Instant writtenBefore);

    /** Events that were written before this may have been removed because of their age; empty if none ever was. */
    Optional<Instant> retainedSince();

    /** How much there is. */
    HistorySummary summary();

    /**
     * Reads the whole chain and compares every row that has to be there with what was written.
     *
     * @param anchors ends of the chain as earlier audits reported them; each has to be in the chain still
     */
    AuditReport audit(List<AuditReport.Anchor> anchors);

    /**
     * A fencing token that none is above which this history tells of: in lines of agents' journals, and in versions of the
     * table and changes of master, after which such tokens may have been handed out. 0 if it tells of none.
     */
    long greatestToken();

    /** The end of the chain. */
    AuditReport.Anchor head();

    /** What is known of one job; empty if none of this uid was ever seen. */
    default Optional<JobRecord> job(String uid) {
        return jobs().stream().filter(job -> job.uid().equals(uid)).findFirst();
    }

    @Override
    void close();
}
