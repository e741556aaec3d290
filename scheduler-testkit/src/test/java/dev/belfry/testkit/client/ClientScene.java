package dev.belfry.testkit.client;

import dev.belfry.agent.client.ClientLoop;
import dev.belfry.core.command.Command;
import dev.belfry.core.command.CommandCodec;
import dev.belfry.core.record.Paths;
import dev.belfry.store.Commit;
import dev.belfry.store.Listing;
import dev.belfry.store.Read;
import dev.belfry.store.Session;
import dev.belfry.store.SessionListener;
import dev.belfry.store.Store;
import dev.belfry.store.StoreConnection;
import dev.belfry.store.Transaction;
import dev.belfry.testkit.cluster.SimLoop;
import dev.belfry.testkit.store.SimEnsemble;
import dev.belfry.testkit.store.SimOptions;
import dev.belfry.testkit.time.SimClock;
import dev.belfry.testkit.time.SimProcess;
import dev.belfry.testkit.time.SimScheduler;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A client of a simulated ensemble, and a second process that does what the test itself wants done. */
final class ClientScene {
    static final Duration PATIENCE = Duration.ofSeconds(60);
    static final Duration SESSION = Duration.ofSeconds(6);

    final SimScheduler scheduler;
    final SimEnsemble ensemble;
    final SimProcess process;
    final StoreConnection connection;
    final ClientLoop client;
    final Other other;
    private final Other clientSession;

    ClientScene(long seed) {
        scheduler = new SimScheduler(seed);
        ensemble = new SimEnsemble(scheduler, SimOptions.DEFAULT);
        process = process("client");
        connection = ensemble.connect(process, SESSION);
        SimLoop loop = new SimLoop(process);
        client = new ClientLoop(loop, connection.view(loop));
        client.start();
        SimProcess own = process("other");
        other = new Other(ensemble.connect(own, SESSION), own);
        clientSession = new Other(connection, loop);
    }

    /** Ends the client's session behind its back. */
    void expireClient() {
        ensemble.expire(clientSession.session());
    }

    SimProcess process(String name) {
        return new SimProcess(scheduler, name, new SimClock(scheduler));
    }

    /** Steps virtual time until there is an answer. */
    <T> T answer(CompletableFuture<T> future) {
        long deadline = scheduler.nanos() + PATIENCE.multipliedBy(3).toNanos();
        while (!future.isDone()) {
            if (scheduler.nanos() > deadline || !scheduler.step()) {
                throw new AssertionError("seed " + scheduler.seed() + ": no answer in three times the patience");
            }
        }
        return future.join();
    }

    void pass(Duration time) {
        scheduler.runUntil(scheduler.nanos() + time.toNanos());
    }

    /** The second process: an agent or a master as far as a test needs one. */
    final class Other implements SessionListener {
        final Store store;

        @Nullable
        Session session;

        Other(StoreConnection link, Executor executor) {
            store = link.view(executor);
            executor.execute(() -> store.sessions(this));
        }

        @Override
        public void opened(Session fresh) {
            session = fresh;
        }

        @Override
        public void suspended(Session present) {}

        @Override
        public void resumed(Session present) {}

        @Override
        public void ended(Session present) {}

        Session session() {
            long deadline = scheduler.nanos() + PATIENCE.toNanos();
            while (session == null && scheduler.nanos() < deadline) {
                scheduler.step();
            }
            return java.util.Objects.requireNonNull(session, "no session");
        }

        <T> T ask(Consumer<Consumer<T>> request) {
            CompletableFuture<T> answer = new CompletableFuture<>();
            request.accept(answer::complete);
            return answer(answer);
        }

        void commit(Transaction.Builder transaction) {
            Session on = session();
            Commit answer = ask(then -> store.commit(on, transaction.build(), then));
            if (!(answer instanceof Commit.Applied)) {
                throw new AssertionError("expected to be applied: " + answer);
            }
        }

        Read read(String path) {
            Session on = session();
            this.<Object>ask(then -> store.sync(on, "test", "/", then::accept));
            return ask(then -> store.read(on, "test", path, then));
        }

        int children(String path) {
            Session on = session();
            this.<Object>ask(then -> store.sync(on, "test", "/", then::accept));
            Listing listing = ask(then -> store.children(on, "test", path, then));
            return listing instanceof Listing.Found found ? found.names().size() : 0;
        }

        /** Consumes a command as a master would, once it is there. */
        void consume(String id, Command.Result result) {
            long deadline = scheduler.nanos() + PATIENCE.toNanos();
            while (scheduler.nanos() < deadline) {
                if (read(Paths.command(id)) instanceof Read.Found found) {
                    Command command = CommandCodec.decode(
                            found.znode().path(), found.znode().data());
                    commit(Transaction.at("test")
                            .put(
                                    found.znode().path(),
                                    CommandCodec.encode(command.done(result)),
                                    found.znode().version()));
                    return;
                }
            }
            throw new AssertionError("command " + id + " did not come");
        }
    }
}
