package dev.belfry.testkit.cluster;

import static dev.belfry.testkit.cluster.Hands.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.core.job.Job;
import dev.belfry.core.job.Placement;
import dev.belfry.core.queue.DeclaredRules;
import dev.belfry.core.queue.Gate;
import dev.belfry.core.queue.Outbox.Stage;
import dev.belfry.core.queue.Submission;
import dev.belfry.core.record.Paths;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The rules of the queue that somebody declared, as the master goes by them. */
@ExtendWith(QuietLogs.class)
class QueueRulesTest {
    private final SimCluster cluster = Scenes.byHand(13);
    private final Hands hands = new Hands(cluster);

    private void declare(int running, int bound) {
        hands.put(
                Paths.QUEUE_RULES,
                DeclaredRules.NONE.withLimits(running, bound, "hands").encode());
    }

    private void submit(int runs) {
        String uid = hands.job(Job.named("ruled")
                .handler(SimCluster.HANDLER)
                .manual()
                .placement(Placement.QUEUED)
                .build());
        hands.fate = entry -> Optional.of(Stage.STARTED);
        hands.submit(IntStream.range(0, runs).mapToObj(i -> run("r" + i, uid)).toArray(Submission[]::new));
        cluster.run(Duration.ofSeconds(3));
    }

    @Test
    void limitOfTheNamespaceFollowsWhatIsDeclared() {
        declare(2, 100);
        submit(8);
        assertThat(hands.dispatched()).hasSize(2);
        declare(5, 100);
        cluster.run(Duration.ofSeconds(1));
        assertThat(hands.dispatched()).hasSize(5);
    }

    @Test
    void rulesThatCannotBeReadLeaveThoseBeforeInForce() {
        declare(2, 100);
        submit(8);
        hands.put(Paths.QUEUE_RULES, "{".getBytes(StandardCharsets.UTF_8));
        cluster.run(Duration.ofSeconds(3));
        assertThat(hands.dispatched()).hasSize(2);
    }

    @Test
    void nextMasterReadsTheRulesBeforeItDispatches() {
        declare(2, 100);
        submit(8);
        SimAgent master = cluster.master().orElseThrow();
        master.kill();
        for (int i = 0; i < 100; i++) {
            cluster.run(Duration.ofMillis(200));
            assertThat(hands.dispatched()).hasSizeLessThanOrEqualTo(2);
        }
    }

    @Test
    void gateTurnsAtTheBoundThatIsDeclared() {
        declare(2, 8);
        submit(8);
        assertThat(gate()).isEqualTo(new Gate(false, 8, 8));
        declare(2, 20);
        cluster.run(Duration.ofSeconds(1));
        assertThat(gate()).isEqualTo(new Gate(true, 20, 8));
    }

    @Test
    void taskThatEveryAgentRefusesIsNotTriedAgainAllTheTime() {
        submit(1);
        hands.fate = entry -> Optional.of(Stage.REFUSED);
        cluster.run(Duration.ofSeconds(1));
        String uid = "ruled~1";
        hands.submit(run("refused", uid));
        cluster.run(Duration.ofMinutes(2));
        assertThat(hands.seen).hasSizeLessThan(20);
    }

    private Gate gate() {
        return Gate.decode(
                Paths.GATE, cluster.ensemble().peek(Paths.GATE).orElseThrow().data());
    }
}
