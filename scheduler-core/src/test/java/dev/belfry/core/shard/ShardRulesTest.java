package dev.belfry.core.shard;

import static dev.belfry.core.shard.TestShard.above;
import static dev.belfry.core.shard.TestShard.everyTenSeconds;
import static dev.belfry.core.shard.TestShard.second;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.core.job.Job;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.job.Misfire;
import dev.belfry.core.job.MisfirePolicy;
import dev.belfry.core.job.OverlapPolicy;
import dev.belfry.core.job.Recovery;
import dev.belfry.core.job.Retry;
import dev.belfry.core.job.TimeoutAction;
import dev.belfry.core.job.Timeouts;
import dev.belfry.core.ledger.FireId;
import dev.belfry.core.ledger.LedgerRecord;
import dev.belfry.core.trigger.DueSet;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A fire is subject to the version that owes its instant, whatever has been applied since. */
class ShardRulesTest {

    private static final Retry THREE = new Retry(3, Duration.ofSeconds(1), 2.0, Duration.ofMinutes(1), 0, List.of());

    private static Job misfire(MisfirePolicy policy) {
        return everyTenSeconds().misfire(new Misfire(policy, Duration.ofSeconds(1), Duration.ofHours(1), 100));
    }

    private static Job delay(int seconds) {
        return Job.named("j").delay(Duration.ofSeconds(seconds));
    }

    private static TestShard delayed() {
        return TestShard.of(delay(10).build(), LedgerRecord.fresh(second(-0.001)))
                .at(0);
    }

    // --- recovery

    @Test
    void aClaimedFireStaysAtMostOnceWhenALaterVersionRunsAgain() {
        TestShard lost = TestShard.of(everyTenSeconds().recovery(Recovery.SKIP)).at(10);
        lost.flush();
        lost.change(15, everyTenSeconds());
        assertThat(above(lost.write())).containsExactly("10 claimed");
        TestShard next = lost.successor().at(16);
        assertThat(next.orders).isEmpty();
        assertThat(next.outcomes()).containsExactly("10 lost(claim-without-outcome)");
    }

    @Test
    void aStartedFireRunsAgainWhenALaterVersionIsAtMostOnce() {
        TestShard lost = TestShard.of(everyTenSeconds()).at(10);
        lost.change(15, everyTenSeconds().recovery(Recovery.SKIP));
        assertThat(above(lost.write())).containsExactly("10 started");
        assertThat(lost.successor().at(16).starts()).containsExactly("10#2");
    }

    @Test
    void aClaimOfAForgottenVersionIsNotRunAgainEither() {
        TestShard lost = TestShard.of(everyTenSeconds().recovery(Recovery.SKIP)).at(10);
        lost.flush();
        for (int i = 0; i < 20; i++) {
            lost.change(20 + i, everyTenSeconds());
        }
        TestShard next = lost.successor().at(16);
        assertThat(next.orders).isEmpty();
        assertThat(next.outcomes()).containsExactly("10 lost(claim-without-outcome)");
    }

    @Test
    void aFireOfTheNewVersionIsClaimedAndOneOfTheOldIsNot() {
        TestShard shard = TestShard.of(everyTenSeconds());
        shard.change(15, everyTenSeconds().recovery(Recovery.SKIP)).at(10);
        assertThat(shard.starts()).containsExactly("10#1");
        shard.succeed();
        shard.at(20);
        assertThat(shard.starts()).hasSize(1);
        assertThat(shard.flush().starts()).containsExactly("10#1", "20#1");
    }

    // --- pause

