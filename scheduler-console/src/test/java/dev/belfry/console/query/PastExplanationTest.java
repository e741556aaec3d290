package dev.belfry.console.query;

import static dev.belfry.console.query.CaseScene.NOON;
import static dev.belfry.console.query.CaseScene.running;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.core.job.Job;
import dev.belfry.core.job.Placement;
import dev.belfry.core.journal.FireEntry.Kind;
import dev.belfry.core.journal.JournalCounts;
import dev.belfry.core.ledger.Reasons;
import dev.belfry.core.run.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What was true at an instant of the past, apart from what is true now and from what is written and not in force yet. */
class PastExplanationTest {
    private static final Set<String> HANDLER = Set.of("index");

    private static Job hourly() {
        return Job.named("index").every(Duration.ofHours(1));
    }

    private static Instant hour(int n) {
        return CaseScene.START.plus(Duration.ofHours(n));
    }

    private static CaseScene ran() {
        return new CaseScene(hourly().build())
                .ledger("0", hour(10))
                .line(Kind.FINAL, "0", hour(8), Outcome.SUCCEEDED, "");
    }

    // --- the past

    @Test
    void pauseAndLossOfTheOwnerSinceAreNotToldOfThePast() {
        CaseScene scene = ran().change(hour(1), "grant", "a").change(hour(9), "drop", "a");
        scene.version(hour(10).plusSeconds(60), 1, hourly().build(), true);
        assertThat(scene.explain(hour(8), Optional.empty()))
                .contains("Version 1, in force from 2026-06-01T00:00:00Z until 2026-06-01T10:01:00Z")
                .contains("It was due at 2026-06-01T08:00:00Z.")
                .contains("Its only shard succeeded.")
                .contains("Shard 0 belonged to a then.")
                .contains("At 2026-06-01T01:00:00Z the master m: grant a, to balance.")
                .contains("The next fire after that was at 2026-06-01T09:00:00Z.")
                .contains("At present version 2 is in force, since 2026-06-01T10:01:00Z, by anna: it is paused, and"
                        + " nothing is due.")
                .doesNotContain("It is paused", "have no owner", "No agent is registered", "no master", "drop");
    }

    @Test
    void pauseOfThePastIsToldOfThePastAlone() {
        CaseScene scene = ran().agent("a", HANDLER, Map.of(), false).owner(0, "a");
        scene.version(hour(9).plusSeconds(1), 1, hourly().build(), true);
        scene.version(hour(11), 1, hourly().build(), false);
        assertThat(scene.explain(hour(10), Optional.empty()))
                .contains("It was paused then: nothing was due under that version.")
                .contains("It was not due at 2026-06-01T10:00:00Z; the last fire up to then was 2026-06-01T09:00:00Z.")
                .contains("The next fire after that was at 2026-06-01T11:00:00Z.")
                .contains("At present version 3 is in force")
                .doesNotContain("resume index", "and nothing is due");
    }

    @Test
    void fireOfThePastThatStillWaitsSaysWhatIsKnownOfThePresentAsSuch() {
        CaseScene scene = new CaseScene(hourly().build()).ledger("0", hour(7));
        assertThat(scene.explain(hour(8), Optional.empty()))
                .contains("Its only shard has not begun it.")
                .contains("The masters' journal lists no owner of shard 0 at that time.")
                .contains("At present its ledger, last written by a, is final up to 2026-06-01T07:00:00Z")
                .contains("At present: 1 of 1 shards have no owner.")
                .contains("At present: Nobody can take shard 0: no agent is registered.");
    }

    @Test
    void deletionSinceIsToldAsOfThePresent() {
        CaseScene scene = ran();
        scene.deletedAt = Optional.of(hour(9).plusSeconds(1));
        assertThat(scene.explain(hour(8), Optional.empty()))
                .contains("Its only shard succeeded.")
                .contains("At present the job is deleted, with effect from 2026-06-01T09:00:01Z.")
                .doesNotContain("nothing is due after that");
    }

    @Test
    void secondSessionOfAnAgentIsToldApartAndAnOnlyOneIsNot() {
        CaseScene scene = ran().agent("a", 0x1008, hour(9), HANDLER, Map.of(), false);
        assertThat(scene.explain(hour(8), Optional.empty())).contains("a (session 7) recorded succeeded");
        assertThat(ran().explain(hour(8), Optional.empty()))
                .contains("a recorded succeeded")
                .doesNotContain("session");
    }

