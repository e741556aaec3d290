package dev.belfry.testkit.zookeeper;

import static dev.belfry.testkit.zookeeper.Party.await;
import static dev.belfry.testkit.zookeeper.Party.bytes;
import static dev.belfry.testkit.zookeeper.Party.tx;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.store.Commit;
import dev.belfry.store.ElectionListener;
import dev.belfry.store.Failure;
import dev.belfry.store.Listing;
import dev.belfry.store.Read;
import dev.belfry.store.Session;
import dev.belfry.store.zk.ZkSettings;
import dev.belfry.testkit.zookeeper.FaultProxy.Direction;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the adapter makes of servers that restart, lose their data, or are cut off. */
final class ZkFaultsTest {
    @TempDir
    Path directory;

    private EmbeddedZooKeeper server;

    @BeforeEach
    void start() {
        server = EmbeddedZooKeeper.start(directory.resolve("data"));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private Party party() {
        return Party.connected(Party.settings(server.connectString()).build());
    }

    @Test
    void sessionOutlivesARestartOfTheServer() {
        try (Party a = party()) {
            a.commit(tx().createEphemeral("/e", bytes("here")));
            String hex = a.session().hex();
            server.restart();
            await("the session resumes", () -> a.told.contains("resumed " + hex));
            assertThat(a.told).containsExactly("opened " + hex, "suspended " + hex, "resumed " + hex);
            assertThat(a.text("/e")).isEqualTo("here");
        }
    }

    @Test
    void requestsMadeWithoutAConnectionAreUnavailableAndNothingOfThemHappensLater() {
        try (Party a = party()) {
            String hex = a.session().hex();
            server.stop();
            await("it is suspended", () -> a.told.contains("suspended " + hex));
            assertThat(a.commit(tx().create("/never", bytes("1")))).isInstanceOf(Commit.Unavailable.class);
            assertThat(a.read("/"))
                    .isInstanceOfSatisfying(
                            Read.Failed.class, f -> assertThat(f.failure()).isInstanceOf(Failure.Unavailable.class));
            server.restart();
            await("it resumes", () -> a.told.contains("resumed " + hex));
            assertThat(a.read("/never")).isInstanceOf(Read.Missing.class);
        }
    }

    @Test
    void lostReplyIsIndeterminateAlthoughTheWriteHappened() {
        try (FaultProxy proxy = FaultProxy.to(server.port());
                Party a = Party.connected(patient(proxy));
                Party b = party()) {
            proxy.blackHole(Direction.TO_CLIENT);
            CompletableFuture<Commit> answer = a.send(a.session(), tx().create("/t", bytes("1")));
            await("the write happens", () -> b.read("/t") instanceof Read.Found);
            assertThat(answer).isNotDone();
            proxy.reset();
            proxy.heal();
            await("an answer", answer::isDone);
            assertThat(answer.join()).isInstanceOf(Commit.Indeterminate.class);
            await("it resumes", () -> a.told.contains("resumed " + a.session().hex()));
            assertThat(a.text("/t")).isEqualTo("1");
        }
    }

    @Test
    void writeLostOnTheWayIsIndeterminateToo() {
        try (FaultProxy proxy = FaultProxy.to(server.port());
                Party a = Party.connected(patient(proxy))) {
            proxy.blackHole(Direction.TO_SERVER);
            CompletableFuture<Commit> answer = a.send(a.session(), tx().create("/t", bytes("1")));
            a.store.dropConnection(a.session());
            await("an answer", answer::isDone);
            assertThat(answer.join()).isInstanceOf(Commit.Indeterminate.class);
            proxy.reset();
            proxy.heal();
            await("it resumes", () -> a.told.contains("resumed " + a.session().hex()));
            assertThat(a.read("/t")).isInstanceOf(Read.Missing.class);
        }
    }

    @Test
    void lagDelaysAnswersButLosesNone() {
        try (FaultProxy proxy = FaultProxy.to(server.port());
                Party a = Party.connected(Party.settings(proxy.connectString()).build())) {
            proxy.lag(Duration.ofMillis(150));
            long before = System.nanoTime();
            assertThat(a.commit(tx().create("/t", bytes("1")))).isInstanceOf(Commit.Applied.class);
            assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThan(Duration.ofMillis(290));
            assertThat(a.told).hasSize(1);
        }
    }

    @Test
    void requestUnderWayWhenItsSessionEndsIsNeverExecutedInTheNext() {
        try (FaultProxy proxy = FaultProxy.to(server.port());
                Party a = Party.connected(Party.settings(proxy.connectString()).build());
                Party b = party()) {
            Session first = a.session();
            proxy.blackHole(Direction.TO_SERVER);
            // Registered under the name of a session that is about to end: nobody may find it later.
            CompletableFuture<Commit> answer = a.send(first, tx().createEphemeral("/agent-" + first.hex(), bytes("1")));
            server.expireSession(first.id());
            proxy.reset();
            proxy.heal();
            await("a second session", () -> a.sessions() == 2);
            await("an answer", answer::isDone);
            assertThat(answer.join()).isInstanceOfAny(Commit.Indeterminate.class, Commit.SessionOver.class);
            assertThat(a.send(first, tx().createEphemeral("/agent-" + first.hex(), bytes("2")))
                            .join())
                    .isInstanceOf(Commit.SessionOver.class);
            assertThat(a.commit(tx().create("/after", bytes("")))).isInstanceOf(Commit.Applied.class);
            await("the other sees it", () -> b.read("/after") instanceof Read.Found);
            assertThat(b.read("/agent-" + first.hex())).isInstanceOf(Read.Missing.class);
        }
    }

    @Test
    void sessionGivenUpInALongOutageIsClosedOnTheServerAsSoonAsThereIsOne() {
        try (LogLines log = new LogLines();
                Party a = party()) {
            Session first = a.session();
            a.commit(tx().createEphemeral("/e", bytes("1")));
            server.stop();
            await("it is given up", () -> a.told.contains("ended " + first.hex()));
            server.restart();
            await("a second session", () -> a.sessions() == 2);
            assertThat(a.session().id()).isNotEqualTo(first.id());
            await("the old one is closed", () -> log.anyWith("INFO", first.hex() + ", given up before, is closed"));
            assertThat(a.read("/e")).isInstanceOf(Read.Missing.class);
            assertThat(server.sessions()).isEqualTo(1);
            assertThat(log.lines()).anyMatch(line -> line.startsWith("WARN No connection to ZooKeeper at 127.0.0.1"));
        }
    }

    @Test
    void serverThatLostItsDataIsNamedAndANewSessionIsOpened() {
        try (LogLines log = new LogLines()) {
            int port = server.port();
            Party a = Party.connected(Party.settings(server.connectString())
                    .sessionTimeout(Duration.ofSeconds(6))
                    .build());
            for (int i = 0; i < 20; i++) {
                a.commit(tx().create("/t" + i, bytes("1")));
            }
            server.close();
            server = EmbeddedZooKeeper.start(directory.resolve("empty"), Duration.ofMillis(200), port);
            await(
                    "the refusal is named",
                    () -> log.anyWith("ERROR", "refuses session " + a.session().hex()));
            await("a second session", () -> a.sessions() == 2);
            assertThat(a.commit(tx().create("/again", bytes("1")))).isInstanceOf(Commit.Applied.class);
            a.close();
        }
    }

    @Test
    void serverThatIsNotThereAtStartIsWaitedForWithAWordInTheLog() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        try (LogLines log = new LogLines();
                Party a = new Party(Party.settings("127.0.0.1:" + port)
                        .connectionTimeout(Duration.ofMillis(300))
                        .reportEvery(Duration.ofMinutes(1))
                        .build())) {
            await("it says so", () -> log.anyWith("WARN", "No connection to ZooKeeper at 127.0.0.1:" + port));
            assertThat(a.told).isEmpty();
            try (EmbeddedZooKeeper late =
                    EmbeddedZooKeeper.start(directory.resolve("late"), Duration.ofMillis(200), port)) {
                await("a session", () -> a.sessions() == 1);
                assertThat(a.commit(tx().create("/t", bytes("1")))).isInstanceOf(Commit.Applied.class);
                assertThat(late.znodes()).isGreaterThan(2);
            }
            assertThat(log.lines())
                    .filteredOn(line -> line.startsWith("WARN No connection"))
                    .hasSize(1);
        }
    }

