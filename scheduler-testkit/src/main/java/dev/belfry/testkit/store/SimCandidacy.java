package dev.belfry.testkit.store;

import dev.belfry.store.Candidacy;
import dev.belfry.store.Change;
import dev.belfry.store.Commit;
import dev.belfry.store.ElectionListener;
import dev.belfry.store.Listing;
import dev.belfry.store.Session;
import dev.belfry.store.Synced;
import dev.belfry.store.Transaction;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A candidate in an election by a queue of ephemeral znodes: the one with the lowest number leads. It looks at the queue
 * whenever something leaves it; each look decides afresh what to do, so that lost replies need no special care.
 */
final class SimCandidacy implements Candidacy {
    private static final String SITE = "election";

    private final SimStore view;
    private final SimConnection connection;
    private final Session session;
    private final String queue;
    private final String mark;
    private final ElectionListener listener;

    /** The latch by which it leads. */
    private @Nullable String latch;

    private boolean withdrawn;
    private boolean over;

    /** The queue is watched, for the rest of the session. */
    private boolean follows;

    /** A look is under way, or a change that one has to follow. */
    private boolean looking;

    private boolean lookAgain;

    /** Give up the place in the queue and take a new one. */
    private boolean requeue;

    SimCandidacy(SimStore view, Session session, String queue, String candidate, ElectionListener listener) {
        this.view = view;
        this.connection = view.connection();
        this.session = session;
        this.queue = queue;
        this.listener = listener;
        long unique = connection.ensemble.scheduler.random().nextLong();
        this.mark = "_c_" + Long.toHexString(unique) + "-" + candidate.replaceAll("[^A-Za-z0-9._]", "_") + "-latch-";
    }

    private <T> Request<T> request(Request.Kind kind, String path, Request.Misses<T> misses, Consumer<T> then) {
        Request<T> request = new Request<>(kind, SITE, path, misses, then);
        request.ofElection = true;
        return request;
    }

    void start() {
        if (follows) {
            look();
            return;
        }
        Request<Synced> follow = request(Request.Kind.FOLLOW, queue, Request.SYNCED, armed -> {
            follows = armed instanceof Synced.Done;
            look();
        });
        follow.watch = new Watch(queue, this::changed);
        connection.send(session, follow);
    }

    private void changed(Change change) {
        if (change.kind() == Change.Kind.DELETED) {
            look();
        }
    }

    void suspended() {
        looking = false;
        depose();
    }

    void resumed() {
        // Real clients take a new place after a reconnection, or keep the old one: both happen.
        requeue = connection.ensemble.scheduler.random().nextInt(2) == 0;
        // A place asked for on the old connection may still be granted until a sync is answered.
        looking = true;
        connection.send(session, request(Request.Kind.SYNC, queue, Request.SYNCED, synced -> {
            looking = false;
            if (synced instanceof Synced.Done) {
                start();
            }
        }));
    }

    void ended() {
        over = true;
        depose();
    }

    @Override
    public void withdraw() {
        if (!withdrawn) {
            withdrawn = true;
            connection.process.execute(this::look);
        }
    }

    private void look() {
        if (over) {
            return;
        }
        if (looking) {
            lookAgain = true;
            return;
        }
        looking = true;
        lookAgain = false;
        connection.send(session, request(Request.Kind.CHILDREN, queue, Request.LISTING, this::seen));
    }

    private void seen(Listing listing) {
        if (over || listing instanceof Listing.Failed) {
            // Resuming looks again; the end of the session makes it pointless.
            looking = false;
            return;
        }
        List<String> names =
                listing instanceof Listing.Found found ? new ArrayList<>(found.names()) : new ArrayList<>();
        names.sort(SimCandidacy::byNumber);
        String own = null;
        for (String name : names) {
            if (name.startsWith(mark)) {
                own = name;
                break;
            }
        }
        if (own == null) {
            depose();
            if (withdrawn) {
                over = true;
                view.forget(this);
            } else {
                requeue = false;
                act(Request.Kind.LATCH, queue + "/" + mark, null);
            }
        } else if (withdrawn || requeue) {
            requeue = false;
            depose();
            act(
                    Request.Kind.COMMIT,
                    queue,
                    Transaction.at(SITE).delete(queue + "/" + own, -1).build());
        } else {
            stand(queue + "/" + own, own.equals(names.get(0)));
        }
    }

    private static int byNumber(String a, String b) {
        return a.substring(a.length() - 10).compareTo(b.substring(b.length() - 10));
    }

    private void stand(String own, boolean first) {
        looking = false;
        if (first && !own.equals(latch)) {
            depose();
            latch = own;
            tell(() -> listener.elected(own));
        } else if (!first) {
            depose();
        }
        if (lookAgain) {
            look();
        }
    }

    private void act(Request.Kind kind, String path, @Nullable Transaction transaction) {
        Request<Commit> request = request(kind, path, Request.COMMIT, answer -> {
            looking = false;
            // Refusals mean that another look is due; without a connection it has to wait for one.
            if (answer instanceof Commit.Applied
                    || answer instanceof Commit.Conflict
                    || answer instanceof Commit.Fenced) {
                look();
            }
        });
        request.transaction = transaction;
        connection.send(session, request);
    }

    private void depose() {
        if (latch != null) {
            latch = null;
            tell(listener::deposed);
        }
    }

    private void tell(Runnable what) {
        view.call(() -> {
            if (!withdrawn) {
                what.run();
            }
        });
    }
}
