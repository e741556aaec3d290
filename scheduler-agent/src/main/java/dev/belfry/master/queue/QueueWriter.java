package dev.belfry.master.queue;

import dev.belfry.agent.loop.JournalTail;
import dev.belfry.agent.loop.Loop;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.queue.QueueRound;
import dev.belfry.core.record.Paths;
import dev.belfry.core.workflow.WorkflowRunCodec;
import dev.belfry.store.Commit;
import dev.belfry.store.Session;
import dev.belfry.store.Store;
import dev.belfry.store.Transaction;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the queue: one transaction under way at a time, each with a check of the epoch (rule Q2).
 *
 * <p>Whatever is not as this term left it ends the office, and the next term reads it all; but for the journal, of which an
 * exporter may have taken what is to be extended.
 *
 * <p>Not thread-safe; owned by the master's loop.
 */
final class QueueWriter {
    private static final Logger LOG = LoggerFactory.getLogger(QueueWriter.class);

    /** Attempts at one round in a row that only the journal may hold up. */
    private static final int TRIES = 5;

    private final Loop loop;
    private final Store store;
    private final Session session;
    private final QueueOffice office;
    private final String writer;
    private final JournalTail journal;
    private boolean journalIsThere;
    private boolean busy;
    private boolean closed;

    QueueWriter(Loop loop, Store store, Session session, QueueOffice office) {
        this.loop = loop;
        this.store = store;
        this.session = session;
        this.office = office;
        this.writer = Paths.queueJournal(office.term());
        this.journal = new JournalTail(store, session, writer, office::transaction);
    }

    void close() {
        closed = true;
    }

    /** Whether a transaction is under way, or waits to be sent again. */
    boolean busy() {
        return busy;
    }

    /**
     * Writes a round.
     *
     * @param more what is written with it
     * @param then called once it is applied; nothing is called if it never is
     */
    void write(QueueRound round, List<Transaction.Write> more, Runnable then) {
        busy = true;
        write(round, more, then, TRIES);
    }

    private void write(QueueRound round, List<Transaction.Write> more, Runnable then, int tries) {
        Transaction.Builder transaction = office.transaction("queue-write");
        more.forEach(transaction::write);
        round.inboxes()
                .forEach(inbox -> put(
                        transaction,
                        Paths.inbox(inbox.incarnation()),
                        inbox.version(),
                        inbox.inbox().map(stored -> stored.encode()).orElse(null)));
        for (QueueRound.SegmentWrite segment : round.segments()) {
            put(
                    transaction,
                    Paths.segmentState(segment.path()),
                    segment.stateVersion(),
                    segment.state().map(state -> state.encode()).orElse(null));
            if (segment.state().isEmpty()) {
                // Whatever its version: one that was damaged may have been mended in place.
                transaction.delete(segment.path(), -1);
            }
        }
        for (QueueRound.WorkflowWrite workflow : round.workflows()) {
            put(
                    transaction,
                    Paths.workflow(workflow.id()),
                    workflow.version(),
                    workflow.run().map(WorkflowRunCodec::encode).orElse(null));
        }
        for (QueueRound.SplitWrite split : round.splits()) {
            if (split.data().isPresent()) {
                put(
                        transaction,
                        split.path(),
                        split.version(),
                        split.data().get().data());
            } else {
                transaction.delete(split.path(), split.version());
            }
        }
        round.keys()
                .forEach(page -> put(
                        transaction,
                        Paths.keys(page.number()),
                        page.version(),
                        page.page().map(stored -> stored.encode()).orElse(null)));
        round.dead()
                .forEach(page -> put(
                        transaction,
                        Paths.deadLetters(page.number()),
                        page.version(),
                        page.page().map(stored -> stored.encode()).orElse(null)));
        List<JournalTail.Part> parts = record(transaction, round);
        send(transaction, answer -> {
            if (answer instanceof Commit.Applied) {
                busy = false;
                journalIsThere |= !parts.isEmpty();
                parts.forEach(journal::applied);
                round.applied();
                then.run();
            } else if (answer instanceof Commit.Conflict conflict && tries > 1 && ofJournal(conflict)) {
                parts.forEach(part -> journal.refused(part, conflict.reason()));
                write(round, more, then, tries - 1);
            } else {
                failed(answer, () -> write(round, more, then, TRIES));
            }
        });
    }

    private static void put(
            Transaction.Builder transaction,
            String path,
            int version,
            byte @org.jspecify.annotations.Nullable [] data) {
        if (data != null && version < 0) {
            transaction.create(path, data);
        } else if (data != null) {
            transaction.put(path, data, version);
        } else if (version >= 0) {
            transaction.delete(path, version);
        }
    }

    private List<JournalTail.Part> record(Transaction.Builder transaction, QueueRound round) {
        List<FireEntry> lines = round.lines().stream()
                .map(line -> line.entry().madeBy(line.incarnation()))
                .toList();
        if (!lines.isEmpty() && !journalIsThere) {
            transaction.create(Paths.journal(writer), new byte[0]);
        }
        List<JournalTail.Part> parts = new ArrayList<>();
        for (List<FireEntry> some : JournalTail.entries(lines)) {
            parts.add(journal.add(transaction, some, parts.isEmpty()));
        }
        return parts;
    }

    private boolean ofJournal(Commit.Conflict conflict) {
        if (!conflict.path().startsWith(Paths.journal(writer) + '/')) {
            return false;
        }
        LOG.warn("the journal of the queue is not as it was left: {}; its lines go into a new entry", conflict.path());
        return true;
    }

    /** Writes something else of the queue; {@code then} is called once it is applied, and nothing is if it never is. */
    void writeAt(String site, List<Transaction.Write> writes, Runnable then) {
        busy = true;
        Transaction.Builder transaction = office.transaction(site);
        writes.forEach(transaction::write);
        send(transaction, answer -> {
            if (answer instanceof Commit.Applied) {
                busy = false;
                then.run();
            } else {
                failed(answer, () -> writeAt(site, writes, then));
            }
        });
    }

    /**
     * Deletes something that may be gone already, or may have to stay.
     *
     * @param then called once it is applied
     * @param refused told the path that is not as expected; nothing has happened then
     */
    void tryAt(String site, List<Transaction.Write> writes, Runnable then, Consumer<String> refused) {
        busy = true;
        Transaction.Builder transaction = office.transaction(site);
        writes.forEach(transaction::write);
        send(transaction, answer -> {
            if (answer instanceof Commit.Applied) {
                busy = false;
                then.run();
            } else if (answer instanceof Commit.Conflict conflict) {
                busy = false;
                refused.accept(conflict.path());
            } else {
                failed(answer, () -> tryAt(site, writes, then, refused));
            }
        });
    }

    private void send(Transaction.Builder transaction, Consumer<Commit> then) {
        store.commit(session, transaction.build(), answer -> {
            if (!closed) {
                then.accept(answer);
            }
        });
    }

    private void failed(Commit answer, Runnable again) {
        if (answer instanceof Commit.Fenced) {
            office.fenced();
        } else if (answer instanceof Commit.Conflict conflict) {
            LOG.warn("the queue is not as it was left: {}; a new term reads it", conflict);
            office.fenced();
        } else if (answer instanceof Commit.Rejected rejected) {
            LOG.error("the queue cannot be written: {}; it stands still until it can", rejected.why());
            loop.after(session.timeout().toNanos() / 2, () -> {
                if (!closed) {
                    again.run();
                }
            });
        }
        // Of unknown result, or not sent: the connection is gone, and the office with it.
    }
}
