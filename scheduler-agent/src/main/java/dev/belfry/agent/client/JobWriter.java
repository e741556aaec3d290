package dev.belfry.agent.client;

import dev.belfry.agent.client.ClientException.Kind;
import dev.belfry.core.job.DefinitionDiff;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.job.LaterFeature;
import dev.belfry.core.ownership.Epoch;
import dev.belfry.core.ownership.Lease;
import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.core.record.Paths;
import dev.belfry.core.version.Author;
import dev.belfry.core.version.Author.Origin;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.JobRecordCodec;
import dev.belfry.core.version.JobVersion;
import dev.belfry.store.Commit;
import dev.belfry.store.Commit.Reason;
import dev.belfry.store.Transaction;
import dev.belfry.store.Znode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/**
 * Applies one definition: reads the job, decides what the new record is, and writes it at the version that was read. A
 * conflict, and a write of unknown result, lead back to the reading.
 *
 * <p>Not thread-safe; owned by the client's loop. One per definition applied.
 */
final class JobWriter {
    private static final Duration POLL = Duration.ofMillis(200);

    private static final int MOST_PREDECESSORS = 3;
    private static final int PREDECESSORS_BYTES = 16 * 1024;

    private static final Duration MARGIN = Duration.ofSeconds(1);
    /** A version that was in force within this time is not dropped to make room. */
    private static final Duration KEEP_VERSIONS = Duration.ofHours(1);

    private final Requests requests;
    private final JobDefinition definition;
    private final Author author;
    private final Deadline deadline;
    private final String path;
    /** Taken once, so that a write that is found can be told from somebody else's. */
    private final String uid;

    private final LedgerParents parents;
    /** The deleted job of the same name whose end is awaited; empty while there is none. */
    private String closing = "";
    /** When no lease of its time can live any more, on the monotonic clock; the greatest number while not known. */
    private long freeAt = Long.MAX_VALUE;

    JobWriter(Requests requests, JobDefinition definition, Author author, Deadline deadline) {
        this.requests = requests;
        this.definition = definition;
        this.author = author;
        this.deadline = deadline;
        this.path = Paths.job(definition.name());
        this.uid =
                definition.name() + "~" + String.format("%08x", requests.loop().random(1L << 32));
        this.parents = new LedgerParents(requests, deadline);
    }

    CompletableFuture<Applied> apply() {
        List<LaterFeature> later = definition.laterFeatures();
        if (!later.isEmpty()) {
            return refused(later.stream()
                    .map(feature -> feature.path() + " " + feature.message())
                    .collect(Collectors.joining("; ")));
        }
        return requests.sync("apply-sync", deadline).thenCompose(synced -> look());
    }

    private CompletableFuture<Applied> look() {
        return requests.read("apply-read", path, deadline).thenCompose(this::decide);
    }

    private CompletableFuture<Applied> decide(Optional<Znode> found) {
        if (found.isEmpty()) {
            return write(new Replacement(fresh(1, Instant.EPOCH, false), -1, Optional.empty(), List.of()));
        }
        Znode znode = found.get();
        JobRecord job;
        try {
            job = JobRecordCodec.decode(path, znode.data(), znode.modified());
        } catch (CorruptRecordException e) {
            return refused(String.valueOf(e.getMessage()));
        }
        if (job.uid().equals(uid)) {
            return created(znode, job);
        }
        if (job.deleted()) {
            return onceClosed(znode, job);
        }
        return change(znode, job);
    }

