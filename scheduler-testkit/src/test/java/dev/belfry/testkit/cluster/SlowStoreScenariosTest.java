package dev.belfry.testkit.cluster;

import static dev.belfry.testkit.cluster.Scenes.cluster;
import static dev.belfry.testkit.cluster.Scenes.every;
import static dev.belfry.testkit.cluster.Scenes.heals;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** An ensemble that is slow to answer. */
@ExtendWith(QuietLogs.class)
class SlowStoreScenariosTest {
    @Test
    void clockThatIsAheadStartsNothingEarlyThoughTheEnsemblesClockIsHardToTell() {
        for (long seed = 1; seed <= 6; seed++) {
            SimCluster cluster = cluster(seed, every("work", 1_000, 6));
            new Fault.SlowDisks(Duration.ofMillis(1_200), Duration.ofSeconds(8)).inflict(cluster);
            cluster.run(Duration.ofMillis(1_500));
            // What starts early is thrown as a violation of I3.
            new Fault.Step("a0", Duration.ofMillis(2_200), Duration.ofSeconds(8)).inflict(cluster);
            heals(cluster, Duration.ofSeconds(30));
        }
    }
}
