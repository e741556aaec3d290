package dev.belfry.console.history;

import dev.belfry.agent.client.Journal;
import dev.belfry.console.history.MergedJobs.UnseenEnd;
import dev.belfry.console.proof.EndedPast;
import dev.belfry.console.proof.Lines;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.VersionedDueSet;
import dev.belfry.history.AuditReport;
import dev.belfry.history.AuditReport.Anchor;
import dev.belfry.history.FireQuery;
import dev.belfry.history.HistoryStore;
import dev.belfry.history.JobGone;
import dev.belfry.history.JournalMark;
import dev.belfry.history.export.StreamedJournal;
import dev.belfry.history.export.WholeJournal;
import dev.belfry.store.StoreConnection;
import dev.belfry.store.zk.ZkConnection;
import dev.belfry.store.zk.ZkSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** The journal and the jobs of a namespace as its history and ZooKeeper have them together. Not thread-safe. */
public final class Past implements AutoCloseable {
    /** How far around an instant events are looked for that tell of it. */
    private static final Duration AROUND = Duration.ofDays(1);
    /** Likewise where the definition does not say when fires were due. */
    private static final Duration FAR = Duration.ofDays(32);

    private static final List<Duration> WINDOWS =
            List.of(Duration.ofMinutes(10), Duration.ofHours(3), Duration.ofDays(2), Duration.ofDays(32));

    private final StoreConnection connection;
    private final HistoryStore store;
    /** Read first: whatever the history knows then, ZooKeeper has to have when it is read. */
    private final Supplier<List<JobRecord>> jobs;

    private Past(StoreConnection connection, HistoryStore store) {
        this.connection = connection;
        this.store = store;
        this.jobs = jobs(store);
    }

    private static Supplier<List<JobRecord>> jobs(HistoryStore store) {
        try {
            List<JobRecord> known = store.jobs();
            return () -> known;
        } catch (IllegalArgumentException notUnderstood) {
            return () -> {
                throw notUnderstood;
            };
        }
    }

    /**
     * Opens it.
     *
     * @throws dev.belfry.history.HistoryException if the database cannot be reached, or has no history of the namespace
     */
    public static Past open(HistoryAddress address, ZkSettings settings, String namespace) {
        HistoryStore store = address.existing(namespace);
        return new Past(ZkConnection.open(settings), store);
    }

    /**
     * The jobs, with those that ZooKeeper has forgotten.
     *
     * @param present read after this was opened
     * @throws IllegalArgumentException if a definition in the history cannot be understood
     */
    public MergedJobs jobs(List<JobRecord> present) {
        return MergedJobs.of(present, jobs.get(), this::unseenEnd);
    }

    /** Whether a job may have been deleted while no exporter looked, and what is known of it then. */
    private Optional<UnseenEnd> unseenEnd(JobRecord job) {
        JobGone entered = store.gone().get(job.uid());
        JournalMark look = store.marks().getOrDefault(JournalMark.JOBS, JournalMark.none(JournalMark.JOBS));
        JobGone gone =
                entered == null ? new JobGone(job.uid(), Instant.ofEpochMilli(look.entry()), Instant.now()) : entered;
        Optional<Instant> last = lastLine(job);
        if (!gone.mayHaveBeenDeleted(last)) {
            return Optional.empty();
        }
        Instant at = last.map(due -> due.plusMillis(1)).orElse(Instant.EPOCH);
        return Optional.of(new UnseenEnd(
                at,
                "job " + job.name() + " (" + job.uid() + ") has left ZooKeeper, and its deletion was not exported: no"
                        + " exporter looked "
                        + (gone.seen().equals(Instant.EPOCH) ? "before " : "between " + gone.seen() + " and ")
                        + gone.noticed() + ", and a deleted job is kept for a day; "
                        + last.map(due -> "the last fire recorded of it was due at " + due)
                                .orElse("no fire of it is recorded")
                        + ", and what it owed after that is not known"));
    }

