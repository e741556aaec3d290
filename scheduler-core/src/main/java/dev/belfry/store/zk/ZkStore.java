package dev.belfry.store.zk;

import dev.belfry.store.Candidacy;
import dev.belfry.store.Change;
import dev.belfry.store.Commit;
import dev.belfry.store.ElectionListener;
import dev.belfry.store.Failure;
import dev.belfry.store.Listing;
import dev.belfry.store.Read;
import dev.belfry.store.Session;
import dev.belfry.store.SessionListener;
import dev.belfry.store.Store;
import dev.belfry.store.Synced;
import dev.belfry.store.Transaction;
import dev.belfry.store.Znode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.zookeeper.AddWatchMode;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.Stat;

/** One view. Every request goes to the handle of the session that it names, or nowhere. */
final class ZkStore implements Store {
    private final Sessions sessions;
    private final Root root;
    private final Operations operations;
    private final Election election;
    private final Consumer<Session> givingUp;
    private final Lane lane;

    /** Makes a candidacy and enters it. */
    interface Election {
        Candidacy stand(ZkCandidacy.Stand stand, String path, String candidate);
    }

    ZkStore(
            Sessions sessions,
            Root root,
            Operations operations,
            Election election,
            Consumer<Session> givingUp,
            Lane lane) {
        this.sessions = sessions;
        this.root = root;
        this.operations = operations;
        this.election = election;
        this.givingUp = givingUp;
        this.lane = lane;
    }

    @Override
    public void sessions(SessionListener listener) {
        sessions.listen(lane, listener);
    }

    @Override
    public void commit(Session session, Transaction transaction, Consumer<Commit> then) {
        lane.send(then, answer -> {
            Handle handle = sessions.of(session);
            if (handle == null) {
                answer.accept(new Commit.SessionOver(over(session)));
                return;
            }
            String tooLarge = Limits.refusal(transaction);
            if (!tooLarge.isEmpty()) {
                answer.accept(new Commit.Rejected(tooLarge));
                return;
            }
            if (!handle.connected()) {
                answer.accept(new Commit.Unavailable("there is no connection to ZooKeeper; nothing was sent"));
                return;
            }
            try {
                List<Op> ops = operations.of(transaction);
                handle.zk()
                        .multi(
                                ops,
                                (rc, path, ctx, results) -> answer.accept(Answers.commit(transaction, rc, results)),
                                null);
            } catch (IllegalArgumentException e) {
                answer.accept(new Commit.Rejected("malformed path: " + e.getMessage()));
            }
        });
    }

    @Override
    public void read(Session session, String site, String path, Consumer<Read> then) {
        ask(
                session,
                Read.Failed::new,
                then,
                (zk, answer) -> zk.getData(
                        root.absolute(path),
                        false,
                        (rc, p, ctx, data, stat) -> answer.accept(
                                switch (Answers.code(rc)) {
                                    case OK -> new Read.Found(znode(path, data, stat));
                                    case NONODE -> new Read.Missing(path);
                                    default -> new Read.Failed(Answers.failure(rc, path));
                                }),
                        null));
    }

    @Override
    public void children(Session session, String site, String path, Consumer<Listing> then) {
        ask(
                session,
                Listing.Failed::new,
                then,
                (zk, answer) -> zk.getChildren(
                        root.absolute(path),
                        false,
                        (rc, p, ctx, names, stat) -> answer.accept(
                                switch (Answers.code(rc)) {
                                    case OK -> listing(path, names, stat);
                                    case NONODE -> new Listing.Missing(path);
                                    default -> new Listing.Failed(Answers.failure(rc, path));
                                }),
                        null));
    }

    @Override
    public void sync(Session session, String site, String path, Consumer<Synced> then) {
        ask(
                session,
                Synced.Failed::new,
                then,
                (zk, answer) -> zk.sync(root.absolute(path), (rc, p, ctx) -> answer.accept(synced(rc, path)), null));
    }

    @Override
    public void follow(Session session, String site, String path, Consumer<Change> changes, Consumer<Synced> then) {
        ask(
                session,
                Synced.Failed::new,
                then,
                (zk, answer) -> zk.addWatch(
                        root.absolute(path),
                        event -> changed(event, changes),
                        AddWatchMode.PERSISTENT_RECURSIVE,
                        (rc, p, ctx) -> answer.accept(synced(rc, path)),
                        null));
    }

    @Override
    public void dropConnection(Session session) {
        Handle handle = sessions.of(session);
        if (handle == null || !handle.connected()) {
            return;
        }
        try {
            handle.zk().getTestable().closeSocket();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot close the connection of session " + session.hex(), e);
        }
    }

    @Override
    public void giveUp(Session session) {
        givingUp.accept(session);
    }

    @Override
    public Candidacy stand(Session session, String path, String candidate, ElectionListener listener) {
        return election.stand(new ZkCandidacy.Stand(sessions, session, root, lane, listener), path, candidate);
    }

    /** A request to one handle, which answers once. */
    private interface Request<T> {
        void send(ZooKeeper zk, Consumer<T> answer);
    }

    private <T> void ask(Session session, Function<Failure, T> failed, Consumer<T> then, Request<T> request) {
        lane.send(then, answer -> {
            Handle handle = sessions.of(session);
            if (handle == null) {
                answer.accept(failed.apply(new Failure.SessionOver(over(session))));
            } else if (!handle.connected()) {
                answer.accept(failed.apply(new Failure.Unavailable("there is no connection to ZooKeeper")));
            } else {
                try {
                    request.send(handle.zk(), answer);
                } catch (IllegalArgumentException e) {
                    answer.accept(failed.apply(new Failure.Rejected("malformed path: " + e.getMessage())));
                }
            }
        });
    }

    private void changed(WatchedEvent event, Consumer<Change> changes) {
        Change.Kind kind = switch (event.getType()) {
            case NodeCreated -> Change.Kind.CREATED;
            case NodeDataChanged -> Change.Kind.CHANGED;
            case NodeDeleted -> Change.Kind.DELETED;
            default -> null;
        };
        if (kind != null) {
            Change change = new Change(root.relative(event.getPath()), kind, event.getZxid());
            lane.post(() -> changes.accept(change));
        }
    }

    private static Listing listing(String path, List<String> names, Stat stat) {
        String tooLarge = Limits.refusal(path, names);
        return tooLarge.isEmpty()
                ? new Listing.Found(names.stream().sorted().toList(), stat.getCversion())
                : new Listing.Failed(new Failure.Rejected(tooLarge));
    }

    private static Synced synced(int rc, String path) {
        return rc == Code.OK.intValue() ? new Synced.Done() : new Synced.Failed(Answers.failure(rc, path));
    }

    private static Znode znode(String path, byte[] data, Stat stat) {
        return new Znode(
                path,
                data == null ? new byte[0] : data,
                stat.getVersion(),
                stat.getCzxid(),
                stat.getMzxid(),
                Instant.ofEpochMilli(stat.getCtime()),
                Instant.ofEpochMilli(stat.getMtime()),
                stat.getEphemeralOwner(),
                stat.getNumChildren());
    }

    private static String over(Session session) {
        return "ZooKeeper session " + session.hex() + " is over; nothing was sent";
    }
}
