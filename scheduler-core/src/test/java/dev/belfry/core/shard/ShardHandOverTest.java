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

/** What passes from one owner to the next in a planned hand-over, and what becomes of one that is called off. */
class ShardHandOverTest {

    private static final Retry THREE = new Retry(3, Duration.ofSeconds(1), 2.0, Duration.ofMinutes(1), 0, List.of());

    private static Misfire misfireSkip() {
        return new Misfire(MisfirePolicy.SKIP, Duration.ofSeconds(1), Duration.ofHours(1), 1);
    }

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
        shard.clock(45).runs.supersede(second(40), Reasons.LAYOUT, List.of(), shard.moment());
        assertThat(shard.outcomes())
                .containsExactly("10 superseded(layout)", "20 superseded(layout)", "30-40 x2 superseded(layout)");
        assertThat(shard.write().mark()).isEqualTo(second(40));
        assertThat(above(shard.write())).isEmpty();
    }
}
