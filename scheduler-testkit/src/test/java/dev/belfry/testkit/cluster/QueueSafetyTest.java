package dev.belfry.testkit.cluster;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belfry.core.dispatch.TaskId;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.ledger.FireId;
import dev.belfry.core.queue.Inbox;
import dev.belfry.core.queue.Outbox;
import dev.belfry.core.queue.Outbox.Left;
import dev.belfry.core.queue.Outbox.Stage;
import dev.belfry.core.queue.Segment;
import dev.belfry.core.queue.SegmentState;
import dev.belfry.core.queue.Submission;
import dev.belfry.core.queue.TaskHistory;
import dev.belfry.core.run.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Histories written by hand: one that is right, and for each invariant one that breaks it. */
class QueueSafetyTest {
    private static final String A = "a~1";
    private static final String B = "b~2";
    private static final long BOUND = 100;
    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");

    private long now;
    private int room = 1;
    private boolean heldBack;
    private Optional<Duration> backupAfter = Optional.of(Duration.ofSeconds(5));
    private boolean quiet = true;
    private Set<String> takers = Set.of();

    private final QueueSafety safety = new QueueSafety(
            new QueueSafety.Facts() {
                @Override
                public long nanos() {
                    return now;
                }

                @Override
                public long nanosOf(Instant instant) {
                    return instant.equals(Instant.EPOCH) ? 0 : instant.getEpochSecond() - NOON.getEpochSecond();
                }

                @Override
                public int slots(String incarnation) {
                    return room;
                }

                @Override
                public int asked(String jobUid) {
                    return 1;
                }

                @Override
                public Optional<Duration> backupAfter(String jobUid) {
                    return backupAfter;
                }

                @Override
                public boolean runnable(String jobUid) {
                    return true;
                }

                @Override
                public boolean heldBack(String jobUid) {
                    return heldBack;
                }

                @Override
                public Set<String> takers() {
                    return takers;
                }

                @Override
                public boolean quiet() {
                    return quiet;
                }
            },
            BOUND);

    private static final class Run implements QueueSafety.Attested {
        private final String runId;
        private final long number;
        private long lease = 1;
        private boolean beyondReach;

        Run(String runId, long number) {
            this.runId = runId;
            this.number = number;
        }

        @Override
        public TaskId task() {
            return TaskId.of(runId, 0);
        }

        @Override
        public long number() {
            return number;
        }

        @Override
        public String jobUid() {
            return "job-1";
        }

        @Override
        public long leaseNanos() {
            return lease;
        }

        @Override
        public boolean beyondReach() {
            return beyondReach;
        }
    }

    private void submit(String... runs) {
        List<Submission> all = new ArrayList<>();
        for (String run : runs) {
            all.add(new Submission(run, "job-1", 1, Optional.empty(), Map.of(), Submission.USUAL, "ada"));
        }
        safety.segment("/queue/segments/0/s-1", new Segment(all));
    }

    private static Inbox.Entry entry(String run, long number) {
        return new Inbox.Entry(
                number,
                run,
                FireId.requested(run, NOON),
                new Inbox.Task("job-1", 0, 1),
                new Inbox.Order(1, NOON, null, false, Optional.empty()),
                Map.of(),
                "");
    }

    private void inbox(String incarnation, Inbox.Entry... entries) {
        safety.inbox(incarnation, new Inbox(List.of(entries)));
    }

    private void says(String incarnation, long number, Stage stage) {
        safety.outbox(
                incarnation, new Outbox(List.of(new Outbox.Report(number, stage, NOON, NOON, true, Left.NOTHING, ""))));
    }

    private void settled(String run, Outcome outcome) {
        safety.line(new FireEntry(
                FireEntry.Kind.FINAL,
                "job-1",
                0,
                "0",
                FireId.requested(run, NOON),
                NOON,
                1,
                1,
                7,
                NOON,
                NOON,
                outcome,
                ""));
    }

    private static void breaks(String invariant, ThrowingCallable step) {
        assertThatThrownBy(step).isInstanceOf(InvariantViolation.class).hasMessageContaining(invariant);
    }

    @Test
    void aHistoryAsItShouldBeBreaksNothing() {
        submit("r", "s");
        inbox(A, entry("r", 10));
        Run first = new Run("r", 10);
        safety.starts(first);
        says(A, 10, Stage.STARTED);
        // Its agent is cut off: its lease ends before another one has the task.
        first.lease = 0;
        inbox(A);
        inbox(B, entry("r", 11));
        Run second = new Run("r", 11);
        safety.starts(second);
        safety.ended(first);
        safety.ended(second);
        says(B, 11, Stage.SUCCEEDED);
        inbox(B, entry("s", 12));
        settled("r", Outcome.SUCCEEDED);
        Run third = new Run("s", 12);
        safety.starts(third);
        safety.ended(third);
        says(B, 12, Stage.FAILED);
        inbox(B);
        settled("s", Outcome.FAILED);
        safety.segmentGone("/queue/segments/0/s-1");
        assertThatCode(safety::checkSettled).doesNotThrowAnyException();
    }

