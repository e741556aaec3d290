package dev.belfry.testkit.cluster;

import static dev.belfry.testkit.cluster.Scenes.SETTLED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.agent.loop.Attempts;
import dev.belfry.core.command.Command;
import dev.belfry.core.job.Job;
import dev.belfry.core.job.Placement;
import dev.belfry.core.job.Recovery;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.queue.Outbox.Report;
import dev.belfry.core.queue.Outbox.Stage;
import dev.belfry.core.queue.OutboxItem;
import dev.belfry.core.record.Paths;
import dev.belfry.core.run.Outcome;
import dev.belfry.core.schedule.BusinessCalendar;
import dev.belfry.core.schedule.ExcludedDays;
import dev.belfry.core.shard.ShardRef;
import dev.belfry.core.workflow.JobRunId;
import java.nio.charset.StandardCharsets;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the code of an attempt is given: parameters with what they refer to, and outputs of the jobs before it (rule W4). */
@ExtendWith(QuietLogs.class)
class TaskInputScenariosTest {
    private static final String OUTPUT = "{\"count\": 7}";

    private SimCluster cluster;
    private SimAgent agent;
    private String self;
    private Dispatcher master;
    private WorkflowByHand workflow;
    private final List<Attempts.Inputs> given = new ArrayList<>();

    private void begin(long seed, Job index) {
        cluster = new SimCluster(seed, ClusterOptions.DEFAULT);
        // It stays master, and leaves inboxes alone that were not there when its term began.
        cluster.start("m0");
        cluster.runUntil(SETTLED, () -> cluster.master().isPresent());
        agent = cluster.start("a0");
        cluster.run(SETTLED);
        self = Dispatcher.incarnation(agent);
        master = new Dispatcher(cluster);
        workflow = new WorkflowByHand(cluster, master, index);
        cluster.run(SETTLED);
        cluster.behave((task, random) -> {
            if (task.definition().name().equals("index")) {
                given.add(task.inputs());
            }
            return new Behaviour.Act(Duration.ofMillis(200), true, true, false, OUTPUT);
        });
    }

    private static Job counting() {
        return WorkflowByHand.index().parameter("files", "${upstream.tokenise/count}");
    }

    private Report failed(long number) {
        Report report = master.await(self, number, Stage.FAILED);
        assertThat(given).as("begun").isEmpty();
        return report;
    }

    @Test
    void parametersAreResolvedAndOutputsAreAtHand() {
        begin(
                1,
                counting()
                        .parameter("day", "${due.date}")
                        .parameter("raw", "$${due}")
                        .parameter("asked", "${due}"));
        JobRunId run = workflow.run(Optional.of(workflow.tokenised(agent)));
        master.await(self, workflow.hand(agent, run), Stage.SUCCEEDED);
        assertThat(given)
                .containsExactly(new Attempts.Inputs(
                        // What the run is given comes before what the definition says.
                        Map.of("files", "7", "day", "2026-11-24", "raw", "${due}", "asked", run.toString()),
                        Map.of("tokenise", OUTPUT)));
    }

    @Test
    void nothingIsReadForARunOutsideOfWorkflows() {
        begin(2, WorkflowByHand.index().parameter("day", "${due.date}"));
        master.await(self, master.hand(agent, "index"), Stage.SUCCEEDED);
        assertThat(given).singleElement().satisfies(inputs -> {
            assertThat(inputs.parameters()).containsEntry("day", "2026-01-01");
            assertThat(inputs.upstreams()).isEmpty();
        });
        assertThat(cluster.ensemble().faults().count("workflow-read").sent()).isZero();
    }

    @Test
    void recordThatIsGoneOrDamagedFailsTheAttempt() {
        begin(3, WorkflowByHand.index());
        Report gone = failed(workflow.hand(agent, new JobRunId("w", "index", 1)));
        assertThat(gone.reason()).isEqualTo("no-workflow-run: the workflow run w is gone");
        assertThat(gone.retryable()).isTrue();
        workflow.put("v", "no record".getBytes(StandardCharsets.UTF_8));
        assertThat(failed(workflow.hand(agent, new JobRunId("v", "index", 1))).reason())
                .startsWith("no-workflow-run: the workflow run v cannot be read: ");
    }

    @Test
    void outputThatIsGoneOrNoJsonIsNone() {
        begin(4, WorkflowByHand.index().parameter("files", "${upstream.tokenise/count|none}"));
        OutboxItem item = workflow.tokenised(agent);
        workflow.spoil(item, "no JSON".getBytes(StandardCharsets.UTF_8));
        master.await(self, workflow.hand(agent, workflow.run(Optional.of(item))), Stage.SUCCEEDED);
        workflow.delete(item);
        master.await(self, workflow.hand(agent, workflow.run(Optional.of(item))), Stage.SUCCEEDED);
        master.await(self, workflow.hand(agent, workflow.run(Optional.empty())), Stage.SUCCEEDED);
        assertThat(given).hasSize(3).allSatisfy(inputs -> {
            assertThat(inputs.parameters()).containsEntry("files", "none");
            assertThat(inputs.upstreams()).isEmpty();
        });
    }

    @Test
    void referenceThatLeadsNowhereFailsTheAttemptAndSaysSo() {
        begin(5, counting());
        Report report = failed(workflow.hand(agent, workflow.run(Optional.empty())));
        assertThat(report.reason()).isEqualTo("unresolved-parameters: parameter files: the job tokenise has no output");
        assertThat(report.retryable()).isTrue();
        assertThat(report.started()).isEqualTo(report.ended());
    }

