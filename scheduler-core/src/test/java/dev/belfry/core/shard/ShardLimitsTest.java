package dev.belfry.core.shard;

import static dev.belfry.core.shard.TestShard.NOON;
import static dev.belfry.core.shard.TestShard.above;
import static dev.belfry.core.shard.TestShard.everyTenSeconds;
import static dev.belfry.core.shard.TestShard.second;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.core.job.Job;
import dev.belfry.core.job.Misfire;
import dev.belfry.core.job.MisfirePolicy;
import dev.belfry.core.job.OverlapPolicy;
import dev.belfry.core.job.Recovery;
import dev.belfry.core.job.Retry;
import dev.belfry.core.job.TimeoutAction;
import dev.belfry.core.job.Timeouts;
import dev.belfry.core.ledger.FireId;
import dev.belfry.core.ledger.LedgerRecord;
import dev.belfry.core.ledger.Reasons;
import dev.belfry.core.trigger.DueSet;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Bounds of time and number: jitter, clocks that differ, time-outs, numbers of attempts, and who gives way to whom. */
class ShardLimitsTest {

    private static final Retry THREE = new Retry(3, Duration.ofSeconds(1), 2.0, Duration.ofMinutes(1), 0, List.of());

    private static Job atMostOnce() {
        return everyTenSeconds().recovery(Recovery.SKIP).retry(THREE);
    }

    private static Job misfireSkip() {
        return everyTenSeconds()
                .misfire(new Misfire(MisfirePolicy.SKIP, Duration.ofSeconds(1), Duration.ofHours(1), 1));
    }

    private static Timeouts timeouts(int attempt, int total, TimeoutAction action) {
        return new Timeouts(
                Duration.ofSeconds(attempt), Duration.ofSeconds(total), null, null, action, Duration.ofSeconds(1));
    }

    // --- jitter

    private static Job jittered() {
        return everyTenSeconds().jitter(Duration.ofSeconds(9)).overlap(OverlapPolicy.ALLOW, 100);
    }

    /** A fire that jitter moves by over two seconds. */
    private static Instant moved(DueSet due) {
        Instant fire = due.next(NOON.plusSeconds(60)).orElseThrow();
        while (due.jittered(fire).isBefore(fire.plusSeconds(2))) {
            fire = due.next(fire).orElseThrow();
        }
        return fire;
    }

    private static DueSet due(TestShard shard) {
        return ShardRuns.JobView.of(shard.job, 1).due();
    }

    private static void waitsForItsStart(TestShard shard, Instant fire) {
        Instant start = due(shard).jittered(fire);
        assertThat(shard.orders).extracting(AttemptOrder::fire).doesNotContain(FireId.scheduled(fire));
        assertThat(shard.runs.nextWake()).contains(start);
        shard.now = start;
        assertThat(shard.decide().orders).extracting(AttemptOrder::fire).contains(FireId.scheduled(fire));
        assertThat(shard.journal)
                .anyMatch(
                        line -> line.fire().due().equals(fire) && line.reason().isEmpty());
    }

    @Test
    void aJitteredFireFoundAfterAStallWaitsForItsOwnStart() {
        TestShard shard = TestShard.of(jittered()).at(5);
        Instant fire = moved(due(shard));
        shard.now = fire.plusSeconds(1);
        waitsForItsStart(shard.decide(), fire);
    }

    @Test
    void aJitteredFireFoundAtATakeOverWaitsForItsOwnStart() {
        TestShard shard = TestShard.owing(jittered());
        Instant fire = moved(due(shard));
        shard.now = fire.plusSeconds(1);
        waitsForItsStart(shard.decide(), fire);
    }

    @Test
    void aJitteredFireDueInAHandOverThatIsCalledOffWaitsForItsOwnStart() {
        TestShard shard = TestShard.of(jittered()).at(5);
        Instant fire = moved(due(shard));
        shard.runs.beginHandOver(shard.now);
        shard.now = fire.plusSeconds(1);
        shard.runs.resume(shard.moment(), shard.now, true);
        waitsForItsStart(shard, fire);
    }

    // --- clocks

