package dev.belfry.testkit.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.core.command.Command;
import dev.belfry.core.command.CommandCodec;
import dev.belfry.core.job.Job;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.job.OverlapPolicy;
import dev.belfry.core.job.Placement;
import dev.belfry.core.job.TriggerRule;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.ledger.Reasons;
import dev.belfry.core.record.Paths;
import dev.belfry.core.run.Outcome;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.JobVersion;
import dev.belfry.core.workflow.Backfill;
import dev.belfry.core.workflow.BackfillOrder;
import dev.belfry.core.workflow.BackfillRequest;
import dev.belfry.core.workflow.BackfillRequest.Beside;
import dev.belfry.core.workflow.BackfillRequest.Order;
import dev.belfry.core.workflow.BackfillRun;
import dev.belfry.core.workflow.BackfillRun.Phase;
import dev.belfry.core.workflow.BackfillRunCodec;
import dev.belfry.core.workflow.Chosen;
import dev.belfry.core.workflow.WorkflowRun;
import dev.belfry.core.workflow.WorkflowRunCodec;
import dev.belfry.testkit.store.Faults;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Backfills run every instant of their range once, whatever masters come and go (B1 to B5 of ADR 24). */
@ExtendWith(QuietLogs.class)
class BackfillScenariosTest {
    private static final Instant FROM = Instant.parse("2020-01-01T00:00:00Z");

    private final SimCluster cluster = Scenes.cluster(7, ClusterOptions.DEFAULT);
    private final Hands hands = new Hands(cluster);
    /** By job: how long its code takes, in milliseconds; 20 unless said. */
    private final Map<String, Integer> lasting = new HashMap<>();
    /** What was begun: the instant and the parameter {@code day} of each attempt. */
    private final List<Instant> begun = new ArrayList<>();

    private final List<String> days = new ArrayList<>();
    private final List<String> names = new ArrayList<>();

    BackfillScenariosTest() {
        hands.idle();
        cluster.behave((task, random) -> {
            begun.add(task.order().fire().due());
            names.add(task.definition().name());
            days.add(task.inputs().parameters().getOrDefault("day", ""));
            return Behaviour.Act.lasting(
                    Duration.ofMillis(lasting.getOrDefault(task.definition().name(), 20)));
        });
    }

    private static Job hourly(String name) {
        return Job.named(name)
                .handler(SimCluster.HANDLER)
                .placement(Placement.QUEUED)
                .cron("0 0 * * * ?");
    }

    private static BackfillRequest hours(int hours) {
        return BackfillRequest.of(FROM, FROM.plus(Duration.ofHours(hours - 1)));
    }

    private static BackfillOrder all(BackfillRequest request, JobDefinition job) {
        List<Instant> instants = Backfill.instants(job, request, BackfillRequest.MOST);
        return new BackfillOrder(request, 1, Chosen.all(instants.size()));
    }

    private void backfill(Job job, BackfillRequest request) {
        cluster.operator().backfill(job.build().name(), all(request, job.build()));
    }

    private List<BackfillRun> backfills() {
        return cluster.ensemble().peekChildren(Paths.BACKFILLS).stream()
                .map(name -> cluster.ensemble().peek(Paths.backfill(name)).orElseThrow())
                .map(znode -> BackfillRunCodec.decode(znode.path(), znode.data()))
                .toList();
    }

    private BackfillRun only() {
        assertThat(backfills()).hasSize(1);
        return backfills().get(0);
    }

    private List<FireEntry> finals() {
        return hands.lines().stream()
                .filter(line -> line.kind() == FireEntry.Kind.FINAL)
                .toList();
    }

    private static List<Instant> instants(int hours) {
        List<Instant> instants = new ArrayList<>();
        for (int i = 0; i < hours; i++) {
            instants.add(FROM.plus(Duration.ofHours(i)));
        }
        return instants;
    }

    private void noRunHasTwoOutcomes() {
        Set<String> seen = new HashSet<>();
        for (FireEntry line : finals()) {
            assertThat(seen.add(line.fire().runId(line.jobUid()) + "/" + line.shard()))
                    .as(line.toString())
                    .isTrue();
        }
    }

    private String answer(int command) {
        return CommandCodec.decode(
                        "/commands/c" + command,
                        cluster.ensemble()
                                .peek(Paths.command("c" + command))
                                .orElseThrow()
                                .data())
                .result()
                .map(Command.Result::text)
                .orElse("");
    }

