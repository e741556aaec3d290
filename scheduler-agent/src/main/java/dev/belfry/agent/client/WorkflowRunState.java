package dev.belfry.agent.client;

import dev.belfry.core.workflow.WorkflowRun;
import java.time.Instant;

/**
 * A workflow run as it is stored.
 *
 * @param begun when it began, by the ensemble's clock
 * @param written when it last changed, by the same clock: of a final run, when it ended
 */
public record WorkflowRunState(WorkflowRun run, Instant begun, Instant written) {

    /** Its id. */
    public String id() {
        return run.id();
    }
}
