package dev.belfry.testkit.cluster;

import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.journal.FireJournal;
import dev.belfry.core.queue.Inbox;
import dev.belfry.core.queue.Outbox;
import dev.belfry.core.queue.Outbox.Left;
import dev.belfry.core.queue.Outbox.Report;
import dev.belfry.core.queue.Outbox.Stage;
import dev.belfry.core.queue.Segment;
import dev.belfry.core.queue.Submission;
import dev.belfry.core.record.Paths;
import dev.belfry.core.version.Author;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.JobRecordCodec;
import dev.belfry.core.version.JobVersion;
import dev.belfry.store.Commit;
import dev.belfry.store.Session;
import dev.belfry.store.SessionListener;
import dev.belfry.store.Store;
import dev.belfry.store.Transaction;
import dev.belfry.store.Znode;
import dev.belfry.testkit.time.SimClock;
import dev.belfry.testkit.time.SimProcess;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Submits runs to the queue of a cluster, and writes what its agents would say of their inboxes. */
final class Hands implements SessionListener {
    static final Author AUTHOR = new Author(Author.Origin.OPERATOR, "hands", "");

    private static final String SUBMITTER = "hands";

    private static final long AGAIN_NANOS = Duration.ofMillis(20).toNanos();

    private final SimCluster cluster;
    private final SimProcess process;
    private final Store store;
    private @Nullable Session session;
    private long segments;
    private boolean idle;

    /** What becomes of an entry: the stage that it has reached; empty while nothing is said. */
    Function<Inbox.Entry, Optional<Stage>> fate = entry -> Optional.of(Stage.SUCCEEDED);

    /** What an entry that has ended leaves beside the outbox. */
    Function<Inbox.Entry, Left> leaves = entry -> Left.NOTHING;

    /** Whether nobody looks into an inbox. */
    boolean deaf;

    final Map<String, TreeMap<Long, Report>> said = new HashMap<>();
    /** Every entry that any inbox was seen with, by number, and in whose inbox. */
    final TreeMap<Long, Inbox.Entry> seen = new TreeMap<>();

    final Map<Long, String> holders = new HashMap<>();

    Hands(SimCluster cluster) {
        this.cluster = cluster;
        this.process = new SimProcess(cluster.scheduler(), "hands", new SimClock(cluster.scheduler()));
        this.store = cluster.ensemble().connect(process, Duration.ofSeconds(60)).view(process);
        process.execute(() -> store.sessions(this));
        cluster.runUntil(Duration.ofSeconds(5), () -> session != null);
        work();
    }

    @Override
    public void opened(Session fresh) {
        session = fresh;
    }

    @Override
    public void suspended(Session present) {}

    @Override
    public void resumed(Session present) {}

    @Override
    public void ended(Session present) {}

    private void commit(Transaction.Builder transaction) {
        if (session != null) {
            store.commit(session, transaction.build(), answer -> {
                if (answer instanceof Commit.Unavailable) {
                    process.schedule(AGAIN_NANOS, () -> commit(transaction));
                }
            });
        }
    }

    /** Writes a znode, new or not. */
    void put(String path, byte[] data) {
        Transaction.Builder transaction = Transaction.at(Safety.ROGUE);
        if (exists(path)) {
            transaction.put(path, data, -1);
        } else {
            transaction.create(path, data);
        }
        commit(transaction);
        cluster.run(Duration.ofMillis(50));
    }

    /** Deletes a znode. */
    void delete(String path) {
        commit(Transaction.at(Safety.ROGUE).delete(path, -1));
        cluster.run(Duration.ofMillis(50));
    }

    private boolean exists(String path) {
        return cluster.ensemble().peek(path).isPresent();
    }

    // --- jobs and runs

    /** A job, in force at once; its uid. */
    String job(JobDefinition definition) {
        String uid = definition.name() + "~1";
        Instant now = Instant.ofEpochMilli(cluster.now().toEpochMilli());
        write(new JobRecord(
                definition.name(),
                uid,
                List.of(new JobVersion(1, now, now, 1, definition, false, AUTHOR)),
                List.of(),
                Optional.empty()));
        return uid;
    }

    void write(JobRecord job) {
        Transaction.Builder transaction = Transaction.at(Safety.ROGUE);
        if (!exists(Paths.jobBucket(job.name()))) {
            transaction.create(Paths.jobBucket(job.name()), new byte[0]);
        }
        if (exists(Paths.job(job.name()))) {
            transaction.put(Paths.job(job.name()), JobRecordCodec.encode(job), -1);
        } else {
            transaction.create(Paths.job(job.name()), JobRecordCodec.encode(job));
        }
        commit(transaction);
        cluster.run(Duration.ofMillis(200));
    }

    static Submission run(String id, String jobUid) {
        return new Submission(id, jobUid, 1, Optional.empty(), Map.of(), Submission.USUAL, "hands");
    }

    /** The same with an idempotency key. */
    static Submission keyed(String id, String jobUid) {
        Submission.Options options = Submission.USUAL.withKey("key");
        return new Submission(id, jobUid, 1, Optional.empty(), Map.of(), options, "hands");
    }

