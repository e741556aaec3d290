package dev.belfry.testkit.zookeeper;

import static dev.belfry.testkit.zookeeper.Party.await;
import static dev.belfry.testkit.zookeeper.Party.bytes;
import static dev.belfry.testkit.zookeeper.Party.tx;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.store.Commit;
import dev.belfry.testkit.zookeeper.FaultProxy.Direction;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.apache.curator.test.InstanceSpec;
import org.apache.curator.test.TestingCluster;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The adapter on three servers, each behind a proxy that tells who is connected to it. */
final class ZkEnsembleTest {
    private TestingCluster cluster;
    private List<FaultProxy> proxies;
    private Party a;

    @BeforeEach
    void start() throws Exception {
        cluster = new TestingCluster(3);
        cluster.start();
        proxies = cluster.getInstances().stream()
                .map(InstanceSpec::getPort)
                .map(FaultProxy::to)
                .toList();
        a = Party.connected(
                Party.settings(proxies.stream().map(FaultProxy::connectString).collect(Collectors.joining(",")))
                        .sessionTimeout(Duration.ofSeconds(12))
                        .build());
        a.commit(tx().createEphemeral("/e", bytes("here")));
    }

    @AfterEach
    void stop() throws Exception {
        a.close();
        proxies.forEach(FaultProxy::close);
        cluster.close();
    }

    private FaultProxy connected() {
        await(
                "one connection",
                () -> proxies.stream().mapToInt(FaultProxy::connections).sum() == 1);
        return proxies.stream().filter(p -> p.connections() == 1).findFirst().orElseThrow();
    }

    private void assertThatTheSessionLivesOn() {
        await(
                "it resumes",
                () -> a.told.get(a.told.size() - 1)
                        .equals("resumed " + a.session().hex()));
        await("it works", () -> a.commit(tx().exists("/e")) instanceof Commit.Applied);
        assertThat(a.text("/e")).isEqualTo("here");
        assertThat(a.sessions()).isEqualTo(1);
    }

    @Test
    void droppedConnectionToAServerGoneSilentIsReplacedByOneToAnother() {
        FaultProxy first = connected();
        first.blackHole(Direction.TO_SERVER);
        first.blackHole(Direction.TO_CLIENT);
        CompletableFuture<Commit> unanswered = a.send(a.session(), tx().create("/t", bytes("1")));
        a.store.dropConnection(a.session());
        assertThatTheSessionLivesOn();
        assertThat(unanswered.join()).isInstanceOf(Commit.Indeterminate.class);
        first.reset();
        assertThat(connected()).isNotSameAs(first);
    }

    @Test
    void sessionLivesOnWhenItsServerDies() throws Exception {
        int server = proxies.indexOf(connected());
        cluster.killServer(List.copyOf(cluster.getInstances()).get(server));
        await("it is suspended", () -> a.told.size() > 1);
        assertThatTheSessionLivesOn();
    }
}
