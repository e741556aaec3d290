package dev.belfry.core.shard;

import static dev.belfry.core.shard.TestShard.everyTenSeconds;
import static dev.belfry.core.shard.TestShard.second;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.core.job.OverlapPolicy;
import dev.belfry.core.job.Recovery;
import dev.belfry.core.job.Retry;
import dev.belfry.core.ledger.FireId;
import dev.belfry.core.ledger.Reasons;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** An operator cancels a run: what runs, what waits, what backs off, what is to come, under this owner and the next. */
class ShardCancelTest {

    private static final Retry THREE = new Retry(3, Duration.ofSeconds(1), 2.0, Duration.ofMinutes(1), 0, List.of());

    private static void cancel(TestShard shard, int... seconds) {
        List<FireId> fires = IntStream.of(seconds)
                .mapToObj(second -> FireId.scheduled(second(second)))
                .toList();
        shard.runs.cancel(fires, shard.moment(), shard.lease);
    }

    @Test
    void whatRunsIsToldToStopAndIsNotTriedAgain() {
        TestShard shard = TestShard.of(everyTenSeconds().retry(THREE)).at(10);
        cancel(shard, 10);
        assertThat(shard.stops).containsValue(Reasons.OPERATOR);
        shard.fail();
        assertThat(shard.outcomes()).containsExactly("10 cancelled(operator)");
        cancel(shard, 10);
        assertThat(shard.at(20).starts()).containsExactly("10#1", "20#1");
    }

    @Test
    void whatBacksOffAndWhatIsBufferedEndsAtOnceAndNothingElse() {
        TestShard shard = TestShard.of(everyTenSeconds().retry(THREE).overlap(OverlapPolicy.BUFFER_ALL))
                .at(10);
        shard.fail();
        shard.at(20).at(30);
        cancel(shard, 10, 20);
        assertThat(shard.outcomes()).containsExactly("10 cancelled(operator)", "20 cancelled(operator)");
        assertThat(shard.starts()).as("the next one's turn has come").containsExactly("10#1", "30#1");
        shard.retry();
        assertThat(shard.starts()).hasSize(2);
        assertThat(shard.write().mark()).isEqualTo(second(30).minusMillis(1));
    }

    @Test
    void anAttemptThatTheEndOfTheLeaseCutShortIsNotRunAgain() {
        TestShard shard = TestShard.of(everyTenSeconds()).at(10);
        shard.clock(12).loseLease();
        cancel(shard, 10);
        shard.fail();
        shard.lease = true;
        assertThat(shard.at(15).starts()).containsExactly("10#1");
        assertThat(shard.outcomes()).containsExactly("10 cancelled(operator)");
    }

    @Test
    void aClaimUnderWayIsTakenBack() {
        TestShard shard =
                TestShard.of(everyTenSeconds().recovery(Recovery.SKIP)).at(10);
        shard.write();
        cancel(shard, 10);
        shard.acknowledge();
        assertThat(shard.orders).isEmpty();
        assertThat(shard.outcomes()).containsExactly("10 cancelled(operator)");
        assertThat(TestShard.above(shard.write())).isEmpty();
    }

    @Test
    void aSuccessorDoesNotRunAgainWhatWasCancelled() {
        TestShard lost = TestShard.of(everyTenSeconds().overlap(OverlapPolicy.BUFFER_ALL))
                .at(10)
                .at(20);
        TestShard next = lost.successor().clock(25);
        cancel(next, 10, 20);
        next.decide();
        assertThat(next.orders).isEmpty();
        assertThat(next.outcomes()).containsExactly("10 cancelled(operator)", "20 cancelled(operator)");
    }

    @Test
    void aClaimThatAPredecessorLeftWithoutOutcomeIsLostAllTheSame() {
        TestShard lost = TestShard.of(everyTenSeconds().recovery(Recovery.SKIP)).at(10);
        lost.flush();
        TestShard next = lost.successor().clock(15);
        cancel(next, 10);
        assertThat(next.decide().outcomes()).containsExactly("10 lost(claim-without-outcome)");
    }

    @Test
    void inAHandOverWhatWaitsIsSettledByTheGiver() {
        TestShard giver = TestShard.of(everyTenSeconds().retry(THREE)).at(10);
        giver.fail();
        giver.runs.beginHandOver(giver.now);
        giver.clock(12).runs.prepareRelease(giver.moment());
        cancel(giver, 10);
        assertThat(giver.outcomes()).containsExactly("10 cancelled(operator)");
        TestShard taker = giver.successor().at(15);
        assertThat(taker.orders).isEmpty();
    }

    @Test
    void aRunThatWasAskedForAndCancelledBeforeItsTurnNeverStarts() {
        TestShard shard = TestShard.of(everyTenSeconds());
        shard.runs.cancel(List.of(FireId.requested("r", TestShard.NOON)), shard.moment(), true);
        shard.request("r", "s");
        assertThat(shard.starts()).containsExactly("s#1");
        assertThat(shard.outcomes()).containsExactly("r cancelled(operator)");
    }

    @Test
    void whatHasItsOutcomeKeepsIt() {
        TestShard shard = TestShard.of(everyTenSeconds()).at(10);
        shard.succeed();
        cancel(shard, 10);
        assertThat(shard.at(15).outcomes()).containsExactly("10 succeeded");
    }

    @Test
    void theEndOfALeaseAndAClosingAgentLeaveWhatBacksOffAndWaitsToTheNextOwner() {
        for (String reason : List.of(Reasons.LEASE_OVER, Reasons.CLOSING)) {
            TestShard shard = TestShard.of(everyTenSeconds().retry(THREE).overlap(OverlapPolicy.BUFFER_ALL))
                    .at(10);
            shard.fail();
            shard.at(20).runs.stopAll(reason);
            assertThat(shard.outcomes()).as(reason).isEmpty();
            assertThat(shard.successor().at(25).starts()).as(reason).containsExactly("10#2");
        }
    }
}
