package dev.belfry.testkit.cluster;

import static dev.belfry.testkit.cluster.Hands.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.command.Command;
import dev.belfry.core.job.Job;
import dev.belfry.core.job.Placement;
import dev.belfry.core.job.Recovery;
import dev.belfry.core.job.Retry;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.ledger.Reasons;
import dev.belfry.core.ownership.Generation;
import dev.belfry.core.queue.Gate;
import dev.belfry.core.queue.Inbox;
import dev.belfry.core.queue.Outbox.Stage;
import dev.belfry.core.queue.QueueCounts;
import dev.belfry.core.queue.Submission;
import dev.belfry.core.record.Paths;
import dev.belfry.core.run.Outcome;
import dev.belfry.testkit.store.Faults;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Queued runs in the hands of masters that may be lost at any moment, and of agents that do as they are told to here. */
@ExtendWith(QuietLogs.class)
class QueueScenariosTest {
    private static final Duration LONG = Duration.ofSeconds(40);

    private final SimCluster cluster = Scenes.byHand(7);
    private final Hands hands = new Hands(cluster);

    private static Job job(String name) {
        return Job.named(name)
                .handler(SimCluster.HANDLER)
                .manual()
                .placement(Placement.QUEUED)
                .retry(new Retry(3, Duration.ofMillis(100), 2, Duration.ofSeconds(1), 0, List.of()));
    }

    private String onlyHolder() {
        return hands.holders.get(hands.seen.lastKey());
    }

    @Test
    void runIsDispatchedSettledAndRecorded() {
        String uid = hands.job(job("once").build());
        hands.submit(run("r1", uid), run("r2", uid));
        assertThat(hands.settled(LONG, "r1", "r2")).isTrue();
        cluster.run(Duration.ofSeconds(2));
        assertThat(hands.segments()).isEmpty();
        assertThat(hands.dispatched()).isEmpty();
        FireEntry line = hands.finals("r1").get(0);
        assertThat(hands.finals("r1")).hasSize(1);
        assertThat(line.outcome()).isEqualTo(Outcome.SUCCEEDED);
        assertThat(line.attempt()).isEqualTo(1);
        assertThat(line.token()).isIn(hands.seen.keySet());
        assertThat(line.incarnation()).isEqualTo(hands.holders.get(line.token()));
        assertThat(counts()).isEqualTo(new QueueCounts(0, 0, 100_000, List.of()));
    }

    @Test
    void failedAttemptIsRepeatedOnAnotherAgentUntilTheJobAllowsNoMore() {
        String uid = hands.job(job("fails").build());
        hands.fate = entry -> Optional.of(Stage.FAILED);
        hands.submit(run("r1", uid));
        assertThat(hands.settled(LONG, "r1")).isTrue();
        assertThat(hands.lines("r1"))
                .extracting(FireEntry::kind)
                .containsExactly(FireEntry.Kind.ENDED, FireEntry.Kind.ENDED, FireEntry.Kind.FINAL);
        assertThat(hands.lines("r1")).extracting(FireEntry::attempt).containsExactly(1, 2, 3);
        List<String> agents = hands.lines("r1").stream()
                .map(line -> new Incarnation(line.incarnation()).agentId())
                .toList();
        assertThat(agents.get(1)).isNotEqualTo(agents.get(0));
        assertThat(agents.get(2)).isNotEqualTo(agents.get(1));
        assertThat(hands.finals("r1").get(0).outcome()).isEqualTo(Outcome.FAILED);
    }

    @Test
    void whatALostAgentHadIsQueuedAgainOnlyOnceItsLeaseIsOver() {
        String uid = hands.job(job("slow").build());
        hands.fate = entry -> Optional.of(Stage.STARTED);
        hands.submit(run("r1", uid));
        cluster.runUntil(LONG, () -> hands.seen.size() == 1);
        cluster.run(Duration.ofSeconds(1));
        String lost = onlyHolder();
        kill(lost);
        boolean gone = cluster.runUntil(LONG, () -> !registered(lost));
        assertThat(gone).isTrue();
        cluster.run(Duration.ofMillis(100));
        hands.fate = entry -> Optional.of(Stage.SUCCEEDED);
        assertThat(hands.settled(LONG, "r1")).isTrue();
        assertThat(hands.lines("r1")).hasSize(2);
        assertThat(hands.lines("r1").get(0).outcome()).isEqualTo(Outcome.LOST);
        assertThat(hands.lines("r1").get(0).incarnation()).isEqualTo(lost);
        FireEntry last = hands.finals("r1").get(0);
        assertThat(last.outcome()).isEqualTo(Outcome.SUCCEEDED);
        assertThat(last.reason()).isEqualTo(Reasons.OUTCOME_UNKNOWN);
        assertThat(last.attempt()).isEqualTo(2);
        assertThat(last.token()).isGreaterThan(hands.lines("r1").get(0).token());
        cluster.run(Duration.ofSeconds(2));
        assertThat(cluster.ensemble().peek(Paths.inbox(lost))).isEmpty();
    }

