package dev.belfry.testkit.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.agent.loop.Attempts;
import dev.belfry.core.command.Command;
import dev.belfry.core.job.Job;
import dev.belfry.core.job.Placement;
import dev.belfry.core.job.Retry;
import dev.belfry.core.job.TriggerRule;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.queue.QueueReasons;
import dev.belfry.core.queue.Submission;
import dev.belfry.core.record.Paths;
import dev.belfry.core.run.Outcome;
import dev.belfry.core.workflow.FailurePolicy;
import dev.belfry.core.workflow.SplitCodec;
import dev.belfry.core.workflow.SplitHead;
import dev.belfry.core.workflow.SplitPhase;
import dev.belfry.core.workflow.SubTask;
import dev.belfry.core.workflow.SubTaskId;
import dev.belfry.core.workflow.SubTaskResult;
import dev.belfry.core.workflow.WorkflowRunCodec;
import dev.belfry.store.Znode;
import dev.belfry.testkit.store.Faults;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Runs that are split into sub-tasks end as a whole, each part once, whatever agents and masters come and go (S1 to S7 of ADR 23). */
@ExtendWith(QuietLogs.class)
class SplitScenariosTest {
    private static final Duration SHORT = Duration.ofMillis(20);

    private final SimCluster cluster = Scenes.cluster(7, ClusterOptions.DEFAULT);
    private final Hands hands = new Hands(cluster);
    /** Ids of the runs whose code was begun, in order. */
    private final List<String> begun = new ArrayList<>();
    /** What the reduce step was given, by its run. */
    private final Map<String, List<SubTaskResult>> reduced = new HashMap<>();
    /** What the code does, by the id of its run; what is not said is short and hands on its name. */
    private final Map<String, Behaviour.Act> acts = new HashMap<>();

    private final String uid;

    SplitScenariosTest() {
        hands.idle();
        cluster.behave((task, random) -> act(task));
        uid = hands.job(job(new Retry(1, SHORT, 1.0, SHORT, 0, List.of(), 10)).build());
    }

    private static Job job(Retry retry) {
        return Job.named("split")
                .handler(SimCluster.HANDLER)
                .manual()
                .placement(Placement.QUEUED)
                .retry(retry);
    }

    private Behaviour.Act act(Attempts.Task task) {
        String run = task.order().fire().runId(task.job().uid());
        begun.add(run);
        task.inputs().parts().ifPresent(parts -> reduced.put(run, parts));
        return acts.getOrDefault(
                run,
                new Behaviour.Act(
                        SHORT,
                        true,
                        true,
                        false,
                        "\"" + task.inputs().parameters().getOrDefault("part", "whole") + "\""));
    }

    static List<SubTask> parts(int from, int to) {
        List<SubTask> parts = new ArrayList<>();
        for (int i = from; i < to; i++) {
            parts.add(new SubTask("part-" + i, Map.of("part", Integer.toString(i))));
        }
        return parts;
    }

    private static Behaviour.Parts some(int from, int to) {
        return new Behaviour.Parts(parts(from, to), FailurePolicy.NONE_MAY_FAIL);
    }

    private static Behaviour.Act splitting(Duration length, Behaviour.Parts... parts) {
        return Behaviour.Act.lasting(length).splitting(parts);
    }

    private static Behaviour.Act failing() {
        return new Behaviour.Act(SHORT, false, true, false);
    }

    private Map<String, Outcome> outcomes() {
        Map<String, Outcome> outcomes = new HashMap<>();
        for (FireEntry line : hands.lines()) {
            if (line.kind() == FireEntry.Kind.FINAL) {
                assertThat(outcomes.put(line.fire().runId(line.jobUid()), line.outcome()))
                        .as("%s has one outcome", line)
                        .isNull();
            }
        }
        return outcomes;
    }

    private List<SplitHead> splits() {
        return cluster.ensemble().peekChildren(Paths.SPLITS).stream()
                .map(name -> cluster.ensemble().peek(Paths.SPLITS + "/" + name).orElseThrow())
                .map(znode -> SplitCodec.decodeHead(znode.path(), znode.data()))
                .toList();
    }

