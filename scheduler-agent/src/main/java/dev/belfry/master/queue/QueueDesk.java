package dev.belfry.master.queue;

import dev.belfry.agent.loop.Loop;
import dev.belfry.core.dispatch.Rules;
import dev.belfry.core.job.Requirements;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.queue.DeclaredRules;
import dev.belfry.core.queue.Gate;
import dev.belfry.core.queue.Inbox;
import dev.belfry.core.queue.KeyPage;
import dev.belfry.core.queue.Outbox;
import dev.belfry.core.queue.QueueBook;
import dev.belfry.core.queue.QueueCounts;
import dev.belfry.core.queue.QueueRound;
import dev.belfry.core.queue.Segment;
import dev.belfry.core.queue.SegmentState;
import dev.belfry.core.queue.Submission;
import dev.belfry.core.record.Paths;
import dev.belfry.core.run.Outcome;
import dev.belfry.core.version.JobVersion;
import dev.belfry.core.workflow.SubTaskId;
import dev.belfry.store.Session;
import dev.belfry.store.Store;
import dev.belfry.store.Transaction;
import dev.belfry.store.Znode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * The queue in one term of the master: reads what there is, then goes round by round. A round settles what was reported,
 * cancelled or has waited too long, and dispatches what has room; the next one is made when it is written.
 *
 * <p>Not thread-safe; owned by the master's loop.
 *
 * <p>Longer than the house limit: the one place in which the parts of the queue meet; what each of them does lies elsewhere.
 */
public final class QueueDesk implements QueueLook.Listener {
    /** What comes within this time goes into one round. */
    private static final long GATHER_NANOS = Duration.ofMillis(2).toNanos();
    /** Between two writes of the counts. */
    private static final long COUNTS_NANOS = Duration.ofSeconds(1).toNanos();

    private static final long NO_LOSS = Long.MAX_VALUE;

    private record Cancel(String runId, Transaction.Write write, Runnable then) {}

    private final Loop loop;
    private final QueueOffice office;
    private final JobsInForce jobs;
    private final QueueChooser chooser;
    private final QueueBook book;
    private final QueueLook look;
    private final QueueWriter writer;
    private final LostInboxes lost;
    private final QueueFires fires;
    private final WorkflowDesk workflows;
    private final BackfillDesk backfills;
    private final DeadLetterDesk dead;
    private final Intake intake = new Intake();
    private final NamedItems items;
    private final SplitDesk splits;
    private final LooseItems loose;
    private final RulesLook rules;
    private final QueueSweeper sweeper;
    private final Loads loads;
    private final StoredDurations durations;
    /** What agents have said of tasks of a job that cannot be read, until it can. */
    private final Map<String, Outbox> unheard = new HashMap<>();
    /** Asked for, and not written yet. */
    private final List<Cancel> cancels = new ArrayList<>();

    private Loop.Timer timer = () -> {};
    private boolean loaded;
    private boolean passing;
    private boolean closed;
    private boolean agentsChanged = true;
    private boolean jobsChanged;
    private Instant jobsChangeAt = Instant.MAX;
    private long stickyOf = -1;
    private StickyRoom sticky = StickyRoom.NONE;
    private long countedNanos;

    private long ownSegments;

    public QueueDesk(Loop loop, Store store, Session session, QueueOffice office) {
        this.loop = loop;
        this.office = office;
        this.jobs = new JobsInForce(office);
        this.chooser = new QueueChooser(jobs, Rules.DEFAULT.withSeed(office.term()), office.now());
        QueueNumbers numbers = new QueueNumbers(office);
        this.book = new QueueBook(jobs, chooser, numbers::next, () -> loop.random(1L << 30) / (double) (1L << 30));
        this.look = new QueueLook(loop, store, session, this);
        this.writer = new QueueWriter(loop, store, session, office);
        this.items = new NamedItems(look.reads(), book);
        this.splits = new SplitDesk(
                look.reads(),
                writer,
                book,
                again -> loop.after(session.timeout().toNanos() / 2, () -> {
                    if (!closed) {
                        again.run();
                    }
                }));
        this.lost = new LostInboxes(office, look.reads(), book, items, jobs, this::soon);
        WorkflowsInForce inForce = new WorkflowsInForce(office);
        this.fires = new QueueFires(office, book, inForce, this::soon);
        this.workflows = new WorkflowDesk(office, book, inForce, look.reads(), this::soon);
        BackfillRuns filled = new BackfillRuns(book, uid -> office.job(uid).flatMap(fires::mark), this::soon);
        this.backfills = new BackfillDesk(office, filled, inForce, this::closedBecause, this::soon);
        fires.leaveAside(backfills::isBeside);
        this.dead = new DeadLetterDesk(book.dead(), this::soon);
        this.loose = new LooseItems(office, writer, book, () -> look.segments().isWhole() && workflows.isWhole());
        this.sweeper = new QueueSweeper(loop, store, session, office, look.reads(), loose, this::soon);
        this.loads = new Loads(loop, look.reads(), chooser.rooms(), this::soon);
        this.durations = new StoredDurations(chooser.durations(), loop.nanoTime());
        this.rules = new RulesLook(store, session, look.reads(), this::declared);
        this.countedNanos = loop.nanoTime() - COUNTS_NANOS;
    }