    @Test
    void atMostOnceItIsClaimedFirstAndThenFails() {
        begin(6, counting().recovery(Recovery.SKIP));
        failed(workflow.hand(agent, workflow.run(Optional.empty())));
    }

    @Test
    void rootThatIsNotKnownAnyMoreFailsWhatCountsByItsTrigger() {
        begin(7, counting().parameter("day", "${due.date}"));
        OutboxItem item = workflow.tokenised(agent);
        workflow.forget("tokenise");
        assertThat(failed(workflow.hand(agent, workflow.run(Optional.of(item)))).reason())
                .isEqualTo("unresolved-parameters: parameter day: the job by whose trigger its dates are counted is not"
                        + " known any more");
    }

    @Test
    void whatCannotBeReadIsReadAgain() {
        begin(8, counting());
        OutboxItem item = workflow.tokenised(agent);
        cluster.ensemble().faults().loseRequest("workflow-read");
        master.await(self, workflow.hand(agent, workflow.run(Optional.of(item))), Stage.SUCCEEDED);
        cluster.ensemble().faults().loseReply("output-read");
        master.await(self, workflow.hand(agent, workflow.run(Optional.of(item))), Stage.SUCCEEDED);
        assertThat(cluster.ensemble().faults().count("workflow-read").lostBefore())
                .isEqualTo(1);
        assertThat(cluster.ensemble().faults().count("output-read").lostAfter()).isEqualTo(1);
        cluster.ensemble().denyReads(Paths.WORKFLOWS);
        long denied = workflow.hand(agent, workflow.run(Optional.of(item)));
        cluster.run(Duration.ofSeconds(5));
        assertThat(master.report(self, denied)).isEmpty();
        cluster.ensemble().allowAll();
        master.await(self, denied, Stage.SUCCEEDED);
        assertThat(given)
                .hasSize(3)
                .allSatisfy(inputs -> assertThat(inputs.parameters()).containsEntry("files", "7"));
    }

    @Test
    void taskThatIsTakenBackWhileItsInputsAreReadNeverBegins() {
        begin(9, counting());
        JobRunId run = workflow.run(Optional.of(workflow.tokenised(agent)));
        JobRunId another = workflow.run(Optional.of(workflow.tokenised(agent)));
        cluster.ensemble().denyReads(Paths.WORKFLOWS);
        long number = workflow.hand(agent, run);
        long cancelled = workflow.hand(agent, another);
        cluster.run(Duration.ofSeconds(1));
        master.settle(self, number);
        master.cancel(self, cancelled, "operator");
        assertThat(master.await(self, cancelled, Stage.CANCELLED).reason()).isEqualTo("operator");
        cluster.ensemble().allowAll();
        cluster.run(SETTLED);
        assertThat(given).isEmpty();
    }

    @Test
    void ownedShardsHaveDatesToo() {
        cluster = new SimCluster(10, ClusterOptions.DEFAULT);
        cluster.start("a0");
        List<String> found = new ArrayList<>();
        cluster.behave((task, random) -> {
            found.add(
                    task.definition().name() + " " + task.inputs().parameters().get("second"));
            assertThat(task.inputs().parameters())
                    .containsEntry(
                            "second", Long.toString(task.order().fire().due().getEpochSecond()));
            return Behaviour.Act.lasting(Duration.ofMillis(50));
        });
        String second = "${due.epoch}";
        cluster.operator()
                .apply(Scenes.every("work", 1_000, 2)
                        .parameter("second", second)
                        .build());
        cluster.operator()
                .apply(Scenes.everywhere("all", 1_000)
                        .parameter("second", second)
                        .build());
        cluster.run(Duration.ofSeconds(12));
        assertThat(found).anyMatch(line -> line.startsWith("work ")).anyMatch(line -> line.startsWith("all "));
    }

    @Test
    void ownedShardWhoseDatesLeadNowhereFails() {
        BusinessCalendar never = BusinessCalendar.named("once")
                .withDays(ExcludedDays.NONE.withWeekdays(DayOfWeek.values()))
                .withMakeUp(LocalDate.of(2027, 6, 1));
        cluster = new SimCluster(11, ClusterOptions.DEFAULT);
        cluster.start("a0");
        cluster.run(SETTLED);
        for (Placement placement : List.of(Placement.STICKY, Placement.BROADCAST)) {
            cluster.operator()
                    .apply(Job.named("yearly-" + placement.name().toLowerCase(Locale.ROOT))
                            .handler(SimCluster.HANDLER)
                            .cron("0 0 3 1 6 ?")
                            .calendar(never)
                            .placement(placement)
                            .parameter("day", "${due+2b.date}")
                            .build());
        }
        cluster.run(SETTLED);
        cluster.operator().command(Command.Kind.TRIGGER, "yearly-sticky");
        cluster.operator().command(Command.Kind.TRIGGER, "yearly-broadcast");
        cluster.run(SETTLED.multipliedBy(2));
        assertThat(cluster.evidence().all()).isEmpty();
        for (String name : List.of("yearly-sticky", "yearly-broadcast")) {
            String uid = cluster.safety().jobs().named(name).orElseThrow().uid();
            ShardRef shard = name.endsWith("sticky") ? ShardRef.numbered(uid, 1, 1, 0) : ShardRef.broadcast(uid, "a0");
            List<FireEntry> finals = cluster.safety().journal().finals(ShardId.of(shard));
            assertThat(finals).singleElement().satisfies(line -> {
                assertThat(line.outcome()).isEqualTo(Outcome.FAILED);
                assertThat(line.reason())
                        .startsWith("unresolved-parameters: parameter day: ${due+2b.date}: the calendar once");
            });
        }
        cluster.checkLiveness(cluster.now().minusSeconds(6));
    }
}
