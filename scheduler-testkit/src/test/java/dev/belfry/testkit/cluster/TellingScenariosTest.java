package dev.belfry.testkit.cluster;

import static dev.belfry.testkit.cluster.Scenes.cluster;
import static dev.belfry.testkit.cluster.Scenes.every;
import static dev.belfry.testkit.cluster.Scenes.heals;
import static dev.belfry.testkit.cluster.Scenes.owner;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.testkit.zookeeper.LogLines;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What an agent says of what it lost and of what it took up, a line each. */
class TellingScenariosTest {

    @Test
    void agentWhoseLeaseRanOutSaysWhenItHoldsAgain() {
        SimCluster cluster = cluster(3, every("work", 1_000, 6));
        String agent = "agent=" + owner(cluster).agentId() + " ";
        try (LogLines log = new LogLines("dev.belfry.agent.loop")) {
            // Longer than the lease, shorter than the session.
            new Fault.Pause(owner(cluster).agentId(), Duration.ofMillis(4_500)).inflict(cluster);
            cluster.run(Duration.ofSeconds(10));
            assertThat(log.lines())
                    .filteredOn(line -> line.contains(agent)
                            && (line.contains(" lease over: ") || line.contains(" lease holds again: ")))
                    .satisfiesExactly(
                            line -> assertThat(line)
                                    .startsWith("WARN lease over: ")
                                    .contains("shards=2; "),
                            line -> assertThat(line)
                                    .startsWith("INFO lease holds again: ")
                                    .contains("shards=2; "));
        }
        heals(cluster, Duration.ofSeconds(30));
    }

    @Test
    void agentWhoseSessionEndedSaysWhatItDroppedAndWhatItTookUp() {
        SimCluster cluster = cluster(4, every("work", 1_000, 6));
        String agent = "agent=" + owner(cluster).agentId() + " ";
        try (LogLines log = new LogLines("dev.belfry.agent.loop")) {
            new Fault.Expire(owner(cluster).agentId()).inflict(cluster);
            cluster.run(Duration.ofSeconds(20));
            assertThat(log.anyWith("WARN", "session ended: " + agent, "2 shards dropped"))
                    .isTrue();
            assertThat(log.anyWith("INFO", "shards taken up: " + agent, "shards=2"))
                    .isTrue();
        }
        heals(cluster, Duration.ofSeconds(30));
    }
}
