package dev.belfry.agent.client;

import dev.belfry.agent.client.ClientException.Kind;
import dev.belfry.agent.client.JobWriter.Replacement;
import dev.belfry.agent.client.JobWriter.Step;
import dev.belfry.core.record.Paths;
import dev.belfry.store.Commit;
import dev.belfry.store.Commit.Reason;
import dev.belfry.store.Transaction;
import dev.belfry.store.Znode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;

/**
 * Some definitions on their way through the store together: read after a sync, decided about, and written at the versions
 * that were read, as many in one transaction as there is room for. Each write in it is what it would be by itself; only that
 * either all of a transaction are made or none. One that is refused, and a write of unknown result, lead back to the reading;
 * what a transaction was refused for goes by itself from then on, so that it holds nothing up.
 *
 * <p>Not thread-safe; owned by the client's loop.
 */
final class JobBatch {
    /** Operations in one transaction at most, unless one job alone takes more. */
    static final int OPERATIONS = 100;
    /** Bytes in one transaction at most, unless one job alone takes more. */
    private static final int BYTES = 256 * 1024;

    /** Who is told of what has not come to its end. */
    interface Owner {
        /** It is to be tried again after a while. */
        void again(JobWriter writer, Duration pause);
    }

    private final Requests requests;
    private final LedgerParents parents;
    private final Deadline deadline;
    private final List<JobWriter> writers;
    private final Owner owner;

    JobBatch(Requests requests, LedgerParents parents, Deadline deadline, List<JobWriter> writers, Owner owner) {
        this.requests = requests;
        this.parents = parents;
        this.deadline = deadline;
        this.writers = writers;
        this.owner = owner;
    }

    /**
     * Goes through with it.
     *
     * @return completes when each of them has its end or is to be tried again; fails with {@link ClientException} where the
     *     store could not be reached in time
     */
    CompletableFuture<Void> run() {
        return requests.sync("apply-sync", deadline).thenCompose(synced -> look());
    }

    // --- reading

    private CompletableFuture<Void> look() {
        Map<JobWriter, Optional<Znode>> found = new LinkedHashMap<>();
        List<JobWriter> unknown = new ArrayList<>();
        for (JobWriter writer : writers) {
            if (writer.takeAbsent()) {
                found.put(writer, Optional.empty());
            } else {
                unknown.add(writer);
            }
        }
        return all(
                        unknown,
                        writer -> requests.read("apply-read", writer.path(), deadline)
                                .thenAccept(znode -> found.put(writer, znode))
                                .exceptionally(failed -> refused(List.of(writer), failed)))
                .thenCompose(read -> decide(found));
    }

    private CompletableFuture<Void> decide(Map<JobWriter, Optional<Znode>> found) {
        List<Replacement> news = new ArrayList<>();
        Map<JobWriter, Optional<Znode>> changed = new LinkedHashMap<>();
        found.forEach((writer, znode) -> {
            Step step = writer.decide(znode, Optional.empty());
            if (step instanceof Step.NeedsLease) {
                changed.put(writer, znode);
            } else {
                take(writer, step, news);
            }
        });
        CompletableFuture<Void> created = writeAll(news);
        return changed.isEmpty() ? created : both(created, change(changed));
    }

    /** Those for which it matters how long a lease may be. */
    private CompletableFuture<Void> change(Map<JobWriter, Optional<Znode>> found) {
        return longestLease()
                .thenCompose(lease -> {
                    List<Replacement> changes = new ArrayList<>();
                    found.forEach((writer, znode) -> take(writer, writer.decide(znode, Optional.of(lease)), changes));
                    return writeAll(changes);
                })
                .exceptionally(failed -> {
                    Throwable cause = cause(failed);
                    if (!rejected(cause)) {
                        throw new CompletionException(cause);
                    }
                    found.keySet().forEach(writer -> writer.failed(cause)); // what hinders one hinders all
                    return null;
                });
    }

    private CompletableFuture<LongestLease> longestLease() {
        return requests.read("apply-epoch", Paths.EPOCH, deadline).thenApply(LongestLease::of);
    }

    private void take(JobWriter writer, Step step, List<Replacement> into) {
        if (step instanceof Step.Done done) {
            writer.done(done.answer());
        } else if (step instanceof Step.Failed failed) {
            writer.failed(failed.why());
        } else if (step instanceof Step.Wait wait) {
            owner.again(writer, wait.time());
        } else if (step instanceof Step.Write write) {
            into.add(write.replacement());
        }
    }

    // --- writing

    private CompletableFuture<Void> writeAll(List<Replacement> replacements) {
        List<List<Replacement>> parts = new ArrayList<>();
        int operations = 0;
        int bytes = 0;
        for (Replacement one : replacements) {
            int writes = 1 + parents.missing(one).size();
            int size = one.data().length + 200 * writes;
            if (parts.isEmpty() || operations + writes > OPERATIONS || bytes + size > BYTES) {
                parts.add(new ArrayList<>());
                operations = 0;
                bytes = 0;
            }
            parts.get(parts.size() - 1).add(one);
            operations += writes;
            bytes += size;
        }
        return all(parts, this::write);
    }

