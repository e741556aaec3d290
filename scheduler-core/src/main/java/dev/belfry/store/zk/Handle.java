package dev.belfry.store.zk;

import dev.belfry.store.Session;
import java.time.Duration;
import org.apache.zookeeper.ZooKeeper;
import org.jspecify.annotations.Nullable;

/**
 * One ZooKeeper handle. In its whole life it has one session at most, so a request made on it cannot be executed in any
 * other. Fields are written under the lock of {@link Sessions} and read from anywhere.
 */
final class Handle {
    private final ZooKeeper zk;
    private volatile @Nullable Session session;
    private volatile boolean connected;
    private volatile boolean announced;
    private volatile boolean over;

    Handle(ZooKeeper zk) {
        this.zk = zk;
    }

    ZooKeeper zk() {
        return zk;
    }

    /** The session, once the first connection was made. */
    @Nullable
    Session session() {
        return session;
    }

    /**
     * Whether there is a connection, as far as the event thread has come. When it says no, every request made before
     * has had its answer, and a request that is not handed to ZooKeeper cannot be executed.
     */
    boolean connected() {
        return connected;
    }

    /** Whether the session was made known to the views. */
    boolean announced() {
        return announced;
    }

    /** Whether the handle will never send anything again. */
    boolean over() {
        return over;
    }

    void nowConnected() {
        connected = true;
        if (session == null) {
            session = new Session(zk.getSessionId(), Duration.ofMillis(zk.getSessionTimeout()));
        }
    }

    void nowDisconnected() {
        connected = false;
    }

    void nowAnnounced() {
        announced = true;
    }

    void nowOver() {
        connected = false;
        over = true;
    }
}
