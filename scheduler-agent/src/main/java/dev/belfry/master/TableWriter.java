package dev.belfry.master;

import dev.belfry.agent.loop.Loop;
import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.assign.Change;
import dev.belfry.core.assign.Plan;
import dev.belfry.core.journal.JournalBounds;
import dev.belfry.core.journal.TableEntry;
import dev.belfry.core.ownership.AssignmentTable;
import dev.belfry.core.ownership.AssignmentVector;
import dev.belfry.core.ownership.BucketCodec;
import dev.belfry.core.ownership.BucketTooLargeException;
import dev.belfry.core.ownership.Buckets;
import dev.belfry.core.ownership.Generation;
import dev.belfry.core.ownership.LayoutRows;
import dev.belfry.core.ownership.ShardKey;
import dev.belfry.core.ownership.Successor;
import dev.belfry.core.ownership.TableBuilder;
import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.core.record.Paths;
import dev.belfry.store.Commit;
import dev.belfry.store.Read;
import dev.belfry.store.Session;
import dev.belfry.store.Store;
import dev.belfry.store.Transaction;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The assignment table in the hands of its one writer: read whole once a term, then written in parts, each a valid table
 * of its own, each with its vector and its line in the journal.
 *
 * <p>Not thread-safe; owned by the master's loop.
 *
 * <p>A little longer than the house limit: reading, repairing and writing share the versions of every bucket.
 */
final class TableWriter implements ForeignWrites.Own {
    private static final Logger LOG = LoggerFactory.getLogger(TableWriter.class);

    /** Changes in one transaction at most. */
    private static final int PART = 2_000;
    /** Bytes in one transaction at most, as long as it has more than one change. */
    private static final int PART_BYTES = 448 * 1024;
    /** Changes in one journal entry at most. */
    private static final int LINES = 400;
    /** Estimated bytes of one journal entry from which on no change is added; one has a few hundred. */
    private static final int ENTRY_BYTES = 48 * 1024;

    /** An entry of the masters' journal. */
    private record Written(String path, int bytes) {}

    private final Loop loop;
    private final Store store;
    private final Session session;
    private final Incarnation self;
    private final long term;
    private final Function<String, Transaction.Builder> fence;

    private AssignmentTable table = AssignmentTable.empty();
    private AssignmentVector vector = AssignmentVector.initial();
    private int vectorVersion;
    private long vectorZxid;
    private final int[] bucketVersions = new int[Buckets.COUNT];
    /** In which transaction a znode was last written, here or by whoever was before; by path. */
    private final Map<String, Long> zxids = new HashMap<>();

    private long n;
    private boolean loaded;
    /** Whether the table was read before in this term. */
    private boolean hadTable;

    private boolean closed;
    private long loads;
    private long revision;
    private final Deque<Written> entries = new ArrayDeque<>();
    private long entryBytes;
    /** Buckets whose stored form cannot be read and has to be written anew. */
    private final Set<Integer> broken = new TreeSet<>();
    /** Buckets whose rows are lost and that have not been emptied in the store yet. */
    private final Set<Integer> lost = new TreeSet<>();

    TableWriter(
            Loop loop,
            Store store,
            Session session,
            Incarnation self,
            long term,
            Function<String, Transaction.Builder> fence) {
        this.loop = loop;
        this.store = store;
        this.session = session;
        this.self = self;
        this.term = term;
        this.fence = fence;
    }

    boolean loaded() {
        return loaded;
    }

    void close() {
        closed = true;
    }

    AssignmentTable table() {
        return table;
    }

    /** A number that changes whenever the table does. */
    long revision() {
        return revision;
    }

    /** The version at which this master read or left a znode of the table; -1 if there was none. */
    @Override
    public int version(String path) {
        if (path.equals(Paths.ASSIGNMENTS)) {
            return vectorVersion;
        }
        String name = Paths.name(path);
        return name.matches("[0-9a-f]{2}") ? bucketVersions[Integer.parseInt(name, 16)] : -1;
    }

    @Override
    public long zxid(String path) {
        return zxids.getOrDefault(path, -1L);
    }

    /** Every incarnation that a row names as owner. */
    Collection<Incarnation> incarnations() {
        return table.dictionary();
    }

    /** Whether a row names this incarnation as owner or successor. */
    boolean names(String incarnation) {
        return table.dictionary().stream().anyMatch(known -> known.name().equals(incarnation));
    }