    private CompletableFuture<Void> write(List<Replacement> part) {
        // Those of a part are all new, or all have the same lease.
        Transaction.Builder transaction = Transaction.at(part.get(0).isNew() ? "apply-create" : "apply-change");
        part.get(0).lease().ifPresent(lease -> transaction.atVersion(Paths.EPOCH, lease.epoch()));
        List<JobWriter> ofWrite = new ArrayList<>();
        for (Replacement one : part) {
            for (String parent : parents.missing(one)) {
                transaction.create(parent, LedgerParents.NOTHING);
                ofWrite.add(one.writer());
            }
            String path = one.writer().path();
            if (one.version() < 0) {
                transaction.create(path, one.data());
            } else {
                transaction.put(path, one.data(), one.version());
            }
            ofWrite.add(one.writer());
        }
        return requests.commit(transaction.build(), deadline)
                .thenCompose(answer -> answered(part, ofWrite, answer))
                .exceptionally(failed -> refused(writersOf(part), failed));
    }

    private CompletableFuture<Void> answered(List<Replacement> part, List<JobWriter> ofWrite, Commit answer) {
        if (answer instanceof Commit.Applied) {
            return written(part);
        }
        if (answer instanceof Commit.Conflict conflict) {
            return conflict(part, ofWrite.get(conflict.write()), conflict);
        }
        if (answer instanceof Commit.Fenced) {
            return again(part); // the epoch was written meanwhile: somebody's lease may be longer than we know
        }
        return requests.settled("apply-settle", deadline).thenCompose(settled -> readBack(part));
    }

    private CompletableFuture<Void> conflict(List<Replacement> part, JobWriter of, Commit.Conflict conflict) {
        boolean ofJob = conflict.path().equals(of.path());
        if (deadline.passed(requests.loop().nanoTime())) {
            return again(part);
        }
        if (conflict.reason() == Reason.EXISTS && !ofJob) {
            parents.exists(conflict.path());
            return write(part);
        }
        Replacement culprit =
                part.stream().filter(one -> one.writer() == of).findFirst().orElseThrow();
        if (conflict.reason() == Reason.MISSING && (culprit.version() < 0 || !ofJob)) {
            return parents.ensureBuckets(culprit, deadline).thenCompose(ensured -> write(part));
        }
        of.goAlone();
        return again(part);
    }

    private CompletableFuture<Void> again(List<Replacement> part) {
        part.forEach(one -> again(one.writer()));
        return CompletableFuture.completedFuture(null);
    }

    private void again(JobWriter writer) {
        if (writer.late()) {
            writer.failed(new ClientException(
                    Kind.UNAVAILABLE, "job '" + writer.job() + "' is being changed by others again and again"));
        } else {
            owner.again(writer, Duration.ZERO);
        }
    }

    /** All of a transaction has one instant and one zxid, which the first of its jobs tells. */
    private CompletableFuture<Void> written(List<Replacement> part) {
        Replacement first = part.get(0);
        return requests.read("apply-read-back", first.writer().path(), deadline).thenCompose(found -> {
            Optional<Znode> ours = found.filter(znode -> znode.version() == first.version() + 1)
                    .filter(znode -> Arrays.equals(znode.data(), first.data()));
            if (ours.isEmpty()) {
                return readBack(part); // somebody has changed it since, or this server is behind
            }
            for (Replacement one : part) {
                judge(
                        one,
                        one.writer()
                                .written(one, ours.get().modified(), ours.get().modifiedZxid()));
            }
            return CompletableFuture.completedFuture(null);
        });
    }

    /** Finds out of each whether the store has the record; what it does not have begins again. */
    private CompletableFuture<Void> readBack(List<Replacement> part) {
        return all(
                part,
                one -> requests.read("apply-read-back", one.writer().path(), deadline)
                        .thenAccept(found -> judge(one, one.writer().readBack(one, found)))
                        .exceptionally(failed -> refused(List.of(one.writer()), failed)));
    }

    private void judge(Replacement one, Optional<Step> step) {
        step.ifPresentOrElse(end -> take(one.writer(), end, new ArrayList<>()), () -> again(one.writer()));
    }

    // --- failures

    /**
     * What the store refuses is told of the one that it is about: where there are several, each is tried by itself.
     *
     * @throws CompletionException if the store could not be reached, which is not about any of them
     */
    private Void refused(List<JobWriter> about, Throwable failed) {
        Throwable cause = cause(failed);
        if (!rejected(cause)) {
            throw new CompletionException(cause);
        }
        for (JobWriter writer : about) {
            if (about.size() == 1 || writer.alone()) {
                writer.failed(cause);
            } else if (!writer.isDone()) {
                writer.goAlone();
                again(writer);
            }
        }
        return null;
    }

    static boolean rejected(Throwable cause) {
        return cause instanceof ClientException e && e.kind() == Kind.REJECTED;
    }

    static Throwable cause(Throwable failed) {
        return failed instanceof CompletionException && failed.getCause() != null ? failed.getCause() : failed;
    }

    private static List<JobWriter> writersOf(List<Replacement> part) {
        return part.stream().map(Replacement::writer).toList();
    }

    private static CompletableFuture<Void> both(CompletableFuture<Void> one, CompletableFuture<Void> other) {
        return CompletableFuture.allOf(one, other);
    }

    private static <T> CompletableFuture<Void> all(List<T> some, Function<T, CompletableFuture<Void>> each) {
        return CompletableFuture.allOf(some.stream().map(each).toArray(CompletableFuture[]::new));
    }
}
