package dev.belfry.core.queue;

import dev.belfry.core.dispatch.TaskId;
import dev.belfry.core.run.Outcome;
import dev.belfry.core.value.Output;
import dev.belfry.core.workflow.Effect;
import dev.belfry.core.workflow.JobEnd;
import dev.belfry.core.workflow.JobPhase;
import dev.belfry.core.workflow.RunPhase;
import dev.belfry.core.workflow.WorkflowAnswer;
import dev.belfry.core.workflow.WorkflowJob;
import dev.belfry.core.workflow.WorkflowRun;
import dev.belfry.core.workflow.WorkflowRunCodec;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The workflow runs in the hands of one term of the master (rules W2 to W6 of ADR 21): those that are under way, and the last
 * of those that are over. Part of a {@link QueueBook}, which writes it round by round.
 *
 * <p>Pure. Not thread-safe; owned by the master's loop.
 */
public final class WorkflowBook {
    /** Workflow runs under way at once. */
    public static final int MOST_OPEN = 500;
    /** Workflow runs that are over and are kept. */
    public static final int MOST_KEPT = 200;

    private static final int FRAME_BYTES = 400;
    private static final int JOB_BYTES = 350;

    /** Where a run stands in a workflow. */
    private record Part(String workflow, String job, int attempt) {}

    /** One workflow run; what is written of it is what it is at the end of a round. */
    static final class Held {
        private WorkflowRun run;
        /** Of its znode; -1 while there is none. */
        private int version;
        /** Whether it is to be deleted. */
        private boolean leaving;

        private Held(WorkflowRun run, int version) {
            this.run = run;
            this.version = version;
        }

        QueueRound.WorkflowWrite write() {
            return new QueueRound.WorkflowWrite(run.id(), version, leaving ? Optional.empty() : Optional.of(run));
        }

        void written() {
            version++;
        }

        /** About as many bytes as it takes. */
        int bytes() {
            return Math.min(
                    WorkflowRunCodec.MOST_BYTES,
                    FRAME_BYTES
                            + run.jobs().size() * JOB_BYTES
                            + JsonBytes.of(run.given().parameters()));
        }
    }

    /** What somebody asks of a workflow run, or what was read for it. */
    private interface Turn {
        WorkflowAnswer on(WorkflowRun run);
    }

    private record Asked(String workflow, Turn turn) {}

    private final Map<String, Held> held = new TreeMap<>();
    /** By the id of the run of a job that has started and not ended. */
    private final Map<String, Part> parts = new HashMap<>();

    /** Runs for which workflow runs waited when the term began, until it is known what has become of them. */
    private final Set<String> found = new TreeSet<>();
    /** Outputs that workflow runs keep. */
    private final Set<OutboxItem> kept = new HashSet<>();

    private final Deque<Asked> asked = new ArrayDeque<>();
    private final Deque<WorkflowBeginning> beginnings = new ArrayDeque<>();
    /** Told of runs that are to be cancelled. */
    private final Consumer<String> cancel;

    WorkflowBook(Consumer<String> cancel) {
        this.cancel = cancel;
    }

    // --- what is stored

    /** One that was there when the term began, or that was written just now. */
    public void stored(WorkflowRun run, int version) {
        hold(run, version);
    }

    private Held hold(WorkflowRun run, int version) {
        Held workflow = new Held(run, version);
        held.put(run.id(), workflow);
        index(workflow);
        kept.addAll(items(workflow));
        return workflow;
    }

    private void index(Held workflow) {
        WorkflowRun run = workflow.run;
        for (WorkflowJob job : run.jobs()) {
            JobPhase phase = job.progress().phase();
            run.runId(job.name()).ifPresent(runId -> {
                if (phase == JobPhase.STARTED || phase == JobPhase.STOPPING) {
                    parts.put(
                            runId, new Part(run.id(), job.name(), job.progress().attempt()));
                } else {
                    parts.remove(runId);
                }
            });
        }
    }

    /** Everything that was stored when the term began has been told. */
    public void loaded() {
        found.addAll(parts.keySet());
    }

