package dev.belfry.console.query;

import static dev.belfry.console.query.CaseScene.NOON;
import static dev.belfry.console.query.CaseScene.running;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.agent.client.AgentState;
import dev.belfry.core.job.BackupAfter;
import dev.belfry.core.job.Job;
import dev.belfry.core.job.Placement;
import dev.belfry.core.job.Retry;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.journal.FireEntry.Kind;
import dev.belfry.core.ledger.Reasons;
import dev.belfry.core.ownership.Buckets;
import dev.belfry.core.ownership.HeartbeatRecord;
import dev.belfry.core.ownership.LayoutKey;
import dev.belfry.core.run.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What ran, what did not, why, and what will happen next, for every way in which a job can stand. */
class ExplanationTest {
    private static final Set<String> HANDLER = Set.of("index");

    private static Job hourly() {
        return Job.named("index").every(Duration.ofHours(1));
    }

    private static CaseScene owned() {
        return new CaseScene(hourly().build())
                .agent("a", HANDLER, Map.of(), false)
                .owner(0, "a");
    }

    private static Instant hour(int n) {
        return CaseScene.START.plus(Duration.ofHours(n));
    }

    // --- what ran

    @Test
    void queuedFireThatWasSkippedNamesTheRunBehindWhichItCame() {
        Instant eleven = NOON.minus(Duration.ofHours(1));
        CaseScene scene = new CaseScene(Job.named("index")
                        .placement(Placement.QUEUED)
                        .every(Duration.ofHours(1))
                        .shards(2)
                        .build())
                .decided(NOON)
                .dispatched(eleven)
                .queueLine(FireEntry.Kind.FINAL, NOON, 0, Outcome.SKIPPED, Reasons.OVERLAP);
        assertThat(scene.explain(NOON, Optional.of("1")))
                .contains("The master of term 3 recorded skipped at " + NOON)
                .contains("Without an outcome at present: index~1@" + eleven);
        assertThat(scene.explain()).contains("2 of 2 shards skipped");
        assertThat(scene.explain(eleven, Optional.of("0")))
                .contains("At present: shard 0 is with an agent and has no outcome yet.", "(token 78)");
    }

    @Test
    void queuedFireWithASecondAttemptBesideASlowOneNamesBothAndWhy() {
        CaseScene scene = new CaseScene(Job.named("index")
                        .placement(Placement.QUEUED)
                        .every(Duration.ofHours(1))
                        .backupAfter(new BackupAfter.Share(95))
                        .build())
                .decided(NOON)
                .backedUp(NOON);
        assertThat(scene.explain(NOON, Optional.of("0")))
                .contains("a has it since " + NOON.plusSeconds(1) + " as attempt 2 (token 78).")
                .contains("That attempt is slow (backup-after: 95%), so b has it since " + NOON.plusSeconds(9)
                        + " as attempt 3 (token 79), a second one beside it");
    }

    @Test
    void fireThatSucceededIsToldWithItsAttemptItsOwnerAndTheNextOne() {
        CaseScene scene = owned().ledger("0", NOON).line(Kind.FINAL, "0", NOON, Outcome.SUCCEEDED, "");
        assertThat(scene.explain())
                .contains("Its last fire was at 2026-06-01T12:00:00Z.")
                .contains("Its only shard succeeded.")
                .contains("Shard 0 belongs to a since generation")
                .contains("a recorded succeeded for attempt 1 (token 77) at 2026-06-01T12:00:02Z.")
                .contains("The next fire is at 2026-06-01T13:00:00Z.");
        assertThat(scene.explain(NOON, Optional.of("0"))).contains("13:00:00Z, on a as things stand.");
    }

    @Test
    void severalShardsAreToldInOneSentenceEachState() {
        CaseScene scene = new CaseScene(hourly().shards(3).build())
                .agent("a", HANDLER, Map.of(), false)
                .owner(0, "a")
                .owner(1, "a")
                .owner(2, "a")
                .ledger("0", NOON)
                .ledger("1", NOON)
                .ledger("2", hour(11), running(NOON, NOON))
                .line(Kind.FINAL, "0", NOON, Outcome.SUCCEEDED, "")
                .line(Kind.FINAL, "1", NOON, Outcome.SUCCEEDED, "");
        assertThat(scene.explain())
                .contains("2 of 3 shards succeeded.")
                .contains("1 of 3 shards is running, or was when its owner was lost.")
                .contains("Add --shard N");
    }

    // --- what did not

