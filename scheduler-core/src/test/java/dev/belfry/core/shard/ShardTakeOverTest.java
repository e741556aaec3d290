package dev.belfry.core.shard;

import static dev.belfry.core.shard.TestShard.NOON;
import static dev.belfry.core.shard.TestShard.above;
import static dev.belfry.core.shard.TestShard.everyTenSeconds;
import static dev.belfry.core.shard.TestShard.second;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.core.job.Misfire;
import dev.belfry.core.job.MisfirePolicy;
import dev.belfry.core.job.OverlapPolicy;
import dev.belfry.core.job.Recovery;
import dev.belfry.core.job.Retry;
import dev.belfry.core.ledger.FireId;
import dev.belfry.core.ledger.Reasons;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What passes from one owner to the next: leases, claims, failures, losses. */
class ShardTakeOverTest {

    private static final Retry THREE = new Retry(3, Duration.ofSeconds(1), 2.0, Duration.ofMinutes(1), 0, List.of());

    private static final Misfire ALL =
            new Misfire(MisfirePolicy.FIRE_ALL, Duration.ofSeconds(1), Duration.ofHours(1), 100);
    private static final Misfire NONE =
            new Misfire(MisfirePolicy.SKIP, Duration.ofSeconds(1), Duration.ofHours(1), 100);

    // --- take-over after a loss

    @Test
    void whatALostOwnerHadStartedRunsAgainAndItsTokenIsGreater() {
        TestShard lost = TestShard.of(everyTenSeconds()).at(10);
        TestShard next = lost.successor().at(15);
        assertThat(next.starts()).containsExactly("10#2");
        assertThat(next.journal.get(0).reason()).isEqualTo(Reasons.OUTCOME_UNKNOWN);
        assertThat(next.attempt().token()).isGreaterThan(lost.attempt().token());
        next.succeed();
        assertThat(next.outcomes()).containsExactly("10 succeeded(outcome-unknown)");
    }

    @Test
    void finalSpansOfTheLostOwnerAreNotSettledAgain() {
        TestShard lost = TestShard.of(everyTenSeconds()).at(10).at(20).at(30);
        TestShard next = lost.successor().at(45);
        assertThat(next.starts()).containsExactly("10#2");
        next.succeed();
        next.succeed();
        assertThat(next.starts()).containsExactly("10#2", "40#1");
        assertThat(next.outcomes()).containsExactly("10 succeeded(outcome-unknown)", "40 succeeded(misfire)");
        assertThat(next.write().mark()).isEqualTo(second(45));
    }

    @Test
    void bufferedFiresOfALostOwnerAreOwedLikeAnyOther() {
        TestShard lost = TestShard.of(everyTenSeconds().overlap(OverlapPolicy.BUFFER_ALL))
                .at(10)
                .at(20)
                .at(30);
        TestShard next = lost.successor().at(35);
        next.succeed();
        assertThat(next.starts()).containsExactly("10#2", "30#1");
        assertThat(next.outcomes()).contains("20 missed(coalesced)");
    }

    @Test
    void whatAPredecessorWithAFasterClockHasDecidedIsNotDecidedAgain() {
        TestShard fast = TestShard.of(everyTenSeconds()).at(10).at(20);
        TestShard skipped = fast.successor();
        skipped.at(15).at(19);
        assertThat(skipped.at(31).outcomes())
                .doesNotContain("20 skipped(overlap)")
                .contains("30 skipped(overlap)");

        TestShard started = TestShard.of(everyTenSeconds()).at(10);
        started.succeed();
        started.at(20);
        TestShard slow = started.successor();
        slow.at(12).at(20);
        slow.succeed();
        assertThat(slow.outcomes()).containsExactly("20 succeeded(outcome-unknown)");
        assertThat(slow.at(23).starts()).containsExactly("20#2");
    }

    @Test
    void aStallDoesNotSettleAgainWhatAFasterClockHasDecided() {
        TestShard fast = TestShard.of(everyTenSeconds()).at(10).at(20).at(30);
        TestShard slow = fast.successor();
        slow.at(15);
        slow.succeed();
        slow.at(45);
        assertThat(slow.outcomes()).noneMatch(text -> text.startsWith("20") || text.startsWith("30"));
        assertThat(slow.starts()).containsExactly("10#2", "40#1");
    }

