package dev.belfry.console.query;

import static dev.belfry.console.query.CaseScene.NOON;
import static dev.belfry.console.query.CaseScene.START;
import static dev.belfry.console.query.CaseScene.running;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.console.query.Standing.State;
import dev.belfry.core.agent.Refusal;
import dev.belfry.core.assign.Unplaced;
import dev.belfry.core.assign.Wait;
import dev.belfry.core.job.Job;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.job.Placement;
import dev.belfry.core.job.Retry;
import dev.belfry.core.journal.FireEntry.Kind;
import dev.belfry.core.journal.JournalCounts;
import dev.belfry.core.ledger.Reasons;
import dev.belfry.core.queue.FiresMark;
import dev.belfry.core.queue.QueueReasons;
import dev.belfry.core.run.Outcome;
import dev.belfry.testkit.page.GeneratedPage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/**
 * The page "What explain answers" has an answer for every reason that can be recorded, for every way in which a fire can
 * stand, for every reason for which an agent may not have a shard, and for whatever keeps a job from being due.
 */
class ExplanationsPageTest {
    private static final Set<String> HANDLER = Set.of("index");
    private static final Instant ELEVEN = NOON.minus(Duration.ofHours(1));

    // --- reasons of outcomes

    private static Map<String, CaseScene> reasons() {
        Map<String, CaseScene> scenes = new LinkedHashMap<>();
        for (String skipped : List.of(Reasons.OVERLAP, Reasons.BUFFER_FULL, Reasons.REPLACED, Reasons.PAUSED)) {
            scenes.put(skipped, notRun(Outcome.SKIPPED, skipped));
        }
        for (String missed : List.of(Reasons.COALESCED, Reasons.MISFIRE_SKIP, Reasons.WINDOW, Reasons.LIMIT)) {
            scenes.put(missed, several(Outcome.MISSED, missed));
        }
        for (String late : List.of(Reasons.HANDOVER, Reasons.MISFIRE, Reasons.OUTCOME_UNKNOWN)) {
            scenes.put(late, ranLate(late));
        }
        scenes.put(Reasons.LEASE_OVER, ran(Outcome.CANCELLED, Reasons.LEASE_OVER));
        for (String cancelled : List.of(Reasons.CANCELLED_BY_NEWER, Reasons.OPERATOR, Reasons.CLOSING)) {
            scenes.put(cancelled, ran(Outcome.CANCELLED, cancelled));
        }
        for (String superseded : List.of(Reasons.LAYOUT, Reasons.DELETED)) {
            scenes.put(superseded, several(Outcome.SUPERSEDED, superseded));
        }
        for (String timedOut : List.of(Reasons.ATTEMPT_TIMEOUT, Reasons.TOTAL_TIMEOUT, Reasons.HEARTBEAT_TIMEOUT)) {
            scenes.put(timedOut, ran(Outcome.TIMED_OUT, timedOut));
        }
        for (String failed : List.of(Reasons.ATTEMPTS_EXHAUSTED, Reasons.NO_THREAD)) {
            scenes.put(failed, ran(Outcome.FAILED, failed));
        }
        scenes.put(Reasons.CLAIM_WITHOUT_OUTCOME, ran(Outcome.LOST, Reasons.CLAIM_WITHOUT_OUTCOME));
        scenes.put(
                Reasons.WORKFLOW_CANCELLED,
                fromQueue().queueLine(Kind.FINAL, NOON, 1, Outcome.CANCELLED, Reasons.WORKFLOW_CANCELLED));
        scenes.put(
                Reasons.BACKFILL_CANCELLED,
                fromQueue().queueLine(Kind.FINAL, NOON, 1, Outcome.CANCELLED, Reasons.BACKFILL_CANCELLED));
        scenes.put(
                Reasons.WORKFLOW_BROKEN,
                fromQueue().queueLine(Kind.FINAL, NOON, 0, Outcome.SKIPPED, Reasons.WORKFLOW_BROKEN));
        scenes.put(
                QueueReasons.AGENT_LOST,
                fromQueue()
                        .queueLine(Kind.ENDED, NOON, 1, Outcome.LOST, QueueReasons.AGENT_LOST)
                        .queueLine(Kind.FINAL, NOON, 2, Outcome.SUCCEEDED, Reasons.OUTCOME_UNKNOWN));
        scenes.put(
                QueueReasons.LOST_TOO_OFTEN,
                fromQueue().queueLine(Kind.FINAL, NOON, 1, Outcome.FAILED, QueueReasons.LOST_TOO_OFTEN));
        scenes.put(
                QueueReasons.OTHER_ATTEMPT,
                fromQueue()
                        .queueLine(Kind.FINAL, NOON, 1, Outcome.SUCCEEDED, "")
                        .queueLine(Kind.ENDED, NOON, 2, Outcome.CANCELLED, QueueReasons.OTHER_ATTEMPT));
        scenes.put(
                QueueReasons.QUEUE_TIMEOUT,
                fromQueue().queueLine(Kind.FINAL, NOON, 0, Outcome.TIMED_OUT, QueueReasons.QUEUE_TIMEOUT));
        scenes.put(
                QueueReasons.SPLIT_STOPPED,
                fromQueue().queueLine(Kind.FINAL, NOON, 0, Outcome.CANCELLED, QueueReasons.SPLIT_STOPPED));
        return scenes;
    }

