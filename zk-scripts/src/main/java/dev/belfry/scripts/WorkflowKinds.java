package dev.belfry.scripts;

import static dev.belfry.scripts.ZnodeKind.Content.NONE;
import static dev.belfry.scripts.ZnodeKind.Content.json;
import static dev.belfry.scripts.ZnodeKind.Presence.PERSISTENT;

import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.core.record.Paths;
import dev.belfry.core.value.Condition;
import dev.belfry.core.workflow.JobPlan;
import dev.belfry.core.workflow.WorkflowJob;
import dev.belfry.core.workflow.WorkflowRun;
import dev.belfry.core.workflow.WorkflowRunCodec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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
    private static Object run(String path, byte[] data) {
        WorkflowRun run = WorkflowRunCodec.decode(path, data);
        if (!run.id().equals(Paths.name(path))) {
            throw CorruptRecordException.malformed(path, "it is the workflow run " + run.id());
        }
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("id", run.id());
        shown.put("due", run.due());
        shown.put("scheduled", run.scheduled());
        shown.put("phase", run.phase());
        shown.put("outcome", run.outcome());
        shown.put("jobs", run.jobs().stream().map(job -> job(job, run)).toList());
        return shown;
    }

    private static Map<String, Object> job(WorkflowJob job, WorkflowRun run) {
        JobPlan plan = job.plan();
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("name", plan.name());
        shown.put("uid", plan.uid());
        shown.put("version", plan.version());
        shown.put(
                "after",
                plan.upstreams().stream()
                        .map(number -> run.jobs().get(number).name())
                        .toList());
        shown.put("rule", plan.rule());
        shown.put("when", plan.when().stream().map(Condition::toString).toList());
        shown.put("notBefore", plan.gate().notBefore());
        shown.put("leftOut", plan.gate().leftOut());
        shown.put("phase", job.progress().phase());
        shown.put("attempt", job.progress().attempt());
        shown.put("run", run.runId(job.name()));
        shown.put("outcome", job.progress().outcome());
        shown.put("output", job.progress().output());
        return shown;
    }
}