    private void nothingIsLeft() {
        assertThat(cluster.ensemble().peekChildren(Paths.SPLITS)).isEmpty();
        for (String incarnation : cluster.ensemble().peekChildren(Paths.OUTBOX)) {
            assertThat(cluster.ensemble().peekChildren(Paths.outbox(incarnation)))
                    .as("beside the outbox of %s", incarnation)
                    .isEmpty();
        }
    }

    private void allIsWell(int parts) {
        Map<String, Outcome> outcomes = outcomes();
        assertThat(outcomes)
                .hasSize(parts + 2)
                .allSatisfy((run, how) -> assertThat(how).as(run).isEqualTo(Outcome.SUCCEEDED));
        assertThat(reduced.get("r/reduce")).hasSize(parts);
        for (int i = 0; i < parts; i++) {
            assertThat(reduced.get("r/reduce").get(i))
                    .isEqualTo(new SubTaskResult("part-" + i, Outcome.SUCCEEDED, Optional.of("\"" + i + "\"")));
        }
        nothingIsLeft();
    }

    @Test
    void partsRunByThemselvesAndAreReducedOnce() {
        acts.put("r", splitting(Duration.ofSeconds(2), some(0, 30), some(30, 70)));
        hands.submit(Hands.run("r", uid));
        cluster.run(Duration.ofMillis(1_500));
        assertThat(begun)
                .as("parts begin before the code that splits has ended")
                .contains("r/3");
        assertThat(splits())
                .singleElement()
                .satisfies(head -> assertThat(head.phase()).isEqualTo(SplitPhase.SPLITTING));
        cluster.run(Duration.ofSeconds(8));
        allIsWell(70);
        assertThat(begun).doesNotHaveDuplicates().hasSize(72);
    }

    @Test
    void tenThousandPartsOfOneRunAreGatheredAndReduced() {
        acts.put("r", splitting(Duration.ofSeconds(1), some(0, 6_000), some(6_000, 10_000)));
        hands.submit(Hands.run("r", uid));
        cluster.runUntil(Duration.ofMinutes(10), () -> reduced.containsKey("r/reduce"));
        cluster.run(Duration.ofSeconds(30));
        allIsWell(10_000);
    }

    @Test
    void agentThatIsLostBetweenTwoPagesIsFollowedByAnAttemptThatCreatesNothingTwice() {
        acts.put("r", splitting(Duration.ofSeconds(9), some(0, 40), some(40, 80)));
        hands.submit(Hands.run("r", uid));
        cluster.runUntil(Duration.ofSeconds(20), () -> begun.contains("r/39"));
        cluster.agents().stream()
                .filter(agent -> cluster.ensemble()
                        .peek(Paths.inbox(Dispatcher.incarnation(agent)))
                        .filter(inbox -> new String(inbox.data(), java.nio.charset.StandardCharsets.UTF_8)
                                .contains("\"id\":\"r\""))
                        .isPresent())
                .toList()
                .forEach(SimAgent::kill);
        acts.put("r", splitting(Duration.ofSeconds(2), some(0, 80)));
        cluster.run(Duration.ofSeconds(60));
        assertThat(begun.stream().filter("r"::equals)).hasSize(2);
        Map<String, Outcome> outcomes = outcomes();
        assertThat(outcomes).hasSize(82).containsEntry("r", Outcome.SUCCEEDED);
        assertThat(reduced.get("r/reduce")).hasSize(80);
    }

    @Test
    void masterThatIsLostBeforeAnyWriteForgetsNoPart() {
        masterIsLostAtAnyWrite(Faults.Moment.SENDING);
    }

    @Test
    void masterThatIsLostAfterAnyWriteForgetsNoPart() {
        masterIsLostAtAnyWrite(Faults.Moment.COMMITTED);
    }

