package dev.belfry.testkit.zookeeper;

import dev.belfry.testkit.store.StoreContract;
import dev.belfry.testkit.store.StoreHarness;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The store on ZooKeeper keeps the contract. One server, one namespace per test. */
final class ZkStoreContractTest extends StoreContract {
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
        return new ZkHarness(server, "contract-" + namespaces++);
    }
}
