package dev.belfry.testkit.cluster;

import static dev.belfry.testkit.cluster.Hands.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.command.Command;
import dev.belfry.core.job.BackupAfter;
import dev.belfry.core.job.Job;
import dev.belfry.core.job.Placement;
import dev.belfry.core.job.Retry;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.ledger.Reasons;
import dev.belfry.core.queue.Inbox;
import dev.belfry.core.queue.Outbox.Stage;
import dev.belfry.core.queue.QueueReasons;
import dev.belfry.core.queue.Submission;
import dev.belfry.core.record.Paths;
import dev.belfry.core.run.Outcome;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Attempts that are slow, and the second ones beside them (rule Q11). */
@ExtendWith(QuietLogs.class)
class BackupScenariosTest {
    private static final Duration LONG = Duration.ofSeconds(40);

    private final SimCluster cluster = Scenes.byHand(13);
    private final Hands hands = new Hands(cluster);

    private static Job job(BackupAfter after) {
        return Job.named("slow")
                .handler(SimCluster.HANDLER)
                .manual()
                .placement(Placement.QUEUED)
                .backupAfter(after)
                .retry(new Retry(3, Duration.ofMillis(100), 2, Duration.ofSeconds(1), 0, List.of()));
    }

    /** After two seconds; every attempt hangs until {@link Hands#fate} says otherwise. */
    private static Job afterTwoSeconds() {
        return job(new BackupAfter.Fixed(Duration.ofSeconds(2)));
    }

    private void first(Job job) {
        String uid = hands.job(job.build());
        hands.fate = entry -> Optional.of(Stage.STARTED);
        hands.submit(run("r1", uid));
        assertThat(cluster.runUntil(LONG, () -> hands.seen.size() == 1)).isTrue();
    }

    /** Runs until a second attempt is out beside the first. */
    private Inbox.Entry backup() {
        assertThat(cluster.runUntil(LONG, () -> hands.seen.size() == 2)).isTrue();
        return hands.seen.lastEntry().getValue();
    }

    private String agent(long number) {
        return new Incarnation(String.valueOf(hands.holders.get(number))).agentId();
    }

    @Test
    void slowAttemptGetsASecondOneElsewhereAndTheFirstToFinishWins() {
        first(afterTwoSeconds());
        Inbox.Entry slow = hands.seen.firstEntry().getValue();
        Inbox.Entry backup = backup();
        assertThat(backup.order().beside()).isEqualTo(slow.number());
        assertThat(backup.order().attempt()).isEqualTo(2);
        assertThat(Duration.between(slow.order().at(), backup.order().at()))
                .isBetween(Duration.ofSeconds(2), Duration.ofMillis(2_100));
        assertThat(agent(backup.number())).isNotEqualTo(agent(slow.number()));
        hands.fate = entry -> Optional.of(entry.order().isBackup() ? Stage.SUCCEEDED : Stage.STARTED);
        assertThat(hands.settled(LONG, "r1")).isTrue();
        cluster.run(Duration.ofSeconds(5));
        assertThat(hands.finals("r1")).singleElement().satisfies(line -> {
            assertThat(line.outcome()).isEqualTo(Outcome.SUCCEEDED);
            assertThat(line.token()).isEqualTo(backup.number());
            assertThat(line.attempt()).isEqualTo(2);
        });
        assertThat(hands.lines("r1"))
                .filteredOn(line -> line.kind() == FireEntry.Kind.ENDED)
                .singleElement()
                .satisfies(line -> {
                    assertThat(line.token()).isEqualTo(slow.number());
                    assertThat(line.outcome()).isEqualTo(Outcome.CANCELLED);
                    assertThat(line.reason()).isEqualTo(QueueReasons.OTHER_ATTEMPT);
                });
        assertThat(hands.seen.get(slow.number()).cancel()).isEqualTo(QueueReasons.OTHER_ATTEMPT);
        assertThat(hands.dispatched()).isEmpty();
        assertThat(hands.segments()).isEmpty();
    }

