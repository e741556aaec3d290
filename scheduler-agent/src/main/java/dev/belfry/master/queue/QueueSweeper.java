package dev.belfry.master.queue;

import dev.belfry.agent.loop.Loop;
import dev.belfry.core.queue.OutboxItem;
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
import java.util.Optional;

/**
 * Finds what nobody needs any more: submitters' znodes a day after their last use, which it deletes, and what lies beside
 * outboxes, and they themselves, which {@link LooseItems} sees to.
 *
 * <p>One request at a time, and a round an hour; whatever fails is left for the next round. Not thread-safe; owned by the
 * master's loop.
 */
final class QueueSweeper {
    /** So long after its last use a submitter is not there any more. */
    static final Duration UNUSED = Duration.ofDays(1);

    private static final Duration ROUND = Duration.ofHours(1);
    private static final Duration FIRST = Duration.ofMinutes(1);

    private final Loop loop;
    private final Store store;
    private final Session session;
    private final QueueOffice office;
    private final Reads reads;
    private final LooseItems loose;
    private final Runnable news;
    private Loop.Timer timer = () -> {};
    private boolean closed;

    /** @param news called when all that lies beside outboxes has been listed */
    QueueSweeper(
            Loop loop, Store store, Session session, QueueOffice office, Reads reads, LooseItems loose, Runnable news) {
        this.loop = loop;
        this.store = store;
        this.session = session;
        this.office = office;
        this.reads = reads;
        this.loose = loose;
        this.news = news;
    }

    /** All that was there when the term began has been read. */
    void start() {
        outboxes();
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

    private void outboxes() {
        reads.children("queue-sweep-outboxes", Paths.OUTBOX, names -> outboxes(new ArrayDeque<>(names)));
    }

    private void submitters(Deque<String> buckets) {
        String bucket = buckets.poll();
        if (bucket == null) {
            outboxes();
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

    /** Who needs what lies there is looked up when nothing is being written; here it is only listed. */
    private void outboxes(Deque<String> incarnations) {
        String incarnation = incarnations.poll();
        if (incarnation == null) {
            news.run();
            return;
        }
        reads.children("queue-sweep-items", Paths.outbox(incarnation), names -> {
            names.forEach(name -> page(incarnation, name));
            loose.found(
                    incarnation,
                    names.stream()
                            .map(name -> item(incarnation, name))
                            .flatMap(Optional::stream)
                            .toList());
            outboxes(incarnations);
        });
    }

    private void page(String incarnation, String name) {
        int dot = name.indexOf('.');
        if (dot > 0) {
            item(incarnation, name.substring(0, dot))
                    .ifPresent(of -> loose.page(incarnation, of.number(), Paths.outboxItem(incarnation, name)));
        }
    }

    private static Optional<OutboxItem> item(String incarnation, String name) {
        try {
            return Optional.of(new OutboxItem(incarnation, Long.parseLong(name)));
        } catch (NumberFormatException e) {
            // Nobody of ours has put it there.
            return Optional.empty();
        }
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