    /** One segment. */
    void submit(Submission... runs) {
        Transaction.Builder transaction = Transaction.at(Safety.ROGUE);
        if (!exists(Paths.segments(SUBMITTER))) {
            transaction.create(Paths.segments(SUBMITTER), new byte[0]);
        }
        byte[] data = new Segment(List.of(runs)).encode();
        transaction.create(Paths.segment(SUBMITTER, ++segments), data);
        commit(transaction);
        cluster.run(Duration.ofMillis(50));
    }

    // --- agents

    /** There is nothing to look at any more. */
    void idle() {
        idle = true;
    }

    private void work() {
        if (idle) {
            return;
        }
        process.schedule(Duration.ofMillis(40).toNanos(), this::work);
        for (String incarnation : cluster.ensemble().peekChildren(Paths.AGENTS)) {
            String id = new Incarnation(incarnation).agentId();
            boolean alive = cluster.agent(id).filter(SimAgent::alive).isPresent();
            if (alive && !deaf) {
                look(incarnation);
            }
        }
    }

    private void look(String incarnation) {
        TreeMap<Long, Report> reports = said.computeIfAbsent(incarnation, i -> new TreeMap<>());
        Map<Long, Report> before = Map.copyOf(reports);
        List<Inbox.Entry> entries = inbox(incarnation);
        reports.keySet().removeIf(number -> entries.stream().noneMatch(entry -> entry.number() == number));
        for (Inbox.Entry entry : entries) {
            seen.put(entry.number(), entry);
            holders.put(entry.number(), incarnation);
            Report known = reports.get(entry.number());
            if (known == null || !known.stage().over()) {
                Optional<Stage> stage = entry.cancel().isEmpty() ? fate.apply(entry) : Optional.of(Stage.CANCELLED);
                stage.ifPresent(next -> reports.put(entry.number(), report(entry, next)));
            }
        }
        if (!before.equals(reports)) {
            byte[] data = new Outbox(new ArrayList<>(reports.values())).encode();
            Transaction.Builder transaction = Transaction.at(Safety.ROGUE).exists(Paths.agent(incarnation));
            if (exists(Paths.outbox(incarnation))) {
                transaction.put(Paths.outbox(incarnation), data, -1);
            } else {
                transaction.create(Paths.outbox(incarnation), data);
            }
            reports.values().stream()
                    .filter(report -> !report.equals(before.get(report.number())))
                    .flatMap(report -> report.item(incarnation).stream())
                    .forEach(item -> transaction.create(item.path(), new byte[] {1}));
            commit(transaction);
        }
    }

    private Report report(Inbox.Entry entry, Stage stage) {
        Instant now = Instant.ofEpochMilli(cluster.now().toEpochMilli());
        boolean begun = stage != Stage.REFUSED && stage != Stage.CLAIMED;
        Instant started = begun ? entry.order().at() : Instant.EPOCH;
        return new Report(
                entry.number(),
                stage,
                started,
                stage.over() ? now : Instant.EPOCH,
                true,
                stage.over() ? leaves.apply(entry) : Left.NOTHING,
                "said so");
    }

    // --- what lies in the store

    List<Inbox.Entry> inbox(String incarnation) {
        return cluster.ensemble()
                .peek(Paths.inbox(incarnation))
                .map(znode -> Inbox.decode(znode.path(), znode.data()).entries())
                .orElse(List.of());
    }

    /** What is in any inbox. */
    List<Inbox.Entry> dispatched() {
        List<Inbox.Entry> all = new ArrayList<>();
        cluster.ensemble().peekChildren(Paths.INBOX).forEach(incarnation -> all.addAll(inbox(incarnation)));
        return all;
    }

    /** The paths of the segments and states that there are. */
    List<String> segments() {
        List<String> paths = new ArrayList<>();
        for (String bucket : cluster.ensemble().peekChildren(Paths.SEGMENTS)) {
            String parent = Paths.SEGMENTS + '/' + bucket;
            cluster.ensemble().peekChildren(parent).forEach(name -> paths.add(parent + '/' + name));
        }
        return paths;
    }

    /** What the journals of the queue say, term by term. */
    List<FireEntry> lines() {
        List<FireEntry> lines = new ArrayList<>();
        cluster.ensemble().peekChildren(Paths.JOURNAL).stream()
                .filter(Paths::isQueueJournal)
                .forEach(writer -> cluster.ensemble()
                        .peekChildren(Paths.journal(writer))
                        .forEach(entry -> {
                            String path = Paths.journal(writer) + '/' + entry;
                            byte[] data = cluster.ensemble()
                                    .peek(path)
                                    .map(Znode::data)
                                    .orElseThrow();
                            lines.addAll(FireJournal.decode(path, data));
                        }));
        return lines;
    }

    List<FireEntry> lines(String runId) {
        return lines().stream()
                .filter(line -> line.fire().requested().filter(runId::equals).isPresent())
                .toList();
    }

    List<FireEntry> finals(String runId) {
        return lines(runId).stream()
                .filter(line -> line.kind() == FireEntry.Kind.FINAL)
                .toList();
    }

    /** Runs until each of these runs has an outcome. */
    boolean settled(Duration most, String... runIds) {
        return cluster.runUntil(
                most, () -> Arrays.stream(runIds).noneMatch(run -> finals(run).isEmpty()));
    }
}