    private static CaseScene fromQueue() {
        return new CaseScene(hourly().placement(Placement.QUEUED).build())
                .agent("a", HANDLER, Map.of(), false)
                .decided(NOON);
    }

    private static CaseScene notRun(Outcome outcome, String reason) {
        return owned().ledger("0", NOON).line(Kind.FINAL, "0", NOON, outcome, reason);
    }

    private static CaseScene several(Outcome outcome, String reason) {
        return owned().ledger("0", NOON).range(Kind.FINAL, "0", ELEVEN, NOON, 2, outcome, reason);
    }

    private static CaseScene ranLate(String reason) {
        return owned().ledger("0", NOON)
                .line(Kind.STARTED, "0", NOON, Outcome.UNKNOWN, reason)
                .line(Kind.FINAL, "0", NOON, Outcome.SUCCEEDED, "");
    }

    private static CaseScene ran(Outcome outcome, String reason) {
        return owned().ledger("0", NOON)
                .line(Kind.STARTED, "0", NOON, Outcome.UNKNOWN, "")
                .line(Kind.FINAL, "0", NOON, outcome, reason);
    }

    // --- how a fire stands

    private static Map<State, CaseScene> states() {
        Map<State, CaseScene> scenes = new EnumMap<>(State.class);
        scenes.put(State.FINAL, ran(Outcome.SUCCEEDED, ""));
        scenes.put(
                State.RUNNING,
                owned().ledger("0", ELEVEN, running(NOON, NOON)).line(Kind.STARTED, "0", NOON, Outcome.UNKNOWN, ""));
        Retry retry = new Retry(3, Duration.ofSeconds(20), 2.0, Duration.ofMinutes(5), 0.2, List.of());
        scenes.put(
                State.TRIED_AGAIN,
                owned(hourly().retry(retry).build())
                        .ledger("0", ELEVEN, running(NOON, NOON))
                        .line(Kind.ENDED, "0", NOON, Outcome.FAILED, "IOException: no route"));
        scenes.put(State.NOT_BEGUN, owned().ledger("0", ELEVEN));
        scenes.put(State.NOTHING_RECORDED, owned());
        CaseScene counted = owned().ledger("0", NOON);
        JournalCounts counts = new JournalCounts();
        ran(Outcome.SUCCEEDED, "").lines.forEach(line -> counts.add(line.entry()));
        counted.counts.put(CaseScene.incarnation("a").name(), counts);
        scenes.put(State.COUNTED, counted);
        scenes.put(State.UNLISTED, owned().ledger("0", NOON));
        scenes.put(State.UNDECIDED, fromQueue().decided(ELEVEN));
        scenes.put(State.WAITS_ITS_TURN, fromQueue().dispatched(ELEVEN).decided(NOON, new FiresMark.Turn(NOON, false)));
        scenes.put(
                State.QUEUED,
                new CaseScene(hourly().placement(Placement.QUEUED)
                                .requireLabel("disk", "ssd")
                                .build())
                        .agent("a", HANDLER, Map.of(), false)
                        .decided(NOON)
                        .queued(NOON));
        scenes.put(
                State.DISPATCHED,
                fromQueue().dispatched(NOON).queueLine(Kind.ENDED, NOON, 1, Outcome.FAILED, "IOException: no route"));
        CaseScene anew = new CaseScene(everywhere()).agent("a", 8, NOON.plusSeconds(9), HANDLER, Map.of(), false);
        scenes.put(State.NOT_OWED, anew.ledger("a", NOON).broadcastLine("a", ELEVEN, Outcome.SUCCEEDED));
        scenes.put(
                State.AGENT_GONE,
                new CaseScene(everywhere()).ledger("a", ELEVEN).broadcastLine("a", ELEVEN, Outcome.SUCCEEDED));
        return scenes;
    }