    @Test
    void aClockAheadOfTheEnsemblesMakesNoFireLate() {
        TestShard shard = TestShard.of(misfireSkip()).at(5);
        shard.horizon = Duration.ofSeconds(-3);
        shard.at(12.9).at(13);
        assertThat(shard.outcomes()).isEmpty();
        assertThat(shard.starts()).containsExactly("10#1");
    }

    // --- time-outs

    @Test
    void whatHasUsedUpItsTotalTimeIsNotStartedAgain() {
        TestShard shard = TestShard.of(everyTenSeconds()
                        .retry(THREE)
                        .overlap(OverlapPolicy.BUFFER_ONE)
                        .timeouts(timeouts(5, 6, TimeoutAction.CANCEL)))
                .at(10);
        shard.clock(14).fail();
        shard.at(20).retry();
        assertThat(shard.outcomes()).containsExactly("10 timed-out(total-timeout)");
        assertThat(shard.starts()).as("the next one's turn has come").containsExactly("10#1", "20#1");
        shard.succeed();
        assertThat(shard.write().mark()).isEqualTo(second(20));
    }

    @Test
    void theTotalTimeBeginsWithTheFirstAttemptUnderWhateverOwner() {
        TestShard first = TestShard.of(everyTenSeconds().retry(THREE).timeouts(timeouts(30, 40, TimeoutAction.CANCEL)))
                .at(10);
        first.flush().clock(22);
        TestShard second = first.successor().decide();
        assertThat(second.starts()).containsExactly("10#2");
        assertThat(second.attempt().limit()).contains(Duration.ofSeconds(28));
        assertThat(second.attempt().limitReason()).isEqualTo(Reasons.TOTAL_TIMEOUT);
        TestShard third = second.flush().clock(49).successor().decide();
        assertThat(third.attempt().limit()).contains(Duration.ofSeconds(1));
        TestShard late = third.flush().clock(50).successor().decide();
        assertThat(late.outcomes()).contains("10 timed-out(total-timeout)");
        assertThat(late.starts()).doesNotContain("10#4");
    }

    @Test
    void aSuccessorWhoseClockIsBehindTakesNoTimeAway() {
        TestShard first = TestShard.of(everyTenSeconds().timeouts(timeouts(30, 40, TimeoutAction.CANCEL)))
                .at(10);
        first.flush().clock(5);
        assertThat(first.successor().clock(5).decide().starts()).isEqualTo(List.of("10#2"));
    }

    @Test
    void whatWasSaidByCodeThatWasToldToStopIsRecordedWithTheReason() {
        TestShard shard = TestShard.of(everyTenSeconds().timeouts(timeouts(5, 60, TimeoutAction.CANCEL)))
                .at(10);
        shard.clock(15).runs.timeOut(shard.attempt().token(), Reasons.ATTEMPT_TIMEOUT);
        shard.end(shard.attempt().token(), new AttemptEnd(false, "x.Y", "", true, "exit code 143\nof c: half way"));
        assertThat(shard.outcomes()).containsExactly("10 timed-out(attempt-timeout: exit code 143 | of c: half way)");
    }

    @Test
    void whereTimeOutsOnlyWarnTheNextAttemptFollowsAllTheSame() {
        TestShard shard = TestShard.of(everyTenSeconds().retry(THREE).timeouts(timeouts(5, 6, TimeoutAction.WARN)))
                .at(10);
        shard.clock(14).fail();
        shard.clock(17).retry();
        assertThat(shard.starts()).containsExactly("10#1", "10#2");
        assertThat(shard.attempt().limit()).contains(Duration.ZERO);
    }

    @Test
    void anAtMostOnceAttemptThatIsLeftToItselfIsNotFollowedByAnother() {
        TestShard shard = TestShard.of(atMostOnce()).at(10).flush();
        long token = shard.attempt().token();
        shard.runs.timeOut(token, Reasons.ATTEMPT_TIMEOUT);
        shard.abandon(token);
        assertThat(shard.backOffs).isEmpty();
        assertThat(shard.outcomes()).containsExactly("10 timed-out(attempt-timeout)");
    }

    // --- the numbers of attempts

