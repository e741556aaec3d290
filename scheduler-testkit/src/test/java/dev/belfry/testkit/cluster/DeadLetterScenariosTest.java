package dev.belfry.testkit.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.core.command.Command;
import dev.belfry.core.job.Job;
import dev.belfry.core.job.Placement;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.queue.DeadLetter;
import dev.belfry.core.queue.DeadLetterPage;
import dev.belfry.core.queue.Submission;
import dev.belfry.core.record.Paths;
import dev.belfry.core.run.Outcome;
import dev.belfry.testkit.store.Faults;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Runs that have failed for good are kept until they are run again or forgotten, whatever masters come and go. */
@ExtendWith(QuietLogs.class)
class DeadLetterScenariosTest {
    private final SimCluster cluster = Scenes.cluster(7, ClusterOptions.DEFAULT);
    private final Hands hands = new Hands(cluster);
    /** The parameter {@code day} of each attempt. */
    private final List<String> days = new ArrayList<>();

    private boolean failing = true;

    DeadLetterScenariosTest() {
        hands.idle();
        cluster.behave((task, random) -> {
            days.add(task.inputs().parameters().getOrDefault("day", ""));
            return new Behaviour.Act(Duration.ofMillis(20), !failing, true, false);
        });
        hands.job(Job.named("load")
                .handler(SimCluster.HANDLER)
                .placement(Placement.QUEUED)
                .manual()
                .build());
    }

    private List<DeadLetter> letters() {
        return cluster.ensemble().peekChildren(Paths.DEAD_LETTERS).stream()
                .map(name ->
                        cluster.ensemble().peek(Paths.DEAD_LETTERS + "/" + name).orElseThrow())
                .flatMap(znode -> DeadLetterPage.decode(znode.path(), znode.data()).letters().stream())
                .toList();
    }

    private void fail(int runs) {
        for (int i = 0; i < runs; i++) {
            hands.submit(new Submission(
                    "load~1!r" + i,
                    "load~1",
                    1,
                    Optional.empty(),
                    Map.of("day", "d" + i),
                    Submission.USUAL.withKey("r" + i),
                    "ada"));
        }
        cluster.run(Duration.ofSeconds(5));
    }

    @Test
    void runThatHasFailedIsKeptWithItsParametersAndRunsAgainUnderANewId() {
        fail(2);
        assertThat(letters()).extracting(letter -> letter.run().runId()).containsExactly("load~1!r0", "load~1!r1");
        failing = false;
        days.clear();
        cluster.operator().rerun("load~1!r1", Optional.empty());
        cluster.run(Duration.ofSeconds(5));
        assertThat(days).containsExactly("d1");
        assertThat(letters()).extracting(letter -> letter.run().runId()).containsExactly("load~1!r0");
        assertThat(hands.lines())
                .anyMatch(
                        line -> line.fire().runId("load~1").equals("load~1!c1") && line.outcome() == Outcome.SUCCEEDED);
    }

    @Test
    void runThatFailsAgainIsKeptAgain() {
        fail(1);
        cluster.operator().rerun("load~1!r0", Optional.empty());
        cluster.run(Duration.ofSeconds(5));
        assertThat(letters()).extracting(letter -> letter.run().runId()).containsExactly("load~1!c1");
        assertThat(letters().get(0).run().parameters()).containsEntry("day", "d0");
    }

    @Test
    void forgottenRunIsGoneAndARunThatIsNotThereIsRefused() {
        fail(1);
        cluster.operator().forget("load~1!r0");
        cluster.operator().forget("load~1!r0");
        cluster.operator().rerun("load~1!r0", Optional.empty());
        cluster.run(Duration.ofSeconds(5));
        assertThat(letters()).isEmpty();
        assertThat(days).hasSize(1);
    }

    @Test
    void runThatSucceedsOrIsCancelledIsNoDeadLetter() {
        failing = false;
        fail(1);
        assertThat(letters()).isEmpty();
        cluster.behave((task, random) -> Behaviour.Act.lasting(Duration.ofMinutes(10)));
        cluster.operator().command(Command.Kind.TRIGGER, "load");
        cluster.run(Duration.ofSeconds(3));
        cluster.operator().cancel("load", "load~1!c1");
        cluster.run(Duration.ofSeconds(5));
        assertThat(hands.lines()).anyMatch(line -> line.outcome() == Outcome.CANCELLED);
        assertThat(letters()).isEmpty();
    }

    @Test
    void whatIsAskedWhileAWriteIsUnderWayIsStored() {
        fail(3);
        assertThat(letters()).hasSize(3);
        List<String> failed =
                letters().stream().map(letter -> letter.run().runId()).toList();
        failing = false;
        boolean[] asked = {false};
        cluster.ensemble().faults().strikeNext("queue-write", Faults.Moment.SENDING, master -> {
            asked[0] = true;
            cluster.ensemble().delay(master, Duration.ofMillis(300), Duration.ofSeconds(4));
            cluster.operator().command(Command.Kind.FORGET, failed.get(0));
        });
        hands.submit(new Submission(
                "load~1!later", "load~1", 1, Optional.empty(), Map.of("day", "later"), Submission.USUAL, "ada"));
        cluster.run(Duration.ofSeconds(15));
        assertThat(asked[0]).isTrue();
        assertThat(letters())
                .extracting(letter -> letter.run().runId())
                .containsExactlyElementsOf(failed.subList(1, 3));
    }

    @Test
    void masterThatIsLostBeforeAnyWriteForgetsNoneAndRunsNoneTwice() {
        masterIsLostAtAnyWrite(Faults.Moment.SENDING);
    }

    @Test
    void masterThatIsLostAfterAnyWriteForgetsNoneAndRunsNoneTwice() {
        masterIsLostAtAnyWrite(Faults.Moment.COMMITTED);
    }

    private void masterIsLostAtAnyWrite(Faults.Moment moment) {
        for (int write = 1; write <= 4; write++) {
            failing = true;
            String run = "load~1!x" + write;
            Scenes.strikeQueue(cluster, moment, write);
            hands.submit(
                    new Submission(run, "load~1", 1, Optional.empty(), Map.of("day", run), Submission.USUAL, "ada"));
            recover();
            assertThat(letters()).as("lost at write %d", write).hasSize(1);
            failing = false;
            Scenes.strikeQueue(cluster, moment, 1);
            cluster.operator().rerun(run, Optional.empty());
            recover();
            assertThat(letters()).as("run again").isEmpty();
            String again = "load~1!c" + write;
            assertThat(hands.lines().stream()
                            .filter(line -> line.kind() == FireEntry.Kind.FINAL
                                    && line.fire().runId("load~1").equals(again)))
                    .hasSize(1);
        }
    }

    private void recover() {
        cluster.run(Duration.ofSeconds(30));
        Scenes.restart(cluster);
        cluster.run(Duration.ofSeconds(20));
    }
}
