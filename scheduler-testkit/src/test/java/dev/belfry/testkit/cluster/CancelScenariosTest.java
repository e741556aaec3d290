package dev.belfry.testkit.cluster;

import static dev.belfry.testkit.cluster.Scenes.cluster;
import static dev.belfry.testkit.cluster.Scenes.every;
import static dev.belfry.testkit.cluster.Scenes.heals;
import static dev.belfry.testkit.cluster.Scenes.lasting;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.core.command.Command;
import dev.belfry.core.command.CommandCodec;
import dev.belfry.core.ledger.FireId;
import dev.belfry.core.record.Paths;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** An operator cancels a run: every owner obeys, also one that comes after. */
class CancelScenariosTest {

    private static List<Execution> running(SimCluster cluster, FireId fire) {
        return cluster.evidence().running().stream()
                .filter(execution -> execution.fire().equals(fire))
                .toList();
    }

    /** A long attempt of each of the six shards, of one fire. */
    private static Execution allRun(SimCluster cluster) {
        cluster.behave(lasting(20));
        cluster.runUntil(
                Duration.ofSeconds(4), () -> cluster.evidence().running().size() == 6);
        cluster.run(Duration.ofMillis(300));
        Execution one = cluster.evidence().running().get(0);
        assertThat(running(cluster, one.fire())).hasSize(6);
        return one;
    }

    private static Map<FireId, Long> executions(SimCluster cluster) {
        return cluster.evidence().all().stream().collect(Collectors.groupingBy(Execution::fire, Collectors.counting()));
    }

    private static Command.Result result(SimCluster cluster, String id) {
        String path = Paths.command(id);
        return CommandCodec.decode(
                        path, cluster.ensemble().peek(path).orElseThrow().data())
                .result()
                .orElseThrow();
    }

    @Test
    void everyOwnerStopsACancelledRunAndNoneRunsItAgain() {
        SimCluster cluster = cluster(31, every("work", 1_000, 6));
        FireId fire = allRun(cluster).fire();
        cluster.operator().cancel("work", fire.due().toString());
        cluster.run(Duration.ofSeconds(2));
        assertThat(running(cluster, fire)).isEmpty();
        assertThat(result(cluster, "c1").accepted()).isTrue();
        heals(cluster, Duration.ofSeconds(25));
        assertThat(executions(cluster)).containsEntry(fire, 6L);
    }

    @Test
    void anOwnerThatTakesOverAfterwardsDoesNotRunACancelledRunAgain() {
        SimCluster cluster = cluster(32, every("work", 1_000, 6));
        Execution last = allRun(cluster);
        String owner = last.process().name();
        new Fault.Kill(owner, Duration.ofSeconds(30)).inflict(cluster);
        cluster.operator().cancel("work", last.fire().due().toString());
        cluster.run(Duration.ofSeconds(12));
        assertThat(Scenes.of(cluster, last.fire(), last))
                .as("the shard has a new owner")
                .hasSize(1);
        heals(cluster, Duration.ofSeconds(45));
        assertThat(executions(cluster)).containsEntry(last.fire(), 6L);
    }

    @Test
    void whatCannotBeCancelledIsRefusedWithTheReason() {
        SimCluster cluster = cluster(33, every("work", 1_000, 2));
        cluster.operator().cancel("work", "yesterday");
        cluster.operator().cancel("work", cluster.now().plusSeconds(3_600).toString());
        cluster.operator().cancel("none", "2026-01-01T00:00:00Z");
        cluster.operator()
                .cancel(
                        "work",
                        Instant.ofEpochSecond(cluster.now().getEpochSecond() + 3_600)
                                .toString());
        cluster.run(Duration.ofSeconds(5));
        assertThat(result(cluster, "c1").text()).contains("has no run 'yesterday'");
        assertThat(result(cluster, "c2").accepted()).isFalse();
        assertThat(result(cluster, "c3").text()).contains("no job 'none'");
        assertThat(result(cluster, "c4").text()).contains("is not due yet");
        assertThat(Optional.of(result(cluster, "c4").accepted())).contains(false);
    }
}
