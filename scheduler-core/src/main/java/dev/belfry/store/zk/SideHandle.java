package dev.belfry.store.zk;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.client.ConnectStringParser;
import org.apache.zookeeper.client.StaticHostProvider;
import org.apache.zookeeper.client.ZKClientConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A handle beside Curator's, which connects, says whether it could, and is closed at once. With a session of its own it
 * tells whether the servers take new clients; with the session of a handle that was given up it ends that session.
 */
final class SideHandle implements Watcher {
    private static final Logger log = LoggerFactory.getLogger(SideHandle.class);

    private final CompletableFuture<Boolean> connected = new CompletableFuture<>();

    /** What it takes to make a handle; the time-out, in milliseconds, is of the session and of the attempt. */
    record Reach(String hosts, int timeout, ZKClientConfig config) {}

    private SideHandle() {}

    /** Connects with a new session. */
    static void probe(Reach reach, Executor chores, Consumer<Boolean> then) {
        SideHandle side = new SideHandle();
        try {
            side.finish(new ZooKeeper(reach.hosts, reach.timeout, side, false, reach.config), reach, chores, then);
        } catch (IOException e) {
            log.debug("cannot make a handle", e);
        }
    }

    /** Takes up the session of a handle that will never connect again, only to close it. */
    static void end(Handle given, Reach reach, Executor chores, Consumer<Boolean> then) {
        SideHandle side = new SideHandle();
        try {
            ZooKeeper zk = new ZooKeeper(
                    reach.hosts,
                    reach.timeout,
                    side,
                    given.zk().getSessionId(),
                    given.zk().getSessionPasswd(),
                    false,
                    new StaticHostProvider(new ConnectStringParser(reach.hosts).getServerAddresses()),
                    reach.config);
            side.finish(zk, reach, chores, then);
        } catch (IOException e) {
            log.debug("cannot make a handle", e);
        }
    }

    private void finish(ZooKeeper zk, Reach reach, Executor chores, Consumer<Boolean> then) {
        var unused = connected
                .completeOnTimeout(false, reach.timeout, TimeUnit.MILLISECONDS)
                .thenAcceptAsync(
                        yes -> {
                            close(zk);
                            then.accept(yes);
                        },
                        task -> run(chores, task));
    }

    private static void run(Executor chores, Runnable task) {
        try {
            chores.execute(task);
        } catch (RejectedExecutionException e) {
            log.debug("the connection was closed meanwhile", e);
            task.run();
        }
    }

    private static void close(ZooKeeper zk) {
        try {
            zk.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void process(WatchedEvent event) {
        switch (event.getState()) {
            case SyncConnected -> connected.complete(true);
            case Expired, AuthFailed, Closed -> connected.complete(false);
            default -> log.debug("side handle: {}", event.getState());
        }
    }
}
