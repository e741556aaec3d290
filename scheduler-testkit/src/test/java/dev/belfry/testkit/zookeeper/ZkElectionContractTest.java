package dev.belfry.testkit.zookeeper;

import dev.belfry.testkit.store.ElectionContract;
import dev.belfry.testkit.store.StoreHarness;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The election on ZooKeeper keeps the contract. One server, one namespace per test. */
final class ZkElectionContractTest extends ElectionContract {
    private static EmbeddedZooKeeper server;
    private static int namespaces;

    @BeforeAll
    static void start(@TempDir Path directory) {
        server = ZkHarness.server(directory);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Override
    protected StoreHarness harness() {
        return new ZkHarness(server, "election-" + namespaces++);
    }
}
