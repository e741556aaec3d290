package dev.belfry.core.workflow;

import dev.belfry.core.run.Outcome;
import dev.belfry.core.value.Condition;
import dev.belfry.core.value.Output;
import dev.belfry.core.workflow.WorkflowAnswer.Refused;
import dev.belfry.core.workflow.WorkflowAnswer.Step;
import dev.belfry.core.workflow.WorkflowLifeCycle.RunEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/**
 * One run of a workflow: its jobs as they were defined when it began, and how far each has come. Immutable; {@link Workflow#begin}
 * makes one.
 *
 * <p>The final states depend on the outcomes of the jobs that ran and on nothing else: not on the order in which they ended. What
 * is reported twice changes nothing the second time. Every job is settled at the latest when its upstreams are, so a run waits
 * only for runs that are under way.
 *
 * @param id the workflow run id
 * @param due the instant at which it was due; for one on demand, when it was asked for
 * @param scheduled whether a trigger started it
 * @param outcome once it is final: {@code cancelled} if it was cancelled before its jobs had all ended; else {@code failed} if any
 *     job failed or was kept from running by a failure, even if others made up for it; else {@code succeeded} if any job
 *     succeeded; else {@code skipped}
 * @param jobs upstreams before those that follow them
 * @param given what it was given when it began
 */