    /**
     * Every segment that was there when the term began could be read: what has become of the runs for which workflow runs waited
     * then is known. One that has ended without its workflow run, which a master before could not read, ends for it now; one that
     * was to be cancelled still is.
     *
     * @param outcome of a run over all its tasks, unknown of one that is in no segment; empty while it has none
     */
    void reconcile(Function<String, Optional<Outcome>> outcome) {
        for (String runId : found) {
            Part part = parts.get(runId);
            if (part == null) {
                continue;
            }
            Optional<Outcome> ended = outcome.apply(runId);
            if (ended.isPresent()) {
                JobEnd end = JobEnd.of(part.job(), part.attempt(), ended.get());
                ask(part.workflow(), run -> run.settled(end));
            } else if (isStopping(runId)) {
                cancel.accept(runId);
            }
        }
        found.clear();
    }

    // --- questions

    /** The workflow run of this id, under way or kept. */
    public Optional<WorkflowRun> find(String id) {
        return Optional.ofNullable(held.get(id))
                .filter(workflow -> !workflow.leaving)
                .map(workflow -> workflow.run);
    }

    /** How many more may begin. */
    public int room() {
        long open = held.values().stream().filter(WorkflowBook::isOpen).count() + beginnings.size();
        return (int) Math.max(0, MOST_OPEN - open);
    }

    private static boolean isOpen(Held workflow) {
        return workflow.run.phase() != RunPhase.FINAL;
    }

    /** The ids of the workflow runs under way that the job of this uid began. */
    public Set<String> openOf(String rootUid) {
        Set<String> open = new TreeSet<>();
        held.values().stream()
                .filter(WorkflowBook::isOpen)
                .filter(workflow -> workflow.run.jobs().get(0).plan().uid().equals(rootUid))
                .forEach(workflow -> open.add(workflow.run.id()));
        return open;
    }

    /** Whether a run is that of a job of a workflow run under way. */
    public boolean contains(String runId) {
        return parts.containsKey(runId);
    }

    /** Whether the run of a job, which has just been read, was cancelled before. */
    boolean isStopping(String runId) {
        Part part = parts.get(runId);
        return part != null
                && Optional.ofNullable(held.get(part.workflow()))
                        .flatMap(workflow -> workflow.run.job(part.job()))
                        .filter(job -> job.progress().phase() == JobPhase.STOPPING)
                        .isPresent();
    }

    /** Outputs that have to be read, as {@code workflow run id -> job -> where}. */
    public Map<String, Map<String, String>> unread() {
        Map<String, Map<String, String>> unread = new LinkedHashMap<>();
        held.forEach((id, workflow) -> {
            if (isOpen(workflow)) {
                Map<String, String> of = workflow.run.unread();
                if (!of.isEmpty()) {
                    unread.put(id, of);
                }
            }
        });
        return unread;
    }

    /** Outputs that are kept for workflow runs. */
    Set<OutboxItem> kept() {
        return Collections.unmodifiableSet(kept);
    }

    private static Set<OutboxItem> items(Held workflow) {
        Set<OutboxItem> items = new HashSet<>();
        if (!workflow.leaving) {
            workflow.run.jobs().forEach(job -> job.progress().output().ifPresent(at -> items.add(OutboxItem.of(at))));
        }
        return items;
    }

    // --- what is asked; it happens in the next round

    /** Begins a workflow run. */
    public void begin(WorkflowBeginning beginning) {
        beginnings.add(beginning);
    }

    /**
     * Cancels one as a whole.
     *
     * @return why that cannot be; empty if it is done in the next round
     */
    public Optional<String> cancel(String id) {
        return ask(id, WorkflowRun::cancel);
    }

    /**
     * Lets one go on.
     *
     * @param job that is to run again, with all that follows it; empty for those that failed
     * @return why that cannot be; empty if it is done in the next round
     */
    public Optional<String> rerun(String id, Optional<String> job) {
        return ask(id, run -> job.map(run::rerun).orElseGet(run::resume));
    }

