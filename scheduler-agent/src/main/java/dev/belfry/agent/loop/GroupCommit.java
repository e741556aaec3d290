package dev.belfry.agent.loop;

import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.ledger.CommitBounds;
import dev.belfry.core.ledger.LedgerCodec;
import dev.belfry.core.ledger.LedgerRecord;
import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.core.record.Paths;
import dev.belfry.core.shard.ShardRuns;
import dev.belfry.store.Commit;
import dev.belfry.store.Read;
import dev.belfry.store.Session;
import dev.belfry.store.Store;
import dev.belfry.store.Synced;
import dev.belfry.store.Transaction;
import dev.belfry.store.Znode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the records of all tenancies of an incarnation, in few multis.
 *
 * <p>Everything that falls due within a few milliseconds shares a multi; when nothing is under way an outcome goes out
 * at once. Several multis may be under way, at most one write per ledger. The first operation of each checks that the
 * incarnation's registration exists (rule R8). A multi of unknown result is read back after a sync: since it is atomic,
 * one of its ledgers tells for all of them.
 *
 * <p>Not thread-safe; owned by the agent's loop. One per session.
 *
 * <p>Longer than the house limit: each answer to a multi is handled beside the filling that it undoes.
 */
final class GroupCommit {
    private static final Logger LOG = LoggerFactory.getLogger(GroupCommit.class);

    static final int MAX_LEDGERS = CommitBounds.LEDGERS;
    /** Bytes from which on no further ledger joins: with what one may bring the multi stays below 512 kB. */
    static final int MAX_BYTES = 350_000;

    static final int WINDOW = 4;
    /** Lines in one transaction from which on no further ledger joins it. */
    static final int ENOUGH_LINES = 600;

    /** How long a start waits for its outcome, or an outcome for company while a multi is under way. */
    static final long LINGER_NANOS = CommitBounds.LINGER.toNanos();

    /** What the writer needs of the agent around it. */
    interface Owner {
        /** Everything of this tenancy up to {@code batch} is durable. */
        void acknowledged(OwnedShard tenancy, long batch);

        /** Another writer has touched the ledger: this incarnation is not its owner any more, or never was. */
        void overwritten(OwnedShard tenancy, String found);

        /** The registration is gone: this incarnation is over. */
        void fenced();

        /** The store refuses the write for good; what was to be recorded is kept and tried again later. */
        void refused(String why);
    }

    private static final class Batch {
        final long number;
        final List<OwnedShard> tenancies = new ArrayList<>();
        final List<List<FireEntry>> lines = new ArrayList<>();
        /** For each write: the index of its tenancy, or -1 for the journal; checkpoints are encoded as -2 - index. */
        final List<Integer> writes = new ArrayList<>();

        final List<JournalTail.Part> journal = new ArrayList<>();

        Batch(long number) {
            this.number = number;
        }
    }

    private final Loop loop;
    private final Store store;
    private final Session session;
    private final String incarnation;
    private final JournalTail journal;
    private final Owner owner;

    private final Set<OwnedShard> dirty = new LinkedHashSet<>();
    private final Deque<Batch> doubtful = new ArrayDeque<>();
    private int underWay;
    private long batches;
    private boolean connected = true;
    private boolean resolving;
    private boolean urgent;
    private boolean stopped;
    private boolean lingering;

    GroupCommit(Loop loop, Store store, Session session, String incarnation, Owner owner) {
        this.loop = loop;
        this.store = store;
        this.session = session;
        this.incarnation = incarnation;
        this.journal = new JournalTail(store, session, incarnation);
        this.owner = owner;
    }

    /**
     * The tenancy has something to be written.
     *
     * @param now whether somebody waits for it; a start alone may wait a few milliseconds for its outcome
     */
    void changed(OwnedShard tenancy, boolean now) {
        dirty.add(tenancy);
        urgent |= now;
        if (!lingering) {
            lingering = true;
            // Posted, not called: whatever else the present event changes goes into the same multi.
            loop.execute(this::lingered);
        }
    }

    private void lingered() {
        lingering = false;
        if (urgent && (underWay == 0 || dirty.size() >= MAX_LEDGERS)) {
            pump();
        } else if (!dirty.isEmpty()) {
            lingering = true;
            loop.after(LINGER_NANOS, () -> {
                lingering = false;
                pump();
            });
        }
    }

    void suspended() {
        connected = false;
    }

    void resumed() {
        connected = true;
        journal.resumed();
        resolve();
        pump();
    }

    void stop() {
        stopped = true;
    }

    /** Whether everything of this tenancy is durable. */
    boolean settled(OwnedShard tenancy) {
        return !tenancy.writing && !tenancy.dirty();
    }

