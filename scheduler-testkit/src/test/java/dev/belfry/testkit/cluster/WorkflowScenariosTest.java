package dev.belfry.testkit.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.core.command.Command;
import dev.belfry.core.job.Job;
import dev.belfry.core.job.OverlapPolicy;
import dev.belfry.core.job.Placement;
import dev.belfry.core.job.TriggerRule;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.ledger.Reasons;
import dev.belfry.core.record.Paths;
import dev.belfry.core.run.Outcome;
import dev.belfry.core.workflow.RunPhase;
import dev.belfry.core.workflow.WorkflowAnswer;
import dev.belfry.core.workflow.WorkflowRun;
import dev.belfry.core.workflow.WorkflowRunCodec;
import dev.belfry.testkit.store.Faults;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Workflows run as a whole, each job once for each attempt, whatever masters come and go (W1 to W6 of ADR 21). */
@ExtendWith(QuietLogs.class)
class WorkflowScenariosTest {
    private final SimCluster cluster = Scenes.cluster(7, ClusterOptions.DEFAULT);
    private final Hands hands = new Hands(cluster);
    /** By job: what its code does; returns at once unless said. */
    private final Map<String, Behaviour.Act> acts = new HashMap<>();

    /** Names of the jobs whose code was begun, in order. */
    private final List<String> begun = new ArrayList<>();
    /** By job: the parameters of its last attempt. */
    private final Map<String, Map<String, String>> given = new HashMap<>();

    WorkflowScenariosTest() {
        // The agents of the cluster run what they are given.
        hands.idle();
        cluster.behave((task, random) -> {
            String job = task.definition().name();
            begun.add(job);
            given.put(job, task.inputs().parameters());
            return acts.getOrDefault(job, Behaviour.Act.lasting(Duration.ofMillis(20)));
        });
    }

    private static Job job(String name) {
        return Job.named(name).handler(SimCluster.HANDLER).placement(Placement.QUEUED);
    }

    private static Job follows(String name, String... upstreams) {
        return job(name).after(TriggerRule.ALL_SUCCESS, upstreams);
    }

    private static Behaviour.Act failing() {
        return new Behaviour.Act(Duration.ofMillis(20), false, true, false);
    }

    private static Behaviour.Act leaving(String output) {
        return new Behaviour.Act(Duration.ofMillis(20), true, true, false, output);
    }

    /** A diamond: left and right after root, end after both. */
    private void diamond(Job root) {
        hands.job(root.build());
        hands.job(follows("left", "root").build());
        hands.job(follows("right", "root").build());
        hands.job(follows("end", "left", "right").build());
    }

    private List<WorkflowRun> runs() {
        return cluster.ensemble().peekChildren(Paths.WORKFLOWS).stream()
                .map(name -> cluster.ensemble().peek(Paths.workflow(name)).orElseThrow())
                .map(znode -> WorkflowRunCodec.decode(znode.path(), znode.data()))
                .toList();
    }

    private WorkflowRun only() {
        assertThat(runs()).hasSize(1);
        return runs().get(0);
    }

    private static Map<String, Outcome> outcomes(WorkflowRun run) {
        Map<String, Outcome> outcomes = new HashMap<>();
        run.jobs().forEach(job -> job.progress().outcome().ifPresent(how -> outcomes.put(job.name(), how)));
        return outcomes;
    }

    private Set<String> finalsTwice() {
        Set<String> seen = new HashSet<>();
        Set<String> twice = new HashSet<>();
        for (FireEntry line : hands.lines()) {
            if (line.kind() == FireEntry.Kind.FINAL
                    && !seen.add(line.fire().runId(line.jobUid()) + "/" + line.shard())) {
                twice.add(line.toString());
            }
        }
        return twice;
    }

    private void trigger(String job) {
        cluster.operator().command(Command.Kind.TRIGGER, job);
    }

    @Test
    void diamondRunsOnceForEachInstantOfItsRoot() {
        diamond(job("root").every(Duration.ofSeconds(5)));
        cluster.run(Duration.ofSeconds(21));
        assertThat(runs()).hasSizeBetween(4, 5).allSatisfy(run -> {
            assertThat(run.outcome()).contains(Outcome.SUCCEEDED);
            assertThat(run.scheduled()).isTrue();
            assertThat(run.runId("root")).contains("root~1@" + run.due());
        });
        assertThat(begun.subList(0, 4)).startsWith("root").endsWith("end").contains("left", "right");
        assertThat(begun).hasSize(4 * runs().size());
        assertThat(finalsTwice()).isEmpty();
    }

