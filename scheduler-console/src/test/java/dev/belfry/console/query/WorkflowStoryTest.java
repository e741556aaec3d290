package dev.belfry.console.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.agent.client.WorkflowRunState;
import dev.belfry.core.job.Job;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.job.Placement;
import dev.belfry.core.job.TriggerRule;
import dev.belfry.core.run.Outcome;
import dev.belfry.core.workflow.JobEnd;
import dev.belfry.core.workflow.WorkflowGraph;
import dev.belfry.core.workflow.WorkflowRun;
import dev.belfry.core.workflow.WorkflowStart;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WorkflowStoryTest {
    private static final Instant NOON = CaseScene.NOON;
    private static final JobDefinition LOAD =
            queued("load").every(Duration.ofHours(1)).build();
    private static final JobDefinition PUBLISH =
            queued("index").after(TriggerRule.ALL_SUCCESS, "load").build();

    private static Job queued(String name) {
        return Job.named(name).placement(Placement.QUEUED);
    }

    private static WorkflowRun begun(Instant due) {
        WorkflowStart start = new WorkflowStart(
                "load~00000001@" + due,
                due,
                true,
                Map.of(
                        "load", new WorkflowStart.Identity("load~00000001", 1),
                        "index", new WorkflowStart.Identity("index~00000002", 1)));
        return WorkflowGraph.of(List.of(LOAD, PUBLISH))
                .workflow("load")
                .orElseThrow()
                .begin(start)
                .next();
    }

    private static String explained(WorkflowRun... runs) {
        CaseScene scene = new CaseScene(PUBLISH);
        for (WorkflowRun run : runs) {
            scene.workflows.add(WorkflowView.of(new WorkflowRunState(run, run.due(), run.due())));
        }
        return scene.explain();
    }

    @Test
    void jobThatWaitsForItsUpstreamsSaysForWhich() {
        assertThat(explained(begun(NOON.minusSeconds(3_600)), begun(NOON)))
                .contains(": after load.")
                .contains("It runs in workflow runs, after load, by the rule all-success; it has no fires of its own.")
                .contains("In workflow run load~00000001@" + NOON + ", due at " + NOON
                        + " and running, it is waiting: all-success: ")
                .contains("(load)")
                .contains("It runs again in the next workflow run, as far as its upstreams let it.")
                .doesNotContain("triggers it");
    }

    @Test
    void jobThatWasKeptFromRunningSaysByWhom() {
        WorkflowRun over =
                begun(NOON).settled(JobEnd.of("load", 1, Outcome.FAILED)).next();
        assertThat(explained(over))
                .contains("and failed, it is upstream-failed")
                .contains("all-success: an upstream failed (load failed). 'belfry describe workflow ");
    }

    @Test
    void withoutAWorkflowRunItSaysSo() {
        assertThat(explained(begun(NOON.plusSeconds(1))))
                .contains("No workflow run with it is kept that was due up to " + NOON + ".");
    }
}
