package dev.belfry.core.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.core.dispatch.TaskId;
import dev.belfry.core.job.BackupAfter;
import dev.belfry.core.job.Job;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.job.Placement;
import dev.belfry.core.job.Recovery;
import dev.belfry.core.job.Retry;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.queue.Outbox.Report;
import dev.belfry.core.queue.Outbox.Stage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/** A store, agents that come and go, and masters that follow one another: everything atomic, in an order drawn from a seed. */
final class QueueTown {
    static final String RERUN = "rerun-1";
    static final String SKIP = "skip-1";

    private static final Map<String, JobDefinition> JOBS = Map.of(
            RERUN,
                    job("rerun")
                            .recovery(Recovery.RERUN)
                            .backupAfter(new BackupAfter.Fixed(Duration.ofSeconds(1)))
                            .build(),
            SKIP, job("skip").recovery(Recovery.SKIP).build());

    private record Stored(byte[] data, int version) {}

    /** An agent as far as the queue sees it. */
    private static final class Worker {
        final String incarnation;
        boolean alive = true;
        boolean known = true;
        long greatest;
        final TreeMap<Long, Report> reports = new TreeMap<>();
        final Map<Long, Inbox.Entry> running = new TreeMap<>();

        Worker(String incarnation) {
            this.incarnation = incarnation;
        }
    }

    private final Random random;
    private final Map<String, Stored> segments = new TreeMap<>();
    private final Map<String, Stored> states = new TreeMap<>();
    private final Map<String, Stored> inboxes = new TreeMap<>();
    private final Map<Long, Stored> keys = new TreeMap<>();
    private final Map<String, Outbox> outboxes = new TreeMap<>();
    /** Checkpoints and outputs. */
    private final Set<OutboxItem> items = new HashSet<>();

    private final Map<TaskId, OutboxItem> checkpoints = new HashMap<>();
    private final Map<Long, TaskId> begun = new HashMap<>();

    private final List<Worker> workers = new ArrayList<>();
    private final List<String> runs = new ArrayList<>();
    private final Map<TaskId, Integer> expected = new HashMap<>();

    final Map<TaskId, List<FireEntry>> finals = new HashMap<>();
    private final Map<TaskId, Long> lastStarted = new HashMap<>();
    private final Map<TaskId, Stage> lastEnd = new HashMap<>();
    private final Set<TaskId> succeeded = new HashSet<>();
    /** Numbers that ever were out beside another, with that one; and tasks of which two were. */
    private final Map<Long, Long> pairs = new HashMap<>();

    private final Set<TaskId> backed = new HashSet<>();
    private final Map<TaskId, Long> winner = new HashMap<>();

    private Instant now = Instant.parse("2026-11-22T12:00:00Z");
    private long term;
    private int submitted;
    private QueueBook book;
    private FirstFit chooser = new FirstFit();

    QueueTown(long seed) {
        this.random = new Random(seed);
        this.book = office();
    }

    private static Job job(String name) {
        return Job.named(name)
                .handler("h")
                .manual()
                .placement(Placement.QUEUED)
                .retry(new Retry(3, Duration.ofSeconds(1), 2, Duration.ofSeconds(9), 0, List.of()));
    }

    private QueueBook office() {
        term++;
        long[] number = {term << 40};
        chooser = new FirstFit();
        for (Worker worker : workers) {
            if (worker.known) {
                chooser.agent(worker.incarnation);
            }
        }
        QueueBook fresh = new QueueBook(
                (uid, at) -> Optional.ofNullable(JOBS.get(uid)), chooser, () -> ++number[0], random::nextDouble);
        inboxes.forEach((name, stored) -> fresh.inbox(name, Inbox.decode(name, stored.data), stored.version));
        keys.forEach((page, stored) -> fresh.keys(page, KeyPage.decode("", stored.data), stored.version));
        segments.keySet().forEach(path -> read(fresh, path));
        assertThat(items).as("what the new master finds named").containsAll(lying(fresh.items()));
        return fresh;
    }