    /** Reads everything; {@code then} is not called if the connection goes first. */
    void load(Runnable then) {
        loaded = false;
        long load = ++loads;
        store.read(session, "master-vector", Paths.ASSIGNMENTS, answer -> {
            if (!(answer instanceof Read.Found found) || closed || load != loads) {
                return;
            }
            try {
                vector = found.znode().data().length == 0
                        ? AssignmentVector.initial()
                        : AssignmentVector.decode(found.znode().data());
            } catch (CorruptRecordException e) {
                LOG.error("the vector of the assignment table cannot be read: {}; it is written anew", e.getMessage());
                vector = AssignmentVector.initial();
                for (int bucket = 0; bucket < Buckets.COUNT; bucket++) {
                    broken.add(bucket);
                }
            }
            vectorVersion = found.znode().version();
            vectorZxid = found.znode().modifiedZxid();
            zxids.clear();
            loadBuckets(load, then);
        });
    }

    private void loadBuckets(long load, Runnable then) {
        TableBuilder builder = AssignmentTable.empty().toBuilder();
        Arrays.fill(bucketVersions, -1);
        int[] outstanding = {Buckets.COUNT};
        boolean[] failed = {false};
        for (int i = 0; i < Buckets.COUNT; i++) {
            int bucket = i;
            String path = Paths.assignments(bucket);
            store.read(session, "master-bucket", path, answer -> {
                if (closed || load != loads) {
                    return;
                }
                if (answer instanceof Read.Found found) {
                    bucketVersions[bucket] = found.znode().version();
                    decode(bucket, path, found.znode().data(), builder);
                } else if (answer instanceof Read.Missing) {
                    decode(bucket, path, new byte[0], builder);
                } else {
                    failed[0] = true;
                }
                if (--outstanding[0] == 0 && !failed[0]) {
                    table = builder.build();
                    revision++;
                    hadTable = true;
                    loaded = true;
                    then.run();
                }
            });
        }
    }

    private void decode(int bucket, String path, byte[] data, TableBuilder builder) {
        if (data.length == 0 && vector.generation(bucket).value() == 0) {
            return;
        }
        try {
            BucketCodec.decode(bucket, data, builder);
            if (vector.generation(bucket).value() == 0) {
                // Somebody has emptied the vector: nobody would read this bucket any more.
                broken.add(bucket);
            }
        } catch (CorruptRecordException e) {
            broken.add(bucket);
            if (hadTable) {
                table.forEach((key, row) -> {
                    if (Buckets.of(key) == bucket) {
                        builder.put(key, row);
                    }
                });
                LOG.error("bucket {} of the assignment table is damaged: {}; it is written anew", path, e.getMessage());
            } else {
                lost.add(bucket);
                LOG.error(
                        "bucket {} of the assignment table is lost: {}; it is emptied, and its shards are granted anew"
                                + " once no lease of their unknown owners can hold and every agent that is registered has"
                                + " reported the emptied table",
                        path,
                        e.getMessage());
            }
        }
    }

    /** A generation that no version of the table has or will have; empty if this term has none left. */
    Optional<Generation> take() {
        return n + 2 >= Generation.PER_TERM ? Optional.empty() : Optional.of(Generation.of(term, ++n));
    }

    /** Whether something stored cannot be read and has to be written anew before anything is planned. */
    boolean damaged() {
        return !broken.isEmpty();
    }

    /** Told which buckets have been written empty because nobody knows their rows, and in which transaction. */
    interface Emptied {
        void buckets(Set<Integer> buckets, long zxid);
    }

    /** Writes damaged buckets anew: with the rows that this master knew, or empty. */
    void repair(Emptied emptied, Consumer<Commit> then) {
        Generation generation = Generation.of(term, ++n);
        Set<Integer> buckets = new TreeSet<>(broken);
        buckets.removeIf(bucket ->
                bucketVersions[bucket] < 0 && vector.generation(bucket).value() == 0);
        Consumer<Commit> told = answer -> {
            if (answer instanceof Commit.Applied applied) {
                broken.clear();
                // The vector is the first that is written.
                emptied.buckets(new TreeSet<>(lost), applied.stamps().get(0).zxid());
                lost.clear();
            }
            then.accept(answer);
        };
        version("table-repair", table, buckets, generation, List.of(), told).ifPresent(version -> send(version, told));
    }

