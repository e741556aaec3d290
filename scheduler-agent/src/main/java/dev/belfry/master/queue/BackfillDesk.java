package dev.belfry.master.queue;

import dev.belfry.core.cluster.PlannedJob;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.queue.Segment;
import dev.belfry.core.queue.Submission;
import dev.belfry.core.queue.WorkflowBeginning;
import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.core.record.Paths;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.workflow.Backfill;
import dev.belfry.core.workflow.BackfillId;
import dev.belfry.core.workflow.BackfillOrder;
import dev.belfry.core.workflow.BackfillRequest;
import dev.belfry.core.workflow.BackfillRun;
import dev.belfry.core.workflow.BackfillRunCodec;
import dev.belfry.core.workflow.WorkflowRunCodec;
import dev.belfry.store.Transaction;
import dev.belfry.store.Znode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The backfills of one term of the master (ADR 24): the instants of a range become segments and workflow runs of the master, in the
 * transactions that store how far each backfill is.
 *
 * <p>What {@link #turn} returns has happened here already: if it cannot be written the term is over, and the next one reads what is
 * stored.
 *
 * <p>Not thread-safe; owned by the master's loop.
 */
public final class BackfillDesk {
    private static final Logger LOG = LoggerFactory.getLogger(BackfillDesk.class);

    /** Backfills under way at once. */
    static final int MOST_OPEN = 20;
    /** Backfills that are over and are kept. */
    static final int MOST_KEPT = 100;
    /** Backfills that one transaction stores, beside those of which something was asked: each takes up to 18 KB. */
    private static final int MOST_CHANGED = 4;
    /** Workflow runs that begin in one transaction: each may take 64 KiB. */
    private static final int MOST_BEGUN = 5;

    /** What came of something that was asked; the id is that of the backfill, and empty if it is refused. */
    public record Answer(boolean accepted, String text, String id) {}

    private record Asked(Transaction.Write write, Runnable then) {}

    private final QueueOffice office;
    private final WorkflowsInForce workflows;
    private final BackfillRuns runs;
    private final Supplier<Optional<String>> closed;
    private final Runnable changed;
    private final Map<String, HeldBackfill> held = new TreeMap<>();
    private final List<Asked> asked = new ArrayList<>();

    /**
     * @param closed why nothing is taken in now; empty if it is
     * @param changed called when there is something to be written
     */
    BackfillDesk(
            QueueOffice office,
            BackfillRuns runs,
            WorkflowsInForce workflows,
            Supplier<Optional<String>> closed,
            Runnable changed) {
        this.office = office;
        this.runs = runs;
        this.workflows = workflows;
        this.closed = closed;
        this.changed = changed;
    }

    // --- what is stored

    /** Reads what there is, once the tasks and the workflow runs are known. */
    void start(Reads reads, Runnable then) {
        reads.children("backfills-list", Paths.BACKFILLS, names -> {
            List<String> paths = names.stream().map(Paths::backfill).toList();
            reads.readAll("backfill-read", paths, this::found, then);
        });
    }

    private void found(Znode znode) {
        try {
            BackfillRun run = BackfillRunCodec.decode(znode.path(), znode.data());
            HeldBackfill backfill = new HeldBackfill(run, znode.version());
            held.put(run.id().toString(), backfill);
            if (!run.phase().over()) {
                backfill.open.addAll(runs.openOf(run));
            }
        } catch (CorruptRecordException e) {
            LOG.error("a backfill stands still: {}", e.getMessage());
        }
    }

    /** Runs have come into the book: some may be of a backfill, from a segment that could not be read before. */
    void seen(Segment segment) {
        for (HeldBackfill backfill : held.values()) {
            if (!backfill.run.phase().over()) {
                segment.runs().stream()
                        .map(Submission::runId)
                        .filter(run -> HeldBackfill.isRun(backfill.run, run))
                        .forEach(backfill.open::add);
            }
        }
    }

    // --- what is asked

    /** Whether a run is one that the overlap policy of its job leaves aside. */
    boolean isBeside(String run) {
        return held.values().stream().anyMatch(backfill -> backfill.run.isBeside() && backfill.open.contains(run));
    }

    /** Begins a backfill. */
    public Answer begin(JobRecord job, String command, Map<String, String> parameters, String by) {
        BackfillOrder order;
        try {
            order = BackfillOrder.parse(parameters);
        } catch (IllegalArgumentException e) {
            return refused(String.valueOf(e.getMessage()));
        }
        Instant now = now();
        Instant from = job.newest().from();
        Instant asOf = from.isAfter(now) ? from : now;
        BackfillId id = BackfillId.of(job.uid(), command);
        Optional<String> refusal = Backfill.refusal(job).or(() -> refusal(job, order, asOf));
        if (refusal.isPresent()) {
            return refused(refusal.get());
        }
        if (held.containsKey(id.toString())) {
            return refused("backfill " + id + " was begun before");
        }
        if (held.values().stream()
                        .filter(backfill -> !backfill.run.phase().over())
                        .count()
                >= MOST_OPEN) {
            return refused(
                    MOST_OPEN + " backfills are under way, and more may not be: cancel one, or wait for its end");
        }
        BackfillRun run = BackfillRun.begin(
                id,
                new BackfillRun.Target(job.uid(), job.name(), order.version(), asOf),
                order,
                new BackfillRun.Asked(by, now));
        held.put(id.toString(), new HeldBackfill(run, -1));
        return new Answer(
                true, "backfill " + id + " begun, of " + order.chosen().count() + " instants", id.toString());
    }

    private Optional<String> refusal(JobRecord job, BackfillOrder order, Instant asOf) {
        if (order.version() != job.newest().number()) {
            return Optional.of("the job " + job.name() + " was changed meanwhile: version "
                    + job.newest().number() + " is the newest, and the instants were counted by " + order.version()
                    + "; ask again");
        }
        if (instants(job.definition(), order.request()).size() != order.chosen().all()) {
            return Optional.of(
                    "this master counts other instants in the range than whoever asked: the time zone data may"
                            + " differ; ask from the machine of an agent");
        }
        if (order.chosen().count() == 0) {
            return Optional.of("there is nothing to run in the range");
        }
        return why(workflows.start(job, asOf));
    }

    private static Optional<String> why(WorkflowsInForce.Start start) {
        if (start instanceof WorkflowsInForce.Start.Broken broken) {
            return Optional.of("its workflow cannot run: " + broken.why());
        }
        return start instanceof WorkflowsInForce.Start.Follows follows
                ? Optional.of("it runs after " + String.join(", ", follows.upstreams())
                        + ": backfill what the workflow begins with")
                : Optional.empty();
    }

    private static List<Instant> instants(JobDefinition definition, BackfillRequest request) {
        return Backfill.instants(definition, request, BackfillRequest.MOST + 1);
    }

    /** Stops a backfill: nothing more of it is queued, and what is under way is cancelled. */
    public Answer cancel(String id, String by) {
        HeldBackfill backfill = held.get(id);
        if (backfill == null) {
            return refused("there is no backfill '" + id + "', or it is not kept any more; see 'belfry get backfills'");
        }
        if (backfill.run.phase().over()) {
            return refused("backfill " + id + " is over");
        }
        backfill.becomes(backfill.run.stop("cancelled by " + by));
        return new Answer(true, "backfill " + id + " cancelled, with what is under way of it", id);
    }

    private static Answer refused(String why) {
        return new Answer(false, why, "");
    }

    /**
     * What was accepted last is written together with this.
     *
     * @param then called once it is
     */
    public void write(Transaction.Write write, Runnable then) {
        asked.add(new Asked(write, then));
        changed.run();
    }

    // --- turns

    /** Whether there is nothing to be done. */
    boolean isIdle() {
        return asked.isEmpty() && held.values().stream().allMatch(HeldBackfill::isStill);
    }

    /** The jobs of those that are not over. */
    Set<String> jobUids() {
        return held.values().stream()
                .filter(backfill -> !backfill.run.phase().over())
                .map(backfill -> backfill.run.job().uid())
                .collect(Collectors.toSet());
    }

    /** When a backfill can begin that waits for its version to come into force; {@link Instant#MAX} if none does. */
    Instant wake() {
        Instant now = now();
        return held.values().stream()
                .filter(backfill -> !backfill.run.phase().over())
                .map(backfill -> backfill.run.job().asOf())
                .filter(asOf -> asOf.isAfter(now))
                .min(Comparator.naturalOrder())
                .orElse(Instant.MAX);
    }

    private Instant now() {
        return office.now().truncatedTo(ChronoUnit.MILLIS);
    }

    /** What was asked and is not written: it goes with whatever is written next, since other commands wait for it. */
    Turn answers() {
        Turn turn = new Turn();
        held.values().stream().filter(HeldBackfill::isChanged).forEach(turn.changed::add);
        turn.asked.addAll(asked);
        asked.clear();
        return turn;
    }

    /** What comes next, once all that was asked is written; empty if nothing. */
    Optional<Turn> turn() {
        Turn turn = new Turn();
        Instant now = now();
        for (HeldBackfill backfill : held.values()) {
            if (!backfill.run.phase().over() && turn.starts.isEmpty() && turn.changed.size() < MOST_CHANGED) {
                advance(backfill, turn, now);
                if (backfill.isChanged()) {
                    turn.changed.add(backfill);
                }
            }
        }
        sweep(turn);
        return turn.changed.isEmpty() && turn.gone.isEmpty() ? Optional.empty() : Optional.of(turn);
    }

    private void advance(HeldBackfill backfill, Turn turn, Instant now) {
        runs.forget(backfill);
        Optional<JobRecord> job = office.job(backfill.run.job().uid());
        if (job.isEmpty() && office.isUnreadable(backfill.run.job().uid())) {
            return;
        }
        lost(job, backfill, now).ifPresent(why -> {
            LOG.warn("backfill stopped: id={}; {}", backfill.run.id(), why);
            backfill.becomes(backfill.run.stop(why));
        });
        if (backfill.run.phase() == BackfillRun.Phase.STOPPING) {
            runs.cancel(backfill);
            backfill.run
                    .turn(List.of(), new BackfillRun.Situation(backfill.open.size(), 0, false, Set.of()), now)
                    .ifPresent(last -> backfill.becomes(last.next()));
            return;
        }
        job.ifPresent(present -> {
            boolean waits = now.isBefore(backfill.run.job().asOf())
                    || present.at(now).paused()
                    || closed.get().isPresent();
            fill(backfill, present, waits, turn, now);
        });
    }

    /** Why it cannot go on. */
    private Optional<String> lost(Optional<JobRecord> job, HeldBackfill backfill, Instant now) {
        JobRecord present = job.filter(one -> PlannedJob.isActive(one, now)).orElse(null);
        if (present == null) {
            return Optional.of("the job was deleted");
        }
        if (backfill.run.phase() != BackfillRun.Phase.RUNNING) {
            return Optional.empty();
        }
        Optional<String> refusal = Backfill.refusal(present);
        if (refusal.isPresent()) {
            return refusal;
        }
        if (present.at(backfill.run.job().asOf()).number() != backfill.run.job().version()) {
            return Optional.of(
                    "version " + backfill.run.job().version() + " of the job, by which it goes, is not kept any more");
        }
        if (backfill.instants.isEmpty()) {
            backfill.instants = instants(present.at(backfill.run.job().asOf()).definition(), backfill.run.request());
        }
        if (backfill.instants.size() != backfill.run.chosen().all()) {
            return Optional.of("the schedule by which its instants were counted is not known any more");
        }
        return why(workflows.start(present, backfill.run.job().asOf()));
    }

    private void fill(HeldBackfill backfill, JobRecord job, boolean waits, Turn turn, Instant now) {
        WorkflowsInForce.Start start = workflows.start(job, backfill.run.job().asOf());
        int shards = job.at(backfill.run.job().asOf()).definition().shards().count();
        int room = waits
                ? 0
                : start instanceof WorkflowsInForce.Start.Begins
                        ? Math.min(MOST_BEGUN, runs.workflowRoom())
                        : Math.max(1, Segment.MOST_TASKS / shards);
        Optional<BackfillRun.Turn> next = backfill.run.turn(backfill.instants, runs.situation(backfill, room), now);
        if (next.isEmpty()) {
            return;
        }
        for (Instant due : next.get().start()) {
            if (start instanceof WorkflowsInForce.Start.Begins begins) {
                turn.begin(WorkflowsInForce.filled(backfill.run, begins, due, now));
                backfill.open.add(backfill.run.id().workflowRun(due));
            } else {
                Submission run = backfill.submission(shards, due);
                turn.starts.add(run);
                backfill.open.add(run.runId());
            }
        }
        next.get().skip().forEach(due -> turn.lines.add(backfill.skipped(due, now)));
        backfill.becomes(next.get().next());
    }

    /** The oldest of those that are over go, as far as there are more than are kept. */
    private void sweep(Turn turn) {
        List<HeldBackfill> over = new ArrayList<>(held.values().stream()
                .filter(backfill -> backfill.run.phase().over() && backfill.isStored())
                .toList());
        over.sort(Comparator.comparing(backfill -> backfill.run.ended().orElse(Instant.EPOCH)));
        for (int i = 0; i < over.size() - MOST_KEPT; i++) {
            turn.gone.add(over.get(i));
            turn.changed.remove(over.get(i));
            held.remove(over.get(i).run.id().toString());
        }
    }

    /** One transaction. */
    final class Turn {
        private final List<Submission> starts = new ArrayList<>();
        private final List<WorkflowBeginning> begun = new ArrayList<>();
        private final List<FireEntry> lines = new ArrayList<>();
        private final List<HeldBackfill> changed = new ArrayList<>();
        private final List<HeldBackfill> gone = new ArrayList<>();
        private final List<Asked> asked = new ArrayList<>();

        private void begin(WorkflowBeginning beginning) {
            begun.add(beginning);
            starts.addAll(beginning.runs());
            lines.addAll(beginning.lines());
        }

        boolean isEmpty() {
            return changed.isEmpty() && gone.isEmpty() && asked.isEmpty();
        }

        /** Runs to be submitted with it. */
        List<Submission> runs() {
            return starts;
        }

        List<FireEntry> lines() {
            return lines;
        }

        List<Transaction.Write> writes() {
            List<Transaction.Write> writes = new ArrayList<>();
            changed.forEach(backfill -> writes.add(backfill.write()));
            gone.forEach(backfill -> writes.add(backfill.delete()));
            begun.forEach(beginning -> writes.add(new Transaction.Create(
                    Paths.workflow(beginning.run().id()), WorkflowRunCodec.encode(beginning.run()), false)));
            asked.forEach(one -> writes.add(one.write()));
            return writes;
        }

        /** It was written, all of it. */
        void written() {
            changed.forEach(HeldBackfill::written);
            begun.forEach(beginning -> runs.begun(beginning.run()));
            asked.forEach(one -> one.then().run());
        }
    }
}
