package dev.belfry.agent.client;

import dev.belfry.core.agent.AgentFacts;
import dev.belfry.core.agent.AgentFactsCodec;
import dev.belfry.core.command.CommandCodec;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.journal.FireJournal;
import dev.belfry.core.journal.JournalCounts;
import dev.belfry.core.journal.TableEntry;
import dev.belfry.core.ledger.LedgerCodec;
import dev.belfry.core.ledger.LedgerRecord;
import dev.belfry.core.ownership.AssignmentTable;
import dev.belfry.core.ownership.BucketCodec;
import dev.belfry.core.ownership.Buckets;
import dev.belfry.core.ownership.Drains;
import dev.belfry.core.ownership.Epoch;
import dev.belfry.core.ownership.HeartbeatRecord;
import dev.belfry.core.ownership.TableBuilder;
import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.core.record.Paths;
import dev.belfry.core.version.JobRecordCodec;
import dev.belfry.store.Znode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Reads what is in the store, record by record; one that cannot be read is named and left out.
 *
 * <p>Not thread-safe; owned by the client's loop. One per question, which has one deadline.
 */
final class Reader {
    private final Requests requests;
    private final Deadline deadline;

    Reader(Requests requests, Deadline deadline) {
        this.requests = requests;
        this.deadline = deadline;
    }

    CompletableFuture<Boolean> latest() {
        return requests.sync("get-sync", deadline);
    }

    CompletableFuture<Boolean> rootExists() {
        return requests.read("get-read", "/", deadline).thenApply(Optional::isPresent);
    }

    // --- jobs

    CompletableFuture<Readings<JobState>> jobs() {
        return below(Paths.JOBS, 2)
                .thenApply(znodes -> decode(znodes, Reader::job))
                .thenCompose(this::unlessRefused);
    }

    /**
     * Before the first agent there is nothing below the root that could refuse a reader: that nothing was found says
     * something only to one who may read the root.
     */
    private <T> CompletableFuture<Readings<T>> unlessRefused(Readings<T> read) {
        return read.found().isEmpty()
                ? requests.read("get-read", "/", deadline).thenApply(root -> read)
                : CompletableFuture.completedFuture(read);
    }

    CompletableFuture<Optional<JobState>> job(String name) {
        return requests.read("get-job", Paths.job(name), deadline).thenApply(found -> found.map(Reader::job));
    }

    private static JobState job(Znode znode) {
        return new JobState(
                JobRecordCodec.decode(znode.path(), znode.data(), znode.modified()),
                znode.version(),
                znode.modifiedZxid(),
                znode.modified());
    }

    // --- agents

    CompletableFuture<Readings<AgentState>> agents() {
        List<String> problems = new ArrayList<>();
        return below(Paths.HEARTBEATS, 1)
                .thenCompose(heartbeats -> orNote(epoch(), Epoch.NONE, problems)
                        .thenCompose(epoch -> orNote(drains(), Drains.NONE, problems)
                                .thenCompose(drains -> below(Paths.AGENTS, 1).thenApply(agents -> {
                                    Map<String, Znode> byName = new HashMap<>();
                                    heartbeats.forEach(znode -> byName.put(Paths.name(znode.path()), znode));
                                    Readings<AgentState> read =
                                            decode(agents, znode -> agent(znode, byName, epoch, drains, problems));
                                    problems.addAll(read.problems());
                                    return new Readings<>(read.found(), problems);
                                }))));
    }

    private static AgentState agent(
            Znode znode, Map<String, Znode> heartbeats, Epoch epoch, Drains drains, List<String> problems) {
        String name = Paths.name(znode.path());
        AgentFacts facts = AgentFactsCodec.decode(znode.path(), name, znode.data(), znode.created());
        Znode beat = heartbeats.get(name);
        return new AgentState(
                facts,
                Optional.ofNullable(beat).flatMap(b -> heartbeat(b, problems)),
                beat == null ? Instant.EPOCH : beat.modified(),
                epoch.incarnation().equals(name),
                drains.agents().contains(facts.incarnation().agentId()),
                AgentFactsCodec.restarting(znode.path(), znode.data())
                        ? Optional.of(znode.modified())
                        : Optional.empty());
    }