    /** The zxid of the vector as this master read it. */
    long vectorZxid() {
        return vectorZxid;
    }

    /**
     * Buckets that exist and name nobody: an earlier master may have emptied them because their rows were lost, and may not
     * have lived to wait for their owners.
     */
    Set<Integer> emptied() {
        Set<Integer> emptied = new TreeSet<>();
        for (int bucket = 0; bucket < Buckets.COUNT; bucket++) {
            if (bucketVersions[bucket] >= 0) {
                emptied.add(bucket);
            }
        }
        table.layouts().forEach((key, rows) -> {
            for (int from = 0; from < rows.length(); from += Buckets.BLOCK) {
                if (ownedFrom(rows, from)) {
                    emptied.remove(Buckets.of(key.shard(from)));
                }
            }
        });
        return emptied;
    }

    private static boolean ownedFrom(LayoutRows rows, int from) {
        return IntStream.range(from, from + Buckets.BLOCK).anyMatch(shard -> rows.owner(shard) != LayoutRows.NONE);
    }

    /** Told which part of a plan was written, and what the store said. */
    interface Answered {
        void answered(Plan part, Commit answer);
    }

    /**
     * Writes as much of {@code plan} as one transaction takes.
     *
     * @param doubt until when an owner before may have held its lease, if it was lost
     */
    void write(Plan plan, Function<Change, Optional<Instant>> doubt, Answered then) {
        if (n + 2 >= Generation.PER_TERM) {
            then.answered(plan, new Commit.Fenced(0, Paths.EPOCH));
            return;
        }
        int most = PART;
        while (true) {
            Plan part = plan.part(most);
            Draft draft = draft(part, doubt);
            Consumer<Commit> told = answer -> then.answered(part, answer);
            Optional<Version> version =
                    version("table-write", draft.after(), draft.buckets(), draft.last(), lines(part), told);
            if (version.isEmpty()) {
                return;
            }
            if (part.changes().size() == 1 || version.get().transaction().size() <= PART_BYTES) {
                n = draft.last().n();
                send(version.get(), told);
                return;
            }
            most = part.changes().size() / 2;
        }
    }

    /**
     * The table with a part of a plan.
     *
     * @param last the generation with which its buckets are stored
     */
    private record Draft(AssignmentTable after, Set<Integer> buckets, Generation last) {}

    private Draft draft(Plan part, Function<Change, Optional<Instant>> doubt) {
        // What follows a loss has a generation of its own: the doubt is kept by generation.
        Plan certain = part.only(change -> doubt.apply(change).isEmpty());
        Plan doubtful = part.only(change -> doubt.apply(change).isPresent());
        Generation generation = Generation.of(term, n + 1);
        Plan.Applied first = certain.apply(table, generation);
        Set<Integer> buckets = new TreeSet<>(first.buckets());
        if (doubtful.isEmpty()) {
            return new Draft(first.table(), buckets, generation);
        }
        Generation next = Generation.of(term, n + 2);
        Optional<Instant> until = doubtful.changes().stream()
                .flatMap(change -> doubt.apply(change).stream())
                .max(Comparator.naturalOrder());
        Plan.Applied second = doubtful.apply(first.table(), next, until);
        buckets.addAll(second.buckets());
        return new Draft(second.table(), buckets, next);
    }

    private List<TableEntry.Line> lines(Plan part) {
        List<TableEntry.Line> lines = new ArrayList<>();
        for (int i = 0; i < part.changes().size(); i++) {
            lines.add(line(part.changes().get(i), part.reasons().get(i)));
        }
        return lines;
    }

    /**
     * A version of the table that is to be written.
     *
     * @param encoded its buckets that are new
     * @param entries of the journal that come with it
     */
    private record Version(
            AssignmentTable after,
            AssignmentVector vector,
            Map<Integer, byte[]> encoded,
            List<Written> entries,
            Transaction transaction) {}

