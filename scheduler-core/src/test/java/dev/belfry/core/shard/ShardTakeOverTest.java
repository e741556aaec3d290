package dev.belfry.core.shard;

import static dev.belfry.core.shard.TestShard.above;
import static dev.belfry.core.shard.TestShard.everyTenSeconds;
import static dev.belfry.core.shard.TestShard.second;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.core.job.Misfire;
import dev.belfry.core.job.MisfirePolicy;
import dev.belfry.core.job.OverlapPolicy;
import dev.belfry.core.job.Recovery;
import dev.belfry.core.job.Retry;
import dev.belfry.core.ledger.Reasons;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What passes from one owner to the next: leases, claims, hand-overs, losses. */
class ShardTakeOverTest {

    private static final Retry THREE = new Retry(3, Duration.ofSeconds(1), 2.0, Duration.ofMinutes(1), 0, List.of());

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

    // --- hand-over

    @Test
    void duringAHandOverNothingStartsAndTheSuccessorRunsItLate() {
        TestShard giver = TestShard.of(everyTenSeconds().misfire(misfireSkip())).at(10);
        giver.runs.beginHandOver(giver.now);
        giver.at(20);
        assertThat(giver.runs.quiet()).isFalse();
        giver.clock(22).succeed();
        assertThat(giver.runs.quiet()).isTrue();
        giver.runs.prepareRelease(giver.moment());
        assertThat(giver.starts()).containsExactly("10#1");
        TestShard taker = giver.successor().at(35);
        taker.succeed();
        taker.succeed();
        assertThat(taker.outcomes()).containsExactly("20 succeeded(handover)", "30 succeeded(handover)");
    }

    private static Misfire misfireSkip() {
        return new Misfire(MisfirePolicy.SKIP, Duration.ofSeconds(1), Duration.ofHours(1), 1);
    }

    @Test
    void longAfterAHandOverTheMisfirePolicyJudgesTheRest() {
        TestShard giver = TestShard.of(everyTenSeconds().misfire(misfireSkip())).at(10);
        giver.succeed();
        giver.runs.beginHandOver(giver.now);
        giver.clock(12).runs.prepareRelease(giver.moment());
        TestShard taker = giver.successor().at(95);
        assertThat(taker.outcomes()).containsExactly("50-90 x5 missed(misfire-skip)");
        assertThat(taker.starts()).containsExactly("20#1");
    }

    @Test
    void aBufferedFireIsLeftToTheSuccessor() {
        TestShard giver = TestShard.of(everyTenSeconds().overlap(OverlapPolicy.BUFFER_ONE))
                .at(10)
                .at(20);
        giver.runs.beginHandOver(giver.now);
        giver.clock(21).succeed();
        assertThat(giver.runs.quiet()).isTrue();
        giver.runs.prepareRelease(giver.moment());
        assertThat(giver.successor().at(25).starts()).containsExactly("20#1");
    }

    @Test
    void aClaimOfWhichNothingWasStartedIsTakenBackAndLeftToTheSuccessor() {
        TestShard giver =
                TestShard.of(everyTenSeconds().recovery(Recovery.SKIP)).at(10);
        giver.write();
        giver.runs.beginHandOver(giver.now);
        assertThat(giver.runs.quiet()).isFalse();
        giver.acknowledge();
        assertThat(giver.runs.quiet()).isTrue();
        giver.runs.prepareRelease(giver.moment());
        TestShard taker = giver.successor().at(12);
        assertThat(taker.outcomes()).isEmpty();
        taker.write();
        taker.acknowledge();
        assertThat(taker.starts()).containsExactly("10#1");
    }

    @Test
    void aClaimThatBecameDurableWithoutALeaseIsTakenBackToo() {
        TestShard giver =
                TestShard.of(everyTenSeconds().recovery(Recovery.SKIP)).at(10);
        giver.write();
        giver.loseLease();
        giver.acknowledge();
        giver.runs.beginHandOver(giver.now);
        assertThat(giver.runs.quiet()).isTrue();
        assertThat(above(giver.write())).isEmpty();
    }

    @Test
    void aHandOverThatIsCalledOffRunsWhatWasDueMeanwhile() {
        TestShard shard = TestShard.of(everyTenSeconds().misfire(misfireSkip())).at(10);
        shard.succeed();
        shard.runs.beginHandOver(shard.now);
        shard.runs.prepareRelease(shard.moment());
        assertThat(shard.write().released()).isPresent();
        shard.clock(35).runs.resume(shard.moment(), shard.now, true);
        assertThat(shard.runs.dirty()).isTrue();
        assertThat(shard.write().released()).isEmpty();
        shard.succeed();
        shard.succeed();
        assertThat(shard.starts()).containsExactly("10#1", "20#1", "30#1");
    }