    // --- fires of which a lost owner may have left no trace

    @Test
    void whatWasDueWhileALostOwnerMayHaveHeldItsLeaseRunsAgainAsWhatMayHaveRun() {
        TestShard lost = TestShard.of(everyTenSeconds().misfire(ALL));
        TestShard next = lost.successor();
        next.runs.doubt(second(20));
        next.at(35);
        next.succeed();
        next.succeed();
        next.succeed();
        assertThat(next.outcomes())
                .containsExactly(
                        "10 succeeded(outcome-unknown)", "20 succeeded(outcome-unknown)", "30 succeeded(misfire)");
    }

    @Test
    void whatIsLeftOutSaysWhetherItMayHaveRun() {
        TestShard next = TestShard.of(everyTenSeconds().misfire(NONE)).successor();
        next.runs.doubt(second(25));
        assertThat(next.at(45).outcomes())
                .containsExactly("10-20 x2 missed(outcome-unknown)", "30-40 x2 missed(misfire-skip)");
        TestShard once = TestShard.of(everyTenSeconds()).successor();
        once.runs.doubt(second(25));
        assertThat(once.at(45).outcomes())
                .containsExactlyInAnyOrder("10-20 x2 missed(outcome-unknown)", "30 missed(coalesced)");
    }

    @Test
    void whatIsLeftOutGoesByTheRecoveryOfItsOwnVersion() {
        TestShard next = TestShard.of(everyTenSeconds().misfire(NONE)).successor();
        next.change(15, everyTenSeconds().misfire(NONE).recovery(Recovery.SKIP));
        next.runs.doubt(second(25));
        assertThat(next.at(35).outcomes())
                .containsExactly("10 missed(outcome-unknown)", "20 missed(misfire-skip)", "30 missed(misfire-skip)");
    }

    @Test
    void aFireThatASlowClockTakesForOneOnTimeMayHaveRunToo() {
        TestShard slow = TestShard.of(everyTenSeconds()).successor();
        slow.runs.doubt(second(10));
        slow.at(9).at(10);
        slow.succeed();
        slow.at(20);
        slow.succeed();
        assertThat(slow.outcomes()).containsExactly("10 succeeded(outcome-unknown)", "20 succeeded");
    }

    @Test
    void anAtMostOnceFireWithoutAClaimWasNotStartedByAnybody() {
        TestShard next = TestShard.of(everyTenSeconds().recovery(Recovery.SKIP)).successor();
        next.runs.doubt(second(20));
        next.at(25).flush();
        next.succeed();
        assertThat(next.outcomes()).containsExactlyInAnyOrder("10 missed(coalesced)", "20 succeeded(misfire)");
    }

    @Test
    void anOwnerThatLetsGoBeforeItHasSettledPassesTheDoubtOn() {
        TestShard second = TestShard.of(everyTenSeconds().misfire(ALL)).successor();
        second.runs.doubt(second(20));
        second.clock(25).runs.beginHandOver(second.now);
        second.runs.prepareRelease(second.moment());
        TestShard third = second.successor().at(35);
        third.succeed();
        third.succeed();
        third.succeed();
        assertThat(third.outcomes())
                .containsExactly(
                        "10 succeeded(outcome-unknown)", "20 succeeded(outcome-unknown)", "30 succeeded(handover)");
        third.runs.beginHandOver(third.now);
        third.runs.prepareRelease(third.moment());
        assertThat(third.write().released().orElseThrow().doubt()).as("settled").isEmpty();
    }

    @Test
    void whatALostOwnerMayHaveRunIsNotCalledSupersededWithoutADoubt() {
        TestShard next = TestShard.of(everyTenSeconds()).at(10).successor();
        next.runs.doubt(second(25));
        next.clock(60).runs.supersede(second(50), Reasons.LAYOUT, List.of(), next.moment());
        assertThat(next.outcomes())
                .containsExactly(
                        "10 superseded(outcome-unknown)",
                        "20 superseded(outcome-unknown)",
                        "30-50 x3 superseded(layout)");
        TestShard once = TestShard.of(everyTenSeconds().recovery(Recovery.SKIP)).successor();
        once.runs.doubt(second(25));
        once.clock(60).runs.supersede(second(50), Reasons.LAYOUT, List.of(), once.moment());
        assertThat(once.outcomes())
                .as("at most once, it had no claim")
                .allMatch(line -> line.endsWith("superseded(layout)"));
    }

