package dev.belfry.agent.queue;

import dev.belfry.agent.loop.Loop;
import dev.belfry.core.ledger.CommitBounds;
import dev.belfry.core.queue.Outbox;
import dev.belfry.core.queue.Outbox.Left;
import dev.belfry.core.queue.Outbox.Report;
import dev.belfry.core.queue.OutboxItem;
import dev.belfry.core.record.Paths;
import dev.belfry.store.Commit;
import dev.belfry.store.Read;
import dev.belfry.store.Session;
import dev.belfry.store.Store;
import dev.belfry.store.Synced;
import dev.belfry.store.Transaction;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Writes what one incarnation says of its tasks, and what their attempts leave (rules Q6 and Q12).
 *
 * <p>The outbox is always written as a whole, one write at a time; what is said within a few milliseconds shares it. Its
 * first operation checks that the registration exists (rule R8). A report that names an item goes into the store together
 * with it. A write of unknown result is read back after a sync: since it is atomic the outbox tells for all of it.
 *
 * <p>Not thread-safe; owned by the agent's loop. One per session.
 */
final class OutboxWriter {
    /** Bytes of items in one write from which on no further one joins. */
    private static final int MOST_ITEM_BYTES = 350_000;

    private static final long LINGER_NANOS = CommitBounds.LINGER.toNanos();

    /** Told what became of it. */
    interface Owner {
        /** This is in the store, and the registration was there. */
        void durable(Report report);

        /** The registration is gone: this incarnation is over. */
        void fenced();

        /** The store refuses the write for good; it is kept and tried again. */
        void refused(String why);
    }

    /** What is said of one number. */
    private static final class Line {
        Report report;
        boolean unwritten = true;
        /** The report as it is in the store; null while there is none. */
        @Nullable
        Report durable;
        /** What is to be left, and as what; null if there is nothing new. */
        byte @Nullable [] data;

        Left kind = Left.NOTHING;
        boolean itemExists;
        /** Pages of sub-tasks that are to be handed in. */
        final Deque<byte[]> pages = new ArrayDeque<>();
        /** How many were. */
        int handed;

        Line(Report report) {
            this.report = report;
        }
    }

    /** A line in a write. */
    @SuppressWarnings("ArrayRecordComponent") // bytes are handed over, never compared
    private record Part(long number, Line line, Report report, byte @Nullable [] data, List<byte[]> pages) {}

    /** A write under way. */
    private static final class Batch {
        final List<Part> parts = new ArrayList<>();
        /** The parts that carry an item, in the order of the writes after the first. */
        final List<Part> items = new ArrayList<>();

        byte[] outbox = new byte[0];
    }

    private final Loop loop;
    private final Store store;
    private final Session session;
    private final String incarnation;
    private final String path;
    private final Owner owner;

    private final NavigableMap<Long, Line> lines = new TreeMap<>();
    private byte[] stored = new byte[0];
    private boolean exists;
    private boolean dirty;
    private boolean urgent;
    private boolean lingering;
    private boolean writing;
    private @Nullable Batch doubtful;
    private boolean resolving;
    private boolean connected = true;
    private boolean closed;

    OutboxWriter(Loop loop, Store store, Session session, String incarnation, Owner owner) {
        this.loop = loop;
        this.store = store;
        this.session = session;
        this.incarnation = incarnation;
        this.path = Paths.outbox(incarnation);
        this.owner = owner;
    }

    /** Says this of its number from now on, in place of what was said of it before. */
    void say(Report report) {
        Line line = lines.get(report.number());
        if (line == null) {
            lines.put(report.number(), new Line(report));
        } else {
            line.report = report;
            line.unwritten = true;
        }
        changed(report.stage() != Outbox.Stage.STARTED);
    }

    /** Leaves this beside the outbox, under a number of which something is said. */
    void leave(long number, byte[] data, Left kind) {
        Line line = lines.get(number);
        if (line != null) {
            line.data = data;
            line.kind = kind;
            changed(true);
        }
    }

    /** Hands in sub-tasks under a number of which something is said. */
    void hand(long number, List<byte[]> pages) {
        Line line = lines.get(number);
        if (line != null) {
            line.pages.addAll(pages);
            changed(true);
        }
    }

    /** Says nothing of this number from the next write on. */
    void forget(long number) {
        lines.remove(number);
    }

    /** Whether everything that was said is in the store. */
    boolean recorded() {
        return lines.values().stream().noneMatch(line -> line.unwritten || line.data != null || !line.pages.isEmpty());
    }

    void suspended() {
        connected = false;
    }

    void resumed() {
        connected = true;
        resolve();
        write();
    }

    void close() {
        closed = true;
    }

    // --- writing

    private void changed(boolean now) {
        dirty = true;
        urgent |= now;
        if (!lingering) {
            lingering = true;
            // Posted, not called: whatever else the present event says goes into the same write.
            loop.execute(this::lingered);
        }
    }

    private void lingered() {
        lingering = false;
        if (urgent) {
            write();
        } else if (dirty) {
            lingering = true;
            loop.after(LINGER_NANOS, () -> {
                lingering = false;
                write();
            });
        }
    }