public record WorkflowRun(
        String id,
        Instant due,
        boolean scheduled,
        RunPhase phase,
        Optional<Outcome> outcome,
        List<WorkflowJob> jobs,
        RunGiven given) {

    /** The longest id, in characters. */
    public static final int LONGEST_ID = 128;

    /** The most attempts of a job within one workflow run; those of the job's own retries do not count. */
    public static final int MOST_ATTEMPTS = 999;

    private static final Pattern ID = Pattern.compile("[A-Za-z0-9._:@!~-]{1," + LONGEST_ID + "}");

    public WorkflowRun {
        Objects.requireNonNull(due, "due");
        Objects.requireNonNull(phase, "phase");
        jobs = List.copyOf(jobs);
        if (!ID.matcher(id).matches()) {
            throw new IllegalArgumentException("not a workflow run id: \"" + id + "\"");
        }
        if (outcome.isPresent() != (phase == RunPhase.FINAL)) {
            throw new IllegalArgumentException("workflow run " + id + " is " + phase + " with the outcome " + outcome);
        }
        for (int i = 0; i < jobs.size(); i++) {
            for (int upstream : jobs.get(i).plan().upstreams()) {
                if (upstream < 0 || upstream >= i) {
                    throw new IllegalArgumentException("job " + jobs.get(i).name() + " of workflow run " + id
                            + " has the upstream number " + upstream + ", not one before its own, " + i);
                }
            }
        }
    }

    /** The run of these jobs, begun. */
    static Step begin(WorkflowStart start, List<JobPlan> plans) {
        List<WorkflowJob> jobs = new ArrayList<>();
        plans.forEach(plan -> jobs.add(new WorkflowJob(plan, JobProgress.NEW)));
        WorkflowRun begun = new WorkflowRun(
                start.runId(), start.due(), start.scheduled(), RunPhase.RUNNING, Optional.empty(), jobs, start.given());
        return new Advance(begun, begun.phase()).finished();
    }

    /** Its jobs go by the definitions in force then. */
    public Instant definedAt() {
        return given.asOf().orElse(due);
    }

    /** The job of a name, if it is part of this run. */
    public Optional<WorkflowJob> job(String name) {
        OptionalInt number = number(name);
        return number.isPresent() ? Optional.of(jobs.get(number.getAsInt())) : Optional.empty();
    }

    OptionalInt number(String name) {
        for (int i = 0; i < jobs.size(); i++) {
            if (jobs.get(i).name().equals(name)) {
                return OptionalInt.of(i);
            }
        }
        return OptionalInt.empty();
    }

    private int numberOf(String name) {
        return number(name)
                .orElseThrow(() ->
                        new IllegalArgumentException("the job " + name + " is not part of the workflow run " + id));
    }

    /**
     * The id of a job's run in its latest attempt; empty if it has not been started.
     *
     * @throws IllegalArgumentException if the job is not part of this run
     */
    public Optional<String> runId(String job) {
        return runId(jobs.get(numberOf(job)));
    }

    private Optional<String> runId(WorkflowJob job) {
        int attempt = job.progress().attempt();
        return attempt == 0 ? Optional.empty() : Optional.of(runId(job, attempt));
    }

    String runId(WorkflowJob job, int attempt) {
        return job.plan().fire().filter(fire -> attempt == 1).orElse(id + ":" + job.name() + ":" + attempt);
    }

    /**
     * Where the outputs of a job's direct upstreams are kept, by the names of those that have one.
     *
     * @throws IllegalArgumentException if the job is not part of this run
     */
    public Map<String, String> outputsFor(String job) {
        Map<String, String> references = new LinkedHashMap<>();
        for (int upstream : jobs.get(numberOf(job)).plan().upstreams()) {
            WorkflowJob before = jobs.get(upstream);
            before.progress().output().ifPresent(reference -> references.put(before.name(), reference));
        }
        return references;
    }

    /**
     * What is decided about a job as things stand, and why.
     *
     * @throws IllegalArgumentException if the job is not part of this run
     */
    public Verdict verdict(String job) {
        return verdict(numberOf(job), jobs);
    }

    /** The rule first; then the conditions, once their upstreams have settled; then the job's own trigger. */
    static Verdict verdict(int number, List<WorkflowJob> jobs) {
        WorkflowJob job = jobs.get(number);
        Map<String, UpstreamState> upstreams = new LinkedHashMap<>();
        for (int upstream : job.plan().upstreams()) {
            WorkflowJob before = jobs.get(upstream);
            upstreams.put(before.name(), before.progress().seen());
        }
        Verdict byRule = Verdict.of(job.plan().rule(), upstreams);
        if (byRule.decision() != Decision.RUN) {
            return byRule;
        }
        Optional<Verdict> byCondition = byConditions(job, upstreams);
        if (byCondition.isPresent()) {
            return byCondition.get();
        }
        return job.plan()
                .gate()
                .leftOut()
                .map(why -> new Verdict(Decision.SKIP, why.words()))
                .orElse(byRule);
    }

    private static Optional<Verdict> byConditions(WorkflowJob job, Map<String, UpstreamState> upstreams) {
        List<Condition> conditions = job.plan().when();
        for (Condition condition : conditions) {
            if (upstreams.get(condition.upstream()) == UpstreamState.OPEN) {
                return Optional.of(new Verdict(Decision.WAIT, "when: waits for the output of " + condition.upstream()));
            }
        }
        for (int i = 0; i < conditions.size(); i++) {
            if (!job.progress().isAnswered(i)) {
                return Optional.of(new Verdict(
                        Decision.WAIT,
                        "when: the output of " + conditions.get(i).upstream() + " is being read"));
            }
            if ((job.progress().met() & (1 << i)) == 0) {
                return Optional.of(new Verdict(Decision.SKIP, "when: " + conditions.get(i) + " does not hold"));
            }
        }
        return Optional.empty();
    }

    /**
     * The run of a job has ended. An end of an attempt that is not the latest, or that was reported before, changes nothing.
     *
     * @throws IllegalArgumentException if the job is not part of this run
     */
    public Step settled(JobEnd end) {
        int number = numberOf(end.job());
        WorkflowJob job = jobs.get(number);
        if (!job.isUnderWay() || job.progress().attempt() != end.attempt()) {
            return new Step(this, List.of());
        }
        Advance advance = new Advance(this, phase);
        advance.end(number, end);
        return advance.finished();
    }

    /** Jobs whose output has to be read, since conditions of others depend on it, and where it is kept; in their order. */
    public Map<String, String> unread() {
        Map<String, String> unread = new LinkedHashMap<>();
        for (WorkflowJob job : jobs) {
            List<Condition> conditions = job.plan().when();
            for (int c = 0; c < conditions.size() && job.progress().phase() == JobPhase.WAITING; c++) {
                WorkflowJob before = jobs.get(numberOf(conditions.get(c).upstream()));
                if (before.isFinal() && !job.progress().isAnswered(c)) {
                    before.progress().output().ifPresent(reference -> unread.put(before.name(), reference));
                }
            }
        }
        return unread;
    }

    /**
     * The output of a job was read.
     *
     * @param reference where; another one than the job's own changes nothing
     * @param output what was there; empty if nothing was that can be read
     * @throws IllegalArgumentException if the job is not part of this run
     */
    public Step read(String job, String reference, Optional<Output> output) {
        int number = numberOf(job);
        if (phase == RunPhase.FINAL
                || jobs.get(number)
                        .progress()
                        .output()
                        .filter(reference::equals)
                        .isEmpty()) {
            return new Step(this, List.of());
        }
        Advance advance = new Advance(this, phase);
        advance.answer(number, output);
        return advance.finished();
    }

    /**
     * Cancels the whole: what has not begun is cancelled, what is under way is to be. Cancelling a run twice changes nothing the
     * second time; one that is final is not cancelled any more.
     */
    public WorkflowAnswer cancel() {
        if (phase == RunPhase.FINAL) {
            return new Refused("the workflow run " + id + " has ended");
        }
        if (phase == RunPhase.STOPPING) {
            return new Step(this, List.of());
        }
        Advance advance = new Advance(this, WorkflowLifeCycle.RUN.next(phase, RunEvent.CANCEL));
        advance.cancelAll();
        return advance.finished();
    }

    /**
     * Goes on from the jobs that failed, timed out, were lost or cancelled: these and everything that follows them is decided
     * again. What else succeeded is not run again.
     */
    public WorkflowAnswer resume() {
        if (phase != RunPhase.FINAL) {
            return new Refused("the workflow run " + id + " has not ended");
        }
        boolean[] again = new boolean[jobs.size()];
        boolean any = false;
        for (int i = 0; i < jobs.size(); i++) {
            again[i] = jobs.get(i).progress().seen() == UpstreamState.FAILED;
            any |= again[i];
        }
        return any
                ? again(again, RunEvent.RESUME, Advance.NONE)
                : new Refused("no job of the workflow run " + id + " has failed");
    }

    /**
     * Runs a job again, whatever its upstreams say, and decides everything that follows it again. The job and its upstreams must
     * be final, and nothing that follows it may be under way.
     */
    public WorkflowAnswer rerun(String name) {
        OptionalInt number = number(name);
        if (number.isEmpty()) {
            return new Refused("the job " + name + " is not part of the workflow run " + id);
        }
        if (phase == RunPhase.STOPPING) {
            return new Refused("the workflow run " + id + " is being cancelled");
        }
        WorkflowJob job = jobs.get(number.getAsInt());
        if (!job.isFinal()) {
            return new Refused("the job " + name + " has not ended");
        }
        for (int upstream : job.plan().upstreams()) {
            if (!jobs.get(upstream).isFinal()) {
                return new Refused("its upstream " + jobs.get(upstream).name() + " has not ended");
            }
        }
        boolean[] again = new boolean[jobs.size()];
        again[number.getAsInt()] = true;
        return again(again, RunEvent.RERUN, number.getAsInt());
    }

    /** Decides the marked jobs and all that follow them again. */
    private WorkflowAnswer again(boolean[] again, RunEvent event, int forced) {
        for (int i = 0; i < jobs.size(); i++) {
            for (int upstream : jobs.get(i).plan().upstreams()) {
                again[i] |= again[upstream];
            }
            if (again[i] && jobs.get(i).isUnderWay()) {
                return new Refused("the job " + jobs.get(i).name() + ", which follows it, is under way");
            }
            if (again[i] && jobs.get(i).progress().attempt() >= MOST_ATTEMPTS) {
                return new Refused("the job " + jobs.get(i).name() + " has had " + MOST_ATTEMPTS + " attempts");
            }
        }
        Advance advance = new Advance(this, WorkflowLifeCycle.RUN.next(phase, event));
        advance.again(again);
        advance.force(forced);
        return advance.finished();
    }
}
