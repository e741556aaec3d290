package dev.belfry.testkit.cluster;

import dev.belfry.core.queue.OutboxItem;
import dev.belfry.core.queue.QueuedTask;
import dev.belfry.core.value.Output;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import net.bytebuddy.asm.Advice;

/**
 * The rules of the queue and of workflows, Q1 to Q12 and W1 to W6, each taken out of the shipped code in one place, as in
 * {@link Mutants}.
 *
 * <p>Not here: Q2, whose check of the epoch is that of R1; Q6, which is R8 and what `QueuedTasksTest` looks at; W4 and W6, which
 * tests of their own keep (`TaskInputScenariosTest`, `WorkflowBookTest`).
 */
final class QueueMutants {
    private static final String MASTER = "dev.belfry.master.queue.";
    private static final String AGENT = "dev.belfry.agent.queue.";
    private static final String CORE = "dev.belfry.core.queue.";
    private static final String QUEUE = "QueueScenariosTest.";
    private static final String BACKUPS = "BackupScenariosTest.";
    private static final String TASKS = "QueuedTaskScenariosTest.";
    private static final String FLOWS = "WorkflowScenariosTest.";
    private static final int FEW = 30;

    private QueueMutants() {}

    static List<Mutant> all() {
        List<Mutant> all = new ArrayList<>(dispatching());
        all.addAll(settling());
        all.addAll(backups());
        all.addAll(workflows());
        return List.copyOf(all);
    }

    private static List<Mutant> dispatching() {
        return List.of(
                mutant("Q3", "a new master takes for queued what it finds in inboxes")
                        .in(CORE + "QueueBook", "place", Mutants.with(NothingFound.class))
                        .within(FEW, "Q-I8", "Q-I2", "Q-I4", "error"),
                mutant("Q4", "numbers begin again with each term")
                        .in(MASTER + "QueueNumbers", "next", Mutants.with(WithoutTerm.class))
                        .on(QUEUE + "numbersOfLaterTermsAreAboveThoseOfEarlierOnes", "Q-I4", "test"),
                mutant("Q5", "an agent does not compare numbers with those that it has taken")
                        .in(AGENT + "QueuedTasks", "read", Mutants.with(NoneTaken.class))
                        .within(FEW, "Q-I4"),
                mutant("Q5", "at most once, an attempt does not await its claim")
                        .in(AGENT + "QueuedTasks", "isClaimed", Mutants.with(Yes.class))
                        .on(TASKS + "atMostOnceItStartsOnlyWhenItsClaimIsDurable", "test"),
                mutant("Q9", "attempts go on when the lease ends")
                        .in(AGENT + "QueuedTasks", "stopAll", Mutants.with(No.class))
                        .on(
                                TASKS + "whatTheEndOfTheLeaseCutsShortIsReportedAsLostOnceThereIsALeaseAgain",
                                "R5",
                                "test"));
    }

    private static List<Mutant> settling() {
        return List.of(
                mutant("Q7", "what is settled leaves its inbox without being settled in its segment")
                        .in(CORE + "QueueRound", "segments", Mutants.with(NoList.class))
                        .on(
                                QUEUE + "masterThatIsLostAfterAnyWriteLosesNothingAndRunsNothingTwice",
                                "Q-I1",
                                "Q-I2",
                                "test"),
                mutant("Q8", "what a lost agent has claimed counts as never dispatched")
                        .in(CORE + "InboxBook", "report", Mutants.with(Nothing.class))
                        .on(QUEUE + "claimedRunOfALostAgentThatMayNotRunTwiceIsLost", "test"),
                mutant("Q8", "an end is let go of although its task may be in a segment that cannot be read")
                        .in(CORE + "QueueBook", "isUncertain", Mutants.with(No.class))
                        .on(
                                "QueueDamageTest.successOfARunWhoseSegmentIsDamagedIsSettledOnceItIsMended",
                                "test",
                                "Q-I2"),
                mutant("Q10", "what is to be cancelled is queued again when its agent is lost")
                        .in(CORE + "TaskEnds", "gone", Mutants.with(NotMarked.class))
                        .on(QUEUE + "cancellationOutlivesItsMasterAndItsAgent", "test"),
                mutant("Q10", "an entry in an inbox is not marked")
                        .in(CORE + "QueueBook", "mark", Mutants.with(No.class))
                        .on(QUEUE + "queuedRunIsCancelledAtOnceAndADispatchedOneByItsAgent", "I13", "test"),
                mutant("Q12", "a checkpoint is deleted with the end of the attempt that left it")
                        .in(CORE + "OutboxItems", "isNamedByTask", Mutants.with(No.class))
                        .on(
                                "QueueLeftoversTest.checkpointOutlivesItsAgentAndManyMastersAndItsOutboxGoesWithIt",
                                "test"));
    }

