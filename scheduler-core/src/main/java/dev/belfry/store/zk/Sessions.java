package dev.belfry.store.zk;

import dev.belfry.store.Session;
import dev.belfry.store.SessionListener;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.curator.utils.ZookeeperFactory;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.Watcher.Event.EventType;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.client.ZKClientConfig;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows each ZooKeeper handle that Curator makes, and tells the views what becomes of its session.
 *
 * <p>It sits between the handle and Curator, so it hears the handle's own events, in the order of the answers and for
 * that handle alone. Curator's connection state, a summary over all handles, is not asked: the session id decides.
 *
 * <p>Its lock is never held while ZooKeeper or Curator are called, but for the constructor of a handle, which waits for
 * nothing; telling a view is handing a task to its executor.
 */
final class Sessions implements ZookeeperFactory {
    private static final Logger log = LoggerFactory.getLogger(Sessions.class);

    /** A handle looks for another server at least this often, and waits up to a second before it. */
    private static final long REFUSAL_SECONDS = 3;

    private final Root root;
    private final Outage outage;
    private final ScheduledExecutorService chores;
    private final Runnable authenticationFailed;
    private final Map<Lane, SessionListener> listeners = new LinkedHashMap<>();
    private final List<ZkCandidacy> candidacies = new ArrayList<>();
    private final List<Handle> givenUp = new ArrayList<>();
    private volatile @Nullable Handle latest;
    private SideHandle.@Nullable Reach reach;

    /** Both run on or beside the event thread of a handle and must not wait. */
    Sessions(Root root, Outage outage, ScheduledExecutorService chores, Runnable authenticationFailed) {
        this.root = root;
        this.outage = outage;
        this.chores = chores;
        this.authenticationFailed = authenticationFailed;
    }

    @Override
    public ZooKeeper newZooKeeper(String hosts, int timeout, Watcher watcher, boolean readOnly) throws Exception {
        return newZooKeeper(hosts, timeout, watcher, readOnly, new ZKClientConfig());
    }

    @Override
    public synchronized ZooKeeper newZooKeeper(
            String hosts, int timeout, Watcher watcher, boolean readOnly, ZKClientConfig config) throws Exception {
        retire(latest, "its handle was closed");
        reach = new SideHandle.Reach(hosts, timeout, config);
        outage.begins(this::probe);
        // The event thread of the new handle may be faster than its constructor, and then waits for this lock.
        AtomicReference<Handle> made = new AtomicReference<>();
        ZooKeeper zk = new ZooKeeper(hosts, timeout, event -> process(made, event, watcher), readOnly, config);
        Handle handle = new Handle(zk);
        made.set(handle);
        latest = handle;
        return zk;
    }

    private void process(AtomicReference<Handle> made, WatchedEvent event, Watcher curator) {
        if (event.getType() == EventType.None) {
            Handle handle;
            synchronized (this) {
                handle = Objects.requireNonNull(made.get(), "made under the lock that is held here");
            }
            changed(handle, event.getState());
        }
        curator.process(event);
    }

    private void changed(Handle handle, KeeperState state) {
        switch (state) {
            case SyncConnected -> connected(handle);
            case Disconnected -> disconnected(handle);
            case Expired -> expired(handle);
            case Closed -> retire(handle, "it was closed");
            case AuthFailed -> {
                if (!handle.zk().getState().isAlive()) {
                    retire(handle, "authentication failed");
                    authenticationFailed.run();
                }
            }
            default -> log.debug("ZooKeeper connection state {}", state);
        }
    }

    private void connected(Handle handle) {
        synchronized (this) {
            if (handle.over()) {
                return;
            }
            handle.nowConnected();
            outage.ends();
            endThoseGivenUp();
            Session session = handle.session();
            if (handle.announced() && session != null) {
                // A request made while there was no connection may be answered behind one that ZooKeeper kept for the
                // next.
                listeners.forEach((lane, listener) -> lane.postAfterAnswers(() -> listener.resumed(session)));
                return;
            }
        }
        // Lost again meanwhile: the next connection of this handle asks again.
        root.ensure(
                handle.zk(), () -> announce(handle), () -> log.debug("connection lost before the root was checked"));
    }

    private synchronized void announce(Handle handle) {
        Session session = handle.session();
        if (handle.over() || handle.announced() || session == null) {
            return;
        }
        handle.nowAnnounced();
        log.info(
                "ZooKeeper session {} opened, time-out {} ms",
                session.hex(),
                session.timeout().toMillis());
        tellAll(listener -> listener.opened(session));
    }