    // --- broadcast: an incarnation that was lost, and the time in which its agent was not there

    @Test
    void whatALostIncarnationMayHaveRunIsRecordedAndTheTimeWithoutTheAgentOwesNothing() {
        TestShard lost = TestShard.of(everyTenSeconds()).at(10);
        TestShard next = lost.successor();
        next.runs.absent(second(1_000), NOON, Duration.ofSeconds(25), List.of());
        next.at(1_005);
        next.succeed();
        assertThat(next.outcomes())
                .containsExactlyInAnyOrder("20-40 x3 missed(outcome-unknown)", "10 succeeded(outcome-unknown)");
        assertThat(next.at(1_010).starts()).containsExactly("10#2", "1010#1");
        assertThat(next.write().mark()).isEqualTo(second(1_009.999));
    }

    @Test
    void whatALostIncarnationMayHaveRunIsRecordedThoughTheNextOneIsSoonGoneAgain() {
        TestShard ended = TestShard.of(everyTenSeconds()).successor();
        ended.runs.absent(second(45), NOON, Duration.ofSeconds(15), List.of());
        ended.clock(50).runs.supersede(second(50), Reasons.DELETED, List.of(), ended.moment());
        assertThat(ended.outcomes()).containsExactly("10-20 x2 missed(outcome-unknown)", "50 superseded(deleted)");
        TestShard left = TestShard.of(everyTenSeconds()).successor();
        left.runs.absent(second(45), NOON, Duration.ofSeconds(15), List.of());
        left.clock(46).runs.beginHandOver(left.now);
        left.runs.prepareRelease(left.moment());
        assertThat(left.outcomes()).containsExactly("10-20 x2 missed(outcome-unknown)");
    }

    @Test
    void anIncarnationThatWasLostBeforeItSettledAnythingMayHaveRunSomethingToo() {
        TestShard next = TestShard.of(everyTenSeconds()).successor();
        next.runs.absent(second(1_000), second(495), Duration.ofSeconds(15), List.of());
        assertThat(next.at(1_001).outcomes())
                .containsExactly("10-20 x2 missed(outcome-unknown)", "500-510 x2 missed(outcome-unknown)");
    }

    @Test
    void runsThatWereAskedForSoonAfterALostIncarnationWasThereMayHaveBeenRunByIt() {
        List<FireId> asked = List.of(
                FireId.requested("before", second(490)),
                FireId.requested("first", second(496)),
                FireId.requested("soon", second(505)),
                FireId.requested("late", second(512)),
                FireId.requested("itsOwn", second(1_001)));
        TestShard next = TestShard.of(everyTenSeconds()).successor();
        next.runs.absent(second(1_000), second(495), Duration.ofSeconds(15), asked);
        assertThat(next.at(1_000).outcomes())
                .contains("first missed(outcome-unknown)", "soon missed(outcome-unknown)")
                .noneMatch(outcome ->
                        outcome.startsWith("before") || outcome.startsWith("late") || outcome.startsWith("itsOwn"));
        TestShard once = TestShard.of(everyTenSeconds().recovery(Recovery.SKIP)).successor();
        once.runs.absent(second(1_000), second(495), Duration.ofSeconds(15), asked);
        assertThat(once.at(1_000).outcomes())
                .noneMatch(outcome -> outcome.contains("first") || outcome.contains("soon"));
    }

    @Test
    void atMostOnceALostIncarnationHasRunNothingThatItHadNotClaimed() {
        TestShard next = TestShard.of(everyTenSeconds().recovery(Recovery.SKIP)).successor();
        next.runs.absent(second(45), NOON, Duration.ofSeconds(15), List.of());
        assertThat(next.at(46).outcomes()).isEmpty();
    }

