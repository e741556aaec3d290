package dev.belfry.agent.loop;

import dev.belfry.core.shard.AttemptEnd;
import java.util.List;

/**
 * How an attempt ends whose code is not begun because what it is to be given cannot be had. For retries and the record that is a failure of
 * the code. Pure functions.
 */
public final class MissingInputs {

    /** Stands for an exception's class: something in its parameters cannot be resolved. */
    public static final String UNRESOLVED = "unresolved-parameters";

    /** Stands for an exception's class: the record of its workflow run is gone or damaged. */
    public static final String NO_WORKFLOW = "no-workflow-run";

    /** Stands for an exception's class: what the sub-tasks of a run did cannot be had. */
    public static final String NO_PARTS = "no-sub-tasks";

    private MissingInputs() {}

    /** Parameters that cannot be resolved. */
    public static AttemptEnd unresolved(List<String> problems) {
        return AttemptEnd.failure(UNRESOLVED, String.join("; ", problems));
    }

    /** A reduce step that cannot be given what the sub-tasks did. */
    public static AttemptEnd noParts(String why) {
        return AttemptEnd.failure(NO_PARTS, why);
    }

    /** No record of the workflow run that it is part of. */
    public static AttemptEnd noWorkflow(String why) {
        return AttemptEnd.failure(NO_WORKFLOW, why);
    }
}
