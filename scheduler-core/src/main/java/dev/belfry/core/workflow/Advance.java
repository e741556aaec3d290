package dev.belfry.core.workflow;

import dev.belfry.core.run.Outcome;
import dev.belfry.core.value.Condition;
import dev.belfry.core.value.Output;
import dev.belfry.core.workflow.WorkflowAnswer.Step;
import dev.belfry.core.workflow.WorkflowLifeCycle.JobEvent;
import dev.belfry.core.workflow.WorkflowLifeCycle.RunEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One step of a workflow run in the making: changes jobs, then settles what follows, in one pass from upstreams to downstreams. */
final class Advance {

    /** The number of no job. */
    static final int NONE = -1;

    private final WorkflowRun from;
    private final RunPhase phase;
    private final List<WorkflowJob> jobs;
    private final List<Effect> effects = new ArrayList<>();

    Advance(WorkflowRun from, RunPhase phase) {
        this.from = from;
        this.phase = phase;
        this.jobs = new ArrayList<>(from.jobs());
    }

    void end(int number, JobEnd end) {
        WorkflowJob job = jobs.get(number);
        boolean succeeded = end.outcome() == Outcome.SUCCEEDED;
        Optional<String> kept = succeeded ? end.reference() : Optional.empty();
        jobs.set(number, job.with(job.progress().ended(JobEvent.END, end.outcome(), kept)));
        boolean unread = kept.isPresent() && end.output().isEmpty();
        if (!unread) {
            answer(number, succeeded ? end.output() : Optional.empty());
        }
    }

    void cancelAll() {
        for (int i = 0; i < jobs.size(); i++) {
            WorkflowJob job = jobs.get(i);
            if (job.progress().phase() == JobPhase.WAITING) {
                decide(i, JobEvent.CANCEL, Outcome.CANCELLED, "the workflow run was cancelled");
            } else if (job.progress().phase() == JobPhase.STARTED) {
                jobs.set(i, job.with(job.progress().stopping()));
                int attempt = job.progress().attempt();
                effects.add(new Effect.Cancel(job.name(), from.runId(job, attempt), attempt));
            }
        }
    }

    /** The job of this number runs whatever its upstreams say. */
    void force(int number) {
        if (number != NONE) {
            start(number, jobs.get(number));
        }
    }

    void again(boolean[] again) {
        for (int i = 0; i < jobs.size(); i++) {
            WorkflowJob job = jobs.get(i);
            if (again[i] && job.isFinal()) {
                jobs.set(i, job.with(job.progress().again(answersOf(job, again))));
            }
        }
    }

    /** The conditions whose upstreams run again, as bits. */
    private int answersOf(WorkflowJob job, boolean[] again) {
        int bits = 0;
        List<Condition> conditions = job.plan().when();
        for (int i = 0; i < conditions.size(); i++) {
            String upstream = conditions.get(i).upstream();
            for (int number : job.plan().upstreams()) {
                if (again[number] && jobs.get(number).name().equals(upstream)) {
                    bits |= 1 << i;
                }
            }
        }
        return bits;
    }

    /** Settles everything that is certain by now. */
    Step finished() {
        for (int i = 0; i < jobs.size(); i++) {
            if (jobs.get(i).progress().phase() == JobPhase.WAITING) {
                settle(i, WorkflowRun.verdict(i, jobs));
            }
        }
        boolean over = jobs.stream().allMatch(WorkflowJob::isFinal);
        if (!over) {
            return new Step(with(phase, Optional.empty()), effects);
        }
        Outcome outcome = outcome();
        effects.add(new Effect.Finished(outcome, reason(outcome)));
        return new Step(with(WorkflowLifeCycle.RUN.next(phase, RunEvent.FINISH), Optional.of(outcome)), effects);
    }

    private WorkflowRun with(RunPhase next, Optional<Outcome> outcome) {
        return new WorkflowRun(from.id(), from.due(), from.scheduled(), next, outcome, jobs, from.given());
    }

    private void settle(int number, Verdict verdict) {
        WorkflowJob job = jobs.get(number);
        switch (verdict.decision()) {
            case WAIT -> {}
            case RUN -> start(number, job);
            case SKIP -> decide(number, JobEvent.SKIP, Outcome.SKIPPED, verdict.reason());
            case UPSTREAM_FAILED -> decide(number, JobEvent.PROPAGATE, Outcome.UPSTREAM_FAILED, verdict.reason());
        }
    }

    private void start(int number, WorkflowJob job) {
        WorkflowJob started = job.with(job.progress().started());
        jobs.set(number, started);
        int attempt = started.progress().attempt();
        effects.add(new Effect.Start(
                job.name(),
                job.plan().version(),
                from.runId(started, attempt),
                attempt,
                job.plan().gate().notBefore()));
    }

    private void decide(int number, JobEvent event, Outcome outcome, String reason) {
        WorkflowJob job = jobs.get(number);
        jobs.set(number, job.with(job.progress().ended(event, outcome, Optional.empty())));
        answer(number, Optional.empty());
        int attempt = jobs.get(number).progress().attempt();
        effects.add(new Effect.Decided(job.name(), from.runId(job, attempt), outcome, reason));
    }

    /** Remembers whether the conditions on a job's output hold, so that nobody has to read the output again. */
    void answer(int number, Optional<Output> output) {
        String name = jobs.get(number).name();
        for (int i = number + 1; i < jobs.size(); i++) {
            List<Condition> conditions = jobs.get(i).plan().when();
            for (int c = 0; c < conditions.size(); c++) {
                if (conditions.get(c).upstream().equals(name)) {
                    WorkflowJob job = jobs.get(i);
                    boolean holds = conditions.get(c).on(output).holds();
                    jobs.set(i, job.with(job.progress().answered(c, holds)));
                }
            }
        }
    }

    private Outcome outcome() {
        if (phase == RunPhase.STOPPING && any(Outcome.CANCELLED)) {
            return Outcome.CANCELLED;
        }
        for (WorkflowJob job : jobs) {
            UpstreamState seen = job.progress().seen();
            if (seen == UpstreamState.FAILED || seen == UpstreamState.UPSTREAM_FAILED) {
                return Outcome.FAILED;
            }
        }
        return any(Outcome.SUCCEEDED) ? Outcome.SUCCEEDED : Outcome.SKIPPED;
    }

    private boolean any(Outcome outcome) {
        return jobs.stream().anyMatch(job -> job.progress().outcome().equals(Optional.of(outcome)));
    }

    private String reason(Outcome outcome) {
        return switch (outcome) {
            case CANCELLED -> "it was cancelled";
            case FAILED -> "failed: " + String.join(", ", failed());
            case SUCCEEDED -> "no job failed";
            default -> "no job ran";
        };
    }

    private List<String> failed() {
        return jobs.stream()
                .filter(job -> job.progress().seen() == UpstreamState.FAILED)
                .map(WorkflowJob::name)
                .limit(5)
                .toList();
    }
}
