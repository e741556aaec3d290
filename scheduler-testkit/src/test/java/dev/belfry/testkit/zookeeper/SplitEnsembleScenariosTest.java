package dev.belfry.testkit.zookeeper;

import static dev.belfry.testkit.zookeeper.Party.await;
import static dev.belfry.testkit.zookeeper.Party.bytes;
import static dev.belfry.testkit.zookeeper.Party.tx;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.agent.Agent;
import dev.belfry.core.ownership.Lease;
import dev.belfry.core.ownership.ProofOfLife;
import dev.belfry.core.ownership.ShardKey;
import dev.belfry.store.Change;
import dev.belfry.store.Commit;
import dev.belfry.store.Synced;
import dev.belfry.testkit.zookeeper.FaultProxy.Direction;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.RetryForever;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.Stat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What three real servers do that a rule is there for, and what Belfry does when they do it. Each test shows both: without
 * the first half nobody would know why the rule is needed.
 */
@Timeout(90)
final class SplitEnsembleScenariosTest {
    @TempDir
    Path directory;

    @Test
    void followerCutOffFromItsLeaderGoesOnAnsweringReadsAndGivesNoLease() throws Exception {
        Duration timeout = Duration.ofSeconds(3);
        try (SplitEnsemble ensemble = new SplitEnsemble(directory, Duration.ofMillis(400), 15)) {
            int cut = ensemble.follower();
            String door = ensemble.door(cut).connectString();
            try (Crew crew = new Crew(ensemble.withoutServer(cut))) {
                ZooKeeper reader = crew.plain(door, timeout);
                reader.create("/read", bytes("here"), Ids.OPEN_ACL_UNSAFE, CreateMode.EPHEMERAL);
                crew.start("safe", ensemble.withoutServer(cut), timeout);
                Agent agent = crew.start("cut", door, timeout);
                // Nothing is due for a while then: a write without an answer would hold up the reads behind it.
                crew.work(Duration.ofSeconds(6));
                pause(Duration.ofSeconds(1));
                String incarnation = agent.status().incarnation().orElseThrow();
                crew.look();
                ensemble.cutFromLeader(cut);
                await("the quorum ends both sessions", () -> {
                    crew.look();
                    return crew.stat("/read") == null && crew.stat(Crew.registration(incarnation)) == null;
                });
                long ended = System.nanoTime();
                assertThat(reader.getData("/read", false, null))
                        .as("the follower still answers, from a time that is over")
                        .isEqualTo(bytes("here"));
                assertThat(reader.getState().isConnected()).isTrue();
                assertThat(agent.status().lease())
                        .as("no heartbeat was acknowledged")
                        .isZero();
                await("its shards run elsewhere", () -> allRunOn(crew, "safe", ended));
                assertThatNothingRanSideBySide(crew, "cut", "safe");
                ensemble.link(cut).heal();
                long healed = System.nanoTime();
                await("it works again", () -> crew.ranSince("cut", healed));
                assertThat(agent.status().incarnation()).isPresent().get().isNotEqualTo(incarnation);
            }
        }
    }

    private static boolean allRunOn(Crew crew, String agent, long since) {
        crew.look();
        return crew.startsSince(since).stream()
                        .filter(start -> start.agent().equals(agent))
                        .map(Crew.Start::shard)
                        .distinct()
                        .count()
                == Crew.SHARDS;
    }

    /** {@code after} has run all shards, those of {@code before} only when its lease was over. */
    private static void assertThatNothingRanSideBySide(Crew crew, String before, String after) {
        long over = crew.leaseEnd(before);
        for (int i = 0; i < Crew.SHARDS; i++) {
            int shard = i;
            var of = crew.startsSince(0).stream()
                    .filter(start -> start.shard() == shard)
                    .toList();
            if (of.stream().noneMatch(start -> start.agent().equals(before))) {
                continue;
            }
            long last = of.stream()
                    .filter(start -> start.agent().equals(before))
                    .mapToLong(Crew.Start::nanos)
                    .max()
                    .orElseThrow();
            assertThat(last - over).as("the last start of " + shard).isNegative();
            assertThat(of)
                    .filteredOn(start -> start.agent().equals(after) && start.nanos() - last > 0)
                    .isNotEmpty()
                    .allSatisfy(start -> assertThat(start.nanos() - over)
                            .as("start of " + shard + " after the lease of " + before)
                            .isPositive());
        }
    }