    @Test
    void whatWaitedForItsTurnWhenTheAgentOfABroadcastJobWasLostIsRecordedHoweverLongItHadWaited() {
        for (Recovery recovery : Recovery.values()) {
            TestShard lost =
                    TestShard.partOf(everyTenSeconds().recovery(recovery).overlap(OverlapPolicy.BUFFER_ALL));
            lost.at(10).write();
            lost.acknowledge();
            assertThat(lost.starts()).containsExactly("10#1");
            for (int i = 20; i <= 90; i += 10) {
                lost.at(i);
                assertThat(lost.runs.dirty())
                        .as("what is due at " + i + " is told of")
                        .isTrue();
                lost.write();
            }
            FireId asked = FireId.requested("r", second(95));
            FireId later = FireId.requested("s", second(150));
            lost.clock(95).runs.request(List.of(asked), id -> true, lost.moment(), true);
            assertThat(lost.runs.dirty()).as("what is asked for is told of").isTrue();
            TestShard next = lost.successor();
            next.runs.absent(second(1_000), NOON, Duration.ofSeconds(15), List.of(asked, later));
            assertThat(TestShard.stored(next.write()).attended())
                    .as("until it is settled")
                    .isEqualTo(lost.write().attended());
            assertThat(next.at(1_001).outcomes())
                    .contains("20-90 x8 missed(outcome-unknown)", "r missed(outcome-unknown)")
                    .noneMatch(outcome -> outcome.startsWith("s "));
            assertThat(next.write().attended()).isEmpty();
        }
    }

    // --- retries

    @Test
    void theFailuresOfAPredecessorCountAgainstTheRetryLimitAfterALoss() {
        TestShard lost = TestShard.of(everyTenSeconds().retry(THREE)).at(10);
        lost.fail();
        lost.clock(11).retry();
        lost.fail();
        lost.clock(13).retry();
        TestShard next = lost.successor().at(15);
        assertThat(next.starts()).as("the third was lost with its agent").containsExactly("10#4");
        next.fail();
        assertThat(next.backOffs).isEmpty();
        assertThat(next.outcomes()).containsExactly("10 failed(java.io.IOException: no)");
    }

    @Test
    void theFailuresOfAPredecessorCountAfterAHandOverInTheBackOff() {
        TestShard giver = TestShard.of(everyTenSeconds().retry(THREE)).at(10);
        giver.fail();
        giver.clock(11).retry();
        giver.fail();
        giver.runs.beginHandOver(giver.now);
        giver.clock(12).runs.prepareRelease(giver.moment());
        TestShard taker = giver.successor().at(14);
        assertThat(taker.starts()).as("one is left").containsExactly("10#3");
        TestShard third = taker.successor().at(16);
        third.fail();
        assertThat(third.outcomes())
                .as("also through an owner that only lost an attempt")
                .containsExactly("10 failed(java.io.IOException: no)");
        assertThat(third.starts()).containsExactly("10#4");
    }

    @Test
    void attemptsThatAreLostOrCutShortDoNotCountAgainstTheRetryLimit() {
        TestShard shard = TestShard.of(everyTenSeconds().retry(THREE)).at(10);
        for (int loss = 0; loss < 5; loss++) {
            shard = shard.successor().at(11 + loss);
        }
        shard.loseLease();
        shard.fail();
        shard.lease = true;
        shard.at(17).fail();
        assertThat(shard.starts()).containsExactly("10#6", "10#7");
        assertThat(shard.outcomes()).isEmpty();
        shard.clock(18).retry();
        shard.fail();
        shard.retry();
        shard.fail();
        assertThat(shard.outcomes()).containsExactly("10 failed(java.io.IOException: no)");
    }

    @Test
    void theRetryLimitOfARunThatWasAskedForHoldsAcrossOwnersToo() {
        TestShard lost = TestShard.of(everyTenSeconds().retry(THREE));
        lost.request("r");
        lost.fail();
        lost.clock(1).retry();
        lost.fail();
        TestShard next = lost.successor().at(5);
        next.fail();
        assertThat(next.outcomes()).containsExactly("r failed(java.io.IOException: no)");
    }

    // --- at most once

    @Test
    void anAtMostOnceFireStartsOnceItsClaimIsDurable() {
        TestShard shard =
                TestShard.of(everyTenSeconds().recovery(Recovery.SKIP)).at(10);
        assertThat(shard.orders).isEmpty();
        assertThat(above(shard.write())).containsExactly("10 claimed");
        shard.acknowledge();
        assertThat(shard.starts()).containsExactly("10#1");
        shard.succeed();
        assertThat(shard.outcomes()).containsExactly("10 succeeded");
    }

