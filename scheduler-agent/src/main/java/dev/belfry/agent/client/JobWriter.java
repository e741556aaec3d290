package dev.belfry.agent.client;

import dev.belfry.agent.client.ClientException.Kind;
import dev.belfry.agent.loop.Loop;
import dev.belfry.core.job.DefinitionDiff;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.job.LaterFeature;
import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.core.record.Paths;
import dev.belfry.core.version.Author;
import dev.belfry.core.version.Author.Origin;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.JobRecordCodec;
import dev.belfry.core.version.JobVersion;
import dev.belfry.store.Znode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/**
 * One definition that is being applied: decides, by what was read of the job, what the new record is, and by what is read
 * after the write what has become of it. {@link JobBatch} asks the store.
 *
 * <p>Not thread-safe; owned by the client's loop. One per definition applied.
 */
final class JobWriter {
    private static final Duration POLL = Duration.ofMillis(200);
    /** The last moments before the deadline, in which a write may still succeed. */
    private static final Duration LAST_TRY = Duration.ofSeconds(1);

    private static final int MOST_PREDECESSORS = 3;
    private static final int PREDECESSORS_BYTES = 16 * 1024;

    /** A version that was in force within this time is not dropped to make room. */
    private static final Duration KEEP_VERSIONS = Duration.ofHours(1);

    private final Loop loop;
    private final JobDefinition definition;
    private final Author author;
    private final CompletableFuture<Applied> answer;
    private final String path;
    /** Taken once, so that a write that is found can be told from somebody else's. */
    private final String uid;

    /** Until when it is tried; begins with the first try. */
    private Optional<Deadline> deadline = Optional.empty();
    /** Whether a listing after a sync has shown that there is no such job, and it was not read since. */
    private boolean absent;
    /** Whether it goes by itself, because a transaction of several was refused for it. */
    private boolean alone;
    /** The deleted job of the same name whose end is awaited; empty while there is none. */
    private String closing = "";
    /** When no lease of its time can live any more, on the monotonic clock. */
    private long leaseOver;

    /** When an owner that was lost has been noticed, and another has recorded what it owed, if anybody ever does. */
    private long settledBy;

    JobWriter(Loop loop, JobDefinition definition, Author author, CompletableFuture<Applied> answer) {
        this.loop = loop;
        this.definition = definition;
        this.author = author;
        this.answer = answer;
        this.path = Paths.job(definition.name());
        this.uid = definition.name() + "~"
                + Long.toHexString(1L << 32 | loop.random(1L << 32)).substring(1);
    }

    /** What is to happen next. */
    sealed interface Step {
        /** It is over. */
        record Done(Applied answer) implements Step {}

        /** It is over, and came to nothing. */
        record Failed(ClientException why) implements Step {}

        /** {@link #decide} is to be asked again with the longest lease. */
        record NeedsLease() implements Step {}

        /** It is to be read again after a while. */
        record Wait(Duration time) implements Step {}

        /** A record is to be written. */
        record Write(Replacement replacement) implements Step {}
    }

    /**
     * A record to be written.
     *
     * @param data what {@code job} is stored as
     * @param version of the znode that is replaced; -1 to create it
     * @param lease after which the newest version is in force: the write is refused if it is not the longest any more.
     *     Empty for a new job
     */
    @SuppressWarnings("ArrayRecordComponent") // bytes are handed over, never compared
    record Replacement(
            JobWriter writer,
            JobRecord job,
            byte[] data,
            int version,
            Optional<LongestLease> lease,
            List<DefinitionDiff.FieldChange> changes) {

        boolean isNew() {
            return job.versions().size() == 1;
        }

        /** Whether its layout is new, so that parents of ledgers come with it. */
        boolean bringsLayout() {
            List<JobVersion> versions = job.versions();
            return isNew()
                    || job.newest().layout()
                            != versions.get(versions.size() - 2).layout();
        }
    }

    String path() {
        return path;
    }

    String job() {
        return definition.name();
    }

    String uid() {
        return uid;
    }

    boolean alone() {
        return alone;
    }

    void goAlone() {
        alone = true;
    }

    /** There was no such job a moment ago. */
    void nowAbsent() {
        absent = true;
    }

    /** Whether there is no such job, as far as was seen; told once. */
    boolean takeAbsent() {
        boolean was = absent;
        absent = false;
        return was;
    }

    boolean isDone() {
        return answer.isDone();
    }

    void done(Applied applied) {
        answer.complete(applied);
    }

    void failed(Throwable why) {
        answer.completeExceptionally(why);
    }