    private void pump() {
        while (!stopped && connected && doubtful.isEmpty() && underWay < WINDOW && !dirty.isEmpty()) {
            Batch batch = new Batch(++batches);
            Transaction.Builder transaction = Transaction.at("ledger-flush").exists(Paths.agent(incarnation));
            fill(batch, transaction);
            if (batch.tenancies.isEmpty()) {
                return;
            }
            List<FireEntry> lines = new ArrayList<>();
            batch.lines.forEach(lines::addAll);
            for (List<FireEntry> some : JournalTail.entries(JournalTail.worthWriting(lines))) {
                batch.journal.add(journal.add(transaction, some, underWay == 0 && batch.journal.isEmpty()));
                batch.writes.add(-1);
            }
            underWay++;
            urgent = false;
            store.commit(session, transaction.build(), answer -> answered(batch, answer));
        }
    }

    private void fill(Batch batch, Transaction.Builder transaction) {
        int bytes = 0;
        int lines = 0;
        Iterator<OwnedShard> waiting = dirty.iterator();
        while (waiting.hasNext() && batch.tenancies.size() < MAX_LEDGERS && bytes < MAX_BYTES && lines < ENOUGH_LINES) {
            OwnedShard tenancy = waiting.next();
            ShardRuns runs = tenancy.runs;
            if (tenancy.writing) {
                continue;
            }
            waiting.remove();
            if (runs == null || !tenancy.dirty() || tenancy.stage != OwnedShard.Stage.ACTIVE) {
                continue;
            }
            int index = batch.tenancies.size();
            tenancy.writing = true;
            batch.tenancies.add(tenancy);
            batch.lines.add(new ArrayList<>(tenancy.lines));
            lines += tenancy.lines.size();
            bytes += tenancy.lines.stream().mapToInt(FireEntry::mostBytes).sum();
            tenancy.lines.clear();
            byte[] data = LedgerCodec.encode(runs.record(batch.number));
            String path = tenancy.ref.ledgerPath();
            if (tenancy.ledgerVersion < 0) {
                transaction.create(path, data);
            } else {
                transaction.put(path, data, tenancy.ledgerVersion);
            }
            batch.writes.add(index);
            bytes += data.length + addCheckpoint(batch, transaction, tenancy, index);
        }
    }

    private static int addCheckpoint(Batch batch, Transaction.Builder transaction, OwnedShard tenancy, int index) {
        if (!tenancy.checkpointDirty || tenancy.checkpoint.isEmpty()) {
            tenancy.checkpointDirty = false;
            return 0;
        }
        byte[] data = tenancy.checkpoint.get().encode();
        String path = Paths.checkpoint(tenancy.ref.ledgerPath());
        if (tenancy.checkpointStored) {
            transaction.put(path, data, -1);
        } else {
            transaction.create(path, data);
        }
        batch.writes.add(-2 - index);
        tenancy.checkpointDirty = false;
        return data.length;
    }

    private void answered(Batch batch, Commit answer) {
        if (stopped) {
            return;
        }
        if (answer instanceof Commit.Indeterminate) {
            doubtful.add(batch);
            resolve();
            return;
        }
        underWay--;
        if (answer instanceof Commit.Applied) {
            applied(batch);
        } else if (answer instanceof Commit.Fenced) {
            stopped = true;
            owner.fenced();
            return;
        } else if (answer instanceof Commit.Conflict conflict) {
            restore(batch);
            conflict(batch, conflict);
        } else if (answer instanceof Commit.Rejected rejected) {
            restore(batch);
            owner.refused(rejected.why());
            loop.after(session.timeout().toNanos() / 2, this::pump);
            return;
        } else if (answer instanceof Commit.Unavailable) {
            restore(batch);
            if (connected) {
                loop.after(LINGER_NANOS * 25, this::pump);
            }
            return;
        } else if (answer instanceof Commit.SessionOver) {
            stopped = true;
            return;
        }
        pump();
    }

    private void applied(Batch batch) {
        batch.journal.forEach(journal::applied);
        for (int write : batch.writes) {
            if (write <= -2) {
                batch.tenancies.get(-2 - write).checkpointStored = true;
            }
        }
        for (OwnedShard tenancy : batch.tenancies) {
            tenancy.writing = false;
            // Create leaves version 0; a put adds one, and this incarnation is the only writer.
            tenancy.ledgerVersion++;
            owner.acknowledged(tenancy, batch.number);
        }
    }