    // --- why nobody has a shard

    private static Map<Refusal, CaseScene> refusals() {
        Map<Refusal, CaseScene> scenes = new EnumMap<>(Refusal.class);
        scenes.put(Refusal.STANDBY, new CaseScene(onSsd()).standby("a"));
        scenes.put(Refusal.DRAINING, new CaseScene(onSsd()).agent("a", HANDLER, Map.of("disk", "ssd"), true));
        scenes.put(
                Refusal.DUPLICATE_ID,
                new CaseScene(onSsd())
                        .agent("a", 7, START, Set.of("other"), Map.of(), false)
                        .agent("a", 8, START.plusSeconds(9), HANDLER, Map.of("disk", "ssd"), false));
        scenes.put(Refusal.HANDLER, new CaseScene(onSsd()).agent("a", Set.of("other"), Map.of(), false));
        scenes.put(Refusal.LABELS, new CaseScene(onSsd()).agent("a", HANDLER, Map.of("disk", "hdd"), false));
        return scenes;
    }

    private static JobDefinition onSsd() {
        return hourly().requireLabel("disk", "ssd").build();
    }

    // --- why nothing is due, and what a shard waits for

    /** What a cluster does not come to by itself within minutes. */
    private static Map<String, CaseScene> rare() {
        Map<String, CaseScene> scenes = new LinkedHashMap<>();
        scenes.put(
                "with no instant left",
                owned(Job.named("index").at(START.plusSeconds(60)).build()).ledger("0", NOON));
        scenes.put("clocks that were set back", owned().ledger("0", NOON.plus(Duration.ofDays(1))));
        scenes.put(
                "a hand-over that waits for an attempt that does not end",
                owned().agent("b", HANDLER, Map.of(), false)
                        .next(0, "b")
                        .ledger("0", ELEVEN, running(NOON, NOON))
                        .line(Kind.ABANDONED, "0", NOON, Outcome.TIMED_OUT, Reasons.ATTEMPT_TIMEOUT));
        return scenes;
    }

    private static Job hourly() {
        return Job.named("index").every(Duration.ofHours(1));
    }

    private static JobDefinition everywhere() {
        return hourly().placement(Placement.BROADCAST).build();
    }

    private static CaseScene owned() {
        return owned(hourly().build());
    }

    private static CaseScene owned(JobDefinition definition) {
        return new CaseScene(definition).agent("a", HANDLER, Map.of(), false).owner(0, "a");
    }

    // --- the page

    /** To renew the page: run with {@code -Dbelfry.rewrite=true}. */
    @Test
    void thePageIsNotStale() {
        List<String> page = new ArrayList<>(List.of(
                "# What explain answers",
                "",
                "This page is generated from `belfry explain` itself; a test fails when it is stale, or when there is a reason",
                "without an answer (`mvn -pl scheduler-console -am test -Dtest=ExplanationsPageTest",
                "-Dsurefire.failIfNoSpecifiedTests=false -Dbelfry.rewrite=true` renews it).",
                "",
                "In every answer job `index` is due on the hour, it is noon, and agent `a` has its only shard, unless the answer",
                "says otherwise. Queued jobs have no owner: what is said of them is said of the queue, in term 3."));
        section(page, "Reasons of outcomes", reasons());
        section(page, "How a fire stands", states());
        section(page, "Why an agent may not have a shard", refusals());
        section(page, "Why nothing is due", rare());
        page.addAll(List.of(
                "",
                "In what follows a simulated cluster of the shipped agents and masters was brought there; job `index` is due every",
                "minute, and times are cut to seconds."));
        simulated(page, "What a shard without an owner waits for", Waits.ofShards());
        simulated(page, "What else waits, or keeps a job from being due", Waits.others());
        simulated(page, "Fires of the past that were late", Waits.ofThePast());
        GeneratedPage.at("../docs/explain.md").assertIs(String.join("\n", page) + "\n");
    }