    /** Begins the time for which it is tried, unless it has begun. */
    Deadline begin(Duration patience) {
        Deadline until = deadline.orElseGet(() -> new Deadline(loop.nanoTime() + patience.toNanos()));
        deadline = Optional.of(until);
        return until;
    }

    boolean late() {
        return deadline.filter(until -> until.passed(loop.nanoTime())).isPresent();
    }

    private boolean endsSoon() {
        return deadline.filter(until -> until.passed(loop.nanoTime() + LAST_TRY.toNanos()))
                .isPresent();
    }

    /** Refuses it where it asks for what there is not yet, whatever the store has; returns whether it did. */
    boolean refusedAtOnce() {
        List<LaterFeature> later = definition.laterFeatures();
        if (!later.isEmpty()) {
            String why = later.stream()
                    .map(feature -> feature.path() + " " + feature.message())
                    .collect(Collectors.joining("; "));
            answer.complete(new Applied.Refused(job(), why));
        }
        return !later.isEmpty();
    }

    /** What follows from what was read. */
    Step decide(Optional<Znode> found, Optional<LongestLease> lease) {
        if (found.isEmpty()) {
            return create(fresh(), -1);
        }
        Znode znode = found.get();
        JobRecord job;
        try {
            job = JobRecordCodec.decode(path, znode.data(), znode.modified());
        } catch (CorruptRecordException e) {
            return refused(String.valueOf(e.getMessage()));
        }
        if (job.uid().equals(uid)) {
            return created(job, znode.modifiedZxid());
        }
        if (job.deleted()) {
            return onceClosed(znode, job, lease);
        }
        return change(znode, job, lease);
    }

    /**
     * Creates the job in the place of one that was deleted, once that one has no owner any more and all it owed is
     * recorded. If that takes too long there may be nobody who can: then it is enough that no lease of its time can live.
     */
    private Step onceClosed(Znode znode, JobRecord job, Optional<LongestLease> lease) {
        long now = loop.nanoTime();
        boolean awaited = job.uid().equals(closing) && now - leaseOver >= 0;
        if (job.closed() || (awaited && (now - settledBy >= 0 || endsSoon()))) {
            return create(fresh().withFormer(predecessors(znode, job)), znode.version());
        }
        if (late()) {
            return new Step.Failed(new ClientException(
                    Kind.UNAVAILABLE,
                    "job '" + job.name()
                            + "' is being deleted and its shards still have owners; try again in a moment"));
        }
        if (job.uid().equals(closing)) {
            return new Step.Wait(POLL);
        }
        if (lease.isEmpty()) {
            return new Step.NeedsLease();
        }
        // No clock is compared with another: the deletion was written at the latest now. And whoever knows the job
        // without it was there before, so that the epoch, read after it, names its lease.
        closing = job.uid();
        Duration known = lease.get().length();
        Duration left = Duration.between(znode.modified(), job.deletedAt().orElseThrow());
        leaseOver = now + (left.isNegative() ? known : known.plus(left)).toNanos();
        settledBy = leaseOver + known.multipliedBy(2).toNanos();
        return new Step.Wait(Duration.ZERO);
    }

    /** Those whose records are still of use, as far as there is room beside the new definition. */
    private static List<JobRecord> predecessors(Znode znode, JobRecord deleted) {
        Instant oldest = znode.modified().minus(JobRecord.KEEP_OVER);
        List<JobRecord> kept = new ArrayList<>();
        int bytes = 0;
        for (JobRecord job : deleted.withPredecessors()) {
            bytes += JobRecordCodec.encode(job.withFormer(List.of())).length;
            boolean recent = job.deletedAt().filter(at -> at.isAfter(oldest)).isPresent();
            if (recent && kept.size() < MOST_PREDECESSORS && bytes <= PREDECESSORS_BYTES) {
                kept.add(job);
            }
        }
        return kept;
    }

    private JobRecord fresh() {
        JobVersion version =
                new JobVersion(1, Instant.EPOCH, Instant.EPOCH, LedgerParents.FIRST_LAYOUT, definition, false, author);
        return new JobRecord(definition.name(), uid, List.of(version), List.of(), Optional.empty());
    }

    private Step create(JobRecord job, int version) {
        byte[] data = JobRecordCodec.encode(job, Duration.ZERO);
        return new Step.Write(new Replacement(this, job, data, version, Optional.empty(), List.of()));
    }

    // --- a change