    @Test
    void aPauseSkipsWhatIsDueFromItsBeginningOnAndNothingBefore() {
        JobDefinition job = everyTenSeconds().build();
        DueSet due = ShardRuns.JobView.of(TestShard.of(job, LedgerRecord.fresh(second(0))).job, 1)
                .due();
        List<VersionRules> versions =
                List.of(new VersionRules(second(0), job, false), new VersionRules(second(20), job, true));
        TestShard shard = TestShard.of(everyTenSeconds());
        shard.runs.update(new ShardRuns.JobView(due, versions));
        shard.at(10).succeed();
        shard.at(20).at(30);
        assertThat(shard.outcomes()).containsExactly("10 succeeded", "20 skipped(paused)", "30 skipped(paused)");
        assertThat(shard.write().mark()).isEqualTo(second(30));

        TestShard late = TestShard.owing(everyTenSeconds());
        late.runs.update(new ShardRuns.JobView(due, versions));
        late.at(35);
        assertThat(late.outcomes()).containsExactly("20-30 x2 skipped(paused)");
        assertThat(late.starts()).containsExactly("10#1");
    }

    @Test
    void aPausedJobWithOneVersionSkipsWhateverIsDue() {
        TestShard shard = TestShard.of(everyTenSeconds());
        JobDefinition job = everyTenSeconds().build();
        shard.runs.update(
                new ShardRuns.JobView(ShardRuns.JobView.of(shard.job, 1).due(), job, true));
        assertThat(shard.at(10).at(20).outcomes()).containsExactly("10 skipped(paused)", "20 skipped(paused)");
    }

    @Test
    void whatWasDueBeforeAPauseRunsLateDuringIt() {
        TestShard lost = TestShard.of(everyTenSeconds());
        TestShard next = lost.pause(15).successor().at(40);
        assertThat(next.starts()).containsExactly("10#1");
        next.succeed();
        assertThat(next.outcomes()).containsExactly("10 succeeded(misfire)");
    }

    @Test
    void aDelayThatIsAnnouncedIntoAPauseIsSkippedAndGoesOnAfterIt() {
        TestShard shard = delayed();
        shard.clock(2).succeed();
        shard.pause(10).at(12);
        assertThat(shard.outcomes()).containsExactly("0 succeeded(misfire)", "12 skipped(paused)");
        shard.change(20, delay(10)).at(22);
        assertThat(shard.starts()).containsExactly("0#1", "22#1");
    }

    // --- misfire

    @Test
    void whatIsOwedIsSettledByThePolicyOfEachVersion() {
        TestShard shard = TestShard.owing(misfire(MisfirePolicy.FIRE_ALL)).change(25, misfire(MisfirePolicy.SKIP));
        shard.at(45);
        shard.succeed();
        shard.succeed();
        assertThat(shard.starts()).containsExactly("10#1", "20#1");
        assertThat(shard.outcomes())
                .containsExactly("30-40 x2 missed(misfire-skip)", "10 succeeded(misfire)", "20 succeeded(misfire)");
    }

    @Test
    void versionsOfOnePolicyShareOneLateFireEvenWithAnotherBetween() {
        TestShard shard = TestShard.owing(misfire(MisfirePolicy.FIRE_ONCE))
                .change(15, misfire(MisfirePolicy.SKIP))
                .change(25, misfire(MisfirePolicy.FIRE_ONCE))
                .change(35, misfire(MisfirePolicy.FIRE_ONCE).description("as before"));
        shard.at(45);
        assertThat(shard.starts()).containsExactly("40#1");
        assertThat(shard.outcomes())
                .containsExactlyInAnyOrder("10 missed(coalesced)", "20 missed(misfire-skip)", "30 missed(coalesced)");
    }

    @Test
    void theThresholdIsThatOfTheFire() {
        Misfire patient = new Misfire(MisfirePolicy.SKIP, Duration.ofSeconds(5), Duration.ofHours(1), 1);
        TestShard shard = TestShard.of(everyTenSeconds().misfire(patient)).at(5);
        shard.change(15, misfire(MisfirePolicy.SKIP)).at(14);
        assertThat(shard.starts()).containsExactly("10#1");
        shard.succeed();
        assertThat(shard.at(24).outcomes()).endsWith("20 missed(misfire-skip)");
    }

    // --- overlap, retry, time-outs

