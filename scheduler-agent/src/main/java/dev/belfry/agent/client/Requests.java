package dev.belfry.agent.client;

import dev.belfry.agent.client.ClientException.Kind;
import dev.belfry.agent.loop.Loop;
import dev.belfry.store.Commit;
import dev.belfry.store.Failure;
import dev.belfry.store.Listing;
import dev.belfry.store.Read;
import dev.belfry.store.Session;
import dev.belfry.store.SessionListener;
import dev.belfry.store.Store;
import dev.belfry.store.Synced;
import dev.belfry.store.Transaction;
import dev.belfry.store.Znode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The requests of a client: each waits for a connection, and whatever the store says did not happen is asked again until
 * its deadline. A write of unknown result is never sent again from here; {@link #settled} is what its caller waits for
 * before it reads back.
 *
 * <p>Not thread-safe; owned by the client's loop, on which every future is completed.
 */
final class Requests implements SessionListener {
    /** Pause before a request that was not executed is sent again. */
    private static final long PAUSE_NANOS = Duration.ofMillis(50).toNanos();
    /** Reads under way at once when many are wanted. */
    private static final int WINDOW = 128;

    private final Loop loop;
    private final Store store;
    private final String address;
    private final List<CompletableFuture<Session>> waiting = new ArrayList<>();
    private @Nullable Session session;
    private boolean connected;
    private final List<SessionListener> watchers = new ArrayList<>();

    /** @param address where the store is, for messages; may be empty */
    Requests(Loop loop, Store store, String address) {
        this.loop = loop;
        this.store = store;
        this.address = address;
    }

    /** What a request that is not executed is asked for; it answers on the loop. */
    private interface Asking<T> {
        void ask(Session session, Consumer<T> then);
    }

    @Override
    public void opened(Session fresh) {
        up(fresh);
        watchers.forEach(watcher -> watcher.opened(fresh));
    }

    @Override
    public void suspended(Session present) {
        connected = false;
        watchers.forEach(watcher -> watcher.suspended(present));
    }

    @Override
    public void resumed(Session present) {
        up(present);
        watchers.forEach(watcher -> watcher.resumed(present));
    }

    @Override
    public void ended(Session present) {
        connected = false;
        session = null;
        watchers.forEach(watcher -> watcher.ended(present));
    }

    /** Has {@code watcher} told of this and every later session. */
    void watch(SessionListener watcher) {
        watchers.add(watcher);
        Session present = session;
        if (present != null) {
            watcher.opened(present);
        }
    }

    private void up(Session present) {
        session = present;
        connected = true;
        List<CompletableFuture<Session>> woken = List.copyOf(waiting);
        waiting.clear();
        woken.forEach(one -> one.complete(present));
    }

    Loop loop() {
        return loop;
    }

    Store store() {
        return store;
    }

    Deadline deadline(Duration patience) {
        return new Deadline(loop.nanoTime() + patience.toNanos());
    }

    boolean deadlinePassed(Deadline deadline) {
        return deadline.passed(loop.nanoTime());
    }

    /** The session, once it has a connection. */
    CompletableFuture<Session> session(Deadline deadline) {
        Session present = session;
        if (connected && present != null) {
            return CompletableFuture.completedFuture(present);
        }
        if (deadline.passed(loop.nanoTime())) {
            return CompletableFuture.failedFuture(unavailable("no connection"));
        }
        CompletableFuture<Session> wait = new CompletableFuture<>();
        waiting.removeIf(CompletableFuture::isDone);
        waiting.add(wait);
        Loop.Timer timer = loop.after(
                deadline.left(loop.nanoTime()), () -> wait.completeExceptionally(unavailable("no connection")));
        return wait.whenComplete((done, failed) -> timer.cancel());
    }

    /** Completes after {@code pause}. */
    CompletableFuture<Void> after(Duration pause) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        loop.after(pause.toNanos(), () -> done.complete(null));
        return done;
    }

    private ClientException unavailable(String why) {
        return new ClientException(
                Kind.UNAVAILABLE,
                "cannot reach ZooKeeper" + (address.isEmpty() ? "" : " at " + address) + ": " + why
                        + "; check its address and that the servers run and have a quorum");
    }

    /** The znode, or empty if the store says that there is none. */
    CompletableFuture<Optional<Znode>> read(String site, String path, Deadline deadline) {
        return this.<Read, Optional<Znode>>patiently(
                deadline, (on, then) -> store.read(on, site, path, then), answer -> {
                    if (answer instanceof Read.Found found) {
                        return Optional.of(Optional.of(found.znode()));
                    }
                    if (answer instanceof Read.Missing) {
                        return Optional.of(Optional.empty());
                    }
                    return unanswered("reading " + path, ((Read.Failed) answer).failure());
                });
    }

    /** The names of the children; none if there is no such znode. */
    CompletableFuture<List<String>> children(String site, String path, Deadline deadline) {
        return this.<Listing, List<String>>patiently(
                deadline, (on, then) -> store.children(on, site, path, then), answer -> {
                    if (answer instanceof Listing.Found found) {
                        return Optional.of(found.names());
                    }
                    if (answer instanceof Listing.Missing) {
                        return Optional.of(List.<String>of());
                    }
                    return unanswered("listing " + path, ((Listing.Failed) answer).failure());
                });
    }

    /** Waits until reads see everything committed so far, by whomever. */
    CompletableFuture<Boolean> sync(String site, Deadline deadline) {
        return this.<Synced, Boolean>patiently(
                deadline,
                (on, then) -> store.sync(on, site, "/", then),
                answer -> answer instanceof Synced.Failed failed
                        ? unanswered("waiting for the latest state", failed.failure())
                        : Optional.of(true));
    }

    /** Executes the transaction once: Applied, Conflict, Fenced, Indeterminate or SessionOver. */
    CompletableFuture<Commit> commit(Transaction transaction, Deadline deadline) {
        return this.<Commit, Commit>patiently(deadline, (on, then) -> store.commit(on, transaction, then), answer -> {
            if (answer instanceof Commit.Rejected rejected) {
                throw new ClientException(
                        Kind.REJECTED, "writing " + paths(transaction) + " was refused: " + rejected.why());
            }
            return answer instanceof Commit.Unavailable ? Optional.empty() : Optional.of(answer);
        });
    }

    /**
     * Waits until a write of unknown result can no longer take effect later: from then on a read shows whether it has.
     *
     * @return fails with {@link Kind#INDETERMINATE} once the deadline has passed
     */
    CompletableFuture<Boolean> settled(String site, Deadline deadline) {
        return sync(site, deadline).exceptionally(failed -> {
            throw new ClientException(
                    Kind.INDETERMINATE,
                    "the connection was lost while writing, and did not come back in time: whether the change was made is"
                            + " not known; look at it before you repeat it");
        });
    }

    /** Reads znodes, a window of them at a time; those that do not exist are left out, the order stays. */
    CompletableFuture<List<Znode>> readAll(String site, List<String> paths, Deadline deadline) {
        CompletableFuture<List<Znode>> all = new CompletableFuture<>();
        new Sweep(site, paths, deadline, all).fill();
        return all;
    }

    private final class Sweep {
        private final String site;
        private final List<String> paths;
        private final Deadline deadline;
        private final CompletableFuture<List<Znode>> all;
        private final @Nullable Znode[] found;
        private int next;
        private int left;

        Sweep(String site, List<String> paths, Deadline deadline, CompletableFuture<List<Znode>> all) {
            this.site = site;
            this.paths = paths;
            this.deadline = deadline;
            this.all = all;
            this.found = new @Nullable Znode[paths.size()];
            this.left = paths.size();
        }

        void fill() {
            if (left == 0) {
                all.complete(Arrays.stream(found).filter(z -> z != null).toList());
            }
            while (next < paths.size() && next - (paths.size() - left) < WINDOW && !all.isDone()) {
                one(next++);
            }
        }

        private void one(int i) {
            var unused = read(site, paths.get(i), deadline).whenComplete((znode, failed) -> {
                if (failed != null) {
                    all.completeExceptionally(failed);
                    return;
                }
                znode.ifPresent(z -> found[i] = z);
                left--;
                loop.execute(this::fill);
            });
        }
    }

    private static <T> Optional<T> unanswered(String what, Failure failure) {
        if (failure instanceof Failure.Rejected rejected) {
            throw new ClientException(Kind.REJECTED, what + " was refused: " + rejected.why());
        }
        return Optional.empty();
    }

    private static String paths(Transaction transaction) {
        return String.join(
                ", ", transaction.writes().stream().map(Transaction.Write::path).toList());
    }

    /** What an answer amounts to; empty if nothing happened and the request is to be sent again. */
    private interface Judge<A, T> {
        Optional<T> judge(A answer);
    }

    private <A, T> CompletableFuture<T> patiently(Deadline deadline, Asking<A> asking, Judge<A, T> judge) {
        return session(deadline).thenCompose(on -> {
            CompletableFuture<T> done = new CompletableFuture<>();
            asking.ask(on, answer -> judged(answer, deadline, asking, judge, done));
            return done;
        });
    }

    private <A, T> void judged(
            A answer, Deadline deadline, Asking<A> asking, Judge<A, T> judge, CompletableFuture<T> done) {
        try {
            Optional<T> result = judge.judge(answer);
            if (result.isPresent()) {
                done.complete(result.get());
            } else if (deadline.passed(loop.nanoTime())) {
                done.completeExceptionally(unavailable("no answer in time"));
            } else {
                loop.after(PAUSE_NANOS, () -> {
                    var unused = patiently(deadline, asking, judge).whenComplete((value, failed) -> {
                        if (failed != null) {
                            done.completeExceptionally(failed);
                        } else {
                            done.complete(value);
                        }
                    });
                });
            }
        } catch (ClientException e) {
            done.completeExceptionally(e);
        }
    }
}
