package dev.belfry.master.queue;

import dev.belfry.agent.loop.Loop;
import dev.belfry.store.Failure;
import dev.belfry.store.Listing;
import dev.belfry.store.Read;
import dev.belfry.store.Session;
import dev.belfry.store.Store;
import dev.belfry.store.Znode;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads what a term needs to know of the queue, many znodes at a time. What the store refuses is asked for again until it does
 * not; where there is no answer the connection is gone, and the office with it.
 *
 * <p>Not thread-safe; owned by the master's loop.
 */
final class Reads {
    private static final Logger LOG = LoggerFactory.getLogger(Reads.class);

    /** Reads under way at once. */
    private static final int WINDOW = 200;

    private final Loop loop;
    private final Store store;
    private final Session session;
    private boolean closed;

    Reads(Loop loop, Store store, Session session) {
        this.loop = loop;
        this.store = store;
        this.session = session;
    }

    void close() {
        closed = true;
    }

    void readOne(String site, String path, Consumer<Optional<Znode>> then) {
        store.read(session, site, path, answer -> {
            if (closed) {
                return;
            }
            if (answer instanceof Read.Failed failed) {
                again(path, failed.failure(), () -> readOne(site, path, then));
            } else {
                then.accept(answer instanceof Read.Found found ? Optional.of(found.znode()) : Optional.empty());
            }
        });
    }

    /** The names of the children, sorted; none if there is no such znode. */
    void children(String site, String path, Consumer<List<String>> then) {
        store.children(session, site, path, answer -> {
            if (closed) {
                return;
            }
            if (answer instanceof Listing.Failed failed) {
                again(path, failed.failure(), () -> children(site, path, then));
            } else {
                then.accept(answer instanceof Listing.Found found ? found.names() : List.of());
            }
        });
    }

    /** Reads znodes; those that are missing are left out. {@code then} is called once, after the last. */
    void readAll(String site, Collection<String> paths, Consumer<Znode> each, Runnable then) {
        new Several(site, new ArrayDeque<>(paths), each, then).begin();
    }

    private void again(String path, Failure failure, Runnable request) {
        if (failure instanceof Failure.Rejected rejected) {
            LOG.error("the queue stands still: cannot read {}: {}; check its ACL", path, rejected.why());
            loop.after(session.timeout().toNanos() / 2, () -> {
                if (!closed) {
                    request.run();
                }
            });
        }
    }

    private final class Several {
        private final String site;
        private final Deque<String> left;
        private final Consumer<Znode> each;
        private final Runnable then;
        private int underWay;

        Several(String site, Deque<String> left, Consumer<Znode> each, Runnable then) {
            this.site = site;
            this.left = left;
            this.each = each;
            this.then = then;
        }

        void begin() {
            if (left.isEmpty()) {
                then.run();
            }
            while (!left.isEmpty() && underWay < WINDOW) {
                send();
            }
        }

        private void send() {
            underWay++;
            readOne(site, left.remove(), found -> {
                underWay--;
                found.ifPresent(each);
                if (!left.isEmpty()) {
                    send();
                } else if (underWay == 0) {
                    then.run();
                }
            });
        }
    }
}