    @Test
    void firstAttemptThatFinishesBeforeItsBackupWins() {
        first(afterTwoSeconds());
        long slow = hands.seen.firstKey();
        Inbox.Entry backup = backup();
        hands.fate = entry -> Optional.of(entry.order().isBackup() ? Stage.STARTED : Stage.SUCCEEDED);
        assertThat(hands.settled(LONG, "r1")).isTrue();
        cluster.run(Duration.ofSeconds(5));
        assertThat(hands.finals("r1"))
                .singleElement()
                .satisfies(line -> assertThat(line.token()).isEqualTo(slow));
        assertThat(hands.seen.get(backup.number()).cancel()).isEqualTo(QueueReasons.OTHER_ATTEMPT);
        assertThat(hands.dispatched()).isEmpty();
    }

    @Test
    void failureOfOneDecidesNothingWhileTheOtherIsOutAndThereIsNeverAThird() {
        first(afterTwoSeconds());
        backup();
        hands.fate = entry -> Optional.of(entry.order().isBackup() ? Stage.STARTED : Stage.FAILED);
        cluster.run(LONG);
        assertThat(hands.seen).hasSize(2);
        assertThat(hands.finals("r1")).isEmpty();
        assertThat(hands.lines("r1")).extracting(FireEntry::outcome).containsExactly(Outcome.FAILED);
        hands.fate = entry -> Optional.of(Stage.FAILED);
        assertThat(hands.settled(LONG, "r1")).isTrue();
        // Three failures in all, as the job allows; the third attempt begins alone again.
        assertThat(hands.seen).hasSize(3);
        assertThat(hands.seen.lastEntry().getValue().order().isBackup()).isFalse();
        assertThat(hands.finals("r1")).extracting(FireEntry::outcome).containsExactly(Outcome.FAILED);
    }

    @Test
    void backupThatFailsIsFollowedByNoOther() {
        first(afterTwoSeconds());
        hands.fate = entry -> Optional.of(entry.order().isBackup() ? Stage.FAILED : Stage.STARTED);
        cluster.run(LONG);
        assertThat(hands.seen).hasSize(2);
        hands.fate = entry -> Optional.of(Stage.SUCCEEDED);
        assertThat(hands.settled(LONG, "r1")).isTrue();
        assertThat(hands.finals("r1"))
                .singleElement()
                .satisfies(line -> assertThat(line.token()).isEqualTo(hands.seen.firstKey()));
    }

    @Test
    void thereIsNoneOnTheAgentThatHasTheFirst() {
        first(afterTwoSeconds());
        String holder = agent(hands.seen.firstKey());
        List<String> others =
                Stream.of("a0", "a1", "a2").filter(id -> !id.equals(holder)).toList();
        others.forEach(id -> cluster.operator().command(Command.Kind.DRAIN, id));
        cluster.run(LONG);
        int before = hands.seen.size();
        cluster.operator().command(Command.Kind.UNDRAIN, others.get(0));
        cluster.run(LONG);
        assertThat(before).isEqualTo(1);
        assertThat(agent(hands.seen.lastKey())).isEqualTo(others.get(0));
    }

    @Test
    void backupThatIsRefusedIsTriedAgain() {
        first(afterTwoSeconds());
        hands.fate =
                entry -> Optional.of(entry.order().isBackup() && hands.seen.size() < 3 ? Stage.REFUSED : Stage.STARTED);
        assertThat(cluster.runUntil(LONG, () -> hands.seen.size() == 3)).isTrue();
        List<Inbox.Entry> all = List.copyOf(hands.seen.values());
        assertThat(all.get(2).order().beside()).isEqualTo(all.get(0).number());
        assertThat(all.get(2).order().attempt()).isEqualTo(2);
        cluster.run(LONG);
        assertThat(hands.seen).hasSize(3);
    }