    @Test
    void aRetryForWhichThereIsNoNumberLeftIsTheNextTenancys() {
        for (Job job : List.of(atMostOnce(), everyTenSeconds().retry(THREE))) {
            TestShard shard = TestShard.of(job, 1).at(10).flush();
            shard.clock(11).fail();
            assertThat(shard.runs.exhausted()).isTrue();
            shard.clock(12).retry();
            assertThat(shard.starts()).containsExactly("10#1");
            shard.runs.beginHandOver(shard.now);
            assertThat(shard.runs.quiet()).isTrue();
            shard.runs.prepareRelease(shard.moment());
            TestShard again = shard.successor().at(13).flush();
            assertThat(again.starts()).containsExactly("10#2");
            assertThat(again.attempt().token())
                    .isGreaterThan(shard.orders.get(0).token());
        }
    }

    @Test
    void theLastNumberIsUsed() {
        TestShard shard = TestShard.of(atMostOnce(), 1).at(10);
        assertThat(shard.runs.exhausted()).isTrue();
        assertThat(shard.flush().starts()).containsExactly("10#1");
    }

    @Test
    void afterTheLastNumberWhatIsDueIsTheNextTenancys() {
        TestShard shard = TestShard.of(misfireSkip(), 1).at(10);
        shard.succeed();
        shard.runs.beginHandOver(shard.now);
        shard.runs.prepareRelease(shard.moment());
        TestShard again = shard.successor().at(25);
        assertThat(again.starts()).containsExactly("20#1");
        again.succeed();
        assertThat(again.outcomes()).containsExactly("20 succeeded(handover)");
    }

    // --- claims and releases

    @Test
    void aFailedAtMostOnceAttemptIsRetriedByWhoeverTakesOver() {
        TestShard lost = TestShard.of(atMostOnce()).at(10).flush();
        lost.clock(11).fail();
        assertThat(above(lost.write())).containsExactly("10 started");
        TestShard next = lost.successor().at(13).flush();
        assertThat(next.starts()).containsExactly("10#2");
    }

    @Test
    void aRetryThatIsClaimedAndTakenBackIsNotLost() {
        TestShard giver = TestShard.of(atMostOnce()).at(10).flush();
        giver.clock(11).fail();
        giver.clock(12).retry();
        assertThat(above(giver.write())).containsExactly("10 claimed");
        giver.runs.beginHandOver(giver.now);
        giver.acknowledge();
        giver.runs.prepareRelease(giver.moment());
        assertThat(above(giver.write())).containsExactly("10 started");
        TestShard taker = giver.successor().at(13).flush();
        assertThat(taker.starts()).containsExactly("10#2");
    }

    @Test
    void aRetryThatWasNotStartedForWantOfALeaseIsNotLost() {
        TestShard shard = TestShard.of(atMostOnce()).at(10).flush();
        shard.clock(11).fail();
        shard.clock(12).retry();
        shard.flush();
        shard.loseLease();
        shard.end(shard.attempt().token(), AttemptEnd.notStarted());
        shard.lease = true;
        shard.at(13).flush();
        assertThat(shard.outcomes()).isEmpty();
        assertThat(shard.starts()).containsExactly("10#1", "10#2", "10#2");
    }

    @Test
    void aClaimThatNobodyHasJudgedYetIsPassedOnAsAClaim() {
        TestShard lost = TestShard.of(atMostOnce()).at(10).flush();
        TestShard between = lost.successor().clock(12);
        between.runs.beginHandOver(between.now);
        between.runs.prepareRelease(between.moment());
        assertThat(above(between.write())).containsExactly("10 claimed");
        TestShard next = between.successor().at(13);
        assertThat(next.outcomes()).containsExactly("10 lost(claim-without-outcome)");
    }

    @Test
    void theEndOfALayoutLosesAClaimOfWhichNothingIsKnown() {
        TestShard lost = TestShard.of(atMostOnce()).at(10).flush();
        TestShard next = lost.successor().clock(25);
        next.runs.beginHandOver(next.now);
        next.runs.supersede(second(20), Reasons.LAYOUT, List.of(), next.moment());
        assertThat(next.outcomes()).containsExactly("10 lost(claim-without-outcome)", "20 superseded(layout)");
    }

    @Test
    void whatNobodyOwnedIsNotRunLateBecauseAHandOverFollowsAtOnce() {
        TestShard between = TestShard.owing(misfireSkip()).clock(95);
        between.runs.beginHandOver(between.now);
        between.runs.prepareRelease(between.moment());
        TestShard next = between.successor().at(105);
        assertThat(next.outcomes()).containsExactly("10-90 x9 missed(misfire-skip)");
        assertThat(next.starts()).containsExactly("100#1");
    }