    @Test
    void failureSettlesWhatFollowsAndResumeGoesOnFromThere() {
        diamond(job("root").manual());
        acts.put("left", failing());
        trigger("root");
        cluster.run(Duration.ofSeconds(5));
        assertThat(outcomes(only()))
                .containsEntry("left", Outcome.FAILED)
                .containsEntry("right", Outcome.SUCCEEDED)
                .containsEntry("end", Outcome.UPSTREAM_FAILED);
        assertThat(only().outcome()).contains(Outcome.FAILED);
        assertThat(hands.lines())
                .as("the record tells of the job that did not run")
                .anyMatch(line -> line.jobUid().equals("end~1") && line.outcome() == Outcome.UPSTREAM_FAILED);

        acts.remove("left");
        begun.clear();
        cluster.operator().rerun(only().id(), Optional.empty());
        cluster.run(Duration.ofSeconds(5));
        assertThat(only().outcome()).contains(Outcome.SUCCEEDED);
        assertThat(begun).containsExactly("left", "end");
        assertThat(finalsTwice()).isEmpty();
    }

    @Test
    void conditionIsAnsweredByTheOutputOfTheUpstream() {
        hands.job(job("count").manual().build());
        hands.job(follows("many", "count").when("count", "/lines", "> 100").build());
        hands.job(follows("few", "count").when("count", "/lines", "<= 100").build());
        acts.put("count", leaving("{\"lines\": 7}"));
        trigger("count");
        cluster.run(Duration.ofSeconds(5));
        assertThat(outcomes(only())).containsEntry("few", Outcome.SUCCEEDED).containsEntry("many", Outcome.SKIPPED);
        assertThat(only().outputsFor("few")).containsKey("count");
        String address = only().outputsFor("few").get("count");
        assertThat(cluster.ensemble().peek(Paths.OUTBOX + "/" + address))
                .as("kept as long as the workflow run")
                .isPresent();
    }

    @Test
    void cancelStopsWhatRunsAndBeginsNothingMore() {
        diamond(job("root").manual());
        acts.put("left", Behaviour.Act.lasting(Duration.ofMinutes(10)));
        trigger("root");
        cluster.run(Duration.ofSeconds(3));
        assertThat(only().phase()).isEqualTo(RunPhase.RUNNING);
        cluster.operator().cancelWorkflow(only().id());
        cluster.run(Duration.ofSeconds(5));
        assertThat(only().outcome()).contains(Outcome.CANCELLED);
        assertThat(outcomes(only())).containsEntry("left", Outcome.CANCELLED).containsEntry("end", Outcome.CANCELLED);
        assertThat(begun).doesNotContain("end");
    }

    @Test
    void whatANewMasterFindsCancelledStopsAndDoesNotBeginAgain() {
        diamond(job("root").manual());
        acts.put("left", Behaviour.Act.lasting(Duration.ofMinutes(10)));
        trigger("root");
        cluster.run(Duration.ofSeconds(3));
        // The master that was to cancel what runs is lost before it has.
        WorkflowRun cancelled = ((WorkflowAnswer.Step) only().cancel()).next();
        hands.put(Paths.workflow(cancelled.id()), WorkflowRunCodec.encode(cancelled));
        cluster.master().orElseThrow().kill();
        cluster.run(Duration.ofSeconds(40));
        assertThat(only().outcome()).contains(Outcome.CANCELLED);
        assertThat(begun).containsOnlyOnce("left").doesNotContain("end");
    }

    @Test
    void runThatIsInNoSegmentAnyMoreEndsForItsWorkflowAsUnknown() {
        diamond(job("root").manual());
        acts.put("left", Behaviour.Act.lasting(Duration.ofSeconds(4)));
        trigger("root");
        cluster.runUntil(Duration.ofSeconds(10), () -> begun.contains("left"));
        WorkflowRun before = only();
        byte[] stored = WorkflowRunCodec.encode(before);
        // No master can read the workflow run while its jobs end.
        hands.put(Paths.workflow(before.id()), new byte[] {'?'});
        cluster.master().orElseThrow().kill();
        cluster.run(Duration.ofSeconds(40));
        assertThat(begun).doesNotContain("end");
        hands.put(Paths.workflow(before.id()), stored);
        cluster.master().orElseThrow().kill();
        cluster.run(Duration.ofSeconds(20));
        assertThat(only().phase()).isEqualTo(RunPhase.FINAL);
        assertThat(outcomes(only()))
                .containsEntry("left", Outcome.UNKNOWN)
                .containsEntry("end", Outcome.UPSTREAM_FAILED);
    }