    @Test
    void everyInstantOfTheRangeRunsOnceInOrderAndIsNoFireOfTheSchedule() {
        Job job = hourly("load").parameter("day", "${due.date}");
        hands.job(job.build());
        backfill(job, hours(30));
        cluster.run(Duration.ofSeconds(30));
        assertThat(begun).isEqualTo(instants(30));
        assertThat(days).startsWith("2020-01-01").endsWith("2020-01-02");
        assertThat(finals())
                .hasSize(30)
                .allSatisfy(line -> assertThat(line.outcome()).isEqualTo(Outcome.SUCCEEDED))
                .allSatisfy(line -> assertThat(line.fire().runId("load~1"))
                        .isEqualTo("load~1!c1@" + line.fire().due()));
        assertThat(only().phase()).isEqualTo(Phase.ENDED);
        assertThat(only().progress()).isEqualTo(new BackfillRun.Progress(30, 30, 0));
    }

    @Test
    void instantsThatAreToComeRunNowAndTheirFiresLater() {
        Job job = hourly("load");
        hands.job(job.build());
        Instant next =
                cluster.now().truncatedTo(java.time.temporal.ChronoUnit.HOURS).plus(Duration.ofHours(1));
        backfill(job, BackfillRequest.of(next, next));
        cluster.run(Duration.ofSeconds(10));
        assertThat(begun).containsOnlyOnce(next);
        assertThat(only().phase()).isEqualTo(Phase.ENDED);
        cluster.run(Duration.between(cluster.now(), next).plusSeconds(10));
        assertThat(begun.stream().filter(next::equals)).hasSize(2);
    }

    @Test
    void onlyTheChosenRunNewestFirstAndNeverMoreAtOnceThanAskedFor() {
        Job job = hourly("load");
        hands.job(job.build());
        lasting.put("load", 3_000);
        BackfillRequest request = hours(12).with(Order.NEWEST_FIRST).withConcurrency(3);
        BitSet even = new BitSet();
        for (int i = 0; i < 12; i += 2) {
            even.set(i);
        }
        cluster.operator().backfill("load", new BackfillOrder(request, 1, Chosen.of(12, even)));
        cluster.run(Duration.ofSeconds(2));
        assertThat(begun).hasSize(3);
        cluster.run(Duration.ofSeconds(20));
        List<Instant> expected = new ArrayList<>(instants(12));
        expected.removeIf(due -> due.atOffset(java.time.ZoneOffset.UTC).getHour() % 2 == 1);
        Collections.reverse(expected);
        assertThat(begun).containsExactlyInAnyOrderElementsOf(expected);
        assertThat(begun.get(0)).isAfter(begun.get(5));
        assertThat(only().phase()).isEqualTo(Phase.ENDED);
    }

    @Test
    void eachInstantOfAWorkflowsRootBeginsAWorkflowRunThatIsNoFire() {
        Job root = hourly("root");
        hands.job(root.build());
        hands.job(Job.named("end")
                .handler(SimCluster.HANDLER)
                .placement(Placement.QUEUED)
                .after(TriggerRule.ALL_SUCCESS, "root")
                .parameter("day", "${due.date}")
                .build());
        backfill(root, hours(5).withConcurrency(2));
        cluster.run(Duration.ofSeconds(20));
        List<WorkflowRun> runs = cluster.ensemble().peekChildren(Paths.WORKFLOWS).stream()
                .map(name -> cluster.ensemble().peek(Paths.workflow(name)).orElseThrow())
                .map(znode -> WorkflowRunCodec.decode(znode.path(), znode.data()))
                .toList();
        assertThat(runs).extracting(WorkflowRun::due).containsExactlyInAnyOrderElementsOf(instants(5));
        assertThat(runs).allSatisfy(run -> {
            assertThat(run.outcome()).contains(Outcome.SUCCEEDED);
            assertThat(run.id()).isEqualTo("root~1!c1@" + run.due());
            assertThat(run.runId("root")).contains(run.id() + ":root:1");
        });
        assertThat(days).filteredOn(day -> !day.isEmpty()).hasSize(5).containsOnly("2020-01-01");
        assertThat(only().phase()).isEqualTo(Phase.ENDED);
    }

