package dev.belfry.store.zk;

import dev.belfry.store.Candidacy;
import dev.belfry.store.ElectionListener;
import dev.belfry.store.Session;
import java.io.IOException;
import java.util.concurrent.Executor;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.recipes.leader.LeaderLatch;
import org.apache.curator.framework.recipes.leader.LeaderLatchListener;
import org.apache.zookeeper.KeeperException.Code;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A place in the queue of Curator's latch, for one session.
 *
 * <p>The latch itself goes on over sessions and has called a znode of an earlier session its own; so what it says is
 * believed only after its znode was seen, on the handle of this session, to belong to this session.
 */
final class ZkCandidacy implements Candidacy, LeaderLatchListener {
    private static final Logger log = LoggerFactory.getLogger(ZkCandidacy.class);

    private final Sessions sessions;
    private final Session session;
    private final Root root;
    private final Lane lane;
    private final ElectionListener listener;
    private final LeaderLatch latch;
    private final Executor closer;
    private boolean elected;
    private boolean finished;
    private long round;
    private volatile boolean withdrawn;

    /** Where and for whom a candidacy is. */
    record Stand(Sessions sessions, Session session, Root root, Lane lane, ElectionListener listener) {}

    ZkCandidacy(Stand stand, CuratorFramework curator, String path, String candidate, Executor closer) {
        this.sessions = stand.sessions;
        this.session = stand.session;
        this.root = stand.root;
        this.lane = stand.lane;
        this.listener = stand.listener;
        this.latch = new LeaderLatch(curator, root.absolute(path), candidate);
        this.closer = closer;
    }

    void start() {
        latch.addListener(this);
        try {
            latch.start();
        } catch (Exception e) {
            throw new IllegalStateException("cannot start the election", e);
        }
    }

    @Override
    public void isLeader() {
        String path = latch.getLastPathIsLeader();
        Handle handle = sessions.of(session);
        if (path == null || handle == null) {
            return;
        }
        long asked = round();
        handle.zk()
                .exists(
                        path,
                        false,
                        (rc, p, ctx, stat) -> {
                            // Lost with the connection: the latch says so again when there is one.
                            if (rc == Code.OK.intValue() && stat.getEphemeralOwner() == session.id()) {
                                elected(asked, path);
                            }
                        },
                        null);
    }

    private synchronized long round() {
        return round;
    }

    private synchronized void elected(long asked, String path) {
        if (!finished && !elected && asked == round) {
            elected = true;
            lane.post(() -> unlessWithdrawn(() -> listener.elected(root.relative(path))));
        }
    }

    @Override
    public void notLeader() {
        suspended();
    }

    /** Nothing is known any more until there is a connection again. */
    synchronized void suspended() {
        round++;
        if (elected && !finished) {
            lane.post(() -> unlessWithdrawn(listener::deposed));
        }
        elected = false;
    }

    /** The session is over, and the candidacy with it. */
    synchronized void ended() {
        suspended();
        finish();
    }

    @Override
    public void withdraw() {
        withdrawn = true;
        sessions.remove(this);
        finish();
    }

    private synchronized void finish() {
        if (!finished) {
            finished = true;
            closer.execute(this::close);
        }
    }

    private void unlessWithdrawn(Runnable callback) {
        if (!withdrawn) {
            callback.run();
        }
    }

    private void close() {
        try {
            latch.close();
        } catch (IOException e) {
            log.warn(
                    "Cannot leave the election of session {}; its place is gone when the session is", session.hex(), e);
        }
    }
}