    @Test
    void thereIsNoneWhereNoOtherAgentFitsUntilOneDoes() {
        first(afterTwoSeconds().slots(60));
        String uid = "slow~1";
        hands.submit(run("r2", uid), run("r3", uid));
        assertThat(cluster.runUntil(LONG, () -> hands.seen.size() == 3)).isTrue();
        cluster.run(LONG);
        assertThat(hands.seen).hasSize(3);
        hands.fate = entry -> Optional.of(entry.runId().equals("r3") ? Stage.SUCCEEDED : Stage.STARTED);
        Inbox.Entry backup = hands.seen.lastEntry().getValue();
        assertThat(cluster.runUntil(LONG, () -> hands.seen.size() == 4)).isTrue();
        assertThat(hands.seen.lastEntry().getValue().runId()).isEqualTo("r1");
        assertThat(backup.order().isBackup()).isFalse();
    }

    @Test
    void whatWaitsGoesBeforeBackups() {
        first(afterTwoSeconds().slots(60));
        String uid = "slow~1";
        hands.submit(run("r2", uid), run("r3", uid), run("r4", uid));
        assertThat(cluster.runUntil(LONG, () -> hands.seen.size() == 3)).isTrue();
        cluster.run(Duration.ofSeconds(10));
        hands.fate = entry -> Optional.of(entry.runId().equals("r3") ? Stage.SUCCEEDED : Stage.STARTED);
        assertThat(cluster.runUntil(LONG, () -> hands.seen.size() == 4)).isTrue();
        assertThat(hands.seen.lastEntry().getValue().runId()).isEqualTo("r4");
    }

    @Test
    void masterThatFindsAPairSendsNoThirdAndSettlesTheLoserWithNothing() {
        first(afterTwoSeconds());
        Inbox.Entry backup = backup();
        nextMaster();
        cluster.run(Duration.ofSeconds(10));
        assertThat(hands.seen).hasSize(2);
        hands.deaf = true;
        String winner = String.valueOf(hands.holders.get(backup.number()));
        hands.fate = entry -> Optional.of(entry.order().isBackup() ? Stage.SUCCEEDED : Stage.STARTED);
        hands.deaf = false;
        assertThat(cluster.runUntil(LONG, () -> !hands.finals("r1").isEmpty())).isTrue();
        // The loser goes on as if it had not heard.
        hands.deaf = true;
        nextMaster();
        cluster.run(LONG);
        hands.deaf = false;
        cluster.run(LONG);
        assertThat(hands.finals("r1")).hasSize(1);
        assertThat(hands.finals("r1").get(0).incarnation()).isEqualTo(winner);
        assertThat(hands.dispatched()).isEmpty();
        assertThat(StoredQueue.isSubmitted(cluster.ensemble(), "r1")).isFalse();
        assertThat(hands.seen).hasSize(2);
    }

    /** The office ends with its connection; every agent goes on in its session. */
    private void nextMaster() {
        long term = cluster.term();
        cluster.ensemble().faults().loseReply("queue-count");
        Submission.Options far = Submission.USUAL.withNotBefore(
                cluster.now().plusSeconds(360_000).truncatedTo(ChronoUnit.MILLIS));
        hands.submit(new Submission("far" + term, "slow~1", 1, Optional.empty(), Map.of(), far, "hands"));
        assertThat(cluster.runUntil(LONG, () -> cluster.term() > term)).isTrue();
        cluster.run(Duration.ofSeconds(3));
    }

    @Test
    void leftoverTakesItsRoomUnderTheNextMasterToo() {
        // One of sixty slots of a hundred on each agent.
        first(afterTwoSeconds().slots(60));
        backup();
        hands.fate = entry -> Optional.of(entry.order().isBackup() ? Stage.SUCCEEDED : Stage.STARTED);
        cluster.runUntil(LONG, () -> {
            boolean over = !hands.finals("r1").isEmpty();
            hands.deaf = over;
            return over;
        });
        assertThat(hands.dispatched()).hasSize(1);
        nextMaster();
        hands.submit(run("r2", "slow~1"), run("r3", "slow~1"), run("r4", "slow~1"));
        cluster.run(Duration.ofSeconds(1));
        assertThat(hands.dispatched()).extracting(Inbox.Entry::runId).doesNotContain("r4");
    }

