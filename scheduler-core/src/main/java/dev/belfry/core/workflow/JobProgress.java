package dev.belfry.core.workflow;

import dev.belfry.core.run.Outcome;
import java.util.Objects;
import java.util.Optional;

/**
 * How far a job of a workflow run has come.
 *
 * @param attempt how often it was started in this workflow run, or settled without being started
 * @param outcome once it is final
 * @param output where its output is kept, once it has succeeded with one
 * @param met which of its conditions hold, as bits; their upstreams have settled
 * @param unmet which of them do not hold
 */
public record JobProgress(
        JobPhase phase, int attempt, Optional<Outcome> outcome, Optional<String> output, int met, int unmet) {

    /** A job that nothing has happened to. */
    public static final JobProgress NEW =
            new JobProgress(JobPhase.WAITING, 0, Optional.empty(), Optional.empty(), 0, 0);

    public JobProgress {
        Objects.requireNonNull(phase, "phase");
        if (outcome.isPresent() != (phase == JobPhase.FINAL) || attempt < 0) {
            throw new IllegalArgumentException(
                    "a job is " + phase + " in attempt " + attempt + " with the outcome " + outcome);
        }
    }

    JobProgress started() {
        return new JobProgress(
                WorkflowLifeCycle.JOB.next(phase, WorkflowLifeCycle.JobEvent.START),
                attempt + 1,
                Optional.empty(),
                Optional.empty(),
                met,
                unmet);
    }

    JobProgress stopping() {
        return new JobProgress(
                WorkflowLifeCycle.JOB.next(phase, WorkflowLifeCycle.JobEvent.STOP),
                attempt,
                outcome,
                output,
                met,
                unmet);
    }

    JobProgress ended(WorkflowLifeCycle.JobEvent event, Outcome how, Optional<String> kept) {
        int counted = event == WorkflowLifeCycle.JobEvent.END ? attempt : attempt + 1;
        return new JobProgress(WorkflowLifeCycle.JOB.next(phase, event), counted, Optional.of(how), kept, met, unmet);
    }

    /** To run again; what was known of the conditions in {@code forgotten} is not known any more. */
    JobProgress again(int forgotten) {
        return new JobProgress(
                WorkflowLifeCycle.JOB.next(phase, WorkflowLifeCycle.JobEvent.AGAIN),
                attempt,
                Optional.empty(),
                Optional.empty(),
                met & ~forgotten,
                unmet & ~forgotten);
    }

    JobProgress answered(int condition, boolean holds) {
        int bit = 1 << condition;
        return new JobProgress(
                phase,
                attempt,
                outcome,
                output,
                holds ? (met | bit) : (met & ~bit),
                holds ? (unmet & ~bit) : (unmet | bit));
    }

    boolean isAnswered(int condition) {
        return ((met | unmet) & (1 << condition)) != 0;
    }

    UpstreamState seen() {
        return outcome.map(UpstreamState::of).orElse(UpstreamState.OPEN);
    }
}