    /** What is named although its attempt runs may not be there yet. */
    private Set<OutboxItem> lying(Set<OutboxItem> named) {
        Set<OutboxItem> lying = new HashSet<>(named);
        inboxes.forEach((name, stored) -> Inbox.decode(name, stored.data)
                .entries()
                .forEach(entry -> lying.remove(new OutboxItem(name, entry.number()))));
        return lying;
    }

    private void read(QueueBook into, String path) {
        Segment segment = Segment.decode(path, segments.get(path).data);
        Stored state = states.get(path);
        into.segment(
                path,
                Instant.parse("2026-11-22T12:00:00Z"),
                segment,
                state == null ? SegmentState.FRESH : SegmentState.decode(path, state.data, segment.tasks()),
                state == null ? -1 : state.version);
    }

    /** One thing happens. */
    void step() {
        now = now.plusMillis(random.nextInt(400));
        switch (random.nextInt(12)) {
            case 0 -> submit();
            case 1 -> join();
            case 2 -> kill();
            case 3 -> bury();
            case 4 -> book = random.nextInt(4) == 0 ? office() : book;
            case 5 -> cancel();
            case 6, 7, 8 -> workers.stream().filter(w -> w.alive).forEach(this::work);
            default -> rule();
        }
    }

    private void submit() {
        List<Submission> batch = new ArrayList<>();
        for (int i = 0; i <= random.nextInt(4); i++) {
            boolean again = !runs.isEmpty() && random.nextInt(10) == 0;
            String id = again ? runs.get(runs.size() - 1) : "s-" + runs.size();
            int shards = again ? expected.get(TaskId.of(id, 0)) : 1 + random.nextInt(3);
            Submission.Options options =
                    Submission.USUAL.withKey("key").withQueue(random.nextInt(8) == 0 ? Duration.ofSeconds(3) : null);
            batch.add(new Submission(
                    id,
                    again ? RERUN : random.nextBoolean() ? RERUN : SKIP,
                    shards,
                    Optional.empty(),
                    Map.of(),
                    options,
                    "ada"));
            if (!again) {
                runs.add(id);
                for (int shard = 0; shard < shards; shard++) {
                    expected.put(TaskId.of(id, shard), shards);
                }
            }
        }
        if (!batch.isEmpty()) {
            String path = "/queue/segments/0/s-" + String.format(Locale.ROOT, "%06d", submitted++);
            segments.put(path, new Stored(new Segment(batch).encode(), 0));
            read(book, path);
        }
    }

    private void join() {
        if (workers.stream().filter(w -> w.alive).count() < 3) {
            Worker worker = new Worker("a" + workers.size() + "~1");
            workers.add(worker);
            chooser.agent(worker.incarnation);
        }
    }

    private void kill() {
        if (random.nextInt(3) == 0) {
            workers.stream().filter(w -> w.alive).findFirst().ifPresent(w -> w.alive = false);
        }
    }

    /** The master has waited for the lease of those that are gone. */
    private void bury() {
        for (Worker worker : workers) {
            if (!worker.alive && worker.known) {
                worker.known = false;
                chooser.gone(worker.incarnation);
            }
        }
        workers.stream().filter(w -> !w.known).forEach(w -> {
            book.outbox(w.incarnation, outboxes.getOrDefault(w.incarnation, Outbox.EMPTY));
            book.gone(w.incarnation);
        });
    }

    private void cancel() {
        if (!runs.isEmpty() && random.nextInt(4) == 0) {
            book.cancel(runs.get(random.nextInt(runs.size())), "operator");
        }
    }

    private void work(Worker worker) {
        Stored stored = inboxes.get(worker.incarnation);
        Inbox inbox = stored == null ? Inbox.EMPTY : Inbox.decode("/inbox", stored.data);
        Set<Long> listed = new HashSet<>();
        for (Inbox.Entry entry : inbox.entries()) {
            listed.add(entry.number());
            if (entry.number() > worker.greatest) {
                worker.greatest = entry.number();
                begin(worker, entry);
            } else if (worker.running.containsKey(entry.number())
                    && !entry.cancel().isEmpty()) {
                end(worker, entry.number(), Stage.CANCELLED);
            }
        }
        for (long number : List.copyOf(worker.running.keySet())) {
            if (random.nextInt(3) == 0) {
                Stage[] ends = {Stage.SUCCEEDED, Stage.SUCCEEDED, Stage.FAILED, Stage.TIMED_OUT, Stage.LOST};
                end(worker, number, ends[random.nextInt(ends.length)]);
            }
        }
        worker.reports.keySet().removeIf(number -> !listed.contains(number) && !worker.running.containsKey(number));
        outboxes.put(worker.incarnation, new Outbox(List.copyOf(worker.reports.values())));
    }

