package dev.belfry.testkit.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.agent.client.RunResult;
import dev.belfry.agent.submit.SubmitOptions;
import dev.belfry.core.command.Command;
import dev.belfry.core.job.Job;
import dev.belfry.core.job.Placement;
import dev.belfry.core.job.Recovery;
import dev.belfry.core.job.Retry;
import dev.belfry.core.run.Outcome;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** From the client that submits to the client that hears what came of it, whoever is lost on the way. */
@ExtendWith(QuietLogs.class)
class SubmitterScenariosTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    private final SimCluster cluster = Scenes.cluster(
            11,
            ClusterOptions.DEFAULT,
            job("work"),
            skipping("once"),
            job("single").concurrency(1));
    private final SimSubmitter client = cluster.submitter("client0");

    private static Job job(String name) {
        return Job.named(name)
                .handler(SimCluster.HANDLER)
                .manual()
                .shards(2)
                .placement(Placement.QUEUED)
                .retry(new Retry(3, Duration.ofMillis(100), 2, Duration.ofSeconds(1), 0, List.of()));
    }

    private static Job skipping(String name) {
        return job(name).recovery(Recovery.SKIP);
    }

    private void submit(String job, int runs) {
        client.submit(job, Collections.nCopies(runs, SubmitOptions.usual().by("ada")));
    }

    private boolean heard(int runs) {
        return cluster.runUntil(LONG, () -> client.heard().size() == runs);
    }

    private List<Outcome> outcomes() {
        return client.heard().values().stream()
                .map(result -> result.map(RunResult::outcome).orElseThrow())
                .toList();
    }

    private SimAgent runner() {
        cluster.runUntil(LONG, () -> !cluster.evidence().running().isEmpty());
        Execution execution = cluster.evidence().running().iterator().next();
        return cluster.agents().stream()
                .filter(agent -> agent.process() == execution.process())
                .findFirst()
                .orElseThrow();
    }

    @AfterEach
    void everythingIsSettled() {
        Scenes.heals(cluster, Duration.ofSeconds(20));
    }

    @Test
    void clientHearsWhatCameOfItsRuns() {
        submit("work", 5);
        assertThat(heard(5)).isTrue();
        assertThat(outcomes()).containsOnly(Outcome.SUCCEEDED);
        assertThat(cluster.evidence().all()).hasSize(10);
    }

    @Test
    void runsOfAnAgentThatIsKilledAreRunByAnother() {
        cluster.behave(Scenes.lasting(3));
        submit("work", 4);
        SimAgent victim = runner();
        cluster.behave(Behaviour.PROMPT);
        victim.kill();
        assertThat(heard(4)).isTrue();
        assertThat(outcomes()).containsOnly(Outcome.SUCCEEDED);
    }

    @Test
    void atMostOnceWhatAnAgentThatIsKilledHadBegunIsLost() {
        cluster.behave(Scenes.lasting(3));
        submit("once", 4);
        runner().kill();
        assertThat(heard(4)).isTrue();
        assertThat(outcomes()).contains(Outcome.LOST).doesNotContain(Outcome.UNKNOWN);
        assertThat(cluster.evidence().all()).hasSize(8);
    }

    @Test
    void nothingIsLostWithTheMaster() {
        cluster.behave(Scenes.lasting(1));
        submit("work", 4);
        runner();
        cluster.master().orElseThrow().kill();
        submit("work", 4);
        assertThat(heard(8)).isTrue();
        assertThat(outcomes()).containsOnly(Outcome.SUCCEEDED);
    }

    @Test
    void nothingIsLostWhenTheEnsembleIsRestarted() {
        cluster.behave(Scenes.lasting(1));
        submit("work", 4);
        runner();
        new Fault.RestartEnsemble(Duration.ofSeconds(5)).inflict(cluster);
        submit("work", 4);
        assertThat(heard(8)).isTrue();
        assertThat(outcomes()).containsOnly(Outcome.SUCCEEDED);
    }

    @Test
    void sameKeyIsTheSameRunWhoeverSubmitsIt() {
        SimSubmitter other = cluster.submitter("client1");
        client.submit("work", List.of(SubmitOptions.usual().key("k").by("ada")));
        other.submit("work", List.of(SubmitOptions.usual().key("k").by("eve")));
        assertThat(heard(1)).isTrue();
        assertThat(cluster.runUntil(LONG, () -> other.heard().equals(client.heard())))
                .isTrue();
        assertThat(cluster.evidence().all()).hasSize(2);
    }

    @Test
    void runWithAKeyWhoseJobIsDeletedIsWaitedForUntilItsLastTaskHasEnded() {
        cluster.behave((task, random) -> new Behaviour.Act(
                Duration.ofSeconds(task.order().shard().number() == 0 ? 12 : 3),
                task.order().shard().number() == 0,
                true,
                false));
        client.submit("work", List.of(SubmitOptions.usual().key("k").by("ada")));
        runner();
        cluster.operator().command(Command.Kind.DELETE, "work");
        assertThat(heard(1)).isTrue();
        assertThat(client.heard().values().iterator().next().orElseThrow().shards())
                .isEqualTo(Map.of(0, Outcome.SUCCEEDED, 1, Outcome.SUPERSEDED));
    }

    @Test
    void runsOfASubmitterThatIsKilledRunAllTheSame() {
        submit("work", 3);
        cluster.runUntil(
                LONG, () -> !cluster.safety().submitted().acknowledged().isEmpty());
        client.kill();
        assertThat(cluster.runUntil(LONG, () -> cluster.evidence().all().size() >= 2))
                .isTrue();
    }
}