    /** An output was read; empty if there is none that can be. */
    public void read(String id, String job, String reference, Optional<Output> output) {
        ask(id, run -> run.read(job, reference, output));
    }

    private Optional<String> ask(String id, Turn turn) {
        Optional<WorkflowRun> run = find(id).map(found -> ahead(id, found));
        if (run.isEmpty()) {
            return Optional.of("there is no workflow run '" + id + "', or it is not kept any more");
        }
        if (turn.on(run.get()) instanceof WorkflowAnswer.Refused refused) {
            return Optional.of(refused.reason());
        }
        asked.add(new Asked(id, turn));
        return Optional.empty();
    }

    /** The run as it will be once everything that was asked of it before is done. */
    private WorkflowRun ahead(String id, WorkflowRun run) {
        WorkflowRun next = run;
        for (Asked before : asked) {
            if (before.workflow().equals(id) && before.turn().on(next) instanceof WorkflowAnswer.Step step) {
                next = step.next();
            }
        }
        return next;
    }

    /** Whether something was asked that no round has seen to. */
    public boolean isAsked() {
        return !asked.isEmpty() || !beginnings.isEmpty();
    }

    // --- rounds

    void next(Instant now, QueueRound round) {
        while (!beginnings.isEmpty()) {
            WorkflowBeginning begun = beginnings.remove();
            round.changed(hold(begun.run(), -1));
            begun.runs().forEach(round::start);
            begun.lines().forEach(line -> round.line(line, ""));
        }
        while (round.hasRoom() && !asked.isEmpty()) {
            Asked next = asked.remove();
            Held workflow = held.get(next.workflow());
            if (workflow != null && next.turn().on(workflow.run) instanceof WorkflowAnswer.Step step) {
                take(workflow, step, now, round);
            }
        }
    }

    /** The run of a job has its outcome over all its tasks. */
    void ended(String runId, Outcome outcome, Optional<OutboxItem> output, Instant now, QueueRound round) {
        Part part = parts.get(runId);
        Held workflow = part == null ? null : held.get(part.workflow());
        if (part != null && workflow != null) {
            JobEnd end =
                    new JobEnd(part.job(), part.attempt(), outcome, Optional.empty(), output.map(OutboxItem::text));
            take(workflow, workflow.run.settled(end), now, round);
        }
    }

    private void take(Held workflow, WorkflowAnswer.Step step, Instant now, QueueRound round) {
        if (step.next().equals(workflow.run)) {
            return;
        }
        Set<OutboxItem> before = items(workflow);
        workflow.run = step.next();
        index(workflow);
        round.changed(workflow);
        WorkflowEffects effects = new WorkflowEffects(step, now);
        for (Effect.Start start : effects.starts()) {
            round.start(WorkflowEffects.submission(workflow.run, start));
        }
        effects.lines().forEach(line -> round.line(line, ""));
        effects.cancels().forEach(stop -> cancel.accept(stop.runId()));
        loosen(workflow, before, round);
    }

    /** The oldest of those that are over go, as far as there are more than are kept. */
    void sweep(QueueRound round) {
        if (held.size() <= MOST_KEPT) {
            return;
        }
        List<Held> over = new ArrayList<>(held.values().stream()
                .filter(workflow -> !isOpen(workflow) && !workflow.leaving)
                .toList());
        // Those of a backfill are as old as the backfill, whatever their instants.
        over.sort(Comparator.comparing(workflow -> workflow.run.definedAt()));
        for (int i = 0; i < over.size() - MOST_KEPT && round.hasRoom(); i++) {
            Held workflow = over.get(i);
            Set<OutboxItem> before = items(workflow);
            workflow.leaving = true;
            held.remove(workflow.run.id());
            round.changed(workflow);
            loosen(workflow, before, round);
        }
    }

    private void loosen(Held workflow, Set<OutboxItem> before, QueueRound round) {
        Set<OutboxItem> after = items(workflow);
        kept.addAll(after);
        before.stream().filter(item -> !after.contains(item)).forEach(item -> {
            kept.remove(item);
            round.loose(item, TaskId.of(workflow.run.id(), 0));
        });
    }
}