    private void begin(Worker worker, Inbox.Entry entry) {
        TaskId task = TaskId.of(entry.runId(), entry.task().shard());
        if (!entry.cancel().isEmpty() || random.nextInt(10) == 0) {
            report(worker, entry.number(), Stage.REFUSED, Instant.EPOCH);
            return;
        }
        long beside = pairs.getOrDefault(entry.number(), -1L);
        if (lastStarted.getOrDefault(task, 0L) != beside) {
            assertThat(entry.number()).as("numbers of %s", task).isGreaterThan(lastStarted.getOrDefault(task, 0L));
        }
        if (winner.getOrDefault(task, 0L) != beside) {
            assertThat(succeeded).as("%s is not run again", task).doesNotContain(task);
            assertThat(finals).as("%s is not settled", task).doesNotContainKey(task);
        }
        lastStarted.merge(task, entry.number(), Math::max);
        if (entry.task().jobUid().equals(SKIP)) {
            assertThat(lastEnd.getOrDefault(task, Stage.FAILED))
                    .as("%s starts again only after a failure that is known", task)
                    .isIn(Stage.FAILED, Stage.TIMED_OUT);
            lastEnd.put(task, Stage.STARTED);
        }
        assertThat(items)
                .as("what %s goes on from", entry)
                .containsAll(entry.order().resumes().stream().toList());
        if (!backed.contains(task)) {
            assertThat(entry.order().resumes())
                    .as("the newest checkpoint of %s", task)
                    .isEqualTo(Optional.ofNullable(checkpoints.get(task)));
        }
        begun.put(entry.number(), task);
        worker.running.put(entry.number(), entry);
        report(worker, entry.number(), Stage.STARTED, now);
    }

    private void end(Worker worker, long number, Stage stage) {
        Inbox.Entry entry = worker.running.remove(number);
        lastEnd.put(TaskId.of(entry.runId(), entry.task().shard()), stage);
        if (stage == Stage.SUCCEEDED) {
            succeeded.add(TaskId.of(entry.runId(), entry.task().shard()));
            winner.putIfAbsent(TaskId.of(entry.runId(), entry.task().shard()), number);
        }
        report(worker, number, stage, worker.reports.get(number).started());
    }

    private void report(Worker worker, long number, Stage stage, Instant started) {
        Report before = worker.reports.get(number);
        Outbox.Left left = before == null ? Outbox.Left.NOTHING : before.left();
        if (stage == Stage.SUCCEEDED && random.nextInt(3) == 0) {
            left = Outbox.Left.OUTPUT;
        } else if (stage != Stage.REFUSED && random.nextInt(3) == 0) {
            left = Outbox.Left.CHECKPOINT;
        }
        Report report = new Report(number, stage, started, stage.over() ? now : Instant.EPOCH, true, left, "");
        report.item(worker.incarnation).ifPresent(items::add);
        if (left == Outbox.Left.CHECKPOINT) {
            checkpoints.put(begun.get(number), new OutboxItem(worker.incarnation, number));
        }
        worker.reports.put(number, report);
    }

