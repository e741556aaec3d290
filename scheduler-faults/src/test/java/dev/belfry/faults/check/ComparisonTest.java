package dev.belfry.faults.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.console.proof.Proof;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.ledger.FireId;
import dev.belfry.core.ledger.Reasons;
import dev.belfry.core.run.Outcome;
import dev.belfry.faults.witness.Execution;
import dev.belfry.faults.witness.Execution.End;
import dev.belfry.faults.witness.Execution.Key;
import dev.belfry.faults.witness.Jobs;
import dev.belfry.faults.witness.Life;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A comparison finds each kind of broken promise, and nothing where all is well. */
final class ComparisonTest {
    /** Tests that are not about fires that are left out have none due after the first. */
    private static final Instant UNTIL = Instant.ofEpochMilli(1_900);

    private final Life first = new Life("agent-1", Path.of("1"));
    private final Life second = new Life("agent-2", Path.of("2"));
    private final List<Execution> executions = new ArrayList<>();
    private final List<FireEntry> lines = new ArrayList<>();

    private Execution ran(Life life, String job, long due, long token, long start) {
        Execution execution = new Execution(life, new Key(job, "0", due, token), start, true, 0);
        executions.add(execution);
        return execution;
    }

    private void recorded(String job, long due, long token, Outcome outcome, String reason) {
        Instant at = Instant.ofEpochMilli(due);
        lines.add(new FireEntry(
                FireEntry.Kind.FINAL, job, 1, "0", FireId.scheduled(at), at, 1, 1, token, at, at, outcome, reason));
    }

    /** A fire that ran for 10 ns from {@code start} on and is recorded so. */
    private Execution whole(Life life, String job, long due, long token, long start) {
        Execution execution = ran(life, job, due, token, start);
        execution.ended(start + 10, End.OK);
        recorded(job, due, token, Outcome.SUCCEEDED, "");
        return execution;
    }

    private Findings compared() {
        Proof proof =
                new Proof(Instant.EPOCH, UNTIL, 0, Map.of(), 0, 0, 0, 0, List.of(), Map.of(), List.of(), List.of());
        return Comparison.of(executions, new ProductRecord(Map.of(), lines, proof, List.of()), UNTIL);
    }

    private void finds(String what) {
        assertThat(compared().violations())
                .anySatisfy(found -> assertThat(found).contains(what));
    }

    @Test
    void nothingIsFoundWhereEveryFireRanOnceAndIsRecorded() {
        whole(first, Jobs.SECOND, 1_000, 1, 10);
        whole(first, Jobs.SECOND, 2_000, 2, 20);
        whole(second, Jobs.ONCE, 2_000, 2, 20);
        assertThat(compared().violations()).isEmpty();
    }

    @Test
    void successWithoutEvidenceIsFound() {
        recorded(Jobs.SECOND, 1_000, 1, Outcome.SUCCEEDED, "");
        finds("no attempt with that token has ended well");
    }

    @Test
    void successOfAnAttemptThatNeverEndedIsFound() {
        ran(first, Jobs.SECOND, 1_000, 1, 10);
        recorded(Jobs.SECOND, 1_000, 1, Outcome.SUCCEEDED, "");
        finds("no attempt with that token has ended well");
    }

    @Test
    void attemptOfWhichTheRecordKnowsNothingIsFound() {
        ran(first, Jobs.SECOND, 1_000, 1, 10).ended(20, End.OK);
        finds("no outcome is recorded");
    }

    @Test
    void outcomeOfARangeIsTheOutcomeOfEachFireInIt() {
        ran(first, Jobs.LONG, 1_500, 1, 10).ended(20, Execution.End.CANCELLED);
        finds("no outcome is recorded");

        recorded(Jobs.LONG, 1_000, 0, Outcome.MISSED, Reasons.COALESCED);
        finds("no outcome is recorded");

        Instant from = Instant.ofEpochMilli(1_000);
        lines.add(new FireEntry(
                FireEntry.Kind.FINAL,
                Jobs.LONG,
                1,
                "0",
                FireId.scheduled(from),
                Instant.ofEpochMilli(1_500),
                2,
                0,
                0,
                Instant.EPOCH,
                from,
                Outcome.MISSED,
                Reasons.COALESCED));
        assertThat(compared().violations()).isEmpty();
    }

    @Test
    void fireThatNobodyRanIsFoundByArithmetic() {
        whole(first, Jobs.SECOND, -1_000, 1, 10);
        whole(first, Jobs.SECOND, 1_000, 2, 20);
        finds("never ran to its end: second/0 due 1970-01-01T00:00:00Z");
    }