    @Test
    void pairThatIsToBeCancelledStaysSoUnderTheNextMaster() {
        first(afterTwoSeconds());
        backup();
        hands.deaf = true;
        cluster.operator().cancel("slow", "r1");
        assertThat(cluster.runUntil(LONG, () -> StoredQueue.isStopped(cluster.ensemble(), "r1")))
                .isTrue();
        assertThat(hands.dispatched()).hasSize(2);
        nextMaster();
        hands.deaf = false;
        assertThat(hands.settled(LONG, "r1")).isTrue();
        cluster.run(LONG);
        assertThat(hands.finals("r1")).extracting(FireEntry::outcome).containsExactly(Outcome.CANCELLED);
        assertThat(hands.dispatched()).isEmpty();
        assertThat(hands.seen).hasSize(2);
    }

    @Test
    void agentOfTheFirstThatIsLostLeavesTheBackupToDecide() {
        first(afterTwoSeconds());
        Inbox.Entry backup = backup();
        long slow = hands.seen.firstKey();
        cluster.agent(agent(slow)).orElseThrow().kill();
        cluster.run(LONG);
        assertThat(hands.seen).hasSize(2);
        hands.fate = entry -> Optional.of(Stage.SUCCEEDED);
        assertThat(hands.settled(LONG, "r1")).isTrue();
        assertThat(hands.finals("r1")).singleElement().satisfies(line -> {
            assertThat(line.token()).isEqualTo(backup.number());
            // Whether the lost one had come to its end, nobody knows.
            assertThat(line.reason()).isEqualTo(Reasons.OUTCOME_UNKNOWN);
        });
    }

    @Test
    void whatIsSlowIsMeasuredAndTheNextMasterKnowsIt() {
        String uid = hands.job(job(new BackupAfter.Share(95)).build());
        hands.fate = entry -> cluster.now().isAfter(entry.order().at().plusMillis(500))
                ? Optional.of(entry.runId().startsWith("hangs") ? Stage.STARTED : Stage.SUCCEEDED)
                : Optional.of(Stage.STARTED);
        hands.submit(run("hangs0", uid));
        hands.submit(IntStream.range(0, 18).mapToObj(i -> run("r" + i, uid)).toArray(Submission[]::new));
        assertThat(hands.settled(LONG, "r0", "r17")).isTrue();
        cluster.run(Duration.ofSeconds(10));
        assertThat(hands.seen).as("too few are measured").hasSize(19);
        hands.submit(run("r18", uid), run("r19", uid));
        assertThat(hands.settled(LONG, "r18", "r19")).isTrue();
        cluster.run(Duration.ofSeconds(1));
        assertThat(hands.seen).as("twenty are measured").hasSize(22);
        cluster.run(LONG);
        nextMaster();
        hands.submit(run("hangs1", uid));
        assertThat(cluster.runUntil(Duration.ofSeconds(3), () -> hands.seen.size() == 24))
                .isTrue();
        assertThat(hands.seen.lastEntry().getValue().order().isBackup()).isTrue();
    }

    @Test
    void durationsThatCannotBeReadAreMeasuredAnew() {
        String uid = hands.job(job(new BackupAfter.Share(95)).build());
        hands.submit(run("r0", uid));
        assertThat(hands.settled(LONG, "r0")).isTrue();
        hands.put(Paths.DURATIONS, "{".getBytes(StandardCharsets.UTF_8));
        nextMaster();
        hands.submit(run("r1", uid));
        assertThat(hands.settled(LONG, "r1")).isTrue();
        cluster.run(LONG);
        assertThat(cluster.ensemble().peek(Paths.DURATIONS).orElseThrow().data())
                .asString(StandardCharsets.UTF_8)
                .contains(uid);
    }
}