    private void masterIsLostAtAnyWrite(Faults.Moment moment) {
        for (int write = 1; write <= 10; write++) {
            String run = "r" + write;
            acts.put(run, splitting(Duration.ofMillis(300), some(0, 40), some(40, 60)));
            hands.submit(Hands.run(run, uid));
            Scenes.strikeQueue(cluster, moment, write);
            cluster.run(Duration.ofSeconds(25));
            Scenes.restart(cluster);
            cluster.run(Duration.ofSeconds(15));
            assertThat(outcomes())
                    .as("write %s", write)
                    .containsEntry(run, Outcome.SUCCEEDED)
                    .hasSize(62 * write);
            assertThat(reduced.get(run + "/reduce")).hasSize(60);
        }
        assertThat(cluster.ensemble().peekChildren(Paths.SPLITS)).isEmpty();
    }

    @Test
    void failedPartFailsTheRunOnceAllHaveEnded() {
        acts.put("r", splitting(SHORT, some(0, 5)));
        acts.put("r/2", failing());
        hands.submit(Hands.run("r", uid));
        cluster.run(Duration.ofSeconds(8));
        assertThat(outcomes())
                .hasSize(6)
                .containsEntry("r", Outcome.FAILED)
                .containsEntry("r/2", Outcome.FAILED)
                .containsEntry("r/4", Outcome.SUCCEEDED);
        assertThat(hands.lines()).anyMatch(line -> line.reason().equals("1 of 5 sub-tasks failed, 0 may"));
        nothingIsLeft();
    }

    @Test
    void failuresThatArePermittedAreTheReduceStepsToSee() {
        acts.put("r", splitting(SHORT, new Behaviour.Parts(parts(0, 5), new FailurePolicy(1, false))));
        acts.put("r/2", failing());
        hands.submit(Hands.run("r", uid));
        cluster.run(Duration.ofSeconds(8));
        assertThat(outcomes()).hasSize(7).containsEntry("r", Outcome.SUCCEEDED);
        assertThat(reduced.get("r/reduce").get(2))
                .isEqualTo(new SubTaskResult("part-2", Outcome.FAILED, Optional.empty()));
    }

    @Test
    void policyThatStopsEarlyCancelsTheRest() {
        acts.put("r", splitting(SHORT, new Behaviour.Parts(parts(0, 8), new FailurePolicy(0, true))));
        acts.put("r/2", failing());
        for (int i : List.of(0, 1, 3, 4, 5, 6, 7)) {
            acts.put("r/" + i, Behaviour.Act.lasting(Duration.ofMinutes(5)));
        }
        hands.submit(Hands.run("r", uid));
        cluster.run(Duration.ofSeconds(10));
        assertThat(outcomes()).hasSize(9).containsEntry("r", Outcome.FAILED).containsEntry("r/7", Outcome.CANCELLED);
        assertThat(hands.lines()).anyMatch(line -> line.reason().equals(QueueReasons.SPLIT_STOPPED));
        nothingIsLeft();
    }

    @Test
    void cancelEndsTheRunWithAllItsParts() {
        acts.put("r", splitting(SHORT, some(0, 400)));
        for (int i = 0; i < 400; i++) {
            acts.put("r/" + i, Behaviour.Act.lasting(Duration.ofSeconds(3)));
        }
        hands.submit(Hands.run("r", uid));
        cluster.run(Duration.ofSeconds(3));
        cluster.operator().cancel("split", "r");
        cluster.run(Duration.ofSeconds(10));
        assertThat(outcomes())
                .hasSize(401)
                .containsEntry("r", Outcome.CANCELLED)
                .containsEntry("r/399", Outcome.CANCELLED);
        assertThat(reduced).isEmpty();
        nothingIsLeft();
    }

    @Test
    void runThatIsCancelledBeforeItHandsAnythingInIsNotSplit() {
        acts.put("r", new Behaviour.Act(Duration.ofSeconds(4), true, false, false).splitting(some(0, 40)));
        hands.submit(Hands.run("r", uid));
        cluster.run(Duration.ofSeconds(1));
        cluster.operator().cancel("split", "r");
        cluster.run(Duration.ofSeconds(30));
        assertThat(begun).containsOnly("r");
        assertThat(outcomes()).containsOnly(Map.entry("r", Outcome.CANCELLED));
        nothingIsLeft();
    }