    @Test
    void placeInTheQueueWhoseReplyWasLostDoesNotBlockTheElection() {
        try (FaultProxy proxy = FaultProxy.to(server.port());
                Party a = Party.connected(Party.settings(proxy.connectString()).build());
                Party b = party()) {
            b.commit(tx().create("/latch", bytes("")));
            proxy.blackHole(Direction.TO_CLIENT);
            a.store.stand(a.session(), "/latch", "a", elections(a));
            await("a place is taken", () -> places(b) == 1);
            proxy.reset();
            proxy.heal();
            await("it is elected", () -> a.told.contains("elected"));
            await("the lost place is gone", () -> places(b) == 1);
            assertThat(a.sessions()).isEqualTo(1);
        }
    }

    private static int places(Party party) {
        Listing listing = party.answer(then -> party.store.children(party.session(), "test", "/latch", then));
        return listing instanceof Listing.Found found ? found.names().size() : -1;
    }

    private static ElectionListener elections(Party party) {
        return new ElectionListener() {
            @Override
            public void elected(String latch) {
                party.told.add("elected");
            }

            @Override
            public void deposed() {
                party.told.add("deposed");
            }
        };
    }

    @Test
    void listingTooLargeForOneAnswerIsRejectedAndTheSessionLivesOn() {
        try (Party a = party()) {
            a.commit(tx().create("/p", bytes("")));
            String name = "/p/" + "n".repeat(200) + "-";
            for (int batch = 0; batch < 60; batch++) {
                var creates = tx();
                for (int i = 0; i < 100; i++) {
                    creates.create(name + (batch * 100 + i), bytes(""));
                }
                assertThat(a.commit(creates)).isInstanceOf(Commit.Applied.class);
            }
            Listing listing = a.answer(then -> a.store.children(a.session(), "test", "/p", then));
            assertThat(listing)
                    .isInstanceOfSatisfying(
                            Listing.Failed.class,
                            f -> assertThat(f.failure())
                                    .isInstanceOfSatisfying(
                                            Failure.Rejected.class,
                                            r -> assertThat(r.why()).contains("6000 children of /p")));
            assertThat(a.told).hasSize(1);
        }
    }

    @Test
    void closingEndsTheSessionAndAllThreads() {
        Set<Thread> before = threads();
        Party a = party();
        a.commit(tx().createEphemeral("/e", bytes("1")));
        a.store.stand(a.session(), "/latch", "a", elections(a));
        await("it is elected", () -> a.told.contains("elected"));
        a.close();
        await("it is told", () -> a.told.contains("ended " + a.session().hex()));
        assertThat(a.told).endsWith("deposed", "ended " + a.session().hex());
        await("no thread is left", () -> {
            Set<Thread> after = threads();
            after.removeAll(before);
            return after.isEmpty();
        });
        await("no session is left", () -> server.sessions() == 0);
    }

    private static Set<Thread> threads() {
        List<String> ours =
                List.of("belfry-", "view", "-EventThread", "-SendThread", "Curator", "ConnectionState", "SafeNotify");
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> ours.stream().anyMatch(thread.getName()::contains))
                .collect(Collectors.toSet());
    }

    /** With a session that outlives every delay of a busy machine: what is tried is not its end. */
    private static ZkSettings patient(FaultProxy proxy) {
        return Party.settings(proxy.connectString())
                .sessionTimeout(Duration.ofSeconds(15))
                .build();
    }
}