    private static void simulated(List<String> page, String title, Map<?, Supplier<ClusterScene>> scenes) {
        Map<String, List<String>> answers = new LinkedHashMap<>();
        scenes.forEach((name, scene) -> answers.put(name.toString(), scene.get().answer()));
        sections(page, title, answers);
    }

    private static void section(List<String> page, String title, Map<?, CaseScene> scenes) {
        Map<String, List<String>> answers = new LinkedHashMap<>();
        scenes.forEach((name, scene) -> answers.put(name.toString(), answer(scene)));
        sections(page, title, answers);
    }

    private static void sections(List<String> page, String title, Map<String, List<String>> answers) {
        page.add("");
        page.add("## " + title);
        answers.forEach((name, sentences) -> {
            page.add("");
            page.add("### " + name.replace('_', '-').toLowerCase(java.util.Locale.ROOT));
            page.add("");
            page.add("```");
            page.addAll(sentences);
            page.add("```");
        });
    }

    private static List<String> answer(CaseScene scene) {
        return scene.explanation(NOON, Optional.empty()).sentences();
    }

    @Test
    void everyReasonHasAnAnswerThatGivesItsMeaning() {
        assertThat(reasons().keySet())
                .containsExactlyInAnyOrderElementsOf(ReasonText.all().keySet());
        reasons()
                .forEach((reason, scene) ->
                        assertThat(scene.explain()).as(reason).contains(ReasonText.of(reason)));
    }

    @Test
    void everyWayInWhichAFireCanStandHasAnAnswerOfItsOwn() {
        assertThat(states().keySet()).containsExactly(State.values());
        states().forEach((state, scene) -> assertThat(
                        scene.explanation(NOON, Optional.empty()).shards())
                .as(state.toString())
                .extracting(Standing::state)
                .containsExactly(state));
        assertThat(states().values().stream().map(CaseScene::explain)).doesNotHaveDuplicates();
    }

    @Test
    void everyReasonForWhichAnAgentMayNotHaveAShardHasAnAnswerOfItsOwn() {
        assertThat(refusals().keySet()).containsExactly(Refusal.values());
        assertThat(refusals().values().stream().map(CaseScene::explain)).doesNotHaveDuplicates();
        assertThat(Arrays.stream(Refusal.values()))
                .allSatisfy(refusal -> assertThat(refusals().get(refusal).explain())
                        .contains(refusal == Refusal.HANDLER ? "No agent has handler 'index'" : " cannot: "));
    }

    @Test
    void whateverKeepsAJobFromBeingDueHasAnAnswerOfItsOwn() {
        List<List<String>> answers = new ArrayList<>();
        rare().values().forEach(scene -> answers.add(answer(scene)));
        Waits.others().values().forEach(scene -> answers.add(scene.get().answer()));
        assertThat(answers).doesNotHaveDuplicates();
    }

    @Test
    void fireThatWaitedForAGrantSaysWhoHadTheShardAndWhenItWasGranted() {
        assertThat(Waits.ofThePast().values())
                .allSatisfy(scene -> assertThat(scene.get().answer())
                        .anyMatch(said -> said.startsWith("Shard 0 belonged to "))
                        .anyMatch(said ->
                                said.endsWith(" recorded nothing of this fire before the shard went to another."))
                        .anyMatch(said -> said.contains(": grant "))
                        .anyMatch(said -> said.matches("So . could not begin it before .* after it was due, .*")));
    }

    @Test
    void everyReasonForWhichAShardHasNoOwnerIsReachedAndTold() {
        assertThat(Waits.ofShards().keySet()).containsExactly(Wait.values());
        Waits.ofShards().forEach((wait, made) -> {
            ClusterScene scene = made.get();
            if (wait == Wait.LOST_ROWS) {
                // The plan does not know of it: it is the master that holds such shards back.
                assertThat(scene.answer()).anyMatch(said -> said.contains("maybe because rows were lost"));
                return;
            }
            List<Unplaced> unplaced = Moves.now(scene.snapshot()).unplaced();
            assertThat(unplaced).as(wait.toString()).anyMatch(one -> one.waits().contains(wait));
            assertThat(scene.explanation(Optional.empty()).sentences())
                    .as(wait.toString())
                    .containsAll(Unplaced.sentences(unplaced));
        });
    }
}
