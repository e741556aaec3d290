package dev.belfry.testkit.agent;

import static dev.belfry.testkit.agent.Town.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.agent.Agent;
import dev.belfry.core.ownership.HeartbeatRecord;
import dev.belfry.core.record.Paths;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the queue hears of the load of a machine. */
@Timeout(120)
final class TellsLoadTest {

    private static double busy(Town town, Agent agent) throws Exception {
        String path = Paths.heartbeat(agent.status().incarnation().orElseThrow());
        return HeartbeatRecord.decode(path, town.get(path)).busy();
    }

    @Test
    void anAgentSaysHowBusyItsMachineIsUnlessItIsToldNotTo(@TempDir Path directory) throws Exception {
        Town town = new Town(directory);
        try {
            Agent open = town.start("open");
            Agent closed = town.start(town.builder("closed").tellsLoad(false));
            await("both have said", () -> {
                assertThat(busy(town, open)).isNotNegative();
                assertThat(busy(town, closed)).isNegative();
            });
        } finally {
            town.leave();
        }
    }
}
