package dev.belfry.console.query;

import dev.belfry.agent.client.WorkflowRunState;
import dev.belfry.core.run.Outcome;
import dev.belfry.core.workflow.Decision;
import dev.belfry.core.workflow.JobPhase;
import dev.belfry.core.workflow.RunPhase;
import dev.belfry.core.workflow.UpstreamState;
import dev.belfry.core.workflow.Verdict;
import dev.belfry.core.workflow.WorkflowJob;
import dev.belfry.core.workflow.WorkflowRun;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * A workflow run as it stands.
 *
 * @param state {@code running}, {@code stopping} or the outcome
 * @param ended when it became final
 * @param jobs upstreams before those that follow them
 */
public record WorkflowView(
        String id,
        String state,
        Instant due,
        boolean scheduled,
        Instant begun,
        Optional<Instant> ended,
        List<JobView> jobs) {

    public WorkflowView {
        jobs = List.copyOf(jobs);
    }

    /**
     * One job of it.
     *
     * @param state {@code waiting}, {@code started}, {@code stopping} or the outcome
     * @param failed whether it counts as failed to those that follow it: failed, timed out, lost or cancelled
     * @param attempt how often it was started in this workflow run, or settled without being started
     * @param run the id of its latest run; empty if it was not started
     * @param why it waits, was skipped or did not run; empty where there is nothing to explain
     * @param notBefore the instant before which it does not start, by its own trigger
     * @param output where its output is kept
     */
    public record JobView(
            String name,
            String state,
            boolean done,
            boolean failed,
            int attempt,
            Optional<String> run,
            List<String> after,
            String why,
            Optional<Instant> notBefore,
            Optional<String> output) {

        public JobView {
            after = List.copyOf(after);
        }
    }

    /** Looks at a run. */
    public static WorkflowView of(WorkflowRunState stored) {
        WorkflowRun run = stored.run();
        return new WorkflowView(
                run.id(),
                run.outcome().map(Outcome::text).orElse(word(run.phase())),
                run.due(),
                run.scheduled(),
                stored.begun(),
                run.phase() == RunPhase.FINAL ? Optional.of(stored.written()) : Optional.empty(),
                run.jobs().stream().map(job -> job(job, run)).toList());
    }

    private static JobView job(WorkflowJob job, WorkflowRun run) {
        Optional<Outcome> outcome = job.progress().outcome();
        return new JobView(
                job.name(),
                outcome.map(Outcome::text).orElse(word(job.progress().phase())),
                outcome.isPresent(),
                outcome.filter(how -> UpstreamState.of(how) == UpstreamState.FAILED)
                        .isPresent(),
                job.progress().attempt(),
                run.runId(job.name()),
                job.plan().upstreams().stream()
                        .map(number -> run.jobs().get(number).name())
                        .toList(),
                why(job, run),
                job.plan().gate().notBefore(),
                job.progress().output());
    }

    /** What is decided about a job is a function of what is stored, so it is the reason that the master had. */
    private static String why(WorkflowJob job, WorkflowRun run) {
        Optional<Outcome> outcome = job.progress().outcome();
        if (outcome.filter(Outcome.CANCELLED::equals).isPresent()
                && run.verdict(job.name()).decision() != Decision.RUN) {
            return "the workflow run was cancelled";
        }
        boolean unrun = outcome.filter(how -> how == Outcome.SKIPPED || how == Outcome.UPSTREAM_FAILED)
                .isPresent();
        if (job.progress().phase() != JobPhase.WAITING && !unrun) {
            return "";
        }
        Verdict verdict = run.verdict(job.name());
        return verdict.decision() == Decision.RUN ? "" : verdict.reason();
    }

    private static String word(Enum<?> phase) {
        return phase.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Whether nothing of it goes on. */
    public boolean isFinal() {
        return ended.isPresent();
    }

    /** How many of its jobs have their outcome. */
    public int done() {
        return (int) jobs.stream().filter(JobView::done).count();
    }

    /** The names of the jobs that count as failed. */
    public SortedSet<String> failed() {
        SortedSet<String> names = new TreeSet<>();
        jobs.stream().filter(JobView::failed).forEach(job -> names.add(job.name()));
        return names;
    }

    /** The names of the jobs that are queued, running or stopping. */
    public List<String> underWay() {
        return jobs.stream()
                .filter(job -> !job.done() && !job.state().equals(word(JobPhase.WAITING)))
                .map(JobView::name)
                .toList();
    }
}