    private void kill(String incarnation) {
        cluster.agent(new Incarnation(incarnation).agentId()).orElseThrow().kill();
    }

    private boolean registered(String incarnation) {
        return cluster.ensemble().peek(Paths.agent(incarnation)).isPresent();
    }

    @Test
    void whatALostAgentReportedBeforeIsSettledAsItSays() {
        String uid = hands.job(job("told").build());
        hands.fate = entry -> Optional.empty();
        hands.submit(run("r1", uid));
        cluster.runUntil(LONG, () -> hands.seen.size() == 1);
        String lost = onlyHolder();
        SimAgent master = cluster.master().orElseThrow();
        // Nobody reads the report before its agent is gone.
        master.kill();
        hands.fate = entry -> Optional.of(Stage.SUCCEEDED);
        cluster.runUntil(LONG, () -> cluster.ensemble().peek(Paths.outbox(lost)).isPresent());
        if (!new Incarnation(lost).agentId().equals(master.id())) {
            kill(lost);
        }
        assertThat(hands.settled(LONG, "r1")).isTrue();
        cluster.run(LONG);
        assertThat(hands.finals("r1")).hasSize(1);
        assertThat(hands.finals("r1").get(0).outcome()).isEqualTo(Outcome.SUCCEEDED);
    }

    @Test
    void claimedRunOfALostAgentThatMayNotRunTwiceIsLost() {
        String uid = hands.job(job("skip").recovery(Recovery.SKIP).build());
        hands.fate = entry -> Optional.of(entry.runId().equals("r1") ? Stage.CLAIMED : Stage.STARTED)
                .filter(stage -> entry.runId().equals("r1"));
        hands.submit(run("r1", uid));
        cluster.runUntil(LONG, () -> hands.seen.size() == 1);
        cluster.run(Duration.ofSeconds(1));
        kill(onlyHolder());
        hands.fate = entry -> Optional.of(Stage.SUCCEEDED);
        assertThat(hands.settled(LONG, "r1")).isTrue();
        assertThat(hands.lines("r1")).hasSize(1);
        assertThat(hands.finals("r1").get(0).outcome()).isEqualTo(Outcome.LOST);
    }

    @Test
    void queuedRunIsCancelledAtOnceAndADispatchedOneByItsAgent() {
        String uid = hands.job(job("asked").build());
        hands.fate = entry -> Optional.of(Stage.STARTED);
        hands.submit(run("r1", uid), later("r2", uid));
        cluster.runUntil(LONG, () -> hands.seen.size() == 1);
        cluster.operator().cancel("asked", "r1");
        cluster.operator().cancel("asked", "r2");
        cluster.operator().cancel("asked", "r3");
        assertThat(hands.settled(LONG, "r1", "r2")).isTrue();
        assertThat(hands.finals("r1")).extracting(FireEntry::outcome).containsExactly(Outcome.CANCELLED);
        assertThat(hands.finals("r2")).extracting(FireEntry::outcome).containsExactly(Outcome.CANCELLED);
        assertThat(hands.finals("r2").get(0).attempt()).isZero();
        assertThat(hands.seen.values()).extracting(Inbox.Entry::cancel).contains(Reasons.OPERATOR);
        cluster.run(Duration.ofSeconds(2));
        assertThat(cluster.operator().idle()).isTrue();
    }

    /** It is not to start within an hour. */
    private Submission later(String id, String uid) {
        Submission.Options options =
                Submission.USUAL.withNotBefore(cluster.now().plusSeconds(3_600));
        return new Submission(id, uid, 1, Optional.empty(), Map.of(), options, "hands");
    }