    @Test
    void runsGoByTheVersionThatWasInForceWhenItWasAskedFor() {
        JobDefinition first = hourly("load").parameter("day", "old").build();
        JobDefinition second = hourly("load").parameter("day", "new").build();
        Instant now = Instant.ofEpochMilli(cluster.now().toEpochMilli());
        hands.write(new JobRecord(
                "load",
                "load~1",
                List.of(
                        new JobVersion(1, now, now, 1, first, false, Hands.AUTHOR),
                        new JobVersion(2, now.plusSeconds(4), now, 1, second, false, Hands.AUTHOR)),
                List.of(),
                Optional.empty()));
        cluster.operator().backfill("load", all(hours(2), first));
        cluster.run(Duration.ofSeconds(2));
        assertThat(answer(1)).contains("was changed meanwhile: version 2 is the newest");
        cluster.operator().backfill("load", new BackfillOrder(hours(2), 2, Chosen.all(2)));
        cluster.run(Duration.ofSeconds(10));
        assertThat(days).containsExactly("new", "new");
    }

    @Test
    void backfillWaitsForOtherRunsOfItsJobUnlessItIsToRunBesideThem() {
        Job job = hourly("load").parameter("day", "2020-01-01");
        hands.job(job.build());
        lasting.put("load", 5_000);
        cluster.operator().command(Command.Kind.TRIGGER, "load");
        cluster.run(Duration.ofSeconds(2));
        backfill(job, hours(2));
        cluster.run(Duration.ofSeconds(1));
        assertThat(begun).hasSize(1);
        Instant later = FROM.plus(Duration.ofDays(1));
        backfill(job, BackfillRequest.of(later, later.plus(Duration.ofHours(1))).with(Beside.ALLOW));
        cluster.run(Duration.ofSeconds(1));
        assertThat(begun).hasSize(2);
        cluster.run(Duration.ofSeconds(60));
        assertThat(begun).hasSize(5);
        assertThat(backfills()).extracting(BackfillRun::phase).containsOnly(Phase.ENDED);
    }

    @Test
    void backfillThatSkipsPassesOverWhatComesWhileAnotherRunIsUnderWay() {
        Job job = hourly("load");
        hands.job(job.build());
        lasting.put("load", 5_000);
        cluster.operator().command(Command.Kind.TRIGGER, "load");
        cluster.run(Duration.ofSeconds(2));
        backfill(job, hours(3).with(Beside.SKIP));
        cluster.run(Duration.ofSeconds(20));
        assertThat(begun).hasSize(1);
        assertThat(finals())
                .filteredOn(line -> line.outcome() == Outcome.SKIPPED)
                .hasSize(3)
                .allSatisfy(line -> assertThat(line.reason()).isEqualTo(Reasons.OVERLAP));
        assertThat(only().progress().skipped()).isEqualTo(3);
    }

    @Test
    void scheduleGoesOnBesideABackfillThatAllowsItAndSkipsBesideOneThatDoesNot() {
        for (Beside beside : List.of(Beside.ALLOW, Beside.WAIT)) {
            String name = beside.name().toLowerCase(java.util.Locale.ROOT);
            Job job = Job.named(name)
                    .handler(SimCluster.HANDLER)
                    .placement(Placement.QUEUED)
                    .every(Duration.ofSeconds(2))
                    .overlap(OverlapPolicy.SKIP);
            hands.job(job.build());
            BackfillRequest request =
                    BackfillRequest.of(FROM, FROM.plusSeconds(1)).with(beside);
            lasting.put(name, 200);
            cluster.run(Duration.ofSeconds(3));
            lasting.put(name, 9_000);
            begun.clear();
            backfill(job, request);
            cluster.runUntil(Duration.ofSeconds(5), () -> begun.contains(FROM));
            lasting.put(name, 200);
            names.clear();
            cluster.run(Duration.ofSeconds(7));
            assertThat(names.contains(name)).as("%s", beside).isEqualTo(beside == Beside.ALLOW);
            cluster.run(Duration.ofSeconds(5));
        }
    }