    /** Empty if the table cannot hold it, which {@code then} is told. */
    private Optional<Version> version(
            String site,
            AssignmentTable after,
            Set<Integer> buckets,
            Generation generation,
            List<TableEntry.Line> lines,
            Consumer<Commit> then) {
        Map<Integer, byte[]> encoded;
        try {
            encoded = BucketCodec.encode(after, buckets, generation);
        } catch (BucketTooLargeException e) {
            LOG.error("the table cannot hold this plan: {}", e.getMessage());
            then.accept(new Commit.Rejected(String.valueOf(e.getMessage())));
            return Optional.empty();
        }
        AssignmentVector next = vector.with(after, buckets, generation);
        Transaction.Builder transaction = fence.apply(site).put(Paths.ASSIGNMENTS, next.encode(), vectorVersion);
        encoded.forEach((bucket, data) -> {
            String path = Paths.assignments(bucket);
            if (bucketVersions[bucket] < 0) {
                transaction.create(path, data);
            } else {
                transaction.put(path, data, bucketVersions[bucket]);
            }
        });
        List<Written> written = journal(transaction, lines, generation);
        return Optional.of(new Version(after, next, encoded, written, transaction.build()));
    }

    private void send(Version version, Consumer<Commit> then) {
        store.commit(session, version.transaction(), answer -> {
            if (answer instanceof Commit.Applied applied) {
                long zxid = applied.stamps().get(0).zxid();
                table = version.after();
                revision++;
                vector = version.vector();
                vectorVersion++;
                zxids.put(Paths.ASSIGNMENTS, zxid);
                version.encoded().keySet().forEach(bucket -> {
                    bucketVersions[bucket]++;
                    zxids.put(Paths.assignments(bucket), zxid);
                });
                entries.addAll(version.entries());
                entryBytes +=
                        version.entries().stream().mapToLong(Written::bytes).sum();
                trim();
            }
            then.accept(answer);
        });
    }

    private List<Written> journal(Transaction.Builder transaction, List<TableEntry.Line> lines, Generation generation) {
        List<Written> written = new ArrayList<>();
        int from = 0;
        while (from < lines.size()) {
            List<TableEntry.Line> some = lines.subList(from, endOfEntry(lines, from));
            from += some.size();
            String path = Paths.MASTER_JOURNAL
                    + String.format(java.util.Locale.ROOT, "/g%020d-%02d", generation.value(), written.size());
            byte[] data = new TableEntry(term, self.name(), generation.value(), loop.now(), some).encode();
            transaction.create(path, data);
            written.add(new Written(path, data.length));
        }
        return written;
    }

    /** So many lines that an entry has neither too many nor too many bytes. */
    private static int endOfEntry(List<TableEntry.Line> lines, int from) {
        int bytes = 0;
        int to = from;
        while (to < lines.size() && to - from < LINES && bytes < ENTRY_BYTES) {
            TableEntry.Line line = lines.get(to++);
            int text = line.jobUid().length()
                    + line.owner().length()
                    + line.next().length()
                    + line.reason().length();
            bytes += text + 60;
        }
        return to;
    }

    private TableEntry.Line line(Change change, String reason) {
        ShardKey key = change.shard();
        String owner = table.tenancy(key).map(row -> row.owner().name()).orElse("");
        String next = "";
        String kind;
        if (change instanceof Change.Grant grant) {
            kind = "grant";
            owner = grant.to().name();
        } else if (change instanceof Change.Settle settle) {
            kind = "settle";
            owner = settle.to().name();
        } else if (change instanceof Change.Offer offer) {
            kind = "offer";
            next = offer.next().name();
        } else if (change instanceof Change.Retract retract) {
            kind = "retract";
            next = retract.next() instanceof Successor.Named named
                    ? named.incarnation().name()
                    : "";
        } else if (change instanceof Change.Withdraw) {
            kind = "withdraw";
        } else {
            kind = "drop";
        }
        return new TableEntry.Line(kind, key.jobUid(), key.layout(), key.shard(), owner, next, reason);
    }

    /** Deletes the oldest journal entries of this term beyond the bound; a failure only leaves some too many. */
    private void trim() {
        if (entries.size() <= JournalBounds.TERM_ENTRIES && entryBytes <= JournalBounds.TERM_BYTES) {
            return;
        }
        Transaction.Builder transaction = fence.apply("master-journal-trim");
        for (int i = 0; i < 90 && entries.size() > 1; i++) {
            Written oldest = entries.removeFirst();
            entryBytes -= oldest.bytes();
            transaction.delete(oldest.path(), -1);
        }
        store.commit(session, transaction.build(), answer -> {});
    }
}