    private synchronized void disconnected(Handle handle) {
        Session session = handle.session();
        if (!handle.connected() || handle.over() || session == null) {
            return;
        }
        handle.nowDisconnected();
        outage.begins(this::probe);
        if (handle.announced()) {
            candidacies.forEach(ZkCandidacy::suspended);
            tellAll(listener -> listener.suspended(session));
        }
    }

    /**
     * The server says so, or Curator or the handle lost patience: after a whole time-out without a connection, by the clock
     * of this machine. Then the session may well live on, with its ephemerals, and is ended as soon as there is a connection.
     */
    private synchronized void expired(Handle handle) {
        boolean byServer = handle.zk().getSessionTimeout() <= 0;
        if (!byServer && handle.session() != null && !handle.over()) {
            givenUp.add(handle);
        }
        retire(handle, byServer ? "it has expired" : "it was without a connection for its whole time-out");
    }

    private void endThoseGivenUp() {
        SideHandle.Reach how = reach;
        if (how == null) {
            return;
        }
        for (Handle handle : givenUp) {
            SideHandle.end(
                    handle,
                    how,
                    chores,
                    ended -> log.info(
                            "ZooKeeper session {}, given up before, {}",
                            Long.toHexString(handle.zk().getSessionId()),
                            ended ? "is closed" : "was gone already, or will expire"));
        }
        givenUp.clear();
    }

    /** Finds out whether the servers take new clients, but not this one. */
    private synchronized void probe() {
        Handle handle = latest;
        SideHandle.Reach how = reach;
        if (handle != null && how != null && handle.session() != null && cutOff(handle)) {
            SideHandle.probe(how, chores, taken -> {
                if (taken) {
                    // Servers that have just come back: give this session the time to find them too.
                    var unused = chores.schedule(() -> reportRefusal(handle), REFUSAL_SECONDS, TimeUnit.SECONDS);
                }
            });
        }
    }

    private void reportRefusal(Handle handle) {
        Session session = handle.session();
        if (cutOff(handle) && session != null) {
            log.error(
                    "ZooKeeper takes new clients but refuses session {}: its data is older than what this process has already seen."
                            + " It was restored from a backup, or a server lost its disk. If that was intended, nothing is to be"
                            + " done here: a new session is opened within {} s. If not, stop the servers and look at their data.",
                    session.hex(),
                    session.timeout().toSeconds());
        }
    }

    private boolean cutOff(Handle handle) {
        return handle == latest && !handle.connected() && !handle.over();
    }

    private synchronized void retire(@Nullable Handle handle, String why) {
        if (handle == null || handle.over()) {
            return;
        }
        handle.nowOver();
        Session session = handle.session();
        if (!handle.announced() || session == null) {
            return;
        }
        log.info("ZooKeeper session {} is over: {}", session.hex(), why);
        candidacies.forEach(ZkCandidacy::ended);
        candidacies.clear();
        tellAll(listener -> listener.ended(session));
    }

    /** The connection is about to be closed: leaves the elections while that can still be said to the server. */
    synchronized void closing() {
        candidacies.forEach(ZkCandidacy::ended);
        candidacies.clear();
    }

    /** The connection was closed: whatever session there was is over. */
    void closed() {
        retire(latest, "the connection was closed");
    }

    /** The handle of the session, if that session is the present one. */
    @Nullable
    Handle of(Session session) {
        Handle handle = present();
        Session its = handle == null ? null : handle.session();
        return its != null && its.id() == session.id() ? handle : null;
    }

    /** The handle of the present session, if there is one. */
    @Nullable
    Handle present() {
        Handle handle = latest;
        return handle == null || handle.over() || !handle.announced() ? null : handle;
    }

    /** From now on {@code listener} is told; first, what the present session is. */
    synchronized void listen(Lane lane, SessionListener listener) {
        if (listeners.putIfAbsent(lane, listener) != null) {
            throw new IllegalStateException("a view has one session listener; make another view");
        }
        Handle handle = present();
        Session session = handle == null ? null : handle.session();
        if (handle == null || session == null) {
            return;
        }
        lane.post(() -> listener.opened(session));
        if (!handle.connected()) {
            lane.post(() -> listener.suspended(session));
        }
    }

    /** Adds a candidacy to those that end with the session; false if that session is over already. */
    synchronized boolean add(ZkCandidacy candidacy, Session session) {
        return of(session) != null && candidacies.add(candidacy);
    }

    synchronized void remove(ZkCandidacy candidacy) {
        candidacies.remove(candidacy);
    }

    private void tellAll(Consumer<SessionListener> what) {
        listeners.forEach((lane, listener) -> lane.post(() -> what.accept(listener)));
    }
}