    @Test
    void fireThatWasLeftOutIsFound() {
        recorded(Jobs.SECOND, 1_000, 0, Outcome.MISSED, Reasons.LIMIT);
        finds("1 fires of 'second' are missed");
    }

    @Test
    void attemptThatEndedWellAndIsRecordedOtherwiseIsFound() {
        ran(first, Jobs.LONG, 1_000, 1, 10).ended(20, End.OK);
        recorded(Jobs.LONG, 1_000, 1, Outcome.CANCELLED, Reasons.LEASE_OVER);
        finds("is recorded otherwise");
    }

    @Test
    void atMostOnceFireThatStartsTwiceIsFound() {
        ran(first, Jobs.ONCE, 1_000, 1, 10).ended(20, End.CANCELLED);
        whole(second, Jobs.ONCE, 1_000, 2, 30);
        finds("an at-most-once fire was started 2 times");
    }

    @Test
    void fireThatRanToItsEndTwiceIsFoundUnlessTheRecordSaysWhy() {
        whole(first, Jobs.SECOND, 1_000, 1, 10);
        whole(second, Jobs.SECOND, 1_000, 2, 30);
        finds("ran to its end more than once, and no line says why");

        lines.clear();
        recorded(Jobs.SECOND, 1_000, 2, Outcome.SUCCEEDED, Reasons.OUTCOME_UNKNOWN);
        assertThat(compared().violations()).isEmpty();
        assertThat(compared().doubled()).isEqualTo(1);
    }

    @Test
    void fireThatRanBeforeWithoutATraceIsFoundUnlessTheRecordSaysThatItMayHave() {
        ran(first, Jobs.SECOND, 1_000, 1, 10).ended(20, End.OK);
        whole(second, Jobs.SECOND, 1_000, 2, 30);
        finds("ran to its end more than once, and no line says why");
    }

    @Test
    void broadcastFireThatNobodyAccountsForIsFound() {
        ran(first, Jobs.EVERYWHERE, 1_000, 1, 10).ended(20, End.OK);
        finds("has run, and no outcome is recorded");

        recorded(Jobs.EVERYWHERE, 1_000, 0, Outcome.MISSED, Reasons.OUTCOME_UNKNOWN);
        assertThat(compared().violations()).isEmpty();
        assertThat(compared().unsure()).isEqualTo(1);
    }

    @Test
    void tokenThatDoesNotRiseIsFound() {
        whole(first, Jobs.SECOND, 1_000, 5, 10);
        whole(second, Jobs.SECOND, 2_000, 5, 30);
        finds("its token is not larger");
    }

    @Test
    void attemptsSideBySideAreFoundWhileTheLeaseOfTheOlderHolds() {
        first.lease(5, 1_000);
        ran(first, Jobs.LONG, 1_000, 1, 10).ended(500, End.CANCELLED);
        whole(second, Jobs.LONG, 1_000, 2, 200);
        finds("side by side while the lease of the older one held");
    }

    @Test
    void attemptThatOutlivesItsLeaseIsOnlyCounted() {
        first.lease(5, 100);
        ran(first, Jobs.LONG, 1_000, 1, 10).ended(500, End.CANCELLED);
        whole(second, Jobs.LONG, 1_000, 2, 200);
        assertThat(compared().violations()).isEmpty();
        assertThat(compared().overrun()).isEqualTo(1);
    }

    @Test
    void attemptOfAKilledProcessEndsWithIt() {
        first.lease(5, 1_000);
        first.ended(150);
        first.ended(900);
        ran(first, Jobs.LONG, 1_000, 1, 10);
        whole(second, Jobs.LONG, 1_000, 2, 200);
        assertThat(compared().violations()).isEmpty();
        assertThat(compared().overrun()).isZero();
    }

    @Test
    void checkpointThatNobodyLeftIsFound() {
        Execution cut = ran(first, Jobs.LONG, 1_000, 1, 10);
        cut.stepped(3);
        cut.ended(20, End.CANCELLED);
        Execution next = new Execution(second, new Key(Jobs.LONG, "0", 1_000, 2), 30, true, 4);
        next.ended(40, End.OK);
        executions.add(next);
        recorded(Jobs.LONG, 1_000, 2, Outcome.SUCCEEDED, Reasons.OUTCOME_UNKNOWN);
        finds("went on from step 4, where nobody had come");
    }
}