    @Test
    void aClaimWhoseWriteWasRefusedIsMadeAgainBeforeAnythingStarts() {
        TestShard shard =
                TestShard.of(everyTenSeconds().recovery(Recovery.SKIP)).at(10);
        shard.write();
        shard.runs.notWritten();
        shard.acknowledge();
        assertThat(shard.orders).isEmpty();
        shard.write();
        shard.acknowledge();
        assertThat(shard.starts()).containsExactly("10#1");
    }

    @Test
    void aClaimAcknowledgedWithoutALeaseStartsWhenTheLeaseIsBack() {
        TestShard shard =
                TestShard.of(everyTenSeconds().recovery(Recovery.SKIP)).at(10);
        shard.write();
        shard.loseLease();
        shard.acknowledge();
        assertThat(shard.orders).isEmpty();
        shard.lease = true;
        assertThat(shard.at(12).starts()).containsExactly("10#1");
        assertThat(shard.at(13).starts()).hasSize(1);
    }

    @Test
    void aPredecessorsClaimWithoutOutcomeIsLostAndNeverRuns() {
        TestShard lost = TestShard.of(everyTenSeconds().recovery(Recovery.SKIP)).at(10);
        lost.write();
        lost.acknowledge();
        TestShard next = lost.successor().at(15);
        assertThat(next.orders).isEmpty();
        assertThat(next.outcomes()).containsExactly("10 lost(claim-without-outcome)");
    }

    @Test
    void aRequestThatComesBeforeTheFirstDecisionDoesNotRunALostClaimAgain() {
        TestShard lost = TestShard.of(everyTenSeconds().recovery(Recovery.SKIP)).at(10);
        lost.write();
        lost.acknowledge();
        TestShard next = lost.successor();
        next.request("r");
        next.at(12).request("r");
        next.write();
        next.acknowledge();
        assertThat(next.outcomes()).contains("10 lost(claim-without-outcome)");
        assertThat(next.starts()).containsExactly("r#1");
    }

    @Test
    void anAtMostOnceAttemptCutShortIsCancelledAndNotRunAgain() {
        TestShard shard =
                TestShard.of(everyTenSeconds().recovery(Recovery.SKIP)).at(10);
        shard.write();
        shard.acknowledge();
        shard.loseLease();
        shard.fail();
        assertThat(shard.outcomes()).containsExactly("10 cancelled(lease-over)");
    }

    @Test
    void aRetryOfAnAtMostOnceFireIsClaimedAgain() {
        TestShard shard = TestShard.of(everyTenSeconds().recovery(Recovery.SKIP).retry(THREE))
                .at(10);
        shard.write();
        shard.acknowledge();
        shard.fail();
        shard.clock(11).retry();
        assertThat(shard.starts()).containsExactly("10#1");
        shard.write();
        shard.acknowledge();
        assertThat(shard.starts()).containsExactly("10#1", "10#2");
    }

    // --- the lease

    @Test
    void theEndOfTheLeaseStopsWhatRunsAndItsReturnRunsItAgain() {
        TestShard shard = TestShard.of(everyTenSeconds()).at(10);
        shard.clock(12).loseLease();
        assertThat(shard.stops).containsValue(Reasons.LEASE_OVER);
        shard.fail();
        assertThat(shard.at(20).orders).hasSize(1);
        shard.lease = true;
        shard.at(35);
        assertThat(shard.starts()).containsExactly("10#1", "10#2");
        shard.succeed();
        shard.succeed();
        assertThat(shard.starts()).containsExactly("10#1", "10#2", "30#1");
        assertThat(shard.outcomes())
                .containsExactly("20 missed(coalesced)", "10 succeeded(lease-over)", "30 succeeded(misfire)");
    }

    @Test
    void aRetryThatFallsIntoALapseOfTheLeaseIsPutOff() {
        TestShard shard = TestShard.of(everyTenSeconds().retry(THREE)).at(10);
        shard.fail();
        shard.loseLease();
        shard.clock(11).retry();
        assertThat(shard.backOffs).hasSize(1);
        shard.lease = true;
        shard.at(12).retry();
        assertThat(shard.starts()).containsExactly("10#1", "10#2");
    }
}
