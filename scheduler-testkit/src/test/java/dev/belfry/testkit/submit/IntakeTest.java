package dev.belfry.testkit.submit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.agent.submit.Intake;
import dev.belfry.agent.submit.Pressure;
import dev.belfry.agent.submit.Submitted;
import dev.belfry.core.dispatch.TaskId;
import dev.belfry.core.job.BackupAfter;
import dev.belfry.core.queue.Chooser;
import dev.belfry.core.queue.Inbox;
import dev.belfry.core.queue.QueueBook;
import dev.belfry.core.queue.QueuedTask;
import dev.belfry.core.queue.SegmentState;
import dev.belfry.core.queue.Submission;
import dev.belfry.core.record.Paths;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rule Q1: what is acknowledged is in one segment, what is called refused is in none, and a closed gate takes nothing. */
class IntakeTest {

    private static IntakeTown town(long seed) {
        IntakeTown town = new IntakeTown(seed, 2);
        town.open();
        return town;
    }

    @Test
    void whatIsSubmittedTogetherIsInOneSegmentInItsOrder() {
        IntakeTown town = town(1);
        String warm = town.submit(town.clients.get(0), Pressure.WAIT, 1);
        assertThat(town.answer(warm)).isInstanceOf(Submitted.Durable.class);
        List<String> runs = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            runs.add(town.submit(town.clients.get(0), Pressure.WAIT, 1));
        }
        runs.forEach(run -> assertThat(town.answer(run)).isInstanceOf(Submitted.Durable.class));
        assertThat(runs.stream().map(town::holding).distinct()).hasSizeLessThanOrEqualTo(2);
        town.check(false);
    }

    @Test
    void severalSegmentsAreUnderWayAtOnceAndNoneIsLargerThanItMayBe() {
        IntakeTown town = town(2);
        List<String> runs = new ArrayList<>();
        for (int i = 0; i < 90; i++) {
            runs.add(town.submit(town.clients.get(0), Pressure.WAIT, 2_000));
        }
        town.pass(Duration.ofMillis(400));
        assertThat(town.created).hasSizeGreaterThanOrEqualTo(4);
        runs.forEach(run -> assertThat(town.answer(run)).isInstanceOf(Submitted.Durable.class));
        town.check(false);
    }

    @Test
    void aboveItsBoundAProcessRefusesWhateverTheCallerChose() {
        IntakeTown town = town(3);
        town.turnGate(false);
        town.until(Duration.ofSeconds(5), () -> !town.isOpen());
        String large = "";
        for (int i = 0; i < 5; i++) {
            large = town.submit(town.clients.get(0), Pressure.WAIT, 50_000);
        }
        assertThat(town.answer(large))
                .isInstanceOfSatisfying(
                        Submitted.Full.class, full -> assertThat(full.why()).contains("submit more slowly"));
        String huge = town.submit(town.clients.get(1), Pressure.WAIT, 60_000);
        assertThat(town.answer(huge)).isInstanceOf(Submitted.Rejected.class);
        town.check(false);
    }

    @Test
    void closedGateRefusesAtOnceOrIsWaitedFor() {
        IntakeTown town = town(4);
        town.turnGate(false);
        town.until(Duration.ofSeconds(5), () -> !town.isOpen());
        String refused = town.submit(town.clients.get(0), Pressure.REFUSE, 1);
        String waits = town.submit(town.clients.get(0), Pressure.WAIT, 1);
        assertThat(town.answer(refused))
                .isInstanceOfSatisfying(
                        Submitted.Full.class, full -> assertThat(full.why()).contains("takes no more above 10"));
        assertThat(town.told.get(waits)).isEmpty();
        town.turnGate(true);
        assertThat(town.answer(waits)).isInstanceOf(Submitted.Durable.class);
        town.check(false);
    }

    @Test
    void gateThatStaysClosedEndsThePatienceOfThoseWhoWait() {
        IntakeTown town = town(5);
        town.turnGate(false);
        town.until(Duration.ofSeconds(5), () -> !town.isOpen());
        String waits = town.submit(town.clients.get(0), Pressure.WAIT, 1);
        assertThat(town.answer(waits)).isInstanceOf(Submitted.Full.class);
        town.check(false);
    }

    @Test
    void namespaceWithoutAQueueSaysSoWhenPatienceIsOver() {
        IntakeTown town = new IntakeTown(6, 1);
        String run = town.submit(town.clients.get(0), Pressure.WAIT, 1);
        assertThat(town.answer(run))
                .isInstanceOfSatisfying(
                        Submitted.Unavailable.class,
                        said -> assertThat(said.why()).contains("no queue yet"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"intake-name", "intake-bucket", "intake-gate", "intake-segment", "intake-sync", "intake-count"})
    void requestOrReplyLostLeavesEveryRunInOneSegment(String site) {
        for (boolean afterCommit : new boolean[] {false, true}) {
            IntakeTown town = town(7);
            if (site.equals("intake-sync") || site.equals("intake-count")) {
                town.ensemble.faults().loseReply("intake-segment");
            }
            if (afterCommit) {
                town.ensemble.faults().loseReply(site);
            } else {
                town.ensemble.faults().loseRequest(site);
            }
            List<String> runs = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                runs.add(town.submit(town.clients.get(i % 2), Pressure.WAIT, 2_500));
            }
            runs.forEach(run -> assertThat(town.answer(run)).as(site).isInstanceOf(Submitted.Durable.class));
            var count = town.ensemble.faults().count(site);
            assertThat(count.lostBefore() + count.lostAfter()).as(site).isPositive();
            town.check(false);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"intake-settle", "intake-count", "intake-sync"})
    void newSessionEndsTheNameOfTheOldOneWhateverIsLost(String site) {
        for (boolean afterCommit : new boolean[] {false, true}) {
            IntakeTown town = town(8);
            IntakeTown.Member client = town.clients.get(0);
            assertThat(town.answer(town.submit(client, Pressure.WAIT, 1))).isInstanceOf(Submitted.Durable.class);
            town.ensemble.faults().loseReply("intake-segment");
            String doubtful = town.submit(client, Pressure.WAIT, 1);
            town.until(Duration.ofSeconds(5), () -> !town.holding(doubtful).isEmpty());
            client.expire();
            if (afterCommit) {
                town.ensemble.faults().loseReply(site);
            } else {
                town.ensemble.faults().loseRequest(site);
            }
            assertThat(town.answer(doubtful)).isInstanceOf(Submitted.Durable.class);
            String next = town.submit(client, Pressure.WAIT, 1);
            assertThat(town.answer(next)).isInstanceOf(Submitted.Durable.class);
            assertThat(town.holding(next).get(0))
                    .isNotEqualTo(town.holding(doubtful).get(0));
            town.check(false);
        }
    }

    @Test
    void znodeThatIsGoneLeavesWhatIsInDoubtUnknownAndTheRestGoesOnUnderAnotherName() {
        IntakeTown town = town(9);
        IntakeTown.Member client = town.clients.get(0);
        assertThat(town.answer(town.submit(client, Pressure.WAIT, 1))).isInstanceOf(Submitted.Durable.class);
        town.ensemble.faults().loseReply("intake-segment");
        String doubtful = town.submit(client, Pressure.WAIT, 1);
        town.until(Duration.ofSeconds(5), () -> !town.holding(doubtful).isEmpty());
        town.forget(0);
        assertThat(town.answer(doubtful)).isInstanceOf(Submitted.Unknown.class);
        assertThat(town.answer(town.submit(client, Pressure.WAIT, 1))).isInstanceOf(Submitted.Durable.class);
        town.forget(0);
        town.pass(Duration.ofSeconds(1));
        assertThat(town.answer(town.submit(client, Pressure.WAIT, 1)))
                .as("found gone with nothing in doubt")
                .isInstanceOf(Submitted.Durable.class);
        town.check(true);
    }

    @Test
    void oneKeyOfTwoClientsIsOneRunOfTheQueue() {
        IntakeTown town = town(10);
        Submission run = town.run("index-1!nightly", "nightly", 1);
        town.clients.forEach(client -> town.submit(client, Pressure.WAIT, run));
        town.until(Duration.ofSeconds(20), () -> town.told.get(run.runId()).size() == 2);
        town.check(false);
        assertThat(town.holding(run.runId())).hasSize(2);
        Backlogs jobs = new Backlogs();
        QueueBook book = new QueueBook((uid, at) -> Optional.empty(), jobs, () -> 1, () -> 0.5);
        town.created.forEach((path, segment) -> book.segment(path, Instant.EPOCH, segment, SegmentState.FRESH, -1));
        assertThat(book.tasks()).hasSize(1);
    }

    @Test
    void whoLeavesGivesItsZnodeBack() {
        IntakeTown town = town(11);
        IntakeTown.Member client = town.clients.get(0);
        String run = town.submit(client, Pressure.WAIT, 1);
        boolean[] left = new boolean[1];
        client.loop.execute(() -> client.intake.drain(() -> left[0] = true));
        town.until(Duration.ofSeconds(20), () -> left[0]);
        assertThat(town.told.get(run)).singleElement().isInstanceOf(Submitted.Durable.class);
        assertThat(town.ensemble.peekChildren(Paths.SUBMITTERS))
                .allSatisfy(bucket -> assertThat(town.ensemble.peekChildren(Paths.SUBMITTERS + '/' + bucket))
                        .isEmpty());
        String late = town.submit(client, Pressure.WAIT, 1);
        assertThat(town.answer(late)).isInstanceOf(Submitted.Unavailable.class);
        client.loop.execute(client.intake::close);
        town.check(false);
    }

    /** Everything at once, for many seeds: lost messages, sessions that end, a gate that turns, segments that are settled. */
    @Test
    void everybodyIsToldTheTruthWhateverHappens() {
        int durable = 0;
        int unknown = 0;
        int full = 0;
        for (long seed = 1; seed <= Long.getLong("belfry.intake.seeds", 60); seed++) {
            IntakeTown town = trouble(seed);
            for (List<Submitted> answers : town.told.values()) {
                assertThat(answers).as("seed " + seed).isNotEmpty();
                for (Submitted answer : answers) {
                    durable += answer instanceof Submitted.Durable ? 1 : 0;
                    unknown += answer instanceof Submitted.Unknown ? 1 : 0;
                    full += answer instanceof Submitted.Full ? 1 : 0;
                }
            }
        }
        assertThat(List.of(durable, unknown, full))
                .allSatisfy(count -> assertThat(count).isPositive());
    }

    private static IntakeTown trouble(long seed) {
        IntakeTown town = new IntakeTown(seed, 3);
        town.open();
        SplittableRandom random = new SplittableRandom(seed);
        boolean forgets = seed % 4 == 0;
        town.ensemble.faults().lose(0.01 * random.nextInt(4), 0.01 * random.nextInt(4));
        int keys = 0;
        for (int step = 0; step < 120; step++) {
            IntakeTown.Member client = town.clients.get(random.nextInt(3));
            Pressure pressure = random.nextBoolean() ? Pressure.WAIT : Pressure.REFUSE;
            switch (random.nextInt(20)) {
                case 0 -> client.expire();
                case 1 -> town.turnGate(!town.isOpen());
                case 2 -> town.created.keySet().forEach(town::settle);
                case 3 -> {
                    if (forgets) {
                        town.forget(random.nextInt(3));
                    }
                }
                case 4 -> town.submit(client, pressure, town.run("index-1!k" + keys++ / 2, "k", 10));
                default -> {
                    for (int i = random.nextInt(12); i >= 0; i--) {
                        town.submit(client, pressure, random.nextInt(3_000));
                    }
                }
            }
            town.pass(Duration.ofMillis(random.nextInt(300)));
        }
        town.ensemble.faults().stop();
        if (!town.isOpen()) {
            town.turnGate(true);
        }
        town.until(
                IntakeTown.PATIENCE.multipliedBy(4),
                () -> town.told.values().stream().noneMatch(List::isEmpty));
        town.pass(Duration.ofSeconds(30));
        town.check(forgets);
        return town;
    }

    /** What the master's book asks of its dispatcher, which plays no part here. */
    private static final class Backlogs implements Chooser {
        @Override
        public void queued(QueuedTask task) {}

        @Override
        public void withdrawn(QueuedTask task) {}

        @Override
        public void found(Inbox.Entry entry, String incarnation) {}

        @Override
        public void left(TaskId task, String incarnation) {}

        @Override
        public Optional<Duration> slowAfter(String jobUid, BackupAfter rule) {
            return Optional.empty();
        }

        @Override
        public Optional<String> second(QueuedTask task, String beside, Instant now) {
            return Optional.empty();
        }

        @Override
        public Optional<Choice> next(Instant now) {
            return Optional.empty();
        }

        @Override
        public void refused(Choice choice) {}

        @Override
        public void round() {}
    }

    @Test
    void boundOfWhatIsUnderWayIsSmallAgainstTheBacklog() {
        assertThat(Intake.MOST_UNDER_WAY * 60_000L).isLessThan(Intake.USUAL_BOUND / 4);
    }
}
