package dev.belfry.core.queue;

import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.workflow.WorkflowAnswer;
import dev.belfry.core.workflow.WorkflowRun;
import java.time.Instant;
import java.util.List;

/**
 * A workflow run that begins: what is written together (rule W1).
 *
 * @param run as it is to be stored
 * @param runs of its jobs that are to be submitted
 * @param lines of jobs that are settled without a run
 */
public record WorkflowBeginning(WorkflowRun run, List<Submission> runs, List<FireEntry> lines) {

    public WorkflowBeginning {
        runs = List.copyOf(runs);
        lines = List.copyOf(lines);
    }

    /**
     * @param step of {@link dev.belfry.core.workflow.Workflow#begin}
     * @param notBefore before which no root starts; {@link Instant#EPOCH} for at once
     * @param by who submitted it
     * @param now by the clock of the ensemble
     */
    public static WorkflowBeginning of(WorkflowAnswer.Step step, Instant notBefore, String by, Instant now) {
        WorkflowEffects effects = new WorkflowEffects(step, now);
        List<Submission> runs = effects.starts().stream()
                .map(start -> WorkflowEffects.isRoot(step.next(), start)
                        ? WorkflowEffects.submission(step.next(), start, notBefore, by)
                        : WorkflowEffects.submission(step.next(), start))
                .toList();
        return new WorkflowBeginning(step.next(), runs, effects.lines());
    }
}
