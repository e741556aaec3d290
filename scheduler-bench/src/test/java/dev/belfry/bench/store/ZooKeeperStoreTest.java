package dev.belfry.bench.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ZooKeeperStoreTest {

    @TempDir
    Path home;

    @Test
    void everyOperationOfAMultiIsCountedAndEveryReadOnce() throws IOException, InterruptedException, KeeperException {
        try (ZooKeeperStore store = ZooKeeperStore.start(home)) {
            ZooKeeper client = new ZooKeeper(store.address(), 10_000, event -> {});
            try {
                client.exists("/", false);
                StoreCounters before = store.counters();
                client.create("/a", new byte[0], ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
                client.multi(List.of(
                        Op.check("/a", 0),
                        Op.setData("/a", new byte[10], 0),
                        Op.create("/a/b", new byte[0], ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT),
                        Op.delete("/a/b", 0)));
                client.exists("/a", false);
                client.getData("/a", false, null);
                StoreCounters after = store.counters();
                StoreCounters grown = after.since(before);
                assertThat(grown.values()).containsEntry("reads", 2.0).containsEntry("write_requests", 2.0);
                assertThat(grown.values().get("fsyncs")).isPositive();
                assertThat(store.log().counts(before.position(), after.position()))
                        .containsEntry("writes", 4.0)
                        .containsEntry("checks", 1.0);
            } finally {
                client.close();
            }
        }
    }

    @Test
    void countersAreReadFromTheServersLines() {
        StoreCounters counters = ZooKeeperStore.parse("""
                request_exists 3
                request_setData 2
                request_multi 1
                request_ping 9
                response_bytes 10
                watch_bytes 5
                cnt_fsynctime 4
                sum_node_changed_watch_count 6
                zxid 77
                """);
        assertThat(counters.position()).isEqualTo(77);
        assertThat(counters.values())
                .containsEntry("requests", 6.0)
                .containsEntry("reads", 3.0)
                .containsEntry("write_requests", 3.0)
                .containsEntry("pings", 9.0)
                .containsEntry("bytes_out", 15.0)
                .containsEntry("fsyncs", 4.0)
                .containsEntry("watch_events", 6.0);
    }
}