    @Test
    void factsForProgramsAreThoseOfTheSentences() {
        CaseScene scene =
                ran().agent("a", HANDLER, Map.of(), false).owner(0, "a").change(hour(1), "grant", "a");
        Explanation told = scene.explanation(hour(8), Optional.empty());
        assertThat(told.due()).contains(hour(8));
        assertThat(told.next().at()).contains(hour(9));
        assertThat(told.shards()).singleElement().satisfies(shard -> {
            assertThat(shard.state()).isEqualTo(Standing.State.FINAL);
            assertThat(shard.outcome()).contains(Outcome.SUCCEEDED);
            assertThat(shard.ownerThen()).contains("a~7");
            assertThat(shard.owner()).isPresent();
            assertThat(shard.attempts()).singleElement().satisfies(attempt -> {
                assertThat(attempt.number()).isEqualTo(1);
                assertThat(attempt.token()).isEqualTo(77);
                assertThat(attempt.agent()).isEqualTo("a");
                assertThat(attempt.took()).contains(Duration.ofSeconds(2));
            });
        });
    }

    // --- written, and not in force yet

    @Test
    void versionThatIsWrittenAndNotInForceYetIsNamed() {
        CaseScene scene = ran().agent("a", HANDLER, Map.of(), false).owner(0, "a");
        scene.version(NOON.minusSeconds(2), NOON.plusSeconds(6), 1, hourly().build(), true);
        assertThat(scene.explain())
                .contains("Version 1, in force from")
                .contains("Version 2, written at 2026-06-01T11:59:58Z by anna, comes into force at"
                        + " 2026-06-01T12:00:06Z (in 6 s): paused, so that nothing is due under it.")
                .contains("No further fire is due before version 2 is in force, and none under it.")
                .doesNotContain("It is paused:");
        CaseScene off = ran().version(
                        NOON.minusSeconds(2),
                        NOON.plusSeconds(6),
                        1,
                        hourly().enabled(false).build(),
                        false);
        assertThat(off.explain()).contains("comes into force at 2026-06-01T12:00:06Z (in 6 s): not enabled, so that");
        CaseScene more = ran().version(
                        NOON.minusSeconds(2),
                        NOON.plusSeconds(6),
                        1,
                        Job.named("index").every(Duration.ofHours(2)).build(),
                        false);
        assertThat(more.explain()).contains("(in 6 s): trigger.every 1h -> 2h.");
    }

    @Test
    void deletionThatIsNotInForceYetIsNamed() {
        CaseScene scene = ran();
        scene.deletedAt = Optional.of(NOON.plusSeconds(6));
        assertThat(scene.explain())
                .contains("The job is being deleted; that comes into force at 2026-06-01T12:00:06Z (in 6 s)")
                .contains("No further fire is due before the deletion is in force.")
                .doesNotContain("was deleted with effect");
    }

    // --- broadcast

    private static CaseScene broadcast() {
        return new CaseScene(hourly().placement(Placement.BROADCAST).build());
    }

    @Test
    void broadcastFireOfAnAgentThatHadDiedIsNotMadeUpForOnceItIsBack() {
        CaseScene scene = broadcast()
                .agent("a", 9, hour(11), HANDLER, Map.of(), false)
                .ledger("a", hour(12))
                .broadcastLine("a", hour(9), Outcome.SUCCEEDED);
        assertThat(scene.explain(hour(10), Optional.of("a")))
                .contains("Shard a did not run and has no outcome: its agent is registered anew since")
                .contains("The last outcome that agent a recorded before is that of the fire of 2026-06-01T09:00:00Z")
                .contains("Agent a is registered since 2026-06-01T11:00:00Z, and owes what is due after that.")
                .doesNotContain("counted");
        JournalCounts counts = new JournalCounts();
        scene.lines.forEach(line -> counts.add(line.entry()));
        scene.counts.put("a~7", counts);
        assertThat(scene.explain(hour(10), Optional.of("a"))).contains("has no outcome");
        assertThat(scene.explanation(hour(10), Optional.of("a")).shards())
                .extracting(Standing::state)
                .containsExactly(Standing.State.NOT_OWED);
    }

    @Test
    void broadcastFireOfAnAgentThatIsGoneIsNobodyElses() {
        CaseScene scene = broadcast().ledger("a", hour(9)).broadcastLine("a", hour(9), Outcome.SUCCEEDED);
        assertThat(scene.explain(hour(10), Optional.of("a")))
                .contains("has not begun it, and its agent is not registered any more: nobody else runs it");
        scene.ledger("a", hour(9), running(hour(10), hour(10)));
        assertThat(scene.explain(hour(10), Optional.of("a")))
                .contains("is settled by the recovery policy once an agent of that id registers again");
    }

    @Test
    void fireThatIsCountedIsSaidToBeAndOneThatIsNotIsNot() {
        CaseScene scene = new CaseScene(hourly().build()).ledger("0", hour(11));
        assertThat(scene.explain(hour(8), Optional.empty())).contains("neither listed nor counted");
        JournalCounts counts = new JournalCounts();
        CaseScene counted = new CaseScene(hourly().build());
        counted.line(Kind.FINAL, "0", hour(8), Outcome.MISSED, Reasons.WINDOW)
                .lines
                .forEach(line -> counts.add(line.entry()));
        scene.counts.put("a~7", counts);
        assertThat(scene.explain(hour(8), Optional.empty())).contains("its outcome counted and not listed any more");
    }
}