    private Step change(Znode znode, JobRecord job, Optional<LongestLease> lease) {
        JobVersion newest = job.newest();
        boolean takesOver = author.origin() == Origin.OPERATOR && declaredBy(job) == Origin.CODE;
        if (newest.definition().equals(definition) && !takesOver) {
            return new Step.Done(new Applied.Unchanged(job.name(), job.uid(), newest.number()));
        }
        if (author.origin() == Origin.CODE && declaredBy(job) == Origin.OPERATOR) {
            return refused(
                    "version " + newest.number() + " was applied by "
                            + newest.author().name()
                            + ", and code does not replace what an operator applied; delete the job to let code declare it again");
        }
        Optional<String> full = tooManyVersions(job);
        if (full.isPresent()) {
            return refused(full.get());
        }
        if (lease.isEmpty()) {
            return new Step.NeedsLease();
        }
        boolean newLayout = !newest.definition().shards().equals(definition.shards())
                || newest.definition().placement() != definition.placement();
        JobVersion next = new JobVersion(
                newest.number() + 1,
                newest.from(),
                newest.changed(),
                newest.layout() + (newLayout ? 1 : 0),
                definition,
                newest.paused(),
                author);
        JobRecord changed = job.with(next);
        return new Step.Write(new Replacement(
                this,
                changed,
                JobRecordCodec.encode(changed, lease.get().length()),
                znode.version(),
                lease,
                DefinitionDiff.between(newest.definition(), definition)));
    }

    /** Who declared what is in force: operators who pause and resume a job do not make it theirs. */
    static Origin declaredBy(JobRecord job) {
        return declaration(job).author().origin();
    }

    /** The version with which the newest definition came. */
    static JobVersion declaration(JobRecord job) {
        JobVersion found = job.newest();
        List<JobVersion> versions = job.versions();
        for (int i = versions.size() - 2; i >= 0; i--) {
            JobVersion before = versions.get(i);
            // A version with another pause flag is an operator's command, not a declaration.
            if (before.definition().equals(found.definition()) && before.paused() != found.paused()) {
                found = before;
            } else {
                break;
            }
        }
        return found;
    }

    private Optional<String> tooManyVersions(JobRecord job) {
        if (job.versions().size() < JobRecord.MAX_VERSIONS) {
            return Optional.empty();
        }
        Instant ended = job.versions().get(1).from();
        if (ended.isBefore(loop.now().minus(KEEP_VERSIONS))) {
            return Optional.empty();
        }
        return Optional.of("the job was changed " + (JobRecord.MAX_VERSIONS - 1)
                + " times within the last hour, and the oldest version, in force until " + ended
                + ", is still needed to account for what was due under it; try again after "
                + ended.plus(KEEP_VERSIONS));
    }

    // --- after the write

    /**
     * Whether the store has what was to be written, and what that makes the answer.
     *
     * @param found the job as it is now
     * @return empty if the store does not have it
     */
    Optional<Step> readBack(Replacement written, Optional<Znode> found) {
        if (found.isEmpty()) {
            return Optional.empty();
        }
        Znode znode = found.get();
        try {
            JobRecord stored = JobRecordCodec.decode(path, znode.data(), znode.modified());
            return stored.uid().equals(written.job().uid())
                    ? answer(written, stored, znode.modifiedZxid())
                    : Optional.empty();
        } catch (CorruptRecordException e) {
            return Optional.of(refused(String.valueOf(e.getMessage())));
        }
    }

    /** What was written, as a transaction of this instant has left it. */
    Optional<Step> written(Replacement written, Instant modified, long zxid) {
        if (written.isNew()) {
            return Optional.of(new Step.Done(new Applied.Created(job(), uid, modified, zxid)));
        }
        return answer(written, JobRecordCodec.decode(path, written.data(), modified), zxid);
    }

    private Optional<Step> answer(Replacement written, JobRecord stored, long zxid) {
        Optional<JobVersion> ours = stored.versions().stream()
                .filter(version -> version.number() == written.job().newest().number()
                        && version.author().equals(author)
                        && version.definition().equals(definition))
                .findFirst();
        if (ours.isPresent() && stored.uid().equals(uid)) {
            return Optional.of(created(stored, zxid));
        }
        return ours.map(version -> new Step.Done(new Applied.Changed(
                stored.name(), stored.uid(), version.number(), written.changes(), version.from(), zxid)));
    }

    private static Step created(JobRecord job, long zxid) {
        return new Step.Done(
                new Applied.Created(job.name(), job.uid(), job.versions().get(0).from(), zxid));
    }

    private Step refused(String why) {
        return new Step.Done(new Applied.Refused(definition.name(), why));
    }
}
