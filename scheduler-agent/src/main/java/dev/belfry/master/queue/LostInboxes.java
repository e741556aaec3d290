package dev.belfry.master.queue;

import dev.belfry.core.queue.Outbox;
import dev.belfry.core.queue.QueueBook;
import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.core.record.Paths;
import dev.belfry.store.Znode;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is to become of the inboxes of incarnations that are gone: once the lease of one is over, its outbox is read once more,
 * in the session that saw its registration gone, and the book is told (rule Q8).
 *
 * <p>An outbox that cannot be read holds up what that incarnation had: what it ran to its end cannot be guessed.
 *
 * <p>Not thread-safe; owned by the master's loop.
 */
final class LostInboxes {
    private static final Logger LOG = LoggerFactory.getLogger(LostInboxes.class);

    private final QueueOffice office;
    private final Reads reads;
    private final QueueBook book;
    private final NamedItems items;
    private final JobsInForce jobs;
    private final Runnable news;
    /** Read for the last time, or about to be. */
    private final Set<String> read = new HashSet<>();

    LostInboxes(QueueOffice office, Reads reads, QueueBook book, NamedItems items, JobsInForce jobs, Runnable news) {
        this.office = office;
        this.reads = reads;
        this.book = book;
        this.items = items;
        this.jobs = jobs;
        this.news = news;
    }

    /** Looks who is gone; how long, in nanoseconds, until the next of their leases is over, or {@link Long#MAX_VALUE}. */
    long look() {
        long next = Long.MAX_VALUE;
        read.retainAll(book.incarnations());
        for (String incarnation : book.incarnations()) {
            // Whether it may be tried again, only the definition says.
            boolean held = book.jobsIn(incarnation).stream().anyMatch(jobs::isUnreadable);
            if (read.contains(incarnation) || office.registered(incarnation) || held) {
                continue;
            }
            long left = office.leaseNanos(incarnation);
            if (left == 0) {
                read.add(incarnation);
                reads.readOne("queue-outbox-last", Paths.outbox(incarnation), last -> gone(incarnation, last));
            } else {
                next = Math.min(next, left);
            }
        }
        return next;
    }

    private void gone(String incarnation, Optional<Znode> last) {
        try {
            Outbox said = last.isEmpty() ? Outbox.EMPTY : QueueLook.decode(last.get());
            LOG.info(
                    "agent lost with tasks in its inbox: incarnation={}; they are settled or queued again",
                    incarnation);
            items.read(incarnation, said, () -> {
                book.outbox(incarnation, said);
                book.gone(incarnation);
                news.run();
            });
        } catch (CorruptRecordException e) {
            LOG.error(
                    "what a lost agent said of its tasks cannot be read: {} They are held until a master can read it.",
                    e.getMessage());
        }
    }
}