    @Test
    void instantsThatComeWhileAWorkflowRunIsUnderWayAreForTheOverlapPolicyOfItsRoot() {
        diamond(job("root").every(Duration.ofSeconds(2)).overlap(OverlapPolicy.SKIP));
        acts.put("end", Behaviour.Act.lasting(Duration.ofSeconds(7)));
        cluster.run(Duration.ofSeconds(9));
        assertThat(runs()).hasSizeLessThanOrEqualTo(2);
        assertThat(hands.lines())
                .anyMatch(
                        line -> line.jobUid().equals("root~1") && line.reason().equals(Reasons.OVERLAP));
    }

    @Test
    void jobThatRunsAfterOthersIsNotTriggeredByItself() {
        diamond(job("root").manual());
        trigger("end");
        cluster.run(Duration.ofSeconds(3));
        assertThat(runs()).isEmpty();
        assertThat(begun).isEmpty();
    }

    @Test
    void workflowWhoseDefinitionsDoNotFitDoesNotBegin() {
        hands.job(job("root").every(Duration.ofSeconds(5)).build());
        hands.job(follows("end", "root", "nobody").build());
        cluster.run(Duration.ofSeconds(8));
        assertThat(runs()).isEmpty();
        assertThat(hands.lines()).anyMatch(line -> line.reason().equals(Reasons.WORKFLOW_BROKEN));
    }

    @Test
    void parametersOfAWorkflowRunReachEveryJobOfItAndItsReruns() {
        hands.job(job("root").manual().build());
        hands.job(follows("left", "root")
                .parameter("day", "none")
                .parameter("own", "kept")
                .build());
        hands.job(follows("end", "left").build());
        acts.put("root", failing());
        cluster.operator().trigger("root", Map.of("day", "2026-06-01"));
        cluster.run(Duration.ofSeconds(5));
        assertThat(given.get("root")).containsEntry("day", "2026-06-01");
        given.clear();
        acts.clear();
        cluster.operator().rerun(only().id(), Optional.empty());
        cluster.run(Duration.ofSeconds(5));
        assertThat(only().outcome()).contains(Outcome.SUCCEEDED);
        assertThat(given.keySet()).containsExactlyInAnyOrder("root", "left", "end");
        assertThat(given.values())
                .allSatisfy(parameters -> assertThat(parameters).containsEntry("day", "2026-06-01"));
        assertThat(given.get("left")).containsEntry("own", "kept");
    }

    @Test
    void parametersThatDoNotFitTheWorkflowRunAreRefused() {
        diamond(job("root").manual());
        cluster.operator().trigger("root", Map.of("large", "x".repeat(64_000)));
        cluster.run(Duration.ofSeconds(5));
        assertThat(runs()).isEmpty();
        assertThat(begun).isEmpty();
        cluster.operator().trigger("root", Map.of("large", "x".repeat(40_000)));
        cluster.run(Duration.ofSeconds(10));
        assertThat(only().outcome()).contains(Outcome.SUCCEEDED);
    }

    @Test
    void masterThatIsLostBeforeAnyWriteRunsNoJobTwiceAndForgetsNone() {
        masterIsLostAtAnyWrite(Faults.Moment.SENDING);
    }

    @Test
    void masterThatIsLostAfterAnyWriteRunsNoJobTwiceAndForgetsNone() {
        masterIsLostAtAnyWrite(Faults.Moment.COMMITTED);
    }

    private void masterIsLostAtAnyWrite(Faults.Moment moment) {
        diamond(job("root").every(Duration.ofSeconds(10)).overlap(OverlapPolicy.BUFFER_ALL));
        acts.put("root", leaving("3"));
        for (int write = 1; write <= 6; write++) {
            Scenes.strikeQueue(cluster, moment, write);
            cluster.run(Duration.ofSeconds(25));
            Scenes.restart(cluster);
            cluster.run(Duration.ofSeconds(15));
        }
        assertThat(runs()).hasSizeGreaterThan(10);
        assertThat(runs().stream().filter(run -> run.phase() == RunPhase.FINAL).toList())
                .hasSizeGreaterThan(runs().size() - 3)
                .allSatisfy(run -> assertThat(run.outcome()).contains(Outcome.SUCCEEDED));
        assertThat(finalsTwice()).isEmpty();
    }
}