    @Test
    void jobThatHasNeverFiredSaysWhy() {
        assertThat(new CaseScene(hourly().build()).explain())
                .contains("Its only shard has recorded nothing at all")
                .contains("1 of 1 shards have no owner.")
                .contains("no agent is registered.")
                .contains("There is no master")
                .contains("The next fire is at 2026-06-01T13:00:00Z.");
        CaseScene young = new CaseScene(Job.named("index").cron("0 30 12 * * ?").build());
        young.versions.clear();
        young.version(hour(11), 1, Job.named("index").cron("0 30 12 * * ?").build(), false);
        assertThat(young.explain())
                .contains("It was never due up to 2026-06-01T12:00:00Z.")
                .contains("The next fire is at 2026-06-01T12:30:00Z.");
    }

    @Test
    void pausedJobSaysHowToResumeItWhatRanBeforeAndWhenItWouldBeDue() {
        CaseScene scene = owned().ledger("0", hour(10)).line(Kind.FINAL, "0", hour(10), Outcome.SUCCEEDED, "");
        scene.version(hour(10).plusSeconds(60), 1, hourly().build(), true);
        assertThat(scene.explain())
                .contains("It is paused: nothing is due until 'belfry resume index'. Else it would be due next at"
                        + " 2026-06-01T13:00:00Z.")
                .contains("Its last fire was at 2026-06-01T10:00:00Z.")
                .contains("Its only shard succeeded.")
                .doesNotContain("The next fire is");
    }

    @Test
    void disabledAndDeletedJobsSaySo() {
        CaseScene disabled = owned().version(hour(3), 1, hourly().enabled(false).build(), false);
        assertThat(disabled.explain()).contains("It is not enabled").doesNotContain("The next fire is");
        CaseScene deleted = owned();
        deleted.deletedAt = Optional.of(hour(9));
        assertThat(deleted.explain())
                .contains("deleted with effect from 2026-06-01T09:00:00Z")
                .contains("Its last fire was at 2026-06-01T08:00:00Z.")
                .doesNotContain("The next fire is");
    }

    @Test
    void agentThatMayGoByLostRowsIsNamed() {
        CaseScene scene = new CaseScene(hourly().build()).agent("a", Set.of("index"), Map.of(), false);
        assertThat(scene.explain()).doesNotContain("rows were lost");
        int bucket = Buckets.of(new LayoutKey(CaseScene.UID, 1).shard(0));
        scene.emptied.put(bucket, 7L);
        assertThat(scene.explain()).contains("rows were lost").contains("a has not reported the present table.");
        scene.agents.replaceAll(agent -> new AgentState(
                agent.facts(),
                Optional.of(new HeartbeatRecord(1, 0, 7, 0, 0, 0, CaseScene.NOON, Optional.empty())),
                CaseScene.NOON,
                agent.master(),
                agent.drained()));
        assertThat(scene.explain()).doesNotContain("rows were lost");
    }

    @Test
    void handlerThatNobodyHasIsNamed() {
        CaseScene scene = new CaseScene(hourly().build()).agent("a", Set.of("other"), Map.of(), false);
        assertThat(scene.explain())
                .contains("1 of 1 shards have no owner.")
                .contains("No agent has handler 'index': register it in the code of a service");
    }

    @Test
    void labelThatNobodyHasAndAgentsThatDrainAreNamed() {
        CaseScene scene = new CaseScene(hourly().requireLabel("disk", "ssd").build())
                .agent("a", HANDLER, Map.of("disk", "hdd"), false)
                .agent("b", HANDLER, Map.of("disk", "ssd"), true)
                .agent("c", HANDLER, Map.of(), false);
        assertThat(scene.explain())
                .contains("a, c cannot: labels do not match {disk=[ssd]}.")
                .contains("b cannot: draining.");
    }

    @Test
    void attemptThatWillNotEndIsToldToHoldTheHandOverUp() {
        CaseScene scene = owned().agent("b", HANDLER, Map.of(), false)
                .next(0, "b")
                .ledger("0", hour(10), running(hour(11), hour(11)));
        assertThat(scene.explain())
                .contains("It is to go to b as soon as its running attempts end.")
                .contains(
                        "The hand-over waits for attempt 1 (token 77) of the fire of 2026-06-01T11:00:00Z, which runs on"
                                + " a since 2026-06-01T11:00:00Z, for 3600 s.")
                .doesNotContain("told to stop");
        scene.line(Kind.ABANDONED, "0", hour(11), Outcome.TIMED_OUT, Reasons.ATTEMPT_TIMEOUT);
        assertThat(scene.explain()).contains("It was told to stop and has not: only the end of that process");
    }

    @Test
    void ownerThatIsGoneIsToldToBeWaitedFor() {
        CaseScene scene = owned().ledger("0", hour(11));
        scene.agents.clear();
        scene.agent("b", HANDLER, Map.of(), false);
        assertThat(scene.explain())
                .contains("belongs to a since")
                .contains("That incarnation is gone; another gets the shard once its lease is sure to be over.")
                .contains("has not begun it");
    }