    @Test
    void cancelledBackfillStopsWhatRunsAndQueuesNothingMore() {
        Job job = hourly("load");
        hands.job(job.build());
        lasting.put("load", 60_000);
        backfill(job, hours(10).withConcurrency(2));
        cluster.run(Duration.ofSeconds(3));
        cluster.operator().cancelBackfill(only().id().toString());
        cluster.run(Duration.ofSeconds(10));
        assertThat(begun).hasSize(2);
        assertThat(finals())
                .hasSize(2)
                .allSatisfy(line -> assertThat(line.outcome()).isEqualTo(Outcome.CANCELLED));
        assertThat(only().phase()).isEqualTo(Phase.CANCELLED);
        assertThat(only().why()).isEqualTo("cancelled by operator");
    }

    @Test
    void whatANewMasterFindsStoppingIsCancelled() {
        Job job = hourly("load");
        hands.job(job.build());
        lasting.put("load", 600_000);
        backfill(job, hours(10).withConcurrency(2));
        cluster.run(Duration.ofSeconds(3));
        // The master that was to cancel what runs is lost before it has.
        BackfillRun stopping = only().stop("cancelled by operator");
        hands.put(Paths.backfill(stopping.id().toString()), BackfillRunCodec.encode(stopping));
        cluster.master().orElseThrow().kill();
        cluster.run(Duration.ofSeconds(60));
        assertThat(only().phase()).isEqualTo(Phase.CANCELLED);
        assertThat(finals()).hasSize(2);
    }

    @Test
    void backfillOfAJobThatIsDeletedEnds() {
        Job job = hourly("load");
        hands.job(job.build());
        lasting.put("load", 2_000);
        backfill(job, hours(50));
        cluster.run(Duration.ofSeconds(3));
        cluster.operator().command(Command.Kind.DELETE, "load");
        cluster.run(Duration.ofSeconds(30));
        assertThat(only().phase()).isEqualTo(Phase.CANCELLED);
        assertThat(only().why()).contains("deleted");
        noRunHasTwoOutcomes();
    }

    @Test
    void whatCannotBeBackfilledIsRefusedWithWhatToDo() {
        hands.job(Job.named("sticky")
                .handler(SimCluster.HANDLER)
                .cron("0 0 * * * ?")
                .build());
        hands.job(hourly("load").build());
        cluster.operator()
                .backfill(
                        "sticky",
                        all(hours(2), Job.named("sticky").cron("0 0 * * * ?").build()));
        cluster.operator().backfill("nobody", all(hours(2), hourly("x").build()));
        cluster.operator().backfill("load", new BackfillOrder(hours(3), 1, Chosen.all(2)));
        cluster.operator().backfill("load", new BackfillOrder(hours(3), 1, Chosen.of(3, new BitSet())));
        cluster.operator().cancelBackfill("load~1+nothing");
        cluster.run(Duration.ofSeconds(10));
        assertThat(answer(1)).contains("is sticky").contains("placement: queued");
        assertThat(answer(2)).contains("no job 'nobody'");
        assertThat(answer(3)).contains("counts other instants");
        assertThat(answer(4)).isEqualTo("there is nothing to run in the range");
        assertThat(answer(5)).startsWith("there is no backfill 'load~1+nothing'");
        assertThat(backfills()).isEmpty();
    }

    @Test
    void masterThatIsLostBeforeAnyWriteRunsNoInstantTwiceAndForgetsNone() {
        masterIsLostAtAnyWrite(Faults.Moment.SENDING);
    }

    @Test
    void masterThatIsLostAfterAnyWriteRunsNoInstantTwiceAndForgetsNone() {
        masterIsLostAtAnyWrite(Faults.Moment.COMMITTED);
    }

    private void masterIsLostAtAnyWrite(Faults.Moment moment) {
        Job job = hourly("load");
        hands.job(job.build());
        lasting.put("load", 1_000);
        Scenes.strikeQueue(cluster, moment, 1);
        backfill(job, hours(60).withConcurrency(2));
        for (int write = 1; write <= 6; write++) {
            cluster.run(Duration.ofSeconds(12));
            Scenes.restart(cluster);
            cluster.run(Duration.ofSeconds(10));
            Scenes.strikeQueue(cluster, moment, write + 1);
        }
        cluster.ensemble().faults().stop();
        cluster.run(Duration.ofSeconds(90));
        assertThat(only().phase()).isEqualTo(Phase.ENDED);
        assertThat(finals().stream().map(line -> line.fire().due()).sorted().toList())
                .isEqualTo(instants(60));
        noRunHasTwoOutcomes();
    }
}