    @Test
    void theArrivingFiresOverlapPolicyCounts() {
        TestShard shard = TestShard.of(everyTenSeconds())
                .change(25, everyTenSeconds().overlap(OverlapPolicy.BUFFER_ONE))
                .at(10)
                .at(20)
                .at(30);
        assertThat(shard.outcomes()).containsExactly("20 skipped(overlap)");
        shard.succeed();
        assertThat(shard.starts()).containsExactly("10#1", "30#1");
    }

    @Test
    void aFireIsTriedAgainAsItsOwnVersionSays() {
        TestShard shard = TestShard.of(everyTenSeconds().retry(THREE)).at(10);
        shard.change(12, everyTenSeconds()).clock(13);
        shard.fail();
        shard.clock(14).retry();
        assertThat(shard.starts()).containsExactly("10#1", "10#2");
    }

    @Test
    void anAttemptHasTheTimeOfItsOwnVersion() {
        Timeouts three =
                new Timeouts(Duration.ofSeconds(3), null, null, null, TimeoutAction.CANCEL, Duration.ofSeconds(1));
        TestShard shard = TestShard.of(everyTenSeconds().timeouts(three))
                .change(15, everyTenSeconds())
                .at(10);
        assertThat(shard.attempt().limit()).contains(Duration.ofSeconds(3));
        shard.succeed();
        assertThat(shard.at(20).attempt().limit()).isEmpty();
    }

    @Test
    void aRunThatWasAskedForIsSubjectToTheVersionInForceWhenItWasAccepted() {
        TestShard shard =
                TestShard.of(everyTenSeconds().recovery(Recovery.SKIP)).clock(5);
        shard.change(6, everyTenSeconds()).clock(7);
        shard.runs.request(List.of(FireId.requested("r", second(5))), id -> true, shard.moment(), true);
        assertThat(shard.orders).isEmpty();
        assertThat(shard.flush().starts()).containsExactly("r#1");
    }

    // --- delay

    @Test
    void aDelayAnnouncedUnderAnOldVersionIsOwedUnderANewOneWithInstantsOfItsOwn() {
        TestShard lost = delayed();
        lost.clock(5).succeed();
        lost.change(20, everyTenSeconds());
        TestShard next = lost.successor().at(25);
        assertThat(next.write().delayNext()).isEmpty();
        next.succeed();
        assertThat(next.outcomes()).containsExactly("15 missed(coalesced)", "20 succeeded(misfire)");
        assertThat(next.at(30).starts()).containsExactly("20#1", "30#1");
    }

    @Test
    void aDelayAnnouncedBeyondItsVersionIsNotOwed() {
        TestShard shard = delayed();
        shard.clock(5).succeed();
        shard.change(12, everyTenSeconds()).at(16);
        assertThat(shard.starts()).containsExactly("0#1");
        assertThat(shard.write().delayNext()).isEmpty();
        assertThat(shard.at(20).starts()).containsExactly("0#1", "20#1");
    }

    @Test
    void aDelayWhoseFirstInstantIsMissedAtTheEndOfARangeGoesOn() {
        TestShard shard = TestShard.owing(misfire(MisfirePolicy.SKIP))
                .change(
                        25,
                        delay(10)
                                .misfire(new Misfire(
                                        MisfirePolicy.SKIP, Duration.ofSeconds(1), Duration.ofHours(1), 1)));
        shard.at(40);
        assertThat(shard.outcomes()).containsExactly("10-25 x3 missed(misfire-skip)");
        assertThat(shard.runs.nextWake()).contains(second(50));
        assertThat(shard.at(50).starts()).containsExactly("50#1");
    }

    @Test
    void aDelayCountsFromTheLastAttempt() {
        TestShard shard = TestShard.of(delay(10).retry(THREE).build(), LedgerRecord.fresh(second(-0.001)))
                .at(0);
        shard.clock(2).fail();
        assertThat(shard.runs.nextWake()).isEmpty();
        shard.clock(3).retry();
        shard.clock(6).succeed();
        assertThat(shard.outcomes()).containsExactly("0 succeeded(misfire)");
        assertThat(shard.runs.nextWake()).contains(second(16));
    }
}