    @Test
    void failedAttemptInBackOffSaysWhenTheNextOneStarts() {
        Retry retry = new Retry(3, Duration.ofSeconds(20), 2.0, Duration.ofMinutes(5), 0, List.of());
        CaseScene scene = new CaseScene(hourly().retry(retry).build())
                .agent("a", HANDLER, Map.of(), false)
                .owner(0, "a")
                .ledger("0", hour(11), running(NOON, NOON))
                .line(Kind.ENDED, "0", NOON, Outcome.FAILED, "IOException: no route");
        assertThat(scene.explain())
                .contains("Its only shard waits to be tried again.")
                .contains("ended attempt 1 (token 77) failed")
                .contains("IOException: no route")
                .contains("Attempt 2 of 3 at most is to start about 2026-06-01T12:00:22Z; until then the fire counts");
    }

    @Test
    void supersededFiresAreToldWithTheirReason() {
        CaseScene scene = owned().range(Kind.FINAL, "0", hour(9), hour(11), 3, Outcome.SUPERSEDED, Reasons.LAYOUT)
                .ledger("0", hour(11));
        scene.version(hour(11).plusSeconds(9), 2, hourly().shards(2).build(), false);
        assertThat(scene.explain(hour(10), Optional.empty()))
                .contains("It was due at 2026-06-01T10:00:00Z.")
                .contains("superseded (the number of shards or their parameters changed)")
                .contains("superseded for the 3 fires from 2026-06-01T09:00:00Z to 2026-06-01T11:00:00Z");
        // The last fire may have been one of another layout, whose ledgers were not read.
        assertThat(scene.explain(hour(11).plusSeconds(30), Optional.empty()))
                .contains("That was another layout of its shards; 'belfry explain index --at 2026-06-01T11:00:00Z'");
    }

    @Test
    void missedFiresAreToldWithTheirReason() {
        CaseScene scene =
                owned().ledger("0", NOON).range(Kind.FINAL, "0", hour(8), NOON, 5, Outcome.MISSED, Reasons.WINDOW);
        assertThat(scene.explain())
                .contains("Its only shard missed (older than the catch-up window).")
                .contains("recorded missed for the 5 fires from 2026-06-01T08:00:00Z to 2026-06-01T12:00:00Z");
    }

    // --- what will

    @Test
    void instantToComeIsToldAsOne() {
        CaseScene scene = owned();
        assertThat(scene.explain(hour(15), Optional.of("0")))
                .contains("That is to come")
                .contains("It will be due at 2026-06-01T15:00:00Z.")
                .contains("The next fire from then on is at 2026-06-01T15:00:00Z, on a as things stand.")
                .doesNotContain("was due", "recorded");
        assertThat(scene.explain(hour(15).plusSeconds(1), Optional.empty()))
                .doesNotContain("It will be due at")
                .contains("The next fire from then on is at 2026-06-01T16:00:00Z");
    }

    @Test
    void manualJobSaysThatSomebodyHasToTriggerIt() {
        CaseScene scene = new CaseScene(Job.named("index").manual().build())
                .agent("a", HANDLER, Map.of(), false)
                .owner(0, "a");
        assertThat(scene.explain())
                .contains("It has no schedule: nothing is due unless somebody triggers it.")
                .contains("it runs when somebody triggers it");
    }

    @Test
    void delayIsToldByWhatTheJournalListsAndByTheLedgersNextInstant() {
        CaseScene scene = new CaseScene(
                        Job.named("index").delay(Duration.ofMinutes(7)).build())
                .agent("a", HANDLER, Map.of(), false)
                .owner(0, "a")
                .ledger("0", hour(11))
                .line(Kind.FINAL, "0", hour(11), Outcome.SUCCEEDED, "");
        assertThat(scene.explain())
                .contains("Its last fire was at 2026-06-01T11:00:00Z.")
                .contains("Its next fire follows the end of the one before, which has not ended yet.");
        scene.delayNext("0", NOON.plusSeconds(60));
        assertThat(scene.explain())
                .contains("Its next fire is at 2026-06-01T12:01:00Z, the delay after the end of the one before.");
    }

    @Test
    void clocksThatWereSetBackAreNamedWithTheFireThatEndsTheSilence() {
        Instant tomorrow = NOON.plus(Duration.ofDays(1));
        CaseScene scene = new CaseScene(
                        Job.named("index").every(Duration.ofHours(1)).build())
                .agent("a", Set.of("index"), Map.of(), false)
                .owner(0, "a")
                .ledger("0", tomorrow);
        assertThat(scene.explain())
                .contains(
                        "It is settled up to " + tomorrow + ", 1d in the future: the clocks have been set back since",
                        "nothing fires until then",
                        "The next fire is at " + tomorrow.plus(Duration.ofHours(1)));
        assertThat(scene.ledger("0", NOON.plusSeconds(60)).explain())
                .doesNotContain("in the future")
                .contains("The next fire is at " + NOON.plus(Duration.ofHours(1)));
    }
}