    /** Reads everything, in the session that wrote the epoch. */
    public void start() {
        rules.start(() -> splits.start(look::start));
    }

    public void close() {
        closed = true;
        timer.cancel();
        look.close();
        writer.close();
        sweeper.close();
        loads.close();
    }

    /** Agents, drains, or who owns what have changed. */
    public void agentsChanged() {
        agentsChanged = true;
        soon();
    }

    /** Jobs have changed. */
    public void jobsChanged() {
        jobsChanged = true;
        fires.jobsChanged();
        soon();
    }

    /** Whether the life of this incarnation is still of interest. */
    public boolean awaits(String incarnation) {
        return book.incarnations().contains(incarnation);
    }

    /** The name under which outcomes of queued tasks are written in this term. */
    public String journalWriter() {
        return Paths.queueJournal(office.term());
    }

    // --- commands

    /** Whether all that was submitted before this term is known. */
    public boolean isLoaded() {
        return loaded;
    }

    /** The workflow runs. */
    public WorkflowDesk workflows() {
        return workflows;
    }

    /** The runs that have failed for good. */
    public DeadLetterDesk deadLetters() {
        return dead;
    }

    /** The backfills. */
    public BackfillDesk backfills() {
        return backfills;
    }

    /** The scheduled fires in the queue as they stand; empty until all that was there before this term is known. */
    public Optional<ScheduledTasks> scheduled() {
        return loaded ? Optional.of(new ScheduledTasks(fires, chooser, book.splits(), book.tasks())) : Optional.empty();
    }

    /** Whether a run of this job is in the queue under this id and has no outcome yet. */
    public boolean knows(String runId, String jobUid) {
        return book.knows(runId, jobUid);
    }

    /** The jobs, by uid, of which the queue has runs without an outcome; empty while not everything in it could be read. */
    public Optional<Set<String>> owing() {
        return loaded && look.segments().isWhole()
                ? Optional.of(
                        book.tasks().stream().map(task -> task.run().jobUid()).collect(Collectors.toSet()))
                : Optional.empty();
    }

    /**
     * Cancels a run.
     *
     * @param write what is written in the same transaction
     * @param then called once what is left of the run is settled, or marked in every inbox
     */
    public void cancel(String runId, String why, Transaction.Write write, Runnable then) {
        book.cancel(runId, why);
        cancels.add(new Cancel(runId, write, then));
        soon();
    }

    /** Why nothing is taken in now; empty if it is. */
    public Optional<String> closedBecause() {
        return intake.isOpen()
                ? Optional.empty()
                : Optional.of("the queue is full: " + book.tasks().size() + " tasks have no outcome, and at "
                        + intake.bound() + " it takes no more");
    }

    /** The writes that submit a run on behalf of the master: a segment of its own. */
    public List<Transaction.Write> submission(Submission run) {
        return segments(List.of(run));
    }

    private List<Transaction.Write> segments(List<Submission> runs) {
        String submitter = "m" + office.term();
        List<Transaction.Write> writes = new ArrayList<>();
        if (!runs.isEmpty() && !look.segments().hasParent(submitter)) {
            writes.add(new Transaction.Create(Paths.segments(submitter), new byte[0], false));
        }
        for (List<Submission> some : Segment.split(runs)) {
            byte[] segment = new Segment(some).encode();
            writes.add(new Transaction.Create(Paths.segment(submitter, ++ownSegments), segment, false));
        }
        return writes;
    }

    // --- what is read

    private void declared(DeclaredRules declared) {
        chooser.declared(declared);
        intake.declared(declared.bound());
        soon();
    }

    @Override
    public void gate(Gate gate, int version) {
        intake.gate(gate, version);
    }

    @Override
    public void counts(int version) {
        intake.counts(version);
    }

    @Override
    public void durations(Optional<Znode> stored) {
        durations.found(stored);
    }