    private static List<Mutant> backups() {
        return List.of(
                mutant("Q11", "an attempt gets one backup after the other")
                        .in(CORE + "Backups$Out", "isAlone", Mutants.with(Yes.class))
                        .on(BACKUPS + "backupThatFailsIsFollowedByNoOther", "test"),
                mutant("Q11", "a backup may go to the agent that has the first")
                        .in("dev.belfry.core.dispatch.Lane", "bars", Mutants.with(No.class))
                        .on(BACKUPS + "thereIsNoneOnTheAgentThatHasTheFirst", "Q-I8", "test"),
                mutant("Q11", "any attempt is slow at once")
                        .in(MASTER + "QueueChooser", "slowAfter", Mutants.with(AtOnce.class))
                        .within(FEW, "Q-I8"),
                mutant("Q11", "the loser of two is not told")
                        .in(CORE + "QueueBook", "stopOthers", Mutants.with(No.class))
                        .on(BACKUPS + "slowAttemptGetsASecondOneElsewhereAndTheFirstToFinishWins", "test"),
                mutant("Q11", "what a loser takes is free for the next master")
                        .in(CORE + "QueueBook", "begin", Mutants.with(No.class))
                        .on(BACKUPS + "leftoverTakesItsRoomUnderTheNextMasterToo", "Q-I5"));
    }

    private static List<Mutant> workflows() {
        return List.of(
                mutant("W1", "a workflow run begins without the runs of its roots")
                        .in(CORE + "QueueRound", "starts", Mutants.with(NoList.class))
                        .on(FLOWS + "diamondRunsOnceForEachInstantOfItsRoot", "test"),
                mutant("W2", "a job's run is settled without its workflow run")
                        .in(CORE + "QueueRound", "workflows", Mutants.with(NoList.class))
                        .on(FLOWS + "masterThatIsLostAfterAnyWriteRunsNoJobTwiceAndForgetsNone", "Q-I1", "test"),
                mutant("W3", "outputs are not kept for workflow runs")
                        .in(CORE + "WorkflowBook", "kept", Mutants.with(NoItems.class))
                        .on(FLOWS + "conditionIsAnsweredByTheOutputOfTheUpstream", "test"),
                mutant("W3", "a condition is answered without the output")
                        .in(CORE + "WorkflowBook", "read", Mutants.with(NoOutput.class))
                        .on(FLOWS + "conditionIsAnsweredByTheOutputOfTheUpstream", "test"),
                mutant("W5", "a new master forgets what it finds stopping")
                        .in(CORE + "WorkflowBook", "isStopping", Mutants.with(No.class))
                        .on(FLOWS + "whatANewMasterFindsCancelledStopsAndDoesNotBeginAgain", "test"),
                mutant("W5", "a new master does not ask what has become of the runs for which workflow runs wait")
                        .in(CORE + "WorkflowBook", "reconcile", Mutants.with(No.class))
                        .on(FLOWS + "runThatIsInNoSegmentAnyMoreEndsForItsWorkflowAsUnknown", "test"));
    }

    private static Mutant.Idea mutant(String rule, String what) {
        return new Mutant.Idea(rule, what);
    }

    // --- what is put into the changed methods

    /** The method is left out; false where it answers. */
    static final class No {
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        static boolean enter() {
            return true;
        }
    }

    static final class Yes {
        @Advice.OnMethodExit
        static void exit(@Advice.Return(readOnly = false) boolean answer) {
            answer = true;
        }
    }

    static final class NothingFound {
        @Advice.OnMethodEnter
        static void enter(@Advice.Argument(0) QueuedTask task, @Advice.FieldValue("found") Map<?, ?> found) {
            found.remove(task.id());
        }
    }

    static final class WithoutTerm {
        @Advice.OnMethodExit
        static void exit(@Advice.Return(readOnly = false) long number) {
            number &= (1L << 20) - 1;
        }
    }

    static final class NoneTaken {
        @Advice.OnMethodEnter
        static void enter(@Advice.FieldValue(value = "taken", readOnly = false) long taken) {
            taken = 0;
        }
    }

    static final class NoList {
        @Advice.OnMethodExit
        static void exit(@Advice.Return(readOnly = false) List<?> all) {
            all = List.of();
        }
    }

    static final class Nothing {
        @Advice.OnMethodExit
        static void exit(@Advice.Return(readOnly = false) Optional<?> found) {
            found = Optional.empty();
        }
    }

    static final class NotMarked {
        @Advice.OnMethodEnter
        static void enter(@Advice.Argument(value = 2, readOnly = false) String cancel) {
            cancel = "";
        }
    }

    static final class AtOnce {
        @Advice.OnMethodExit
        static void exit(@Advice.Return(readOnly = false) Optional<Duration> after) {
            after = Optional.of(Duration.ZERO);
        }
    }

    static final class NoItems {
        @Advice.OnMethodExit
        static void exit(@Advice.Return(readOnly = false) Set<OutboxItem> kept) {
            kept = Set.of();
        }
    }

    static final class NoOutput {
        @Advice.OnMethodEnter
        static void enter(@Advice.Argument(value = 3, readOnly = false) Optional<Output> output) {
            output = Optional.empty();
        }
    }
}
