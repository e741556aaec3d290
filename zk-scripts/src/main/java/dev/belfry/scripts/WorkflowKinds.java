package dev.belfry.scripts;

import static dev.belfry.scripts.ZnodeKind.Content.NONE;
import static dev.belfry.scripts.ZnodeKind.Content.json;
import static dev.belfry.scripts.ZnodeKind.Presence.PERSISTENT;

import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.core.record.Paths;
import dev.belfry.core.workflow.WorkflowRun;
import dev.belfry.core.workflow.WorkflowRunCodec;
import java.util.List;

/** The kinds of znodes that workflows have. */
final class WorkflowKinds {
    static final String RUN = "/workflows/<workflow run>";

    private static final String MASTER = "the master";

    private WorkflowKinds() {}

    static List<ZnodeKind> list() {
        return List.of(
                new ZnodeKind(
                        Paths.WORKFLOWS,
                        PERSISTENT,
                        "whoever starts first",
                        "workflow runs: those under way, and the last that have ended",
                        NONE),
                new ZnodeKind(
                        RUN,
                        PERSISTENT,
                        MASTER + ", in the multi that makes it true",
                        "one workflow run: its jobs as they were when it began, and how far each has come",
                        json(WorkflowRunCodec.SCHEMA, (path, node) -> run(path, node.data()))
                                .atMost(WorkflowRunCodec.MOST_BYTES)));
    }

    /** A run under another's name would be taken for it. */
    private static WorkflowRun run(String path, byte[] data) {
        WorkflowRun run = WorkflowRunCodec.decode(path, data);
        if (!run.id().equals(Paths.name(path))) {
            throw CorruptRecordException.malformed(path, "it is the workflow run " + run.id());
        }
        return run;
    }
}