    @Override
    public void inbox(String incarnation, Inbox inbox, int version) {
        book.inbox(incarnation, inbox, version);
    }

    @Override
    public void keys(long page, KeyPage keys, int version) {
        book.keys(page, keys, version);
    }

    @Override
    public void segment(String path, Instant accepted, Segment segment, SegmentState state, int stateVersion) {
        book.segment(path, accepted, segment, state, stateVersion);
        fires.seen(path);
        backfills.seen(segment);
        soon();
    }

    @Override
    public void whole(boolean whole) {
        book.whole(whole);
        soon();
    }

    @Override
    public void outbox(String incarnation, Outbox outbox) {
        if (book.jobsIn(incarnation).stream().anyMatch(jobs::isUnreadable)) {
            unheard.put(incarnation, outbox);
        } else {
            unheard.remove(incarnation);
            items.read(incarnation, outbox, () -> {
                book.outbox(incarnation, outbox);
                soon();
            });
        }
    }

    @Override
    public void loaded() {
        fires.start(
                look.reads(),
                () -> workflows.start(
                        () -> backfills.start(look.reads(), () -> dead.start(look.reads(), this::known))));
    }

    /** All that was there when the term began has been read. */
    private void known() {
        loaded = true;
        workflows.loaded();
        sweeper.start();
        office.loaded();
        soon();
    }

    // --- rounds

    private void soon() {
        if (!closed && !passing && loaded) {
            passing = true;
            loop.after(GATHER_NANOS, () -> {
                passing = false;
                pass();
            });
        }
    }

    private void pass() {
        if (loaded && look.segments().isWhole()) {
            workflows.segmentsKnown();
        }
        if (closed || writer.busy() || !office.ready() || isIdle()) {
            return;
        }
        if (loose.turn(this::soon) || splits.turn(this::soon)) {
            return;
        }
        Instant now = office.now();
        refresh(now);
        long wait = lost.look();
        QueueRound round = book.next(now);
        if (closed) {
            return;
        }
        List<Cancel> cancelled = cancels.stream()
                .filter(cancel -> !book.isToCancel(cancel.runId()))
                .toList();
        WorkflowDesk.Turn flow = workflows.turn(round);
        DeadLetterDesk.Turn letters = dead.turn();
        BackfillDesk.Turn answers = backfills.answers();
        boolean asked = !cancelled.isEmpty()
                || !flow.writes().isEmpty()
                || !letters.writes().isEmpty()
                || !answers.isEmpty();
        if (!round.isEmpty() || asked) {
            cancels.removeAll(cancelled);
            List<Transaction.Write> more = new ArrayList<>(segments(round.starts()));
            cancelled.forEach(cancel -> more.add(cancel.write()));
            more.addAll(flow.writes());
            more.addAll(letters.writes());
            more.addAll(answers.writes());
            writer.write(round, more, () -> {
                flow.written();
                letters.written();
                answers.written();
                written(round, cancelled);
            });
            return;
        }
        Optional<QueueFires.Turn> turn = fires.turn(now);
        if (turn.isPresent()) {
            write(turn.get());
            return;
        }
        Optional<BackfillDesk.Turn> filling =
                look.segments().isWhole() && !fires.isAwaiting() ? backfills.turn() : Optional.empty();
        if (filling.isPresent()) {
            write(filling.get());
            return;
        }
        Optional<Gate> gate = intake.turn(book.tasks().size());
        if (gate.isPresent()) {
            writer.writeAt("queue-gate-turn", intake.write(gate.get()), () -> {
                intake.written(gate.get());
                soon();
            });
            return;
        }
        long counting = Math.min(count(now), keepDurations());
        loads.wanted(!book.tasks().isEmpty(), office.agents());
        rearm(now, Math.min(wait, counting));
    }

    /** Begins what comes next of backfills. */
    private void write(BackfillDesk.Turn turn) {
        List<Transaction.Write> writes = new ArrayList<>(turn.writes());
        writes.addAll(awaitedSegments(turn.runs()));
        writer.write(QueueRound.ofLines(turn.lines()), writes, () -> {
            turn.written();
            soon();
        });
    }

    private List<Transaction.Write> awaitedSegments(List<Submission> runs) {
        long before = ownSegments;
        List<Transaction.Write> writes = segments(runs);
        fires.awaits(LongStream.rangeClosed(before + 1, ownSegments)
                .mapToObj(n -> Paths.segment("m" + office.term(), n))
                .toList());
        return writes;
    }