    @Test
    void runThatAnOperatorAsksForIsASegmentOfTheMaster() {
        String uid = hands.job(job("wanted").shards(2).build());
        cluster.operator().command(Command.Kind.TRIGGER, "wanted");
        assertThat(hands.settled(LONG, uid + "!c1")).isTrue();
        assertThat(cluster.runUntil(LONG, () -> hands.finals(uid + "!c1").size() == 2))
                .isTrue();
        assertThat(hands.finals(uid + "!c1")).extracting(FireEntry::shard).containsExactlyInAnyOrder("0", "1");
    }

    @Test
    void lostRequestsAndRepliesLoseNothingAndRunNothingTwice() {
        String uid = hands.job(job("many").build());
        List<String> runs = new ArrayList<>();
        slowly();
        for (int i = 0; i < 12; i++) {
            String[] ids = {"r" + i + "a", "r" + i + "b"};
            runs.addAll(List.of(ids));
            hands.submit(run(ids[0], uid), run(ids[1], uid));
            if (i % 3 == 0) {
                cluster.ensemble().faults().loseReply("queue-write");
            } else if (i % 3 == 1) {
                cluster.ensemble().faults().loseRequest("queue-write");
            }
            cluster.run(Duration.ofMillis(700));
        }
        allSucceededOnce(runs);
    }

    /** Attempts take a third of a second. */
    private void slowly() {
        hands.fate = entry -> cluster.now().isAfter(entry.order().at().plusMillis(300))
                ? Optional.of(Stage.SUCCEEDED)
                : Optional.of(Stage.STARTED);
    }

    private void allSucceededOnce(List<String> runs) {
        assertThat(hands.settled(Duration.ofMinutes(2), runs.toArray(String[]::new)))
                .isTrue();
        cluster.run(Duration.ofSeconds(5));
        for (String run : runs) {
            assertThat(hands.finals(run)).as(run).hasSize(1);
            assertThat(hands.finals(run).get(0).outcome()).isEqualTo(Outcome.SUCCEEDED);
        }
        assertThat(hands.segments()).isEmpty();
        assertThat(hands.dispatched()).isEmpty();
    }

    @Test
    void masterThatIsLostBeforeAnyWriteLosesNothingAndRunsNothingTwice() {
        masterIsLostAtAnyWrite(Faults.Moment.SENDING);
    }

    @Test
    void masterThatIsLostAfterAnyWriteLosesNothingAndRunsNothingTwice() {
        masterIsLostAtAnyWrite(Faults.Moment.COMMITTED);
    }

    private void masterIsLostAtAnyWrite(Faults.Moment moment) {
        String uid = hands.job(job("many").build());
        for (int write = 1; write <= 6; write++) {
            List<String> runs = List.of("r" + write + "a", "r" + write + "b", "r" + write + "c");
            slowly();
            Scenes.strikeQueue(cluster, moment, write);
            hands.submit(run(runs.get(0), uid), run(runs.get(1), uid));
            cluster.run(Duration.ofMillis(100));
            hands.submit(run(runs.get(2), uid));
            allSucceededOnce(runs);
            Scenes.restart(cluster);
            cluster.run(Duration.ofSeconds(15));
        }
    }

    @Test
    void cancellationOutlivesItsMasterAndItsAgent() {
        String uid = hands.job(job("asked").build());
        hands.fate = entry -> Optional.of(Stage.STARTED);
        hands.submit(run("r1", uid));
        cluster.runUntil(LONG, () -> hands.seen.size() == 1);
        hands.deaf = true;
        cluster.operator().cancel("asked", "r1");
        cluster.runUntil(
                LONG,
                () -> hands.dispatched().stream()
                        .anyMatch(entry -> !entry.cancel().isEmpty()));
        cluster.master().orElseThrow().kill();
        kill(onlyHolder());
        cluster.start("a3");
        hands.deaf = false;
        assertThat(hands.settled(LONG, "r1")).isTrue();
        cluster.run(LONG);
        assertThat(hands.finals("r1")).extracting(FireEntry::outcome).containsExactly(Outcome.CANCELLED);
        assertThat(hands.seen).hasSize(1);
    }

