package dev.belfry.testkit.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.store.Session;
import dev.belfry.store.Transaction;
import java.time.Duration;

/** Two clients of a simulated ensemble of three servers, for tests of its faults. */
abstract class SimScene {
    final SimHarness harness = new SimHarness(7);
    final SimEnsemble ensemble = harness.ensemble;
    final StoreClient a = new StoreClient(harness, "a");
    final StoreClient b = new StoreClient(harness, "b");

    static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    static Transaction.Builder tx() {
        return Transaction.at("test");
    }

    int leader() {
        return ensemble.leader().orElseThrow();
    }

    int serverOf(StoreClient client) {
        return ensemble.serverOf(client.connection).orElse(-1);
    }

    /** Moves a client to a server; its session stays. */
    void move(StoreClient client, int server) {
        Session session = client.session();
        while (serverOf(client) != server) {
            if (serverOf(client) >= 0) {
                client.store.dropConnection(session);
                harness.await("the connection drops", () -> serverOf(client) < 0);
            }
            harness.await("a connection", () -> serverOf(client) >= 0);
        }
        assertThat(client.session()).isEqualTo(session);
        client.sync();
    }

    /** Puts {@code a} on a follower and {@code b} on the leader; answers the follower's number. */
    int apart() {
        int follower = (leader() + 1) % 3;
        move(a, follower);
        move(b, leader());
        return follower;
    }

    static String name(int server) {
        return "s" + server;
    }

    static Duration seconds(double seconds) {
        return Duration.ofMillis((long) (seconds * 1000));
    }
}