    @Test
    void whatANewMasterFindsStoppingStops() {
        acts.put("r", splitting(SHORT, some(0, 300)));
        for (int i = 0; i < 300; i++) {
            acts.put("r/" + i, Behaviour.Act.lasting(Duration.ofMinutes(5)));
        }
        hands.submit(Hands.run("r", uid));
        cluster.run(Duration.ofSeconds(3));
        cluster.operator().cancel("split", "r");
        cluster.runUntil(Duration.ofSeconds(10), () -> splits().get(0).phase() == SplitPhase.STOPPING);
        cluster.master().ifPresent(SimAgent::kill);
        cluster.run(Duration.ofSeconds(60));
        assertThat(outcomes()).hasSize(301).containsEntry("r", Outcome.CANCELLED);
        nothingIsLeft();
    }

    @Test
    void reduceThatIsLostWithItsAgentIsRunAgain() {
        acts.put("r", splitting(SHORT, some(0, 3)));
        acts.put("r/reduce", Behaviour.Act.lasting(Duration.ofSeconds(20)));
        hands.submit(Hands.run("r", uid));
        cluster.runUntil(Duration.ofSeconds(20), () -> begun.contains("r/reduce"));
        cluster.master().ifPresent(SimAgent::kill);
        cluster.run(Duration.ofSeconds(3));
        acts.put("r/reduce", Behaviour.Act.lasting(SHORT));
        cluster.agents().stream()
                .filter(agent -> !agent.id().equals("a0"))
                .toList()
                .forEach(SimAgent::kill);
        cluster.start("a0");
        cluster.run(Duration.ofSeconds(90));
        assertThat(outcomes())
                .hasSize(5)
                .containsEntry("r", Outcome.SUCCEEDED)
                .containsEntry("r/reduce", Outcome.SUCCEEDED);
    }

    @Test
    void partsMayBeSplitAgain() {
        acts.put("r", splitting(SHORT, some(0, 3)));
        acts.put("r/1", splitting(SHORT, some(0, 4)));
        hands.submit(Hands.run("r", uid));
        cluster.run(Duration.ofSeconds(10));
        assertThat(outcomes())
                .hasSize(1 + 3 + 4 + 2)
                .containsEntry("r", Outcome.SUCCEEDED)
                .containsKey("r/1/reduce");
        assertThat(reduced.get("r/1/reduce")).hasSize(4);
        assertThat(reduced.get("r/reduce").get(1).output())
                .as("of the reduce step of the part")
                .contains("\"1\"");
        nothingIsLeft();
    }

    @Test
    void otherParametersUnderAKnownNameFailTheRun() {
        acts.put(
                "r",
                splitting(
                        SHORT,
                        some(0, 3),
                        new Behaviour.Parts(
                                List.of(new SubTask("part-1", Map.of("part", "other"))), FailurePolicy.NONE_MAY_FAIL)));
        hands.submit(Hands.run("r", uid));
        cluster.run(Duration.ofSeconds(10));
        assertThat(outcomes()).hasSize(4).containsEntry("r", Outcome.FAILED);
        assertThat(hands.lines())
                .anyMatch(line -> line.reason()
                        .equals("the sub-task part-1 of the run r was handed in before with other parameters"));
        nothingIsLeft();
    }

    @Test
    void timeForTheWholeEndsTheWhole() {
        acts.put("t", splitting(SHORT, some(0, 3)));
        acts.put("t/1", Behaviour.Act.lasting(Duration.ofMinutes(5)));
        Submission plain = Hands.run("t", uid);
        hands.submit(new Submission(
                "t", uid, 1, plain.due(), Map.of(), plain.options().withTotal(Duration.ofSeconds(8)), plain.by()));
        cluster.run(Duration.ofSeconds(30));
        assertThat(outcomes()).containsEntry("t", Outcome.TIMED_OUT).containsEntry("t/0", Outcome.SUCCEEDED);
        assertThat(reduced).isEmpty();
        nothingIsLeft();
    }