    /**
     * Creates the job in the place of one that was deleted, once that one has no owner any more and all it owed is
     * recorded, or no lease of its time can live.
     */
    private CompletableFuture<Applied> onceClosed(Znode znode, JobRecord job) {
        long now = requests.loop().nanoTime();
        if (job.closed()
                || (freeAt != Long.MAX_VALUE && now - freeAt >= 0 && job.uid().equals(closing))) {
            JobRecord fresh = fresh(1, Instant.EPOCH, false).withFormer(predecessors(znode, job));
            return write(new Replacement(fresh, znode.version(), Optional.empty(), List.of()));
        }
        if (deadline.passed(now)) {
            return CompletableFuture.failedFuture(new ClientException(
                    Kind.UNAVAILABLE,
                    "job '" + job.name()
                            + "' is being deleted and its shards still have owners; try again in a moment"));
        }
        if (!job.uid().equals(closing)) {
            closing = job.uid();
            freeAt = Long.MAX_VALUE;
            return longestLease().thenCompose(known -> {
                // No clock is compared with another: the deletion was written at the latest now. And whoever knows the
                // job without it was there before, so that the epoch, read after it, names its lease.
                Duration lease = known.length();
                Duration left =
                        Duration.between(znode.modified(), job.deletedAt().orElseThrow());
                freeAt = requests.loop().nanoTime() + (left.isNegative() ? lease : lease.plus(left)).toNanos();
                return look();
            });
        }
        CompletableFuture<Applied> later = new CompletableFuture<>();
        requests.loop().after(POLL.toNanos(), () -> {
            var unused = look().whenComplete((applied, failure) -> {
                if (failure != null) {
                    later.completeExceptionally(failure);
                } else {
                    later.complete(applied);
                }
            });
        });
        return later;
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

    private JobRecord fresh(int number, Instant from, boolean paused) {
        JobVersion version = new JobVersion(number, from, from, LedgerParents.FIRST_LAYOUT, definition, paused, author);
        return new JobRecord(definition.name(), uid, List.of(version), List.of(), Optional.empty());
    }

    // --- a change

    private CompletableFuture<Applied> change(Znode znode, JobRecord job) {
        JobVersion newest = job.newest();
        boolean takesOver = author.origin() == Origin.OPERATOR && declaredBy(job) == Origin.CODE;
        if (newest.definition().equals(definition) && !takesOver) {
            return CompletableFuture.completedFuture(new Applied.Unchanged(job.name(), job.uid(), newest.number()));
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
        List<DefinitionDiff.FieldChange> changes = DefinitionDiff.between(newest.definition(), definition);
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
        return longestLease()
                .thenCompose(
                        lease -> write(new Replacement(job.with(next), znode.version(), Optional.of(lease), changes)));
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
        if (ended.isBefore(requests.loop().now().minus(KEEP_VERSIONS))) {
            return Optional.empty();
        }
        return Optional.of("the job was changed " + (JobRecord.MAX_VERSIONS - 1)
                + " times within the last hour, and the oldest version, in force until " + ended
                + ", is still needed to account for what was due under it; try again after "
                + ended.plus(KEEP_VERSIONS));
    }

    /**
     * A time after which no lease can be valid that began before.
     *
     * @param length the longest lease, and a margin
     * @param epoch the version of the znode that says so
     */
    private record LongestLease(Duration length, int epoch) {}

    /**
     * The longest lease that anybody may hold. Not by the registrations: one may be gone before its lease is over. The
     * epoch names each session time-out before it counts for anything.
     */
    private CompletableFuture<LongestLease> longestLease() {
        return requests.read("apply-epoch", Paths.EPOCH, deadline).thenCompose(found -> {
            if (found.isEmpty()) {
                return unknownLease(Paths.EPOCH + " is missing");
            }
            Znode znode = found.get();
            try {
                Duration session = Epoch.decode(Paths.EPOCH, znode.data()).longestTimeout();
                return CompletableFuture.completedFuture(
                        new LongestLease(Lease.length(session).plus(MARGIN), znode.version()));
            } catch (CorruptRecordException e) {
                return unknownLease(String.valueOf(e.getMessage()));
            }
        });
    }

    private CompletableFuture<LongestLease> unknownLease(String why) {
        return CompletableFuture.failedFuture(new ClientException(
                Kind.REJECTED,
                "job '" + definition.name() + "' cannot be changed while the longest lease is not known: " + why
                        + "; put the epoch right as docs/operations.md says under 'Backup and restore'"));
    }

    // --- writing

    /**
     * A record to be written.
     *
     * @param version of the znode that is replaced; -1 to create it
     * @param lease after which the newest version is in force: the write is refused if it is not the longest any more.
     *     Empty for a new job
     */
    private record Replacement(
            JobRecord job, int version, Optional<LongestLease> lease, List<DefinitionDiff.FieldChange> changes) {}

    private CompletableFuture<Applied> write(Replacement replacement) {
        JobRecord job = replacement.job();
        Duration delay = replacement.lease().map(LongestLease::length).orElse(Duration.ZERO);
        Transaction.Builder transaction =
                parents.transaction(path, job, JobRecordCodec.encode(job, delay), replacement.version());
        replacement.lease().ifPresent(lease -> transaction.atVersion(Paths.EPOCH, lease.epoch()));
        return requests.commit(transaction.build(), deadline).thenCompose(answer -> {
            if (answer instanceof Commit.Applied) {
                return readBack(job, replacement.changes());
            }
            if (answer instanceof Commit.Conflict conflict) {
                return conflict(conflict, replacement);
            }
            if (answer instanceof Commit.Fenced) {
                return again(); // the epoch was written meanwhile: somebody's lease may be longer than we know
            }
            return requests.settled("apply-settle", deadline)
                    .thenCompose(settled -> readBack(job, replacement.changes()));
        });
    }

    private CompletableFuture<Applied> conflict(Commit.Conflict conflict, Replacement replacement) {
        if (conflict.reason() == Reason.EXISTS && !conflict.path().equals(path)) {
            parents.exists(conflict.path());
            return write(replacement);
        }
        if (conflict.reason() == Reason.MISSING
                && (replacement.version() < 0 || !conflict.path().equals(path))) {
            return parents.ensureBuckets(replacement.job()).thenCompose(ensured -> write(replacement));
        }
        return again();
    }

    private CompletableFuture<Applied> again() {
        if (deadline.passed(requests.loop().nanoTime())) {
            return CompletableFuture.failedFuture(new ClientException(
                    Kind.UNAVAILABLE, "job '" + definition.name() + "' is being changed by others again and again"));
        }
        return apply();
    }

    /** Finds out whether the store has the record; if it does not, begins again. */
    private CompletableFuture<Applied> readBack(JobRecord written, List<DefinitionDiff.FieldChange> changes) {
        return requests.read("apply-read-back", path, deadline).thenCompose(found -> {
            if (found.isEmpty()) {
                return apply();
            }
            Znode znode = found.get();
            JobRecord stored;
            try {
                stored = JobRecordCodec.decode(path, znode.data(), znode.modified());
            } catch (CorruptRecordException e) {
                return refused(String.valueOf(e.getMessage()));
            }
            if (!stored.uid().equals(written.uid())) {
                return apply();
            }
            Optional<JobVersion> ours = stored.versions().stream()
                    .filter(version -> version.number() == written.newest().number()
                            && version.author().equals(author)
                            && version.definition().equals(definition))
                    .findFirst();
            if (ours.isEmpty()) {
                return apply();
            }
            if (written.uid().equals(uid)) {
                return created(znode, stored);
            }
            return CompletableFuture.completedFuture(new Applied.Changed(
                    stored.name(),
                    stored.uid(),
                    ours.get().number(),
                    changes,
                    ours.get().from(),
                    znode.modifiedZxid()));
        });
    }

    private static CompletableFuture<Applied> created(Znode znode, JobRecord job) {
        return CompletableFuture.completedFuture(
                new Applied.Created(job.name(), job.uid(), job.versions().get(0).from(), znode.modifiedZxid()));
    }

    private CompletableFuture<Applied> refused(String why) {
        return CompletableFuture.completedFuture(new Applied.Refused(definition.name(), why));
    }
}