    @Test
    void gateClosesAtTheBoundAndOpensAgainOnceThereIsRoom() {
        hands.put(Paths.GATE, new Gate(true, 10, 0).encode());
        cluster.master().orElseThrow().kill();
        cluster.run(Duration.ofSeconds(20));
        String uid = hands.job(job("full").build());
        hands.fate = entry -> Optional.of(Stage.STARTED);
        hands.submit(IntStream.range(0, 9).mapToObj(i -> run("r" + i, uid)).toArray(Submission[]::new));
        cluster.run(Duration.ofSeconds(3));
        assertThat(gate().open()).isTrue();
        hands.submit(run("r9", uid));
        cluster.run(Duration.ofSeconds(3));
        assertThat(gate().open()).isFalse();
        cluster.operator().command(Command.Kind.TRIGGER, "full");
        cluster.run(Duration.ofSeconds(3));
        assertThat(hands.lines(uid + "!c1")).isEmpty();
        hands.fate = entry -> Optional.of(Stage.SUCCEEDED);
        cluster.run(Duration.ofSeconds(3));
        assertThat(gate().open()).isTrue();
    }

    private Gate gate() {
        return Gate.decode(
                Paths.GATE, cluster.ensemble().peek(Paths.GATE).orElseThrow().data());
    }

    @Test
    void runThatIsSubmittedAgainUnderItsKeyRunsOnce() {
        String uid = hands.job(job("keyed").build());
        Submission run = Hands.keyed("r1", uid);
        slowly();
        hands.submit(run);
        hands.submit(run);
        assertThat(hands.settled(LONG, "r1")).isTrue();
        cluster.run(Duration.ofSeconds(2));
        assertThat(cluster.ensemble().peekChildren(Paths.KEYS)).hasSize(1);
        cluster.master().orElseThrow().kill();
        cluster.run(Duration.ofSeconds(20));
        hands.submit(run);
        cluster.run(Duration.ofSeconds(5));
        assertThat(hands.finals("r1")).hasSize(1);
        assertThat(hands.seen).hasSize(1);
        assertThat(hands.segments()).isEmpty();
    }

    @Test
    void noMoreRunAtOnceThanTheJobAllowsAlsoUnderTheNextMaster() {
        String uid = hands.job(job("narrow").concurrency(2).build());
        hands.fate = entry -> Optional.of(Stage.STARTED);
        hands.submit(IntStream.range(0, 6).mapToObj(i -> run("r" + i, uid)).toArray(Submission[]::new));
        cluster.run(Duration.ofSeconds(3));
        assertThat(hands.dispatched()).hasSize(2);
        assertThat(counts().queued()).isEqualTo(4);
        assertThat(counts().running()).isEqualTo(2);
        cluster.master().orElseThrow().kill();
        for (int i = 0; i < 100; i++) {
            cluster.run(Duration.ofMillis(200));
            assertThat(hands.dispatched()).hasSizeLessThanOrEqualTo(2);
        }
        slowly();
        allSucceededOnce(IntStream.range(0, 6).mapToObj(i -> "r" + i).toList());
    }

    @Test
    void whatNobodyNeedsAnyMoreIsSweptAway() {
        String uid = hands.job(job("tidy").build());
        hands.put(Paths.parent(Paths.submitter("hands")), new byte[0]);
        hands.put(Paths.submitter("hands"), new byte[0]);
        slowly();
        hands.submit(run("r1", uid));
        assertThat(hands.settled(LONG, "r1")).isTrue();
        String gone = onlyHolder();
        hands.put(Paths.outboxItem(gone, "7"), new byte[0]);
        cluster.run(Duration.ofSeconds(1));
        kill(gone);
        cluster.run(Duration.ofHours(2));
        assertThat(cluster.ensemble().peek(Paths.inbox(gone))).isEmpty();
        assertThat(cluster.ensemble().peek(Paths.outbox(gone))).isEmpty();
        assertThat(cluster.ensemble().peek(Paths.submitter("hands"))).isPresent();
        cluster.run(Duration.ofHours(24));
        assertThat(cluster.ensemble().peek(Paths.submitter("hands"))).isEmpty();
    }

    @Test
    void numbersOfLaterTermsAreAboveThoseOfEarlierOnes() {
        String uid = hands.job(job("numbered").build());
        hands.submit(run("r1", uid));
        assertThat(hands.settled(LONG, "r1")).isTrue();
        long before = hands.seen.lastKey();
        SimAgent master = cluster.master().orElseThrow();
        master.kill();
        cluster.runUntil(
                LONG, () -> cluster.master().filter(next -> next != master).isPresent());
        hands.submit(run("r2", uid));
        assertThat(hands.settled(LONG, "r2")).isTrue();
        assertThat(hands.seen.lastKey()).isGreaterThan(before);
        assertThat(new Generation(hands.seen.lastKey() >> 20).term()).isEqualTo(cluster.term());
    }