    @Test
    void attemptsThatFailAreFollowedByOthers() {
        String again = hands.job(Job.named("again")
                .handler(SimCluster.HANDLER)
                .manual()
                .placement(Placement.QUEUED)
                .retry(new Retry(3, SHORT, 1.0, SHORT, 0, List.of(), 10))
                .build());
        acts.put("r", failing().splitting(some(0, 2), some(2, 4)));
        acts.put("r/1", failing());
        hands.submit(Hands.run("r", again));
        cluster.runUntil(
                Duration.ofSeconds(10),
                () -> begun.stream().filter("r/1"::equals).count() == 1
                        && begun.stream().filter("r"::equals).count() == 2);
        acts.put("r", splitting(SHORT, some(0, 3), some(3, 5)));
        acts.remove("r/1");
        cluster.run(Duration.ofSeconds(10));
        assertThat(begun.stream().filter("r"::equals)).hasSize(3);
        assertThat(begun.stream().filter("r/1"::equals)).hasSize(2);
        allIsWell(5);
    }

    @Test
    void codeThatFailsForGoodTakesItsPartsWithIt() {
        acts.put("r", failing().splitting(some(0, 4)));
        for (int i = 0; i < 4; i++) {
            acts.put("r/" + i, Behaviour.Act.lasting(Duration.ofMinutes(5)));
        }
        hands.submit(Hands.run("r", uid));
        cluster.run(Duration.ofSeconds(10));
        assertThat(outcomes()).hasSize(5).containsEntry("r", Outcome.FAILED).containsEntry("r/3", Outcome.CANCELLED);
        assertThat(reduced).isEmpty();
        nothingIsLeft();
    }

    @Test
    void jobOfAWorkflowIsOverWithItsReduceStep() {
        hands.job(Job.named("first")
                .handler(SimCluster.HANDLER)
                .manual()
                .placement(Placement.QUEUED)
                .build());
        hands.job(Job.named("second")
                .handler(SimCluster.HANDLER)
                .placement(Placement.QUEUED)
                .after(TriggerRule.ALL_SUCCESS, "first")
                .when("first", "", "== \"reduced\"")
                .build());
        cluster.behave((task, random) -> {
            String run = task.order().fire().runId(task.job().uid());
            boolean splits = task.definition().name().equals("first")
                    && SubTaskId.parentOf(run).isEmpty();
            begun.add(task.definition().name());
            Behaviour.Act act = new Behaviour.Act(
                    SHORT, true, true, false, SubTaskId.reduces(run).isPresent() ? "\"reduced\"" : "\"part\"");
            return splits ? act.splitting(some(0, 6)) : act;
        });
        cluster.operator().command(Command.Kind.TRIGGER, "first");
        cluster.run(Duration.ofSeconds(8));
        assertThat(cluster.ensemble().peekChildren(Paths.WORKFLOWS))
                .singleElement()
                .satisfies(name -> {
                    Znode stored = cluster.ensemble().peek(Paths.workflow(name)).orElseThrow();
                    assertThat(WorkflowRunCodec.decode(stored.path(), stored.data())
                                    .outcome())
                            .contains(Outcome.SUCCEEDED);
                });
        assertThat(begun).hasSize(9).endsWith("first", "second");
        assertThat(outcomes().values()).hasSize(9).containsOnly(Outcome.SUCCEEDED);
    }

    @Test
    void namesOfPartsAreWhatTheirRunsAreToldApartBy() {
        assertThat(SubTaskId.of("r/3")).contains(new SubTaskId("r", 3));
        assertThat(SubTaskId.reduces("r/3/reduce")).contains("r/3");
        assertThat(SubTaskId.of("r/3/reduce")).isEmpty();
        assertThat(SubTaskId.root("r/3/reduce")).isEqualTo("r");
    }
}