    private void write() {
        if (!dirty || writing || closed || !connected) {
            return;
        }
        dirty = false;
        urgent = false;
        writing = true;
        Batch batch = fill();
        Transaction.Builder transaction = Transaction.at("outbox-flush").exists(Paths.agent(incarnation));
        if (exists) {
            transaction.put(path, batch.outbox, -1);
        } else {
            transaction.create(path, batch.outbox);
        }
        for (Part part : batch.items) {
            byte[] data = part.data() == null ? new byte[0] : part.data();
            String item = new OutboxItem(incarnation, part.number()).path();
            if (part.line().itemExists) {
                transaction.put(item, data, -1);
            } else {
                transaction.create(item, data);
            }
        }
        for (Part part : batch.parts) {
            int page = part.line().handed;
            for (byte[] data : part.pages()) {
                transaction.create(Paths.handedPage(incarnation, part.number(), page++), data);
            }
        }
        store.commit(session, transaction.build(), answer -> answered(batch, answer));
    }

    private Batch fill() {
        Batch batch = new Batch();
        List<Report> reports = new ArrayList<>();
        int bytes = 0;
        for (var entry : lines.entrySet()) {
            Line line = entry.getValue();
            byte[] data = line.data;
            List<byte[]> pages = pages(line, MOST_ITEM_BYTES - bytes);
            bytes += pages.stream().mapToInt(page -> page.length).sum();
            boolean joins = data == null || bytes + data.length <= MOST_ITEM_BYTES;
            boolean whole = joins && pages.size() == line.pages.size();
            Left before = line.durable == null ? Left.NOTHING : line.durable.left();
            Report report = line.report.leaving(data != null && joins ? line.kind : before);
            if (!whole) {
                dirty = true;
                if (report.stage().over()) {
                    // An end is not told before what came of it lies there.
                    joins = data == null;
                    report = line.report.leaving(before).unended();
                }
            }
            report = report.handing(line.handed + pages.size());
            Part part = new Part(entry.getKey(), line, report, joins ? data : null, pages);
            batch.parts.add(part);
            reports.add(report);
            if (joins && data != null) {
                batch.items.add(part);
                bytes += data.length;
            }
        }
        batch.outbox = new Outbox(reports).bounded().encode();
        return batch;
    }

    /** The first pages of a line that have room; */
    private static List<byte[]> pages(Line line, int room) {
        List<byte[]> pages = new ArrayList<>();
        int left = room;
        for (byte[] page : line.pages) {
            left -= page.length;
            if (left < 0) {
                break;
            }
            pages.add(page);
        }
        return pages;
    }

    private void answered(Batch batch, Commit answer) {
        if (closed) {
            return;
        }
        if (answer instanceof Commit.Indeterminate) {
            doubtful = batch;
            resolve();
            return;
        }
        writing = false;
        if (answer instanceof Commit.Applied) {
            applied(batch);
        } else if (answer instanceof Commit.Fenced) {
            closed = true;
            owner.fenced();
        } else if (answer instanceof Commit.SessionOver) {
            closed = true;
        } else {
            dirty = true;
            failed(batch, answer);
        }
    }

    private void applied(Batch batch) {
        exists = true;
        stored = batch.outbox;
        List<Report> fresh = new ArrayList<>();
        for (Part part : batch.parts) {
            Line line = part.line();
            boolean said = !part.report().equals(line.durable);
            line.durable = part.report();
            part.pages().forEach(page -> line.pages.remove());
            line.handed += part.pages().size();
            line.unwritten &= !line.report
                    .leaving(part.report().left())
                    .handing(part.report().pages())
                    .equals(part.report());
            if (part.data() != null) {
                line.itemExists = true;
            }
            if (Arrays.equals(part.data(), line.data)) {
                line.data = null;
            }
            if (said) {
                fresh.add(part.report());
            }
        }
        fresh.forEach(owner::durable);
        write();
    }

    /** Nothing of it happened. */
    private void failed(Batch batch, Commit answer) {
        if (answer instanceof Commit.Conflict conflict && conflict.write() > batch.items.size()) {
            owner.refused("a page of sub-tasks is there already: " + conflict.path());
            later(session.timeout().toNanos() / 2);
        } else if (answer instanceof Commit.Conflict conflict && conflict.write() > 0) {
            batch.items.get(conflict.write() - 1).line().itemExists = conflict.reason() == Commit.Reason.EXISTS;
            later(LINGER_NANOS);
        } else if (answer instanceof Commit.Conflict conflict) {
            exists = conflict.reason() == Commit.Reason.EXISTS;
            later(LINGER_NANOS);
        } else if (answer instanceof Commit.Rejected rejected) {
            owner.refused(rejected.why());
            later(session.timeout().toNanos() / 2);
        } else {
            later(session.timeout().toNanos() / 20);
        }
    }

    private void later(long nanos) {
        loop.after(nanos, this::write);
    }

    // --- writes of unknown result

    private void resolve() {
        Batch batch = doubtful;
        if (batch == null || closed || resolving || !connected) {
            return;
        }
        resolving = true;
        store.sync(session, "outbox-doubt-sync", path, synced -> {
            if (synced instanceof Synced.Failed) {
                unresolved();
            } else {
                store.read(session, "outbox-doubt-read", path, answer -> readBack(batch, answer));
            }
        });
    }

    private void unresolved() {
        resolving = false;
        loop.after(session.timeout().toNanos() / 4, this::resolve);
    }

    private void readBack(Batch batch, Read answer) {
        if (closed) {
            return;
        }
        if (answer instanceof Read.Failed) {
            unresolved();
            return;
        }
        resolving = false;
        doubtful = null;
        writing = false;
        byte[] found = answer instanceof Read.Found there ? there.znode().data() : null;
        exists = found != null;
        // One that changed no report, only an item, cannot be told from its not having happened: it is made again.
        if (Arrays.equals(found, batch.outbox) && !Arrays.equals(stored, batch.outbox)) {
            applied(batch);
        } else {
            dirty = true;
            write();
        }
    }
}
