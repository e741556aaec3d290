package dev.belfry.testkit.zookeeper;

import static dev.belfry.testkit.zookeeper.Party.bytes;
import static dev.belfry.testkit.zookeeper.Party.tx;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.store.Commit;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.curator.test.InstanceSpec;
import org.apache.curator.test.TestingCluster;
import org.junit.jupiter.api.Test;

/** An ensemble whose sessions are local to a server: an agent cannot register there, and says which setting is to blame. */
final class LocalSessionsTest {
    private static final Map<String, Object> LOCAL =
            Map.of("localSessionsEnabled", "true", "localSessionsUpgradingEnabled", "false");

    @Test
    void refusesARegistrationAndNamesTheSetting() throws Exception {
        try (TestingCluster cluster = new TestingCluster(IntStream.range(0, 3)
                .mapToObj(i -> new InstanceSpec(null, -1, -1, -1, true, -1, -1, -1, LOCAL))
                .toArray(InstanceSpec[]::new))) {
            cluster.start();
            Party party =
                    Party.connected(Party.settings(cluster.getConnectString()).build());
            try {
                assertThat(party.commit(tx().create("/p", bytes("1")))).isInstanceOf(Commit.Applied.class);
                assertThat(party.commit(tx().createEphemeral("/e", bytes("1"))))
                        .isInstanceOfSatisfying(
                                Commit.Rejected.class,
                                rejected -> assertThat(rejected.why()).contains("localSessionsUpgradingEnabled=true"));
            } finally {
                party.close();
            }
        }
    }
}