    @Test
    void aLapseOfTheLeaseWithinAHandOverThatIsCalledOffLosesNoneOfItsFires() {
        TestShard shard = TestShard.of(everyTenSeconds().misfire(misfireSkip())).at(10);
        shard.succeed();
        shard.runs.beginHandOver(second(12));
        shard.clock(15).loseLease();
        shard.at(20).lease = true;
        shard.at(30);
        shard.clock(35).runs.resume(shard.moment(), shard.now, true);
        shard.succeed();
        shard.succeed();
        assertThat(shard.outcomes())
                .containsExactly("10 succeeded", "20 succeeded(handover)", "30 succeeded(handover)");
        assertThat(shard.at(40).starts()).endsWith("40#1");
    }

    @Test
    void aHandOverThatIsCalledOffWithoutALeaseRunsItsFiresLateAndTheMisfirePolicyJudgesTheRest() {
        TestShard shard = TestShard.of(everyTenSeconds().misfire(misfireSkip())).at(10);
        shard.succeed();
        shard.clock(15).loseLease();
        shard.at(20);
        shard.runs.beginHandOver(second(25));
        shard.at(30);
        shard.clock(45).runs.resume(shard.moment(), shard.now, false);
        shard.at(50).lease = true;
        shard.at(65);
        shard.succeed();
        shard.succeed();
        assertThat(shard.outcomes())
                .as("before, within, and after the hand-over")
                .containsExactly(
                        "10 succeeded",
                        "20 missed(misfire-skip)",
                        "50-60 x2 missed(misfire-skip)",
                        "30 succeeded(handover)",
                        "40 succeeded(handover)");
    }

    @Test
    void aHandOverHeardOfWhileTheLedgerWasReadBeginsThen() {
        TestShard lost = TestShard.of(everyTenSeconds().misfire(misfireSkip())).at(10);
        lost.succeed();
        TestShard loading = lost.successor();
        loading.clock(45).runs.beginHandOver(second(25));
        loading.runs.prepareRelease(loading.moment());
        TestShard next = loading.successor().at(55);
        next.succeed();
        next.succeed();
        next.succeed();
        assertThat(next.outcomes())
                .as("20 was due before anybody planned a hand-over")
                .containsExactly(
                        "20 missed(misfire-skip)",
                        "30 succeeded(handover)",
                        "40 succeeded(handover)",
                        "50 succeeded(handover)");
    }

    @Test
    void aHandOverCalledOffBeforeTheFirstDecisionRunsItsFiresLate() {
        TestShard lost = TestShard.of(everyTenSeconds().misfire(misfireSkip())).at(10);
        lost.succeed();
        TestShard loading = lost.successor();
        loading.clock(35).runs.beginHandOver(second(25));
        loading.runs.resume(loading.moment(), loading.now, true);
        loading.succeed();
        assertThat(loading.outcomes()).containsExactly("20 missed(misfire-skip)", "30 succeeded(handover)");
    }

    @Test
    void aRetryThatFellIntoAHandOverFollowsWhenItIsCalledOff() {
        TestShard shard = TestShard.of(everyTenSeconds().retry(THREE)).at(10);
        shard.fail();
        shard.runs.beginHandOver(shard.now);
        assertThat(shard.runs.quiet()).isTrue();
        shard.clock(11).retry();
        assertThat(shard.backOffs).isEmpty();
        shard.clock(12).runs.resume(shard.moment(), shard.now, true);
        shard.retry();
        assertThat(shard.starts()).containsExactly("10#1", "10#2");
    }

    @Test
    void anAtMostOnceFireThatBacksOffIsLeftToTheSuccessorWhichClaimsItAnew() {
        TestShard giver = TestShard.of(everyTenSeconds().recovery(Recovery.SKIP).retry(THREE))
                .at(10);
        giver.write();
        giver.acknowledge();
        giver.fail();
        giver.runs.beginHandOver(giver.now);
        assertThat(giver.runs.quiet()).as("a pause holds up no hand-over").isTrue();
        giver.runs.prepareRelease(giver.moment());
        TestShard taker = giver.successor().at(12);
        assertThat(taker.orders).isEmpty();
        taker.write();
        taker.acknowledge();
        taker.succeed();
        assertThat(taker.starts()).containsExactly("10#2");
        assertThat(taker.outcomes()).containsExactly("10 succeeded");
    }

    @Test
    void theEndOfALayoutSettlesEverythingThatItStillOwes() {
        TestShard shard = TestShard.of(
                        everyTenSeconds().overlap(OverlapPolicy.BUFFER_ALL).retry(THREE))
                .at(10)
                .at(20);
        shard.runs.beginHandOver(shard.now);
        shard.fail();
        assertThat(shard.runs.quiet()).isTrue();
        shard.clock(45).runs.supersede(second(40), Reasons.LAYOUT, shard.moment());
        assertThat(shard.outcomes())
                .containsExactly("10 superseded(layout)", "20 superseded(layout)", "30-40 x2 superseded(layout)");
        assertThat(shard.write().mark()).isEqualTo(second(40));
        assertThat(above(shard.write())).isEmpty();
    }
}