    /** When the last fire of a job was due of which history or ZooKeeper list anything. */
    private Optional<Instant> lastLine(JobRecord job) {
        Instant[] last = {Instant.EPOCH};
        store.fires(
                FireQuery.between(Instant.EPOCH, Instant.MAX).job(job.uid()),
                row -> last[0] = later(last[0], row.event().last()));
        FireQuery rest = FireQuery.between(last[0], Instant.MAX).job(job.uid());
        WholeJournal.read(connection, store, rest, Instant.MAX)
                .journal()
                .fires()
                .forEach(line -> last[0] = later(last[0], line.entry().last()));
        return Optional.of(last[0]).filter(due -> due.isAfter(Instant.EPOCH));
    }

    private static Instant later(Instant a, Instant b) {
        return a.isAfter(b) ? a : b;
    }

    /** Everything about fires due in [{@code from}, {@code to}), and about the assignment then. */
    public WholeJournal journal(Instant from, Instant to) {
        return WholeJournal.read(connection, store, from, to);
    }

    /**
     * The same for a proof.
     *
     * @param lines read shard by shard; to be used while this is open
     * @param altered as in {@link WholeJournal}
     * @param ended pasts that restores have ended, the first one first
     */
    public record Streamed(Lines lines, List<String> altered, List<EndedPast> ended) {}

    /** Everything about fires due in [{@code from}, {@code to}), with the lines of one shard in memory at a time. */
    public Streamed streamed(Instant from, Instant to) {
        StreamedJournal read = StreamedJournal.read(connection, store, from, to);
        List<EndedPast> ended = read.restores().stream()
                .map(restored -> new EndedPast(
                        restored.copied(),
                        restored.restored(),
                        restored.by(),
                        restored.term(),
                        store.jobsBefore(restored),
                        new EndedLines(read, restored)))
                .toList();
        return new Streamed(new PastLines(read), read.altered(), ended);
    }

    /** Restores of the namespace that the history does not know of yet, by the terms to which they raised. */
    public List<Long> restoresNotEntered() {
        return StreamedJournal.restoresNotEntered(connection, store);
    }

    /** What may tell of the fire of a job at an instant, or of the last one before it. */
    public Journal about(JobRecord job, Instant at) {
        boolean delayed = job.versions().stream()
                .anyMatch(v -> v.definition().schedule().delay().isPresent());
        Instant last = job.versions().stream()
                .flatMap(v ->
                        VersionedDueSet.of(job, v.layout())
                                .latest(Instant.EPOCH, Instant.ofEpochMilli(at.toEpochMilli()))
                                .stream())
                .max(Comparator.naturalOrder())
                .orElse(at);
        Instant from = earlier(last, at).minus(delayed ? FAR : AROUND);
        FireQuery query = FireQuery.between(from, at.plus(AROUND)).job(job.uid());
        return WholeJournal.read(connection, store, query, Instant.EPOCH).journal();
    }

    private static Instant earlier(Instant a, Instant b) {
        return a.isBefore(b) ? a : b;
    }

    /**
     * The newest part of the journal, as much as it takes.
     *
     * @param job uid of the only one that is asked for; empty for all
     * @param enough whether no more is needed
     */
    public Journal newest(Instant now, Optional<String> job, Predicate<Journal> enough) {
        for (Duration window : WINDOWS) {
            Journal journal = since(now.minus(window), job);
            if (enough.test(journal)) {
                return journal;
            }
        }
        return since(Instant.EPOCH, job);
    }

    private Journal since(Instant from, Optional<String> job) {
        FireQuery all = FireQuery.between(from, Instant.MAX);
        FireQuery query = job.map(all::job).orElse(all);
        return WholeJournal.read(connection, store, query, Instant.MAX).journal();
    }

    /** From when on events are complete: earlier ones may have been removed because of their age. */
    public Optional<Instant> completeSince() {
        return store.retainedSince();
    }

    /** How many lines of agents' journals the history has. */
    public long lines() {
        return store.summary().fires();
    }

    /** Compares every row with what was written. */
    public AuditReport audit(List<Anchor> anchors) {
        return store.audit(anchors);
    }

    @Override
    public void close() {
        connection.close();
        store.close();
    }
}
