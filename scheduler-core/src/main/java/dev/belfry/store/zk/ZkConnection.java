package dev.belfry.store.zk;

import dev.belfry.store.Candidacy;
import dev.belfry.store.Session;
import dev.belfry.store.Store;
import dev.belfry.store.StoreConnection;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.curator.framework.CuratorFramework;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.Stat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection to a real ZooKeeper ensemble. It is made at once and connects in the background, for as long as it takes;
 * an outage is a line in the log now and then. Each session is announced only after the root of the namespace exists.
 *
 * <p>Thread-safe. Threads: two of ZooKeeper, up to three of Curator, one of its own, all daemons.
 */
public final class ZkConnection implements StoreConnection {
    private static final Logger log = LoggerFactory.getLogger(ZkConnection.class);
    private static final long CLOSE_SECONDS = 5;

    private final ZkSettings settings;
    private final Root root;
    private final Access access;
    private final Sessions sessions;
    private final Operations operations;
    private final CuratorFramework curator;
    private final ScheduledExecutorService chores;
    private final AtomicBoolean closed = new AtomicBoolean();

    private ZkConnection(ZkSettings settings) {
        this.settings = settings;
        access = new Access(settings);
        root = new Root(settings.root(), access.acl(), settings.creating());
        chores = Executors.newSingleThreadScheduledExecutor(Client.threads("belfry-zk-chores"));
        sessions = new Sessions(root, new Outage(settings, chores), chores, this::authenticationFailed);
        operations = new Operations(root, access.acl());
        curator = Client.of(settings, access, sessions, chores);
    }

    /**
     * Opens a connection.
     *
     * @throws java.io.UncheckedIOException if a password cannot be read; an ensemble that cannot be reached throws nothing
     */
    public static ZkConnection open(ZkSettings settings) {
        ZkConnection connection = new ZkConnection(settings);
        if (connection.access.open()) {
            log.warn(
                    "No ZooKeeper identity is configured: whoever reaches {} can read and change everything below {}, and so run"
                            + " jobs on these machines. Configure a digest or X.509 identity for anything but development.",
                    settings.connectString(),
                    settings.root());
        }
        connection.curator.start();
        return connection;
    }

    @Override
    public Store view(Executor executor) {
        return new ZkStore(sessions, root, operations, this::stand, this::giveUp, new Lane(executor));
    }

    @Override
    public String address() {
        return settings.connectString();
    }

    @Override
    public List<String> namespaces(Duration patience) {
        Handle handle = sessions.present();
        if (handle == null) {
            return List.of();
        }
        CompletableFuture<List<String>> answer = new CompletableFuture<>();
        handle.zk()
                .getChildren(
                        ZkSettings.ROOTS,
                        false,
                        (rc, path, context, names) -> answer.complete(
                                Answers.code(rc) == KeeperException.Code.OK
                                        ? names.stream().sorted().toList()
                                        : List.of()),
                        null);
        return answer.completeOnTimeout(List.of(), patience.toMillis(), TimeUnit.MILLISECONDS)
                .join();
    }

    private Candidacy stand(ZkCandidacy.Stand stand, String path, String candidate) {
        ZkCandidacy candidacy = new ZkCandidacy(stand, curator, path, candidate, chores);
        if (!sessions.add(candidacy, stand.session())) {
            return () -> {};
        }
        candidacy.start();
        return candidacy;
    }

    /**
     * Compares the ACLs of znodes with what this connection would give them. Each finding is logged as a warning too.
     *
     * @param paths below the root of the namespace; those that do not exist are passed over
     * @return one sentence per znode that differs, empty if none does; completed exceptionally with
     *     {@link IllegalStateException} if there is no session or it is lost meanwhile
     */
    public CompletableFuture<List<String>> checkAcls(List<String> paths) {
        Handle handle = sessions.present();
        if (handle == null) {
            return CompletableFuture.failedFuture(
                    new IllegalStateException("cannot check ACLs: there is no ZooKeeper session"));
        }
        List<CompletableFuture<String>> answers =
                paths.stream().map(path -> checkAcl(handle.zk(), path)).toList();
        return CompletableFuture.allOf(answers.toArray(new CompletableFuture<?>[0]))
                .thenApply(all -> answers.stream()
                        .map(CompletableFuture::join)
                        .filter(problem -> !problem.isEmpty())
                        .peek(problem -> log.warn(
                                "ACL of {}; zk-scripts/setup-acls --existing sets it right, or this process has to be"
                                        + " given the same roles",
                                problem))
                        .toList());
    }

    private CompletableFuture<String> checkAcl(ZooKeeper zk, String path) {
        CompletableFuture<String> answer = new CompletableFuture<>();
        zk.getACL(
                root.absolute(path),
                new Stat(),
                (rc, p, ctx, acl, stat) -> {
                    switch (Answers.code(rc)) {
                        case OK -> {
                            if (path.equals("/")) {
                                warnOfLockedOut(access.lockedOut(acl));
                            }
                            answer.complete(access.problem(path, acl).orElse(""));
                        }
                        case NONODE -> answer.complete("");
                        case NOAUTH -> answer.complete(path + ": this process may not even read its ACL");
                        default ->
                            answer.completeExceptionally(new IllegalStateException(
                                    "cannot check the ACL of " + path + ": ZooKeeper answered " + Answers.code(rc)));
                    }
                },
                null);
        return answer;
    }

    private void warnOfLockedOut(List<String> ids) {
        if (!ids.isEmpty()) {
            log.error(
                    "This process was given no roles, and the namespace {} has some: what it creates is closed to {}, agents"
                            + " and operators among them. Stop it, give it the ids that setup-acls printed (ZkRoles; --acl-agent,"
                            + " --acl-operator and --acl-reader on the command line), and run zk-scripts/setup-acls --existing.",
                    settings.root(),
                    String.join(", ", ids));
        }
    }

    private void authenticationFailed() {
        long pause = settings.connectionTimeout().toMillis();
        log.error(
                "ZooKeeper refused the authentication of this process as {}. Check user, password or certificate, and that the"
                        + " servers know the scheme. Trying again every {} ms.",
                settings.identity(),
                pause);
        if (!closed.get()) {
            var unused = chores.schedule(this::startAgain, pause, TimeUnit.MILLISECONDS);
        }
    }

    /** Closes the handle, and its session with it, and makes another. */
    private void giveUp(Session session) {
        chores.execute(() -> {
            Handle handle = sessions.of(session);
            if (handle != null && handle.connected() && !closed.get()) {
                log.warn("ZooKeeper session {} is given up; another is opened", session.hex());
                startAgain();
            }
        });
    }

    private void startAgain() {
        try {
            curator.getZookeeperClient().reset();
        } catch (Exception e) {
            log.error("Cannot make a new ZooKeeper handle; restart this process", e);
        }
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        sessions.closing();
        Future<?> closing = chores.submit(curator::close);
        try {
            closing.get(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            log.warn(
                    "ZooKeeper did not confirm the end of the session within {} s; it expires by itself",
                    CLOSE_SECONDS);
        } catch (ExecutionException e) {
            log.warn("Closing the ZooKeeper connection failed; its session expires by itself", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            sessions.closed();
            chores.shutdown();
        }
    }
}
