package dev.belfry.history.export;

import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.journal.TableEntry;
import dev.belfry.core.version.JobRecord;
import dev.belfry.history.AuditReport;
import dev.belfry.history.Batch;
import dev.belfry.history.CountedRow;
import dev.belfry.history.FireQuery;
import dev.belfry.history.FireRow;
import dev.belfry.history.HistoryException;
import dev.belfry.history.HistoryStore;
import dev.belfry.history.HistorySummary;
import dev.belfry.history.JobGone;
import dev.belfry.history.JournalMark;
import dev.belfry.history.Restored;
import dev.belfry.history.ShardLines;
import dev.belfry.history.WriterEnd;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** A history whose database fails when it is told to, before or after a commit. */
final class FlakyStore implements HistoryStore {

    /** What happens to a batch. */
    enum Fault {
        NONE,
        /** It is not written. */
        BEFORE,
        /** It is written, and the answer is lost. */
        AFTER
    }

    private final HistoryStore store;
    private final Supplier<Fault> faults;

    FlakyStore(HistoryStore store, Supplier<Fault> faults) {
        this.store = store;
        this.faults = faults;
    }

    static HistoryException away() {
        return new HistoryException(
                HistoryException.Kind.UNAVAILABLE, "history database: pulled the plug", new SQLException("plug"));
    }

    @Override
    public boolean append(Batch batch) {
        Fault fault = faults.get();
        if (fault == Fault.BEFORE) {
            throw away();
        }
        boolean written = store.append(batch);
        if (fault == Fault.AFTER) {
            throw away();
        }
        return written;
    }

    @Override
    public Map<String, JournalMark> marks() {
        return store.marks();
    }

    @Override
    public Map<String, KnownJob> knownJobs() {
        return store.knownJobs();
    }

    @Override
    public List<FireEntry> outcomes(String writer, long from, long below) {
        return store.outcomes(writer, from, below);
    }

    @Override
    public void fires(FireQuery query, Consumer<FireRow> each) {
        store.fires(query, each);
    }

    @Override
    public List<TableEntry> table(Instant from, Instant to) {
        return store.table(from, to);
    }

    @Override
    public List<JobRecord> jobs() {
        return store.jobs();
    }

    @Override
    public List<CountedRow> counted(Instant from, Instant to) {
        return store.counted(from, to);
    }

    @Override
    public long retain(Instant writtenBefore) {
        return store.retain(writtenBefore);
    }

    @Override
    public Optional<Instant> retainedSince() {
        return store.retainedSince();
    }

    @Override
    public HistorySummary summary() {
        return store.summary();
    }

    @Override
    public AuditReport audit(List<AuditReport.Anchor> anchors) {
        return store.audit(anchors);
    }

    @Override
    public AuditReport.Anchor head() {
        return store.head();
    }

    @Override
    public void close() {
        store.close();
    }

    @Override
    public long greatestToken() {
        return store.greatestToken();
    }

    @Override
    public List<ShardLines> shards(Instant from, Instant to) {
        return store.shards(from, to);
    }

    @Override
    public void fires(ShardLines shard, Instant from, Instant to, Consumer<FireRow> each) {
        store.fires(shard, from, to, each);
    }

    @Override
    public List<FireRow> fires(String writer, long fromEntry) {
        return store.fires(writer, fromEntry);
    }

    @Override
    public Map<String, JobGone> gone() {
        return store.gone();
    }

    @Override
    public List<JobRecord> jobsBefore(Restored restored) {
        return store.jobsBefore(restored);
    }

    @Override
    public List<Restored> restores() {
        return store.restores();
    }

    @Override
    public List<WriterEnd> writers() {
        return store.writers();
    }
}