    private static Optional<HeartbeatRecord> heartbeat(Znode beat, List<String> problems) {
        try {
            return Optional.of(HeartbeatRecord.decode(beat.path(), beat.data()));
        } catch (CorruptRecordException e) {
            problems.add(String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    /** What {@code answer} says; if it is of a record that cannot be read, that is noted and {@code otherwise} stands for it. */
    private static <T> CompletableFuture<T> orNote(CompletableFuture<T> answer, T otherwise, List<String> problems) {
        return answer.exceptionallyCompose(failed -> {
            Throwable cause = failed.getCause() == null ? failed : failed.getCause();
            if (cause instanceof CorruptRecordException corrupt) {
                problems.add(String.valueOf(corrupt.getMessage()));
                return CompletableFuture.completedFuture(otherwise);
            }
            return CompletableFuture.failedFuture(failed);
        });
    }

    CompletableFuture<Epoch> epoch() {
        return requests.read("get-epoch", Paths.EPOCH, deadline)
                .thenApply(found -> found.map(znode -> Epoch.decode(Paths.EPOCH, znode.data()))
                        .orElse(Epoch.NONE));
    }

    CompletableFuture<Drains> drains() {
        return requests.read("get-drains", Paths.DRAINS, deadline)
                .thenApply(found -> found.map(znode -> Drains.decode(Paths.DRAINS, znode.data()))
                        .orElse(Drains.NONE));
    }

    // --- the table

    CompletableFuture<TableState> table() {
        return below(Paths.ASSIGNMENTS, 1).thenApply(buckets -> {
            TableBuilder table = AssignmentTable.empty().toBuilder();
            List<String> problems = new ArrayList<>();
            Map<Integer, Long> emptied = new HashMap<>();
            for (Znode znode : buckets) {
                attempt(problems, () -> emptied.put(bucket(znode, table), znode.modifiedZxid()));
            }
            AssignmentTable built = table.build();
            built.forEach((key, row) -> emptied.remove(Buckets.of(key)));
            return new TableState(built, emptied, problems);
        });
    }

    private static int bucket(Znode znode, TableBuilder table) {
        String name = Paths.name(znode.path());
        if (!name.matches("[0-9a-f]{2}")) {
            throw CorruptRecordException.malformed(znode.path(), "it is not the name of a bucket");
        }
        int bucket = Integer.parseInt(name, 16);
        BucketCodec.decode(bucket, znode.data(), table);
        return bucket;
    }

    // --- ledgers

    CompletableFuture<Optional<LedgerRecord>> ledger(String path) {
        return requests.read("get-ledger", path, deadline)
                .thenApply(found -> found.map(znode -> LedgerCodec.decode(path, znode.data())));
    }

    /** The ledgers below one layout of a job, by shard; checkpoints are left out. */
    CompletableFuture<Ledgers> ledgers(String jobUid, int layout) {
        String parent = Paths.ledgers(jobUid, layout);
        return requests.children("get-ledgers", parent, deadline)
                .thenCompose(names -> expandBlocks(parent, names))
                .thenCompose(paths -> requests.readAll("get-ledger", paths, deadline))
                .thenApply(znodes -> {
                    Map<String, LedgerRecord> ledgers = new TreeMap<>(Reader::byNumber);
                    List<String> problems = new ArrayList<>();
                    znodes.forEach(znode -> attempt(
                            problems,
                            () -> ledgers.put(
                                    Paths.name(znode.path()), LedgerCodec.decode(znode.path(), znode.data()))));
                    return new Ledgers(ledgers, problems);
                });
    }

    private CompletableFuture<List<String>> expandBlocks(String parent, List<String> names) {
        CompletableFuture<List<String>> all = CompletableFuture.completedFuture(new ArrayList<>());
        for (String name : names) {
            String path = parent + '/' + name;
            if (name.matches("b[0-9]+")) {
                all = all.thenCompose(paths -> requests.children("get-ledgers", path, deadline)
                        .thenApply(inner -> {
                            inner.stream().filter(n -> !n.contains(":")).forEach(n -> paths.add(path + '/' + n));
                            return paths;
                        }));
            } else if (!name.contains(":")) {
                all = all.thenApply(paths -> {
                    paths.add(path);
                    return paths;
                });
            }
        }
        return all;
    }

    /** Shard numbers by size; agent ids, which broadcast jobs have for shards, after them by letter. */
    static int byNumber(String a, String b) {
        boolean numbers = a.matches("[0-9]{1,9}") && b.matches("[0-9]{1,9}");
        return numbers ? Integer.compare(Integer.parseInt(a), Integer.parseInt(b)) : a.compareTo(b);
    }

    // --- journal and commands

    CompletableFuture<Journal> journal() {
        // The root holds the counts of journals that had to make room altogether.
        return below(Paths.JOURNAL, 0)
                .thenCompose(root -> below(Paths.JOURNAL, 1)
                        .thenCompose(writers -> below(Paths.JOURNAL, 2).thenApply(entries -> {
                            List<Znode> counted = new ArrayList<>(root);
                            counted.addAll(writers);
                            return journal(counted, entries);
                        })));
    }

    private static Journal journal(List<Znode> writers, List<Znode> entries) {
        List<String> problems = new ArrayList<>();
        List<Journal.Line> fires = new ArrayList<>();
        List<TableEntry> table = new ArrayList<>();
        Map<String, JournalCounts> counts = new TreeMap<>();
        for (Znode znode : writers) {
            if (znode.data().length > 0) {
                attempt(
                        problems,
                        () -> counts.put(Paths.name(znode.path()), JournalCounts.decode(znode.path(), znode.data())));
            }
        }
        for (Znode znode : entries) {
            String writer = Paths.name(Paths.parent(znode.path()));
            if (Paths.parent(znode.path()).equals(Paths.MASTER_JOURNAL)) {
                attempt(problems, () -> table.add(TableEntry.decode(znode.path(), znode.data())));
            } else {
                attempt(problems, () -> {
                    for (FireEntry line : FireJournal.decode(znode.path(), znode.data())) {
                        fires.add(new Journal.Line(writer, fires.size(), line));
                    }
                });
            }
        }
        table.sort(Comparator.comparingLong(TableEntry::term).thenComparingLong(TableEntry::generation));
        Set<String> names = new TreeSet<>();
        writers.forEach(znode -> names.add(Paths.name(znode.path())));
        names.remove(Paths.name(Paths.MASTER_JOURNAL));
        names.remove(Paths.name(Paths.JOURNAL));
        return new Journal(fires, counts, table, names, problems);
    }

    private static void attempt(List<String> problems, Runnable reading) {
        try {
            reading.run();
        } catch (CorruptRecordException e) {
            problems.add(String.valueOf(e.getMessage()));
        }
    }

    CompletableFuture<Readings<CommandState>> commands() {
        return below(Paths.COMMANDS, 1)
                .thenApply(znodes -> decode(
                        znodes,
                        znode -> new CommandState(CommandCodec.decode(znode.path(), znode.data()), znode.created())));
    }

    // --- walking

    /** The znodes {@code depth} levels below a path, in the order of their paths. */
    private CompletableFuture<List<Znode>> below(String root, int depth) {
        CompletableFuture<List<String>> level = CompletableFuture.completedFuture(List.of(root));
        for (int i = 0; i < depth; i++) {
            level = level.thenCompose(this::children);
        }
        return level.thenCompose(paths -> requests.readAll("get-read", paths, deadline));
    }

    private CompletableFuture<List<String>> children(List<String> parents) {
        List<CompletableFuture<List<String>>> lists = parents.stream()
                .map(parent -> requests.children("get-list", parent, deadline)
                        .thenApply(names ->
                                names.stream().map(name -> parent + '/' + name).toList()))
                .toList();
        return CompletableFuture.allOf(lists.toArray(new CompletableFuture<?>[0]))
                .thenApply(done ->
                        lists.stream().flatMap(list -> list.join().stream()).toList());
    }

    private static <T> Readings<T> decode(List<Znode> znodes, Function<Znode, T> codec) {
        List<T> found = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        for (Znode znode : znodes) {
            try {
                found.add(codec.apply(znode));
            } catch (CorruptRecordException e) {
                problems.add(String.valueOf(e.getMessage()));
            } catch (IllegalArgumentException e) {
                problems.add(znode.path() + " cannot be read: " + e.getMessage()
                        + ". Something other than Belfry may have written it; remove it.");
            }
        }
        return new Readings<>(found, problems);
    }
}