    @Test
    void followerThatDiesWithTouchesNotPassedOnEndsASessionBeforeTheLease() throws Exception {
        // A word of the leader just between the heartbeat and the death brings the touch to safety: then once more.
        for (int attempt = 1; attempt <= 4; attempt++) {
            if (sessionEndsBeforeTheLease(directory.resolve("attempt" + attempt))) {
                return;
            }
        }
        throw new AssertionError("the touches got through every time");
    }

    /** Whether ZooKeeper ended the session early; what Belfry does is asserted either way. */
    private static boolean sessionEndsBeforeTheLease(Path data) throws Exception {
        Duration timeout = Duration.ofSeconds(6);
        String name = "owner";
        try (SplitEnsemble ensemble = new SplitEnsemble(data, Duration.ofMillis(600), 20)) {
            int dying = ensemble.follower();
            FaultProxy door = ensemble.door(dying);
            try (Party owner = Party.connected(Party.settings(door.connectString())
                            .sessionTimeout(timeout)
                            .build());
                    Party master = Party.connected(Party.settings(ensemble.withoutServer(dying))
                            .sessionTimeout(timeout)
                            .build())) {
                ProofOfLife life = new ProofOfLife();
                life.registered(name, timeout);
                AtomicLong gone = new AtomicLong();
                master.commit(tx().create("/beats", bytes("")));
                Synced armed = master.answer(then -> master.store.follow(
                        master.session(), "test", "/beats", change -> heard(change, life, gone), then));
                assertThat(armed).isInstanceOf(Synced.Done.class);
                owner.commit(tx().createEphemeral("/beats/" + name, bytes("0")));
                // The owner stands still for longer than half of its time-out, wakes, and writes its heartbeat.
                door.blackHole(Direction.TO_SERVER);
                pause(Duration.ofMillis(3_600));
                door.heal();
                Lease lease = new Lease(timeout);
                long sent = System.nanoTime();
                Instant at = Instant.now();
                Commit beat = owner.commit(tx().put("/beats/" + name, bytes("1"), -1));
                assertThat(beat).isInstanceOf(Commit.Applied.class);
                ensemble.kill(dying);
                lease.renew(sent, at);
                await("the session ends", () -> gone.get() != 0);
                long left = lease.remainingNanos(gone.get(), at.plusNanos(gone.get() - sent));
                long wait = life.waitNanos(name, timeout, gone.get());
                assertThat(wait)
                        .as("a master waits for what is left of the lease")
                        .isGreaterThanOrEqualTo(left);
                return left > 0;
            }
        }
    }

    private static void heard(Change change, ProofOfLife life, AtomicLong gone) {
        if (change.kind() != Change.Kind.DELETED) {
            life.heartbeat("owner", System.nanoTime());
        } else if (gone.get() == 0) {
            long now = System.nanoTime();
            life.gone("owner", now);
            gone.set(now);
        }
    }

    private static void pause(Duration length) {
        long end = System.nanoTime() + length.toNanos();
        await("a pause", () -> System.nanoTime() - end > 0);
    }

