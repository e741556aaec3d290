package dev.belfry.master.queue;

import dev.belfry.agent.loop.Loop;
import dev.belfry.core.queue.QueueBook;
import dev.belfry.core.record.Paths;
import dev.belfry.store.Commit;
import dev.belfry.store.Session;
import dev.belfry.store.Store;
import dev.belfry.store.Transaction;
import dev.belfry.store.Znode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;

/**
 * Deletes what nobody needs any more: submitters' znodes a day after their last use, and the outboxes of incarnations that are
 * gone and have no inbox, with what attempts left there.
 *
 * <p>One request at a time, and a round an hour; whatever fails is left for the next round. Not thread-safe; owned by the
 * master's loop.
 */
final class QueueSweeper {
    /** So long after its last use a submitter is not there any more. */
    static final Duration UNUSED = Duration.ofDays(1);

    private static final Duration ROUND = Duration.ofHours(1);
    private static final Duration FIRST = Duration.ofMinutes(1);
    private static final int DELETES = 90;

    private final Loop loop;
    private final Store store;
    private final Session session;
    private final QueueOffice office;
    private final Reads reads;
    private final QueueBook book;
    private Loop.Timer timer = () -> {};
    private boolean closed;

    QueueSweeper(Loop loop, Store store, Session session, QueueOffice office, Reads reads, QueueBook book) {
        this.loop = loop;
        this.store = store;
        this.session = session;
        this.office = office;
        this.reads = reads;
        this.book = book;
    }

    void start() {
        next(FIRST);
    }

    void close() {
        closed = true;
        timer.cancel();
    }

    private void next(Duration wait) {
        timer = loop.after(wait.toNanos(), this::round);
    }

    private void round() {
        next(ROUND);
        reads.children("queue-sweep-buckets", Paths.SUBMITTERS, names -> {
            Deque<String> buckets = new ArrayDeque<>();
            names.forEach(name -> buckets.add(Paths.SUBMITTERS + '/' + name));
            submitters(buckets);
        });
    }

    private void submitters(Deque<String> buckets) {
        String bucket = buckets.poll();
        if (bucket == null) {
            reads.children("queue-sweep-outboxes", Paths.OUTBOX, names -> outboxes(new ArrayDeque<>(names)));
            return;
        }
        reads.children("queue-sweep-submitters", bucket, names -> {
            List<Znode> unused = new ArrayList<>();
            Instant oldest = office.now().minus(UNUSED);
            Collection<String> paths =
                    names.stream().map(name -> bucket + '/' + name).toList();
            reads.readAll(
                    "queue-sweep-submitter",
                    paths,
                    found -> {
                        if (found.modified().isBefore(oldest)) {
                            unused.add(found);
                        }
                    },
                    () -> forget(new ArrayDeque<>(unused), () -> submitters(buckets)));
        });
    }

    /** One by one: of one that is in use again the deletion is refused, and of no other. */
    private void forget(Deque<Znode> unused, Runnable then) {
        Znode submitter = unused.poll();
        if (submitter == null) {
            then.run();
            return;
        }
        Transaction.Builder transaction =
                office.transaction("queue-sweep-forget").delete(submitter.path(), submitter.version());
        commit(transaction, () -> forget(unused, then));
    }

    private void outboxes(Deque<String> incarnations) {
        String incarnation = incarnations.poll();
        if (incarnation == null) {
            return;
        }
        boolean needed = !office.ready()
                || office.registered(incarnation)
                || book.incarnations().contains(incarnation)
                || office.leaseNanos(incarnation) > 0;
        if (needed) {
            outboxes(incarnations);
        } else {
            empty(incarnation, () -> outboxes(incarnations));
        }
    }

    private void empty(String incarnation, Runnable then) {
        reads.children("queue-sweep-items", Paths.outbox(incarnation), items -> {
            Transaction.Builder transaction = office.transaction("queue-sweep-outbox");
            items.stream().limit(DELETES).forEach(item -> transaction.delete(Paths.outboxItem(incarnation, item), -1));
            boolean all = items.size() <= DELETES;
            if (all) {
                transaction.delete(Paths.outbox(incarnation), -1);
            }
            commit(transaction, all ? then : () -> empty(incarnation, then));
        });
    }

    /** Goes on whether it was applied or refused; not where the connection or the office is gone. */
    private void commit(Transaction.Builder transaction, Runnable then) {
        store.commit(session, transaction.build(), answer -> {
            if (closed) {
                return;
            }
            if (answer instanceof Commit.Fenced) {
                office.fenced();
            } else if (answer instanceof Commit.Applied || answer instanceof Commit.Conflict) {
                then.run();
            }
        });
    }
}