    /** Nothing of the batch happened: what it carried is to be sent again. */
    private void restore(Batch batch) {
        for (int i = 0; i < batch.tenancies.size(); i++) {
            OwnedShard tenancy = batch.tenancies.get(i);
            tenancy.writing = false;
            tenancy.lines.addAll(0, batch.lines.get(i));
            if (tenancy.runs != null) {
                tenancy.runs.notWritten();
            }
            dirty.add(tenancy);
        }
        for (int write : batch.writes) {
            if (write <= -2) {
                batch.tenancies.get(-2 - write).checkpointDirty = true;
            }
        }
    }

    /** One write was refused: it is looked at by itself, the others go again. */
    private void conflict(Batch batch, Commit.Conflict conflict) {
        int write = conflict.write() < batch.writes.size() ? batch.writes.get(conflict.write()) : -1;
        if (write <= -2) {
            OwnedShard tenancy = batch.tenancies.get(-2 - write);
            tenancy.checkpointStored = conflict.reason() == Commit.Reason.EXISTS;
        } else if (write >= 0) {
            OwnedShard tenancy = batch.tenancies.get(write);
            dirty.remove(tenancy);
            tenancy.writing = true;
            read(
                    tenancy,
                    found -> {
                        tenancy.writing = false;
                        foreign(tenancy, conflict, found);
                    },
                    () -> {
                        tenancy.writing = false;
                        dirty.add(tenancy);
                        loop.after(session.timeout().toNanos() / 4, this::pump);
                    });
        } else {
            batch.journal.forEach(part -> journal.refused(part, conflict.reason()));
        }
    }

    /**
     * Somebody else has written or deleted the ledger. While the registration exists only this incarnation may (rule R8),
     * so what it knows is put back; but a record of a later tenancy means that it is not the owner any more.
     */
    private void foreign(OwnedShard tenancy, Commit.Conflict conflict, @Nullable Znode found) {
        if (tenancy.lost()) {
            // It is another agent's, and nobody's to put right: whoever wrote it has taken it up.
            owner.overwritten(tenancy, conflict.toString());
            return;
        }
        LedgerRecord record = found == null ? null : decode(found.path(), found.data());
        if (record != null && record.since() > tenancy.since) {
            owner.overwritten(tenancy, conflict + ", found a record of " + record.writer());
            return;
        }
        LOG.error(
                "ledger was changed by somebody else: {}; {}; it is written anew from what its owner knows",
                tenancy,
                conflict);
        tenancy.ledgerVersion = found == null ? -1 : found.version();
        dirty.add(tenancy);
        pump();
    }

    /** Finds out what became of the batches of unknown result, oldest first. */
    private void resolve() {
        if (stopped || resolving || !connected || doubtful.isEmpty()) {
            return;
        }
        resolving = true;
        Batch batch = doubtful.element();
        OwnedShard probe = batch.tenancies.get(0);
        String path = probe.ref.ledgerPath();
        store.sync(session, "ledger-doubt-sync", path, synced -> {
            if (synced instanceof Synced.Failed) {
                unresolved();
            } else {
                readBack(probe, found -> resolved(batch, found), this::unresolved);
            }
        });
    }

    /** Not for want of a connection alone: somebody may have withdrawn access, and gives it back. */
    private void unresolved() {
        resolving = false;
        loop.after(session.timeout().toNanos() / 4, this::resolve);
    }

    private void resolved(Batch batch, @Nullable LedgerRecord found) {
        resolving = false;
        doubtful.remove();
        underWay--;
        if (found != null && found.writer().equals(incarnation) && found.batch() == batch.number) {
            applied(batch);
        } else {
            if (found != null && !found.writer().equals(incarnation)) {
                // Written since by somebody who was granted the shard, which tells nothing of ours.
                batch.journal.forEach(journal::unknown);
            }
            restore(batch);
        }
        resolve();
        pump();
    }

    private void readBack(OwnedShard tenancy, Consumer<@Nullable LedgerRecord> then, Runnable failed) {
        read(tenancy, found -> then.accept(found == null ? null : decode(found.path(), found.data())), failed);
    }

    /** Reads a ledger; {@code failed} is run if the connection goes again first, and the next one starts over. */
    private void read(OwnedShard tenancy, Consumer<@Nullable Znode> then, Runnable failed) {
        String path = tenancy.ref.ledgerPath();
        store.read(session, "ledger-read-back", path, answer -> {
            if (stopped) {
                return;
            }
            if (answer instanceof Read.Found found) {
                then.accept(found.znode());
            } else if (answer instanceof Read.Missing) {
                then.accept(null);
            } else {
                failed.run();
            }
        });
    }

    private static @Nullable LedgerRecord decode(String path, byte[] data) {
        try {
            return LedgerCodec.decode(path, data);
        } catch (CorruptRecordException e) {
            return null;
        }
    }
}