    private void rule() {
        outboxes.forEach((name, outbox) -> book.outbox(name, outbox));
        QueueRound round = book.next(now);
        for (QueueRound.SegmentWrite write : round.segments()) {
            Stored state = states.get(write.path());
            assertThat(state == null ? -1 : state.version).isEqualTo(write.stateVersion());
            if (write.state().isEmpty()) {
                segments.remove(write.path());
                states.remove(write.path());
            } else {
                states.put(write.path(), new Stored(write.state().get().encode(), write.stateVersion() + 1));
            }
        }
        for (QueueRound.InboxWrite write : round.inboxes()) {
            Stored inbox = inboxes.get(write.incarnation());
            assertThat(inbox == null ? -1 : inbox.version).isEqualTo(write.version());
            if (write.inbox().isEmpty()) {
                inboxes.remove(write.incarnation());
                outboxes.remove(write.incarnation());
            } else {
                byte[] data = write.inbox().get().encode();
                assertThat(data).hasSizeLessThanOrEqualTo(64_000);
                inboxes.put(write.incarnation(), new Stored(data, write.version() + 1));
            }
        }
        pair();
        for (QueueRound.KeyWrite write : round.keys()) {
            Stored page = keys.get(write.number());
            assertThat(page == null ? -1 : page.version).isEqualTo(write.version());
            write.page()
                    .ifPresentOrElse(
                            found -> keys.put(write.number(), new Stored(found.encode(), write.version() + 1)),
                            () -> keys.remove(write.number()));
        }
        for (QueueRound.Line line : round.lines()) {
            if (line.entry().kind() == FireEntry.Kind.FINAL) {
                TaskId task = TaskId.of(
                        line.entry().fire().runId(line.entry().jobUid()),
                        Integer.parseInt(line.entry().shard()));
                finals.computeIfAbsent(task, t -> new ArrayList<>()).add(line.entry());
                assertThat(finals.get(task)).as("outcomes of %s", task).hasSize(1);
            }
        }
        round.applied();
        assertThat(items).as("what is deleted is there").containsAll(round.items());
        round.items().forEach(items::remove);
        assertThat(chooser.taken().values()).allMatch(taken -> taken >= 0 && taken <= 3);
    }

    /** What is out: one number of a task, or two on two agents, of which one is a backup of the other. */
    private void pair() {
        Map<TaskId, List<Inbox.Entry>> out = new HashMap<>();
        Map<TaskId, Set<String>> agents = new HashMap<>();
        inboxes.forEach((name, stored) -> Inbox.decode(name, stored.data)
                .entries()
                .forEach(entry -> {
                    TaskId task = TaskId.of(entry.runId(), entry.task().shard());
                    out.computeIfAbsent(task, t -> new ArrayList<>()).add(entry);
                    agents.computeIfAbsent(task, t -> new HashSet<>()).add(name);
                }));
        out.forEach((task, entries) -> {
            assertThat(entries.size()).as("%s", entries).isLessThanOrEqualTo(2);
            assertThat(agents.get(task)).as("%s", entries).hasSize(entries.size());
            for (Inbox.Entry entry : entries) {
                Inbox.Entry other = entries.get(entries.size() - 1 - entries.indexOf(entry));
                if (other != entry && pairs.putIfAbsent(entry.number(), other.number()) == null) {
                    backed.add(task);
                    assertThat(entry.task().jobUid()).isEqualTo(RERUN);
                    assertThat(List.of(entry.order().beside(), other.order().beside()))
                            .containsExactlyInAnyOrder(0L, Math.min(entry.number(), other.number()));
                }
            }
        });
    }

    boolean hadBackups() {
        return !backed.isEmpty();
    }

    /** In peace, with agents that live, everything that was submitted gets its outcome and nothing is left in the store. */
    void settle() {
        for (int i = 0; i < 400; i++) {
            now = now.plusMillis(500);
            join();
            bury();
            workers.stream().filter(w -> w.alive).forEach(this::work);
            rule();
        }
        assertThat(finals.keySet()).isEqualTo(expected.keySet());
        assertThat(segments).isEmpty();
        assertThat(states).isEmpty();
        assertThat(inboxes.values())
                .allMatch(stored -> Inbox.decode("", stored.data).entries().isEmpty());
        assertThat(inboxes.keySet())
                .allMatch(name -> workers.stream().anyMatch(w -> w.known && w.incarnation.equals(name)));
        assertThat(chooser.waiting()).isZero();
        assertThat(book.tasks()).isEmpty();
        assertThat(items).as("checkpoints and outputs").isEmpty();
        assertThat(book.items()).isEmpty();
    }
}