    @Test
    void acknowledgedRunThatVanishesIsFound() {
        submit("r", "s");
        settled("r", Outcome.SUCCEEDED);
        breaks("Q-I1", () -> safety.segmentGone("/queue/segments/0/s-1"));
    }

    @Test
    void runThatIsNeverSettledIsFound() {
        submit("r");
        inbox(A, entry("r", 10));
        breaks("Q-I1", safety::checkSettled);
    }

    @Test
    void secondOutcomeIsFound() {
        submit("r");
        settled("r", Outcome.FAILED);
        breaks("Q-I1", () -> settled("r", Outcome.FAILED));
    }

    @Test
    void dispatchAfterASuccessIsFound() {
        submit("r");
        inbox(A, entry("r", 10));
        says(A, 10, Stage.SUCCEEDED);
        inbox(A);
        breaks("Q-I2", () -> inbox(B, entry("r", 11)));
    }

    @Test
    void startAfterASuccessIsFound() {
        submit("r");
        inbox(A, entry("r", 10));
        inbox(A);
        inbox(B, entry("r", 11));
        says(B, 11, Stage.SUCCEEDED);
        breaks("Q-I2", () -> safety.starts(new Run("r", 10)));
    }

    @Test
    void successThatIsRecordedAsSomethingElseIsFound() {
        submit("r");
        inbox(A, entry("r", 10));
        says(A, 10, Stage.SUCCEEDED);
        breaks("Q-I2", () -> settled("r", Outcome.CANCELLED));
    }

    /** A second number of a task beside {@code beside}, so many seconds after the first. */
    private static Inbox.Entry backup(String run, long number, long beside, int seconds) {
        Inbox.Entry plain = entry(run, number);
        Inbox.Order order =
                new Inbox.Order(2, NOON.plusSeconds(seconds), null, false, Optional.empty(), beside, Optional.empty());
        return new Inbox.Entry(number, run, plain.fire(), plain.task(), order, Map.of(), "");
    }

    @Test
    void backupMayBeDispatchedThoughTheFirstHasSucceededMeanwhile() {
        submit("r");
        inbox(A, entry("r", 10));
        says(A, 10, Stage.SUCCEEDED);
        assertThatCode(() -> inbox(B, backup("r", 11, 10, 5))).doesNotThrowAnyException();
    }

    @Test
    void backupAndItsFirstMayRunAtOnceInAnyOrderAndNoOtherMay() {
        submit("r");
        inbox(A, entry("r", 10));
        inbox(B, backup("r", 11, 10, 5));
        Run second = new Run("r", 11);
        safety.starts(second);
        says(B, 11, Stage.SUCCEEDED);
        settled("r", Outcome.SUCCEEDED);
        assertThatCode(() -> safety.starts(new Run("r", 10))).doesNotThrowAnyException();
        breaks("Q-I4", () -> safety.starts(new Run("r", 10)));
    }

    @Test
    void attemptAfterAPairIsHeldToTheRulesAgain() {
        submit("r");
        inbox(A, entry("r", 10));
        inbox(B, backup("r", 11, 10, 5));
        safety.starts(new Run("r", 10));
        safety.starts(new Run("r", 11));
        inbox(A);
        inbox(B);
        inbox(A, entry("r", 12));
        breaks("Q-I3", () -> safety.starts(new Run("r", 12)));
    }

    @Test
    void backupThatMayNotBeIsFound() {
        submit("r");
        inbox(A, entry("r", 10));
        breaks("Q-I8", () -> inbox(B, entry("r", 11)));
        breaks("Q-I8", () -> inbox(B, backup("r", 12, 10, 4)));
        breaks("Q-I8", () -> inbox("a~3", backup("r", 13, 10, 5)));
        backupAfter = Optional.empty();
        breaks("Q-I8", () -> inbox(B, backup("r", 14, 10, 5)));
    }

