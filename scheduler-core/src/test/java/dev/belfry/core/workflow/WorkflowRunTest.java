package dev.belfry.core.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belfry.core.job.Definitions;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.core.run.Outcome;
import dev.belfry.core.value.Due;
import dev.belfry.core.value.Output;
import dev.belfry.core.workflow.WorkflowAnswer.Refused;
import dev.belfry.core.workflow.WorkflowAnswer.Step;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class WorkflowRunTest {

    private static final Instant DUE = Instant.parse("2026-11-23T01:00:00Z");

    private static final String SEARCH = """
            apiVersion: belfry/v1
            jobs:
              - name: tokenise
                placement: queued
                trigger: {cron: "0 0 2 * * ?", zone: Europe/Berlin}
              - name: index
                placement: queued
                after: [tokenise]
                when: {upstream: tokenise, path: /count, is: "> 0"}
              - name: nothing-new
                placement: queued
                after: [tokenise]
                when: {upstream: tokenise, path: /count, is: "== 0"}
              - name: recommend
                placement: queued
                after: [index]
                trigger: {cron: "0 30 6 * * ?", zone: Europe/Berlin}
              - name: evaluate
                placement: queued
                after: [index, nothing-new]
                rule: none-failed-min-one-success
              - name: alarm
                placement: queued
                shards: 4
                after: [index, recommend, evaluate]
                rule: one-failed
            """;

    private static List<JobDefinition> jobs(String text) {
        var parsed = Definitions.parse("a.yaml", text);
        assertThat(parsed.errors()).isEmpty();
        assertThat(WorkflowChecks.of(parsed.jobs())).isEmpty();
        return parsed.jobs();
    }

    private static Step begin(String text, Instant due, boolean scheduled) {
        List<JobDefinition> jobs = jobs(text);
        Map<String, WorkflowStart.Identity> identities = new HashMap<>();
        jobs.forEach(job -> identities.put(job.name(), new WorkflowStart.Identity(job.name() + "~0000002a", 3)));
        Workflow workflow = WorkflowGraph.of(jobs).workflows().get(0);
        return workflow.begin(new WorkflowStart("search@1", due, scheduled, identities));
    }

    private static JobEnd succeeded(String job, int attempt, String output) {
        return new JobEnd(job, attempt, Outcome.SUCCEEDED, Optional.of(Output.of(output)), Optional.of("out/" + job));
    }

    /** In its first attempt. */
    private static Effect.Decided decided(String job, Outcome outcome, String reason) {
        return new Effect.Decided(job, "search@1:" + job + ":1", outcome, reason);
    }

    private static Effect.Start start(String job, int attempt) {
        return new Effect.Start(job, 3, "search@1:" + job + ":" + attempt, attempt, Optional.empty());
    }

    @Test
    void aScheduledRunGoesThroughBranchesJoinsAndOwnTriggersToItsEnd() {
        Step begun = begin(SEARCH, DUE, true);
        assertThat(begun.effects())
                .as("the fire of the root is its first run")
                .containsExactly(
                        new Effect.Start("tokenise", 3, "tokenise~0000002a@2026-11-23T01:00:00Z", 1, Optional.empty()));
        Step indexing = begun.next().settled(succeeded("tokenise", 1, "{\"count\":7}"));
        assertThat(indexing.effects())
                .containsExactly(
                        start("index", 1),
                        decided("nothing-new", Outcome.SKIPPED, "when: tokenise/count == 0 does not hold"));
        assertThat(indexing.next().outputsFor("index")).isEqualTo(Map.of("tokenise", "out/tokenise"));
        Step rest = indexing.next().settled(JobEnd.of("index", 1, Outcome.SUCCEEDED));
        assertThat(rest.effects())
                .containsExactly(
                        start("evaluate", 1),
                        new Effect.Start(
                                "recommend",
                                3,
                                "search@1:recommend:1",
                                1,
                                Optional.of(Instant.parse("2026-11-23T05:30:00Z"))));
        Step timedOut = rest.next().settled(JobEnd.of("evaluate", 1, Outcome.TIMED_OUT));
        assertThat(timedOut.effects())
                .as("one-failed does not wait for the rest")
                .containsExactly(start("alarm", 1));
        WorkflowRun run = timedOut.next()
                .settled(JobEnd.of("alarm", 1, Outcome.SUCCEEDED))
                .next();
        assertThat(run.verdict("recommend").reason()).isEqualTo("all-success: all upstreams succeeded");
        Step last = run.settled(JobEnd.of("recommend", 1, Outcome.SUCCEEDED));
        assertThat(last.effects()).containsExactly(new Effect.Finished(Outcome.FAILED, "failed: evaluate"));
        assertThat(last.next().outcome()).contains(Outcome.FAILED);
    }

    @Test
    void onDemandNoTriggerHoldsAJobBackAndTheRootHasNoFire() {
        Step begun = begin(SEARCH, DUE, false);
        assertThat(begun.effects()).containsExactly(start("tokenise", 1));
        WorkflowRun run =
                begun.next().settled(succeeded("tokenise", 1, "{\"count\":1}")).next();
        assertThat(run.settled(JobEnd.of("index", 1, Outcome.SUCCEEDED)).effects())
                .containsExactly(start("evaluate", 1), start("recommend", 1));
    }

    @Test
    void anOwnTriggerThatFiresOnlyAfterTheNextRunIsDueLeavesTheJobToALaterRun() {
        String hourly = """
                apiVersion: belfry/v1
                jobs:
                  - {name: load, placement: queued, trigger: {cron: "0 0 * * * ?"}}
                  - {name: report, placement: queued, after: [load], trigger: {cron: "0 0 6 * * ?"}}
                """;
        for (int hour = 0; hour < 24; hour++) {
            Instant due = Instant.parse("2026-11-23T00:00:00Z").plusSeconds(3_600L * hour);
            Step begun = begin(hourly, due, true);
            Step settled = begun.next().settled(JobEnd.of("load", 1, Outcome.SUCCEEDED));
            if (hour == 6) {
                assertThat(settled.effects())
                        .containsExactly(new Effect.Start("report", 3, "search@1:report:1", 1, Optional.of(due)));
            } else {
                assertThat(settled.effects())
                        .containsExactly(
                                decided(
                                        "report",
                                        Outcome.SKIPPED,
                                        "its own trigger does not fire before the next run of the workflow is due"),
                                new Effect.Finished(Outcome.SUCCEEDED, "no job failed"));
            }
        }
    }

    @Test
    void aResumedRunGoesOnFromWhatFailed() {
        WorkflowRun run = begin(SEARCH, DUE, false).next();
        run = run.settled(succeeded("tokenise", 1, "{\"count\":1}")).next();
        assertThat(run.resume()).isEqualTo(new Refused("the workflow run search@1 has not ended"));
        Step failed = run.settled(JobEnd.of("index", 1, Outcome.LOST));
        assertThat(failed.effects())
                .containsExactly(
                        decided(
                                "evaluate",
                                Outcome.UPSTREAM_FAILED,
                                "none-failed-min-one-success: an upstream failed"
                                        + " (index failed, nothing-new was skipped)"),
                        decided("recommend", Outcome.UPSTREAM_FAILED, "all-success: an upstream failed (index failed)"),
                        start("alarm", 1));
        run = failed.next().settled(JobEnd.of("alarm", 1, Outcome.SUCCEEDED)).next();
        Step resumed = (Step) run.resume();
        assertThat(resumed.effects()).containsExactly(start("index", 2));
        assertThat(resumed.next().settled(JobEnd.of("index", 1, Outcome.FAILED)).effects())
                .as("the end of the attempt before")
                .isEmpty();
        run = resumed.next().settled(JobEnd.of("index", 2, Outcome.SUCCEEDED)).next();
        run = run.settled(JobEnd.of("evaluate", 2, Outcome.SUCCEEDED)).next();
        Step last = run.settled(JobEnd.of("recommend", 2, Outcome.SUCCEEDED));
        assertThat(last.effects())
                .containsExactly(
                        new Effect.Decided(
                                "alarm", "search@1:alarm:2", Outcome.SKIPPED, "one-failed: all upstreams have settled"),
                        new Effect.Finished(Outcome.SUCCEEDED, "no job failed"));
        assertThat(last.next().resume()).isEqualTo(new Refused("no job of the workflow run search@1 has failed"));
        assertThat(last.next().cancel()).isEqualTo(new Refused("the workflow run search@1 has ended"));
        assertThat(last.next().rerun("x")).isEqualTo(new Refused("the job x is not part of the workflow run search@1"));
        assertThat(((Step) last.next().rerun("nothing-new")).effects())
                .as("runs although its condition does not hold")
                .containsExactly(start("nothing-new", 2));
    }

    @Test
    void aDisabledRootIsSkippedAndIsNoFireWhenItIsRunAfterAll() {
        Step begun = begin(
                SEARCH.replace("name: tokenise\n    placement", "name: tokenise\n    enabled: false\n    placement"),
                DUE,
                true);
        assertThat(begun.effects())
                .startsWith(decided("tokenise", Outcome.SKIPPED, "the job is disabled"))
                .endsWith(new Effect.Finished(Outcome.SKIPPED, "no job ran"))
                .hasSize(7);
        assertThat(((Step) begun.next().rerun("tokenise")).effects()).containsExactly(start("tokenise", 2));
    }

    @Test
    void theFireOfARootIsItsFirstRunAndLaterRunsAreOfTheWorkflow() {
        WorkflowRun run = begin(SEARCH, DUE, true).next();
        assertThat(run.runId("tokenise")).contains("tokenise~0000002a@2026-11-23T01:00:00Z");
        run = run.settled(JobEnd.of("tokenise", 1, Outcome.FAILED)).next();
        run = run.settled(JobEnd.of("alarm", 1, Outcome.SUCCEEDED)).next();
        assertThat(((Step) run.rerun("tokenise")).effects()).containsExactly(start("tokenise", 2));
    }

    @Test
    void aWorkflowRunThatWasAskedForIsNamedByItsCommand() {
        String id = "search~0000002a!req-1";
        WorkflowRun run =
                new WorkflowRun(id, DUE, false, RunPhase.RUNNING, Optional.empty(), List.of(), RunGiven.NOTHING);
        assertThat(WorkflowRunCodec.decode("w", WorkflowRunCodec.encode(run))).isEqualTo(run);
    }

    @Test
    void aCancelledRunStopsWhatRunsAndBeginsNothing() {
        WorkflowRun run = begin(SEARCH, DUE, false).next();
        Step cancelled = (Step) run.cancel();
        assertThat(cancelled.effects())
                .startsWith(
                        new Effect.Cancel("tokenise", "search@1:tokenise:1", 1),
                        decided("index", Outcome.CANCELLED, "the workflow run was cancelled"))
                .hasSize(6);
        Step last = cancelled.next().settled(JobEnd.of("tokenise", 1, Outcome.CANCELLED));
        assertThat(last.effects()).containsExactly(new Effect.Finished(Outcome.CANCELLED, "it was cancelled"));
        assertThat(((Step) last.next().resume()).effects()).containsExactly(start("tokenise", 2));
    }

    @Test
    void theStoredFormIsAsDocumented() {
        WorkflowRun run = begin(SEARCH, DUE, true)
                .next()
                .settled(succeeded("tokenise", 1, "{\"count\":7}"))
                .next();
        run = run.settled(succeeded("index", 1, "1")).next();
        String expected =
                "{\"v\":1,\"id\":\"search@1\",\"due\":1795395600000,\"scheduled\":true,\"state\":\"running\",\"jobs\":["
                        + "[\"tokenise\",\"~0000002a\",3,\"\",\"\",\"succeeded\",1,\"out/tokenise\"],"
                        + "[\"index\",\"~0000002a\",3,\"0\",\"\",\"succeeded\",1,\"out/index\"],"
                        + "[\"nothing-new\",\"~0000002a\",3,\"0\",\"\",\"skipped\",1],"
                        + "[\"evaluate\",\"~0000002a\",3,\"1 2\",\"none-failed-min-one-success\",\"started\",1],"
                        + "[\"recommend\",\"~0000002a\",3,\"1\",\"\",\"started\",1,\"\",1795411800000],"
                        + "[\"alarm\",\"~0000002a\",3,\"1 4 3\",\"one-failed\",\"waiting\",0]],"
                        + "\"when\":[[1,\"tokenise\",\"/count\",\"> 0\",1],[2,\"tokenise\",\"/count\",\"== 0\",2]],"
                        + "\"shards\":[[5,4]],\"fires\":[[0,\"tokenise~0000002a@2026-11-23T01:00:00Z\"]]}";
        byte[] bytes = WorkflowRunCodec.encode(run);
        assertThat(new String(bytes, StandardCharsets.UTF_8)).isEqualTo(expected);
        assertThat(WorkflowRunCodec.decode("w", bytes)).isEqualTo(run);
        assertThatThrownBy(() -> decode(expected.replace("\"v\":1", "\"v\":2"))).hasMessageContaining("schema 2");
        assertThatThrownBy(() -> decode(expected.replace("\"0\"", "\"7\""))).isInstanceOf(CorruptRecordException.class);
        assertThatThrownBy(() -> decode(expected.replace("one-failed", "some-failed")))
                .isInstanceOf(CorruptRecordException.class);
        assertThatThrownBy(() -> decode(expected.replace("> 0", "~ 0")))
                .hasMessageContaining("no operator that is known");
    }

    private static WorkflowRun decode(String json) {
        return WorkflowRunCodec.decode("/queue/x", json.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void datesAreThoseOfTheJobsOwnTriggerOrElseOfTheWorkflows() {
        List<JobDefinition> jobs =
                jobs(SEARCH.replace("0 30 6 * * ?\", zone: Europe/Berlin", "0 30 6 * * ?\", zone: Asia/Tokyo"));
        JobDefinition root = jobs.get(0);
        assertThat(WorkflowDates.of(jobs.get(1), root, DUE))
                .isEqualTo(new Due(DUE, ZoneId.of("Europe/Berlin"), Optional.empty()));
        assertThat(WorkflowDates.of(jobs.get(3), root, DUE).zone()).isEqualTo(ZoneId.of("Asia/Tokyo"));
    }

    @Test
    void anEndOfAJobThatIsNotPartOfTheRunIsAMistake() {
        WorkflowRun run = begin(SEARCH, DUE, false).next();
        assertThatThrownBy(() -> run.settled(JobEnd.of("other", 1, Outcome.FAILED)))
                .hasMessage("the job other is not part of the workflow run search@1");
        assertThatThrownBy(() -> new JobEnd("a", 1, Outcome.FAILED, Optional.empty(), Optional.of("no good")))
                .hasMessageStartingWith("not the address of an output: \"no good\"");
    }

    @Test
    void aRunOverShardsIsAsGoodAsItsWorst() {
        assertThat(JobEnd.combined(List.of(Outcome.SUCCEEDED, Outcome.SUCCEEDED)))
                .isEqualTo(Outcome.SUCCEEDED);
        assertThat(JobEnd.combined(List.of(Outcome.SUCCEEDED, Outcome.SKIPPED))).isEqualTo(Outcome.SKIPPED);
        assertThat(JobEnd.combined(List.of(Outcome.CANCELLED, Outcome.TIMED_OUT)))
                .isEqualTo(Outcome.TIMED_OUT);
        for (Outcome outcome : Outcome.values()) {
            assertThat(JobEnd.combined(List.of(outcome))).isEqualTo(outcome);
        }
    }
}
