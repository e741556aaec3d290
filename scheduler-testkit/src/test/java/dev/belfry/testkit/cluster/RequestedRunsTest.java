package dev.belfry.testkit.cluster;

import static dev.belfry.testkit.cluster.Scenes.cluster;
import static dev.belfry.testkit.cluster.Scenes.heals;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.core.command.Command;
import dev.belfry.core.job.Job;
import dev.belfry.core.job.Placement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Who owes a run that somebody asked for. */
@ExtendWith(QuietLogs.class)
class RequestedRunsTest {
    private static Job manual(int shards) {
        return Job.named("work").handler(SimCluster.HANDLER).manual().shards(shards);
    }

    private static List<String> executions(SimCluster cluster) {
        return cluster.evidence().all().stream()
                .map(execution ->
                        execution.shard().layout() + "/" + execution.shard().shard())
                .sorted()
                .toList();
    }

    @Test
    void runIsOwedByTheLayoutOfItsTimeAlone() {
        SimCluster cluster = cluster(41, manual(2));
        cluster.operator().command(Command.Kind.TRIGGER, "work");
        cluster.run(Duration.ofSeconds(3));
        cluster.operator().apply(manual(3).build());
        cluster.run(Duration.ofSeconds(15));
        assertThat(executions(cluster)).containsExactly("1/0", "1/1");
        cluster.operator().command(Command.Kind.TRIGGER, "work");
        heals(cluster, Duration.ofSeconds(20));
        assertThat(executions(cluster)).containsExactly("1/0", "1/1", "2/0", "2/1", "2/2");
    }

    @Test
    void runOfABroadcastJobIsOwedByThoseThatWereThereWhenItWasAskedFor() {
        Job everywhere = Job.named("work").handler(SimCluster.HANDLER).manual().placement(Placement.BROADCAST);
        SimCluster cluster = cluster(42, everywhere);
        cluster.operator().command(Command.Kind.TRIGGER, "work");
        cluster.run(Duration.ofSeconds(3));
        cluster.start("a3");
        cluster.run(Duration.ofSeconds(5));
        assertThat(executions(cluster)).containsExactly("0/a0", "0/a1", "0/a2");
        // One that comes back in another session is there again from then on.
        new Fault.Kill("a1", Duration.ofSeconds(10)).inflict(cluster);
        cluster.run(Duration.ofSeconds(1));
        cluster.operator().command(Command.Kind.TRIGGER, "work");
        heals(cluster, Duration.ofSeconds(30));
        assertThat(executions(cluster)).containsExactly("0/a0", "0/a0", "0/a1", "0/a2", "0/a2", "0/a3");
    }
}