    @Test
    void aHandOverThatIsPassedOnAtOnceStillRunsWhatWasDueDuringIt() {
        TestShard giver = TestShard.of(misfireSkip()).at(5);
        giver.runs.beginHandOver(giver.now);
        giver.clock(6).runs.prepareRelease(giver.moment());
        TestShard between = giver.successor().clock(12);
        between.runs.beginHandOver(between.now);
        between.runs.prepareRelease(between.moment());
        TestShard next = between.successor().at(25);
        next.succeed();
        next.succeed();
        assertThat(next.outcomes()).containsExactly("10 succeeded(handover)", "20 succeeded(handover)");
    }

    @Test
    void whatWasDueInAHandOverIsRememberedUntilItIsSettled() {
        TestShard giver = TestShard.of(misfireSkip()).at(5);
        giver.request("r");
        giver.succeed();
        giver.runs.beginHandOver(giver.now);
        giver.clock(6).runs.prepareRelease(giver.moment());
        TestShard between = giver.successor().clock(12);
        between.request();
        assertThat(between.runs.dirty()).isTrue();
        assertThat(between.successor().at(15).starts()).containsExactly("10#1");
    }

    @Test
    void theAttemptsAtAnAtMostOnceFireAreCountedThroughAllOwners() {
        TestShard first = TestShard.of(atMostOnce()).at(10).flush();
        first.fail();
        TestShard second = first.successor().at(11).flush();
        second.fail();
        TestShard third = second.successor().at(12).flush();
        third.fail();
        assertThat(third.starts()).containsExactly("10#3");
        assertThat(third.outcomes()).containsExactly("10 failed(java.io.IOException: no)");
    }

    // --- who gives way

    private static Job cancelRunning() {
        return everyTenSeconds().overlap(OverlapPolicy.CANCEL_RUNNING);
    }

    @Test
    void aClaimGivesWayToANewerFire() {
        TestShard shard = TestShard.of(cancelRunning().recovery(Recovery.SKIP)).at(10);
        shard.write();
        shard.at(20);
        assertThat(shard.outcomes()).containsExactly("10 skipped(replaced)");
        shard.acknowledge();
        assertThat(shard.orders).isEmpty();
        assertThat(shard.flush().starts()).containsExactly("20#1");
        assertThat(above(shard.write())).containsExactly("20 claimed");
    }

    @Test
    void whatWasCutShortIsCancelledByANewerFireNotSkipped() {
        TestShard shard = TestShard.of(cancelRunning(), 1).at(10);
        shard.loseLease();
        shard.fail();
        shard.lease = true;
        shard.at(12).at(20);
        assertThat(shard.outcomes()).containsExactly("10 cancelled(cancelled-by-newer)");
    }

    @Test
    void whatIsCancelledByANewerFireBeforeItBeganDoesNotComeBack() {
        TestShard shard = TestShard.of(cancelRunning()).at(10).at(20);
        shard.end(shard.attempt().token(), AttemptEnd.notStarted());
        shard.decide();
        assertThat(shard.outcomes()).containsExactly("10 cancelled(cancelled-by-newer)");
        assertThat(shard.starts()).containsExactly("10#1", "20#1");
    }

    @Test
    void whatWasCutShortTakesNoPlaceInTheBuffer() {
        TestShard shard = TestShard.of(everyTenSeconds().overlap(OverlapPolicy.BUFFER_ONE), 1)
                .at(10);
        shard.loseLease();
        shard.fail();
        shard.lease = true;
        shard.at(12).at(20).at(30);
        assertThat(shard.outcomes()).containsExactly("30 skipped(buffer-full)");
    }

    @Test
    void theListStaysBoundedThroughManyOwners() {
        TestShard shard = TestShard.of(everyTenSeconds().overlap(OverlapPolicy.ALLOW, 1_000));
        for (int i = 1; i <= 300; i++) {
            shard.at(10 * i);
            if (i % 50 == 0) {
                shard = shard.successor();
            }
            assertThat(shard.write().above()).hasSizeLessThanOrEqualTo(LedgerRecord.MAX_SPANS + 6);
        }
    }
}