    @Test
    void backupBesideABackupOrAnEntryThatIsToBeCancelledOrAThirdNumberIsFound() {
        submit("r", "s", "t");
        room = 3;
        inbox(A, entry("r", 10));
        inbox(B, backup("r", 11, 10, 5));
        breaks("Q-I8", () -> inbox("c~3", backup("r", 12, 10, 9)));
        inbox(A, entry("s", 13).cancelled("operator"));
        breaks("Q-I8", () -> inbox(B, backup("s", 14, 13, 5)));
        inbox(B);
        inbox(A, backup("t", 15, 1, 5));
        breaks("Q-I8", () -> inbox(B, backup("t", 16, 15, 11)));
    }

    @Test
    void whatGoesFromOneAgentToAnotherInOneTransactionIsNoBackup() {
        submit("r");
        inbox(A, entry("r", 10));
        backupAfter = Optional.empty();
        Map<String, Inbox> both = new java.util.LinkedHashMap<>();
        both.put(B, new Inbox(List.of(entry("r", 11))));
        both.put(A, Inbox.EMPTY);
        assertThatCode(() -> safety.inboxes(both)).doesNotThrowAnyException();
    }

    @Test
    void twoLeasesOnOneTaskAreFound() {
        submit("r");
        inbox(A, entry("r", 10));
        Run first = new Run("r", 10);
        safety.starts(first);
        inbox(A);
        inbox(B, entry("r", 11));
        breaks("Q-I3", () -> safety.starts(new Run("r", 11)));
    }

    @Test
    void attemptBeyondReachIsNoSecondLease() {
        submit("r");
        inbox(A, entry("r", 10));
        Run first = new Run("r", 10);
        safety.starts(first);
        first.beyondReach = true;
        inbox(A);
        inbox(B, entry("r", 11));
        assertThatCode(() -> safety.starts(new Run("r", 11))).doesNotThrowAnyException();
    }

    @Test
    void numbersThatDoNotRiseAreFound() {
        submit("r", "s", "t");
        inbox(A, entry("r", 10));
        inbox(A);
        breaks("Q-I4", () -> inbox(A, entry("s", 9)));
        breaks("Q-I4", () -> inbox(B, entry("r", 8)));
    }

    @Test
    void startsOutOfOrderTwiceOrWithoutADispatchAreFound() {
        submit("r");
        breaks("Q-I4", () -> safety.starts(new Run("r", 10)));
        inbox(A, entry("r", 10));
        inbox(A);
        inbox(B, entry("r", 11));
        Run later = new Run("r", 11);
        safety.starts(later);
        safety.ended(later);
        breaks("Q-I4", () -> safety.starts(new Run("r", 11)));
        breaks("Q-I4", () -> safety.starts(new Run("r", 10)));
    }

    @Test
    void moreThanAnAgentHasRoomForIsFound() {
        submit("r", "s");
        inbox(A, entry("r", 10));
        breaks("Q-I5", () -> inbox(A, entry("r", 10), entry("s", 11)));
    }

    @Test
    void whatIsReportedAsEndedTakesNoRoom() {
        submit("r", "s");
        inbox(A, entry("r", 10));
        says(A, 10, Stage.SUCCEEDED);
        assertThatCode(() -> inbox(A, entry("r", 10), entry("s", 11))).doesNotThrowAnyException();
    }

    private void waits(long from, long to) {
        for (now = from; now <= to; now += 10) {
            safety.look();
        }
    }

    @Test
    void waitingWhileThereIsRoomIsFound() {
        submit("r");
        takers = Set.of(A);
        waits(0, BOUND);
        breaks("Q-I6", () -> waits(BOUND + 10, BOUND + 20));
    }

    @Test
    void waitingForTheEndOfAPauseIsAllowed() {
        submit("r");
        takers = Set.of(A);
        TaskHistory history = new TaskHistory(1, 1, 0, NOON.plusSeconds(500), NOON, "a", false, Optional.empty());
        safety.state("/queue/segments/0/s-1", new SegmentState(Map.of(), Map.of(0, history)).encode());
        waits(0, 500 + BOUND);
        breaks("Q-I6", () -> waits(510 + BOUND, 520 + BOUND));
    }

    @Test
    void waitingIsAllowedWithoutRoomInTroubleAndForALimit() {
        submit("r", "s");
        waits(0, 1_000);
        takers = Set.of(A);
        inbox(A, entry("s", 10));
        waits(1_000, 2_000);
        inbox(A);
        settled("s", Outcome.SUCCEEDED);
        heldBack = true;
        waits(2_000, 3_000);
        heldBack = false;
        quiet = false;
        waits(3_000, 4_000);
        quiet = true;
        waits(4_000, 4_000 + BOUND);
        breaks("Q-I6", () -> waits(4_010 + BOUND, 4_020 + BOUND));
    }
}