    @Test
    void runsOfAPausedJobWaitAndThoseOfADeletedOneAreSuperseded() {
        String uid = hands.job(job("stopped").build());
        cluster.operator().command(Command.Kind.PAUSE, "stopped");
        cluster.run(Duration.ofSeconds(15));
        hands.submit(run("r1", uid));
        cluster.run(Duration.ofSeconds(3));
        assertThat(hands.seen).isEmpty();
        cluster.operator().command(Command.Kind.DELETE, "stopped");
        assertThat(hands.settled(LONG, "r1")).isTrue();
        assertThat(hands.seen).isEmpty();
        assertThat(hands.finals("r1").get(0).outcome()).isEqualTo(Outcome.SUPERSEDED);
        assertThat(hands.finals("r1").get(0).reason()).isEqualTo(Reasons.DELETED);
    }

    @Test
    void whatADeletedJobRunsTakesItsRoomUnderTheNextMasterToo() {
        String big = hands.job(job("big").slots(100).build());
        String small = hands.job(job("small").build());
        hands.fate = entry -> Optional.of(entry.task().jobUid().equals(big) ? Stage.STARTED : Stage.SUCCEEDED);
        hands.submit(IntStream.range(0, 3).mapToObj(i -> run("b" + i, big)).toArray(Submission[]::new));
        boolean full = cluster.runUntil(LONG, () -> hands.seen.size() == 3);
        assertThat(full).isTrue();
        cluster.operator().command(Command.Kind.DELETE, "big");
        cluster.run(Duration.ofSeconds(15));
        SimAgent master = cluster.master().orElseThrow();
        master.kill();
        cluster.runUntil(
                LONG, () -> cluster.master().filter(next -> next != master).isPresent());
        hands.submit(run("s1", small));
        cluster.run(Duration.ofSeconds(5));
        assertThat(hands.seen).as("there is no room").hasSize(3);
        cluster.start(master.id());
        assertThat(hands.settled(LONG, "s1")).isTrue();
    }

    @Test
    void drainedAgentIsGivenNothing() {
        String uid = hands.job(job("elsewhere").build());
        cluster.operator().command(Command.Kind.DRAIN, "a0");
        cluster.operator().command(Command.Kind.DRAIN, "a1");
        cluster.run(Duration.ofSeconds(2));
        String[] runs = IntStream.range(0, 20).mapToObj(i -> "r" + i).toArray(String[]::new);
        for (String run : runs) {
            hands.submit(run(run, uid));
        }
        assertThat(hands.settled(LONG, runs)).isTrue();
        assertThat(hands.holders.values()).allMatch(holder -> holder.startsWith("a2~"));
    }

    @Test
    void runThatWaitsLongerThanItMayIsTimedOut() {
        String uid = hands.job(job("patient").build());
        Submission.Options options = Submission.USUAL.withQueue(Duration.ofSeconds(5));
        List.of("a0", "a1", "a2").forEach(agent -> cluster.operator().command(Command.Kind.DRAIN, agent));
        cluster.run(Duration.ofSeconds(2));
        hands.submit(new Submission("r1", uid, 1, Optional.empty(), Map.of(), options, "hands"));
        cluster.run(Duration.ofSeconds(4));
        assertThat(hands.finals("r1")).isEmpty();
        assertThat(counts().queued()).isEqualTo(1);
        cluster.run(Duration.ofSeconds(3));
        assertThat(hands.finals("r1")).extracting(FireEntry::outcome).containsExactly(Outcome.TIMED_OUT);
    }

    @Test
    void queueThatWasNeverUsedCostsAMasterNothing() {
        cluster.run(Duration.ofMinutes(2));
        long reads = asked();
        cluster.run(Duration.ofMinutes(10));
        assertThat(asked()).isEqualTo(reads);
        assertThat(cluster.ensemble().faults().count("queue-write").sent()).isZero();
        assertThat(cluster.ensemble().faults().count("queue-count").sent()).isZero();
    }

    private long asked() {
        return cluster.ensemble().faults().counts().stream()
                .filter(site -> site.site().startsWith("queue-"))
                .mapToLong(site -> site.sent())
                .sum();
    }

    private QueueCounts counts() {
        return QueueCounts.decode(
                Paths.QUEUE, cluster.ensemble().peek(Paths.QUEUE).orElseThrow().data());
    }
}
