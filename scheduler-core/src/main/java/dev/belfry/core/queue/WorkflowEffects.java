package dev.belfry.core.queue;

import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.ledger.FireId;
import dev.belfry.core.workflow.Effect;
import dev.belfry.core.workflow.JobPlan;
import dev.belfry.core.workflow.WorkflowAnswer;
import dev.belfry.core.workflow.WorkflowRun;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the effects of a step of a workflow run are for the queue and for the record. */
final class WorkflowEffects {
    private final WorkflowAnswer.Step step;
    private final Instant now;

    /** @param now by the clock of the ensemble */
    WorkflowEffects(WorkflowAnswer.Step step, Instant now) {
        this.step = step;
        this.now = Instant.ofEpochMilli(now.toEpochMilli());
    }

    List<Effect.Start> starts() {
        return only(Effect.Start.class);
    }

    List<Effect.Cancel> cancels() {
        return only(Effect.Cancel.class);
    }

    /** Outcomes of jobs that are settled without a run. */
    List<FireEntry> lines() {
        return only(Effect.Decided.class).stream().map(this::line).toList();
    }

    private <T extends Effect> List<T> only(Class<T> kind) {
        return step.effects().stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    private FireEntry line(Effect.Decided decided) {
        WorkflowRun run = step.next();
        return new FireEntry(
                FireEntry.Kind.FINAL,
                plan(run, decided.job()).uid(),
                0,
                "0",
                FireId.requested(decided.runId(), run.due()),
                run.due(),
                1,
                0,
                0,
                Instant.EPOCH,
                now,
                decided.outcome(),
                decided.reason());
    }

    private static JobPlan plan(WorkflowRun run, String job) {
        return run.job(job).orElseThrow().plan();
    }

    static boolean isRoot(WorkflowRun run, Effect.Start start) {
        return plan(run, start.job()).upstreams().isEmpty();
    }

    /** The run of a job that starts now. */
    static Submission submission(WorkflowRun run, Effect.Start start) {
        return submission(run, start, Instant.EPOCH, run.id());
    }

    /** @param notBefore before which it does not start, besides what its own trigger says */
    static Submission submission(WorkflowRun run, Effect.Start start, Instant notBefore, String by) {
        JobPlan plan = plan(run, start.job());
        Instant gate = start.notBefore().orElse(Instant.EPOCH);
        Submission.Options options = Submission.USUAL
                .withNotBefore(gate.isAfter(notBefore) ? gate : notBefore)
                .withAsOf(run.given().asOf());
        // Jobs that run after others read what the run was given with the run itself: so a start of many stays small.
        Map<String, String> parameters =
                plan.upstreams().isEmpty() ? run.given().parameters() : Map.of();
        return new Submission(
                start.runId(), plan.uid(), plan.shards(), Optional.of(run.due()), parameters, options, by);
    }
}