    @Test
    void registrationResurrectedByARetryCountsForNothing() throws Exception {
        Duration timeout = Duration.ofSeconds(4);
        try (SplitEnsemble ensemble = new SplitEnsemble(directory, Duration.ofMillis(400), 10)) {
            int server = ensemble.follower();
            FaultProxy door = ensemble.door(server);
            try (Crew crew = new Crew(ensemble.withoutServer(server));
                    FaultProxy otherDoor = ensemble.newDoor(server);
                    CuratorFramework retrying = CuratorFrameworkFactory.newClient(
                            otherDoor.connectString(), 4_000, 4_000, new RetryForever(50))) {
                crew.start("safe", ensemble.withoutServer(server), timeout);
                Agent agent = crew.start("lost", door.connectString(), timeout);
                crew.work(Duration.ofMillis(100));
                retrying.start();
                retrying.blockUntilConnected();
                String path = Crew.registration(agent.status().incarnation().orElseThrow());
                long own = agent.status()
                        .incarnation()
                        .map(SplitEnsembleScenariosTest::sessionOf)
                        .orElseThrow();
                byte[] said = crew.witness.getData(path, false, null);
                long begun = retrying.getZookeeperClient().getZooKeeper().getSessionId();

                otherDoor.blackHole(Direction.TO_SERVER);
                CompletableFuture<Void> create = CompletableFuture.runAsync(() -> create(retrying, path, said));
                door.blackHole(Direction.TO_SERVER);
                door.blackHole(Direction.TO_CLIENT);
                ensemble.expireSession(begun);
                ensemble.expireSession(own);
                await("the registration goes", () -> crew.stat(path) == null);
                otherDoor.reset();
                otherDoor.heal();
                await("the registration is back", () -> crew.stat(path) != null);
                long back = System.nanoTime();
                Stat stat = crew.stat(path);
                assertThat(stat).isNotNull();
                assertThat(stat.getEphemeralOwner())
                        .as("a request begun in one session was executed in the next")
                        .isNotIn(begun, own);
                await("the one who began it hears of a success", create::isDone);

                await("its shards run elsewhere", () -> allRunOn(crew, "safe", back));
                assertThat(crew.stat(path)).as("all the time it was there").isNotNull();
                assertThat(crew.rows().values()).noneMatch(row -> row.contains(Long.toHexString(own)));
            }
        }
    }

    private static long sessionOf(String incarnation) {
        return new dev.belfry.core.agent.Incarnation(incarnation).sessionId();
    }

    private static void create(CuratorFramework retrying, String path, byte[] data) {
        try {
            retrying.create().withMode(CreateMode.EPHEMERAL).forPath(path, data);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void sessionThatOutlivesItsConnectionKeepsItsShardsAndItsAgentStartsNothingMeanwhile() throws Exception {
        Duration timeout = Duration.ofSeconds(9);
        try (SplitEnsemble ensemble = new SplitEnsemble(directory, Duration.ofMillis(600), 10)) {
            int server = ensemble.follower();
            FaultProxy door = ensemble.door(server);
            try (Crew crew = new Crew(ensemble.withoutServer(server))) {
                crew.start("safe", ensemble.withoutServer(server), timeout);
                Agent agent = crew.start("alone", door.connectString(), timeout);
                crew.work(Duration.ofMillis(100));
                await(
                        "it is at rest",
                        () -> crew.rows().values().stream()
                                        .filter(row -> row.startsWith("alone"))
                                        .count()
                                == Crew.SHARDS / 2);
                Map<ShardKey, String> rows = crew.rows();
                String incarnation = agent.status().incarnation().orElseThrow();
                door.blackHole(Direction.TO_SERVER);
                door.blackHole(Direction.TO_CLIENT);
                await("its lease is over", () -> {
                    crew.look();
                    return agent.status().lease().isZero();
                });
                long over = System.nanoTime();
                assertThat(crew.stat(Crew.registration(incarnation)))
                        .as("the session lives without a connection")
                        .isNotNull();
                long some = over + Duration.ofMillis(500).toNanos();
                await("it would have been due", () -> System.nanoTime() - some > 0);
                assertThat(crew.startsSince(over))
                        .noneMatch(start -> start.agent().equals("alone"));
                door.heal();
                await("it works again", () -> crew.ranSince("alone", over));
                assertThat(agent.status().incarnation()).contains(incarnation);
                assertThat(crew.rows()).as("nothing has moved").isEqualTo(rows);
            }
        }
    }
}
