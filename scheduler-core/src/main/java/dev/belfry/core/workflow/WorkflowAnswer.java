package dev.belfry.core.workflow;

import java.util.List;
import java.util.Objects;

/** What comes of something that was asked of a workflow run. */
public sealed interface WorkflowAnswer {

    /**
     * It is done.
     *
     * @param next the run as it is from now on
     * @param effects what follows, upstreams first
     */
    record Step(WorkflowRun next, List<Effect> effects) implements WorkflowAnswer {
        public Step {
            Objects.requireNonNull(next, "next");
            effects = List.copyOf(effects);
        }
    }

    /**
     * It cannot be done, and nothing has changed.
     *
     * @param reason for people, one sentence without a full stop
     */
    record Refused(String reason) implements WorkflowAnswer {}
}
