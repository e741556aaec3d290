package dev.belfry.core.shard;

import static dev.belfry.core.shard.TestShard.above;
import static dev.belfry.core.shard.TestShard.everyTenSeconds;
import static dev.belfry.core.shard.TestShard.second;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.core.job.Job;
import dev.belfry.core.job.Misfire;
import dev.belfry.core.job.MisfirePolicy;
import dev.belfry.core.job.OverlapPolicy;
import dev.belfry.core.job.Retry;
import dev.belfry.core.job.TimeoutAction;
import dev.belfry.core.job.Timeouts;
import dev.belfry.core.ledger.LedgerRecord;
import dev.belfry.core.ledger.Reasons;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ShardRunsTest {

    private static Misfire misfire(MisfirePolicy policy, int windowSeconds, int limit) {
        return new Misfire(policy, Duration.ofSeconds(1), Duration.ofSeconds(windowSeconds), limit);
    }

    private static Retry retries(int attempts, String... notOn) {
        return new Retry(attempts, Duration.ofSeconds(1), 2.0, Duration.ofMinutes(1), 0, List.of(notOn));
    }

    // --- on time

    @Test
    void aFireStartsAtItsInstantAndItsOutcomeMovesTheMark() {
        TestShard shard = TestShard.of(everyTenSeconds()).at(9.9);
        assertThat(shard.orders).isEmpty();
        assertThat(shard.runs.nextWake()).contains(second(10));
        shard.at(10).clock(12).succeed();
        assertThat(shard.starts()).containsExactly("10#1");
        assertThat(shard.outcomes()).containsExactly("10 succeeded");
        assertThat(shard.write().mark()).isEqualTo(second(10));
    }

    @Test
    void aRunningFireIsListedAndHoldsTheMark() {
        TestShard shard = TestShard.of(everyTenSeconds()).at(10);
        LedgerRecord record = shard.write();
        assertThat(record.mark()).isEqualTo(second(9.999));
        assertThat(above(record)).containsExactly("10 started");
    }

    @Test
    void withoutALeaseNothingStarts() {
        TestShard shard = TestShard.of(everyTenSeconds()).at(5);
        shard.lease = false;
        shard.at(10).request("r");
        assertThat(shard.orders).isEmpty();
    }

    @Test
    void whatLiesBeyondTheHorizonWaits() {
        TestShard shard = TestShard.of(everyTenSeconds()).at(5);
        shard.horizon = Duration.ofSeconds(-2);
        assertThat(shard.at(11).orders).isEmpty();
        assertThat(shard.at(12).starts()).containsExactly("10#1");
    }

    // --- overlap

    @Test
    void skipRecordsTheOverlappingFiresInOneSpan() {
        TestShard shard = TestShard.of(everyTenSeconds()).at(10).at(20).at(30);
        assertThat(shard.outcomes()).containsExactly("20 skipped(overlap)", "30 skipped(overlap)");
        assertThat(above(shard.write())).containsExactly("10 started", "20-30 skipped");
        shard.succeed();
        assertThat(shard.write().mark()).isEqualTo(second(30));
        assertThat(shard.at(40).starts()).containsExactly("10#1", "40#1");
    }

    @Test
    void bufferOneKeepsTheFirstThatHasToWait() {
        TestShard shard = TestShard.of(everyTenSeconds().overlap(OverlapPolicy.BUFFER_ONE))
                .at(10)
                .at(20)
                .at(30);
        shard.succeed();
        assertThat(shard.starts()).containsExactly("10#1", "20#1");
        assertThat(shard.outcomes()).containsExactly("30 skipped(buffer-full)", "10 succeeded");
    }

    @Test
    void bufferAllKeepsUpToItsLimitInOrder() {
        TestShard shard = TestShard.of(everyTenSeconds().overlap(OverlapPolicy.BUFFER_ALL, 2));
        shard.at(10).at(20).at(30).at(40);
        shard.succeed();
        shard.succeed();
        shard.succeed();
        assertThat(shard.starts()).containsExactly("10#1", "20#1", "30#1");
        assertThat(shard.outcomes()).contains("40 skipped(buffer-full)");
    }

    @Test
    void cancelRunningStopsTheOldAndStartsTheNewestOnceItHasEnded() {
        TestShard shard = TestShard.of(everyTenSeconds().overlap(OverlapPolicy.CANCEL_RUNNING))
                .at(10)
                .at(20);
        assertThat(shard.stops).containsValue(Reasons.CANCELLED_BY_NEWER).hasSize(1);
        shard.at(30);
        assertThat(shard.starts()).containsExactly("10#1");
        shard.fail();
        assertThat(shard.outcomes()).containsExactly("20 skipped(replaced)", "10 cancelled(cancelled-by-newer)");
        assertThat(shard.starts()).containsExactly("10#1", "30#1");
    }

    @Test
    void anAttemptThatSucceedsAlthoughItWasToldToStopHasSucceeded() {
        TestShard shard = TestShard.of(everyTenSeconds().overlap(OverlapPolicy.CANCEL_RUNNING))
                .at(10)
                .at(20);
        shard.succeed();
        assertThat(shard.outcomes()).containsExactly("10 succeeded");
    }

    @Test
    void cancelRunningEndsAFireThatBacksOff() {
        TestShard shard = TestShard.of(
                        everyTenSeconds().overlap(OverlapPolicy.CANCEL_RUNNING).retry(retries(3)))
                .at(10);
        shard.fail();
        shard.at(20);
        assertThat(shard.outcomes()).containsExactly("10 cancelled(cancelled-by-newer)");
        assertThat(shard.starts()).containsExactly("10#1", "20#1");
        shard.retry();
        assertThat(shard.starts()).hasSize(2);
    }

    @Test
    void allowRunsSideBySideUpToItsLimit() {
        TestShard shard = TestShard.of(everyTenSeconds().overlap(OverlapPolicy.ALLOW, 2));
        shard.at(10).at(20).at(30);
        assertThat(shard.running).hasSize(2);
        assertThat(shard.outcomes()).containsExactly("30 skipped(overlap)");
    }

    @Test
    void allowLetsFiresOnTimePassTheLateOnes() {
        TestShard shard = TestShard.owing(
                everyTenSeconds().overlap(OverlapPolicy.ALLOW, 3).misfire(misfire(MisfirePolicy.FIRE_ALL, 3_600, 100)));
        shard.at(45).at(50);
        assertThat(shard.starts()).containsExactly("10#1", "50#1");
    }

    @Test
    void aFireThatBacksOffCountsAsRunning() {
        TestShard shard = TestShard.of(everyTenSeconds().retry(retries(3))).at(10);
        shard.fail();
        shard.at(20);
        assertThat(shard.outcomes()).containsExactly("20 skipped(overlap)");
    }

    // --- misfire

    @Test
    void fireOnceRunsTheLatestAndAccountsForTheOthers() {
        TestShard shard = TestShard.owing(everyTenSeconds()).at(45);
        assertThat(shard.starts()).containsExactly("40#1");
        assertThat(shard.outcomes()).containsExactly("10-30 x3 missed(coalesced)");
        assertThat(shard.journal.get(1).reason()).isEqualTo(Reasons.MISFIRE);
    }

    @Test
    void fireAllRunsEachInOrderOneAfterAnother() {
        TestShard shard = TestShard.owing(everyTenSeconds().misfire(misfire(MisfirePolicy.FIRE_ALL, 3_600, 100)));
        shard.at(35);
        shard.succeed();
        shard.succeed();
        assertThat(shard.starts()).containsExactly("10#1", "20#1", "30#1");
    }

    @Test
    void fireAllKeepsToItsWindow() {
        TestShard shard = TestShard.owing(everyTenSeconds().misfire(misfire(MisfirePolicy.FIRE_ALL, 15, 100)));
        assertThat(shard.at(45).outcomes()).containsExactly("10-20 x2 missed(window)");
        assertThat(shard.starts()).containsExactly("30#1");
    }

    @Test
    void fireAllKeepsToItsLimit() {
        TestShard shard = TestShard.owing(everyTenSeconds().misfire(misfire(MisfirePolicy.FIRE_ALL, 3_600, 1)));
        assertThat(shard.at(45).outcomes()).containsExactly("10-30 x3 missed(limit)");
        assertThat(shard.starts()).containsExactly("40#1");
    }

    @Test
    void misfireSkipRunsNoLateFire() {
        TestShard shard = TestShard.owing(everyTenSeconds().misfire(misfire(MisfirePolicy.SKIP, 3_600, 1)));
        assertThat(shard.at(45).outcomes()).containsExactly("10-40 x4 missed(misfire-skip)");
        assertThat(shard.at(50).starts()).containsExactly("50#1");
    }

    @Test
    void aProcessThatStalledWithinItsThresholdIsOnTime() {
        TestShard shard = TestShard.of(everyTenSeconds()).at(5).at(10.9);
        assertThat(shard.starts()).containsExactly("10#1");
        assertThat(shard.journal.get(0).reason()).isEmpty();
    }

    @Test
    void aProcessThatStalledLongerAppliesTheMisfirePolicy() {
        TestShard shard = TestShard.of(everyTenSeconds()).at(5).at(25);
        assertThat(shard.outcomes()).containsExactly("10 missed(coalesced)");
        assertThat(shard.starts()).containsExactly("20#1");
    }

    // --- retry, time-outs, abandoned attempts

    @Test
    void aFailedAttemptIsTriedAgainAfterGrowingPausesUntilTheLimit() {
        TestShard shard = TestShard.of(everyTenSeconds().retry(retries(3))).at(10);
        shard.fail();
        assertThat(shard.backOffs.values()).containsExactly(Duration.ofSeconds(1));
        shard.clock(11).retry();
        shard.fail();
        assertThat(shard.backOffs.values()).containsExactly(Duration.ofSeconds(2));
        shard.clock(13).retry();
        shard.fail();
        assertThat(shard.starts()).containsExactly("10#1", "10#2", "10#3");
        assertThat(shard.outcomes()).containsExactly("10 failed(java.io.IOException: no)");
        assertThat(shard.orders).extracting(AttemptOrder::token).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void whatCannotBeHelpedByAnotherAttemptIsNotTriedAgain() {
        TestShard listed =
                TestShard.of(everyTenSeconds().retry(retries(3, "IOException"))).at(10);
        listed.fail();
        assertThat(listed.outcomes()).hasSize(1);
        TestShard told = TestShard.of(everyTenSeconds().retry(retries(3))).at(10);
        told.end(told.attempt().token(), new AttemptEnd(false, "x.Y", "", false));
        assertThat(told.outcomes()).containsExactly("10 failed(x.Y)");
    }

    @Test
    void anAttemptThatTakesTooLongIsStoppedAndTimedOut() {
        TestShard shard =
                TestShard.of(everyTenSeconds().timeouts(timeouts(3, 60))).at(10);
        assertThat(shard.attempt().limit()).contains(Duration.ofSeconds(3));
        shard.clock(13).runs.timeOut(shard.attempt().token(), shard.attempt().limitReason());
        assertThat(shard.stops).containsValue(Reasons.ATTEMPT_TIMEOUT);
        shard.fail();
        assertThat(shard.outcomes()).containsExactly("10 timed-out(attempt-timeout)");
    }

    @Test
    void aTimedOutAttemptIsTriedAgainUntilTheTotalIsUsedUp() {
        TestShard shard = TestShard.of(
                        everyTenSeconds().timeouts(timeouts(5, 8)).retry(retries(9)))
                .at(10);
        shard.clock(15).runs.timeOut(shard.attempt().token(), Reasons.ATTEMPT_TIMEOUT);
        shard.fail();
        shard.clock(16).retry();
        assertThat(shard.attempt().limit()).contains(Duration.ofSeconds(2));
        assertThat(shard.attempt().limitReason()).isEqualTo(Reasons.TOTAL_TIMEOUT);
        shard.clock(18).runs.timeOut(shard.attempt().token(), Reasons.TOTAL_TIMEOUT);
        shard.fail();
        assertThat(shard.outcomes()).containsExactly("10 timed-out(total-timeout)");
    }

    private static Timeouts timeouts(int attempt, int total) {
        return new Timeouts(
                Duration.ofSeconds(attempt),
                Duration.ofSeconds(total),
                null,
                null,
                TimeoutAction.CANCEL,
                Duration.ofSeconds(1));
    }

    @Test
    void anAbandonedAttemptHasItsOutcomeButTheShardIsNotQuietUntilItEnds() {
        TestShard shard =
                TestShard.of(everyTenSeconds().timeouts(timeouts(3, 60))).at(10);
        long token = shard.attempt().token();
        shard.clock(13).runs.timeOut(token, Reasons.ATTEMPT_TIMEOUT);
        shard.abandon(token);
        assertThat(shard.outcomes()).containsExactly("10 timed-out(attempt-timeout)");
        assertThat(shard.runs.abandonedCount()).isEqualTo(1);
        shard.runs.beginHandOver(shard.now);
        assertThat(shard.runs.quiet()).isFalse();
        shard.end(token, AttemptEnd.success());
        assertThat(shard.runs.quiet()).isTrue();
        assertThat(shard.outcomes()).hasSize(1);
    }

    // --- delay, the full list, requests

    @Test
    void aDelayCountsFromTheCompletionAndIsRecordedWithIt() {
        TestShard shard = TestShard.of(
                        Job.named("j").delay(Duration.ofSeconds(10)).build(), LedgerRecord.fresh(second(-0.001)))
                .at(0);
        assertThat(shard.starts()).containsExactly("0#1");
        assertThat(shard.runs.nextWake()).isEmpty();
        shard.clock(7).succeed();
        assertThat(shard.write().delayNext()).contains(second(17));
        assertThat(shard.at(17).starts()).containsExactly("0#1", "17#1");
    }

    @Test
    void aDelayThatWasDueMeanwhileRunsOnceUnderTheNextOwner() {
        TestShard first = TestShard.of(
                        Job.named("j").delay(Duration.ofSeconds(10)).build(), LedgerRecord.fresh(second(-0.001)))
                .at(0);
        first.clock(5).succeed();
        TestShard next = first.successor().at(100);
        assertThat(next.starts()).containsExactly("15#1");
        next.succeed();
        assertThat(next.write().delayNext()).contains(second(110));
    }

    @Test
    void withTheListFullNothingStartsUntilTheMarkMoves() {
        TestShard shard = TestShard.of(everyTenSeconds().overlap(OverlapPolicy.ALLOW, 1_000));
        for (int i = 1; i <= LedgerRecord.MAX_SPANS + 5; i++) {
            shard.at(10 * i);
        }
        assertThat(shard.running).hasSize(LedgerRecord.MAX_SPANS);
        assertThat(shard.runs.nextWake()).isEmpty();
        List.copyOf(shard.running.keySet()).forEach(token -> shard.end(token, AttemptEnd.success()));
        shard.decide();
        assertThat(shard.outcomes()).contains("650-670 x3 missed(coalesced)");
        assertThat(shard.starts()).endsWith("640#1", "680#1", "690#1");
    }

    @Test
    void aRequestedRunIsExecutedOnceHoweverOftenItIsListed() {
        TestShard shard = TestShard.of(everyTenSeconds()).at(1);
        shard.request("r");
        shard.request("r");
        shard.succeed();
        shard.request("r");
        assertThat(shard.starts()).containsExactly("r#1");
        assertThat(shard.outcomes()).containsExactly("r succeeded");
        assertThat(shard.write().requested()).hasSize(1);
        shard.request();
        assertThat(shard.write().requested()).isEmpty();
    }

    @Test
    void anOperatorsCancelEndsWhatRuns() {
        TestShard shard = TestShard.of(everyTenSeconds()).at(10);
        shard.runs.stopAll(Reasons.OPERATOR);
        shard.fail();
        assertThat(shard.outcomes()).containsExactly("10 cancelled(operator)");
    }
}
