package dev.belfry.agent.loop;

import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.journal.FireEntry.Kind;
import dev.belfry.core.journal.FireJournal;
import dev.belfry.core.journal.JournalBounds;
import dev.belfry.core.journal.JournalCounts;
import dev.belfry.core.ledger.Reasons;
import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.core.record.Paths;
import dev.belfry.store.Commit;
import dev.belfry.store.Listing;
import dev.belfry.store.Read;
import dev.belfry.store.Session;
import dev.belfry.store.Store;
import dev.belfry.store.Synced;
import dev.belfry.store.Transaction;
import dev.belfry.store.Znode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The writing end of a journal: an incarnation's, or that of the queue in a term of the master.
 *
 * <p>Lines of small commits are added to the last entry until it holds {@link #APPEND_BYTES}. Beyond {@link #MAX_ENTRIES}
 * entries, or its share of what the journals of the living may hold, the oldest are turned into counts in the parent znode, in
 * transactions of their own. An exporter may do the same with entries that it has exported: whoever comes first counts them,
 * since each checks the version of the counts.
 *
 * <p>Not thread-safe; owned by the loop of its writer.
 */
public final class JournalTail {
    private static final Logger LOG = LoggerFactory.getLogger(JournalTail.class);

    static final int APPEND_BYTES = JournalBounds.APPEND_BYTES;
    /** Lines, and bytes, of what is written into one entry at a time, so that it stays below the largest znode. */
    private static final int MAX_LINES = JournalBounds.LINES_AT_ONCE;

    private static final int MAX_BYTES = JournalBounds.BYTES_AT_ONCE;
    static final int MAX_ENTRIES = JournalBounds.ENTRIES_OF_ONE;
    private static final int TRIM = JournalBounds.ENTRIES_AT_ONCE;
    /** Entries between two looks at how many share the room. */
    private static final int LOOK = 16;

    /** No version of a znode: it has to be read first. */
    private static final int UNKNOWN = -1;

    private static final byte[] NOTHING = {};

    /** Shards that were granted together share their tokens, so a token alone names no attempt. */
    private record Attempt(String jobUid, int layout, String shard, long token) {
        static Attempt of(FireEntry line) {
            return new Attempt(line.jobUid(), line.layout(), line.shard(), line.token());
        }
    }

    private static final class Entry {
        final long number;
        List<FireEntry> lines;
        int bytes;
        /** As stored, while it may still be extended; empty from then on. */
        byte[] data;

        Entry(long number, List<FireEntry> lines, byte[] data) {
            this.number = number;
            this.lines = lines;
            this.bytes = data.length;
            this.data = data;
        }

        boolean isOpen() {
            return data.length > 0 && data.length < APPEND_BYTES;
        }
    }

    /** What one transaction does to the journal, until its result is known. */
    public static final class Part {
        private final Entry entry;
        private final List<FireEntry> lines;
        private final byte[] data;
        private final boolean created;

        private Part(Entry entry, List<FireEntry> lines, byte[] data, boolean created) {
            this.entry = entry;
            this.lines = lines;
            this.data = data;
            this.created = created;
        }
    }

    private final Store store;
    private final Session session;
    private final String writer;
    private final Function<String, Transaction.Builder> fence;
    /** Entries that are in the store, oldest first. */
    private final Deque<Entry> entries = new ArrayDeque<>();

    /** As in the store when it was last known to be at {@link #parentVersion}. */
    private JournalCounts counted = new JournalCounts();

    private int parentVersion = UNKNOWN;
    private long next = 1;
    private long bytes;
    private long share = JournalBounds.share(1);
    /** Whether a trim, or a look at what became of one, is under way. */
    private boolean trimming;

    /** The journal of an incarnation, which is written only while that is registered. */
    JournalTail(Store store, Session session, String writer) {
        this(store, session, writer, site -> Transaction.at(site).exists(Paths.agent(writer)));
    }

    /**
     * A journal without entries.
     *
     * @param fence makes a transaction that is applied only while the writer may write
     */
    public JournalTail(Store store, Session session, String writer, Function<String, Transaction.Builder> fence) {
        this.store = store;
        this.session = session;
        this.writer = writer;
        this.fence = fence;
    }

    /**
     * Lines worth writing: a start whose end is in the same commit says nothing that the end does not, but for what may have
     * run before, where the end has another reason.
     */
    static List<FireEntry> worthWriting(List<FireEntry> lines) {
        Set<Attempt> ended = new HashSet<>();
        Set<Attempt> told = new HashSet<>();
        for (FireEntry line : lines) {
            boolean end = line.kind() == Kind.ENDED || line.kind() == Kind.FINAL;
            if (end && line.reason().equals(Reasons.OUTCOME_UNKNOWN)) {
                told.add(Attempt.of(line));
            }
            if (end) {
                ended.add(Attempt.of(line));
            }
        }
        List<FireEntry> kept = new ArrayList<>(lines.size());
        for (FireEntry line : lines) {
            boolean again = line.reason().equals(Reasons.OUTCOME_UNKNOWN) && !told.contains(Attempt.of(line));
            if (line.kind() != Kind.STARTED || again || !ended.contains(Attempt.of(line))) {
                kept.add(line);
            }
        }
        return kept;
    }

    /** The lines in parts that fit into an entry each. */
    public static List<List<FireEntry>> entries(List<FireEntry> lines) {
        List<List<FireEntry>> parts = new ArrayList<>();
        int bytes = 0;
        int from = 0;
        for (int i = 0; i < lines.size(); i++) {
            int more = lines.get(i).mostBytes();
            if (i > from && (bytes + more > MAX_BYTES || i - from == MAX_LINES)) {
                parts.add(lines.subList(from, i));
                from = i;
                bytes = 0;
            }
            bytes += more;
        }
        if (from < lines.size()) {
            parts.add(lines.subList(from, lines.size()));
        }
        return parts;
    }

    /**
     * Adds to {@code transaction} the write that puts {@code lines}, at least one, into the journal.
     *
     * @param alone whether no other transaction is under way, so that the last entry may be extended
     */
    public Part add(Transaction.Builder transaction, List<FireEntry> lines, boolean alone) {
        Entry last = entries.peekLast();
        if (alone && !trimming && last != null && last.isOpen()) {
            List<FireEntry> all = new ArrayList<>(last.lines);
            all.addAll(lines);
            byte[] data = FireJournal.append(last.data, lines);
            transaction.put(Paths.journalEntry(writer, last.number), data, -1);
            return new Part(last, all, data, false);
        }
        byte[] data = FireJournal.encode(lines);
        Entry entry = new Entry(next++, lines, data);
        transaction.create(Paths.journalEntry(writer, entry.number), data);
        return new Part(entry, lines, data, true);
    }

    /** The transaction that carried {@code part} has been applied. */
    public void applied(Part part) {
        if (part.created) {
            Entry last = entries.peekLast();
            if (last != null) {
                last.data = NOTHING;
            }
            entries.add(part.entry);
            bytes += part.data.length;
            if (part.entry.number % LOOK == 0) {
                look();
            }
        } else {
            bytes += part.data.length - part.entry.bytes;
            part.entry.lines = part.lines;
            part.entry.bytes = part.data.length;
            part.entry.data = part.data;
        }
        trim();
    }

    /** Whether {@code part} was written cannot be found out: what it was to extend is not extended any more. */
    void unknown(Part part) {
        if (!part.created) {
            part.entry.data = NOTHING;
        }
    }

    /**
     * A journal write was refused: somebody else deleted the entry that was extended, or the parent of all of them. What
     * it carried is sent again, into a new entry.
     */
    public void refused(Part part, Commit.Reason reason) {
        if (!part.created) {
            entries.remove(part.entry);
            bytes -= part.entry.bytes;
        } else if (reason == Commit.Reason.MISSING) {
            parentVersion = UNKNOWN;
            Transaction parent = fence.apply("journal-parent")
                    .create(Paths.journal(writer), counted.encode())
                    .build();
            store.commit(session, parent, answer -> {});
        }
    }

    /** The more incarnations live, the less each keeps. */
    private void look() {
        store.children(session, "journal-share", Paths.AGENTS, answer -> {
            if (answer instanceof Listing.Found found) {
                share = JournalBounds.share(found.names().size());
                trim();
            }
        });
    }

    private void trim() {
        if (trimming || (entries.size() <= MAX_ENTRIES && bytes <= share)) {
            return;
        }
        trimming = true;
        if (parentVersion == UNKNOWN) {
            lookBack();
            return;
        }
        List<Entry> leaving = leaving();
        JournalCounts grown = JournalCounts.of(counted.cells(), counted.earlierUntil());
        Transaction.Builder trim = fence.apply("journal-trim");
        for (Entry entry : leaving) {
            entry.lines.forEach(grown::add);
            trim.delete(Paths.journalEntry(writer, entry.number), -1);
        }
        trim.put(Paths.journal(writer), grown.encode(), parentVersion);
        store.commit(session, trim.build(), answer -> trimmed(answer, leaving, grown));
    }

    /** The oldest entries that are too many; never the last one, which may still be extended. */
    private List<Entry> leaving() {
        List<Entry> leaving = new ArrayList<>();
        int count = entries.size();
        long left = bytes;
        for (Entry entry : entries) {
            boolean enough = count <= MAX_ENTRIES - TRIM && left <= share - share / 8;
            if (leaving.size() == TRIM || count == 1 || enough) {
                break;
            }
            leaving.add(entry);
            left -= entry.bytes;
            count--;
        }
        return leaving;
    }

    /** Only what is known to be applied is counted; whatever else became of it is read back. */
    private void trimmed(Commit answer, List<Entry> leaving, JournalCounts grown) {
        if (answer instanceof Commit.Applied applied) {
            counted = grown;
            parentVersion = applied.stamps().get(applied.stamps().size() - 1).version();
            leaving.forEach(this::drop);
            trimming = false;
        } else if (answer instanceof Commit.Conflict) {
            // An exporter, which counts what it deletes in the same transaction, was there first.
            lookBack();
        } else {
            failed();
        }
    }

    private void drop(Entry entry) {
        if (entries.remove(entry)) {
            bytes -= entry.bytes;
        }
    }

    private void failed() {
        parentVersion = UNKNOWN;
        trimming = false;
    }

    /** Reads the counts, and which entries are still there; the next commit goes on from that. */
    private void lookBack() {
        store.sync(session, "journal-back-sync", Paths.journal(writer), synced -> {
            if (synced instanceof Synced.Failed) {
                failed();
            } else {
                store.read(session, "journal-back-counts", Paths.journal(writer), this::lookBackFrom);
            }
        });
    }

    private void lookBackFrom(Read parent) {
        if (!(parent instanceof Read.Found found)) {
            failed();
            return;
        }
        store.children(session, "journal-back-entries", Paths.journal(writer), answer -> {
            if (answer instanceof Listing.Found listing) {
                lookedBack(found.znode(), Set.copyOf(listing.names()));
            } else {
                failed();
            }
        });
    }

    private void lookedBack(Znode parent, Set<String> names) {
        try {
            counted = JournalCounts.decode(parent.path(), parent.data());
        } catch (CorruptRecordException e) {
            // Somebody has spoilt it: what was known of it is put back with the next trim.
            LOG.warn("counts of the own journal cannot be read, they are written anew: {}", e.getMessage());
        }
        parentVersion = parent.version();
        // What was created before the list was asked for is in it, and what was created later is not known here yet.
        List.copyOf(entries).stream()
                .filter(entry -> !names.contains(Paths.name(Paths.journalEntry(writer, entry.number))))
                .forEach(this::drop);
        trimming = false;
    }

    /** The session has a connection again. */
    void resumed() {
        trim();
    }
}