    /** Submits what is due. */
    private void write(QueueFires.Turn turn) {
        List<Transaction.Write> writes = new ArrayList<>(fires.writes(turn));
        writes.addAll(awaitedSegments(turn.runs()));
        writer.write(QueueRound.ofLines(turn.lines()), writes, () -> {
            fires.written(turn);
            soon();
        });
    }

    /** Whether the queue is not in use: then nothing is asked, and nothing is reckoned. */
    private boolean isIdle() {
        return book.isIdle()
                && fires.isIdle()
                && loose.isEmpty()
                && splits.isEmpty()
                && cancels.isEmpty()
                && workflows.isEmpty()
                && backfills.isIdle()
                && dead.isEmpty()
                && intake.isOpen()
                && !intake.isNews(QueueCounts.NONE)
                && !durations.isNews();
    }

    private void refresh(Instant now) {
        if (jobsChanged || !jobsChangeAt.isAfter(now)) {
            jobsChanged = false;
            chooser.jobsChanged();
            new TreeMap<>(unheard).forEach(this::outbox);
            agentsChanged = true;
        }
        Set<String> uids = new TreeSet<>(chooser.jobUids());
        uids.addAll(backfills.jobUids());
        jobsChangeAt = jobs.nextChange(uids);
        if (agentsChanged) {
            agentsChanged = false;
            if (stickyOf != office.tableRevision()) {
                stickyOf = office.tableRevision();
                sticky = StickyRoom.of(
                        office.table(),
                        uid -> office.job(uid).map(job -> job.at(now)).map(QueueDesk::requirements));
            }
            chooser.rooms().present(office.agents(), sticky);
        }
    }

    private static Requirements requirements(JobVersion version) {
        return version.definition().requires();
    }

    private void written(QueueRound round, List<Cancel> cancelled) {
        for (QueueRound.Line line : round.lines()) {
            FireEntry entry = line.entry();
            boolean part = entry.fire().requested().flatMap(SubTaskId::parentOf).isPresent();
            // A part is no measure of the code that hands it in.
            if (!part && entry.outcome() == Outcome.SUCCEEDED && entry.started().isAfter(Instant.EPOCH)) {
                Duration took = Duration.between(entry.started(), entry.ended());
                chooser.took(entry.jobUid(), took.isNegative() ? Duration.ZERO : took);
            }
        }
        loose.applied(round);
        splits.applied(round);
        cancelled.forEach(cancel -> cancel.then().run());
        pass();
    }

    /** Writes the counts if they are news; how long until they may be written next, in nanoseconds. */
    private long count(Instant now) {
        int running = chooser.running();
        QueueCounts counts = new QueueCounts(chooser.waiting(), running, intake.bound(), chooser.wanted(now));
        if (!intake.isNews(counts)) {
            return NO_LOSS;
        }
        long left = countedNanos + COUNTS_NANOS - loop.nanoTime();
        if (left > 0) {
            return left;
        }
        countedNanos = loop.nanoTime();
        writer.writeAt("queue-count", intake.write(counts), () -> {
            intake.written(counts);
            soon();
        });
        return NO_LOSS;
    }

    /** Stores how long tasks took, if that is news and nothing else is being written; how long until it may be. */
    private long keepDurations() {
        long left = durations.left(loop.nanoTime());
        if (!durations.isNews() || writer.busy()) {
            return NO_LOSS;
        }
        if (left == 0) {
            writer.writeAt("queue-durations-write", durations.write(loop.nanoTime()), () -> {
                durations.written();
                soon();
            });
            return NO_LOSS;
        }
        return left;
    }

    private void rearm(Instant now, long wait) {
        timer.cancel();
        long next = Math.min(wait, nanosUntil(now, jobsChangeAt));
        next = Math.min(next, nanosUntil(now, book.wake(now).orElse(Instant.MAX)));
        next = Math.min(next, nanosUntil(now, fires.wake()));
        next = Math.min(next, nanosUntil(now, backfills.wake()));
        next = Math.min(next, nanosUntil(now, chooser.again().orElse(Instant.MAX)));
        if (next < Long.MAX_VALUE) {
            timer = loop.after(next, this::soon);
        }
    }

    private static long nanosUntil(Instant now, Instant then) {
        boolean soon = then.isBefore(now.plus(Duration.ofDays(1)));
        long left = soon
                ? Duration.between(now, then).toNanos()
                : Duration.ofDays(1).toNanos();
        return then.equals(Instant.MAX)
                ? Long.MAX_VALUE
                : Math.max(Duration.ofMillis(1).toNanos(), left);
    }
}
