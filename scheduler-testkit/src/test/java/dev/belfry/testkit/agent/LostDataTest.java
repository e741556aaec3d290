package dev.belfry.testkit.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.agent.Agent;
import dev.belfry.agent.BelfryClient;
import dev.belfry.core.job.Job;
import dev.belfry.core.version.Author;
import dev.belfry.store.zk.ZkConnection;
import dev.belfry.store.zk.ZkSettings;
import dev.belfry.testkit.zookeeper.EmbeddedZooKeeper;
import dev.belfry.testkit.zookeeper.LogLines;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server that comes back empty. */
@Timeout(180)
class LostDataTest {
    private static final Duration WAIT = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    private static Job tick() {
        return Job.named("tick").handler("work").every(Duration.ofSeconds(1)).shards(2);
    }

    @Test
    void jobsDeclaredInCodeRunAgainAndTokensGoOnRising() {
        AtomicInteger runs = new AtomicInteger();
        EmbeddedZooKeeper server = EmbeddedZooKeeper.start(directory.resolve("full"));
        int port = server.port();
        try (LogLines log = new LogLines("dev.belfry");
                Agent agent = Agent.builder()
                        .zookeeper(server.connectString())
                        .namespace("lost")
                        .id("a")
                        .sessionTimeout(Duration.ofSeconds(4))
                        .handler("work", context -> runs.incrementAndGet())
                        .job(tick())
                        .start()) {
            Awaitility.await().atMost(WAIT).until(() -> runs.get() > 3);
            assertThat(agent.status().master()).isTrue();
            long before = term(server);
            server.close();
            server = EmbeddedZooKeeper.start(directory.resolve("empty"), Duration.ofMillis(200), port);
            Awaitility.await().atMost(WAIT).until(() -> log.anyWith("ERROR", "namespace is new"));
            int then = runs.get();
            Awaitility.await().atMost(WAIT).until(() -> runs.get() > then + 3);
            assertThat(term(server)).isGreaterThan(before);
        } finally {
            server.close();
        }
    }

    private static long term(EmbeddedZooKeeper server) {
        try (BelfryClient client = BelfryClient.over(
                ZkConnection.open(
                        ZkSettings.builder(server.connectString(), "lost").build()),
                Duration.ofSeconds(10))) {
            assertThat(client.job("tick")
                            .orElseThrow()
                            .record()
                            .newest()
                            .author()
                            .origin())
                    .isEqualTo(Author.Origin.CODE);
            return client.epoch().term();
        }
    }
}
