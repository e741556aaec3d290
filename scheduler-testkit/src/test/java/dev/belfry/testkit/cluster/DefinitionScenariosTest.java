package dev.belfry.testkit.cluster;

import static dev.belfry.testkit.cluster.Scenes.cluster;
import static dev.belfry.testkit.cluster.Scenes.every;
import static dev.belfry.testkit.cluster.Scenes.first;
import static dev.belfry.testkit.cluster.Scenes.heals;
import static dev.belfry.testkit.cluster.Scenes.lasting;
import static dev.belfry.testkit.cluster.Scenes.owner;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.command.Command;
import dev.belfry.core.ledger.FireId;
import dev.belfry.core.ownership.ShardKey;
import dev.belfry.core.record.Paths;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.JobRecordCodec;
import dev.belfry.store.Znode;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Definitions that change, go and come again, and runs that are asked for, while owners are elsewhere. */
@ExtendWith(QuietLogs.class)
class DefinitionScenariosTest {
    private static JobRecord record(SimCluster cluster, String name) {
        Znode znode = cluster.ensemble().peek(Paths.job(name)).orElseThrow();
        return JobRecordCodec.decode(znode.path(), znode.data(), znode.modified());
    }

    @Test
    void runsAskedForInOneMomentAndAScheduledFireAreThreeRuns() {
        SimCluster cluster = cluster(81, every("work", 2_000, 3).overlap(dev.belfry.core.job.OverlapPolicy.BUFFER_ALL));
        cluster.operator().command(Command.Kind.TRIGGER, "work");
        cluster.operator().command(Command.Kind.TRIGGER, "work");
        cluster.run(Duration.ofSeconds(6));
        Map<String, Integer> runs = new TreeMap<>();
        cluster.evidence().all().stream()
                .filter(execution -> !execution.fire().isScheduled())
                .forEach(execution ->
                        runs.merge(execution.shard() + " " + execution.fire().runId(""), 1, Integer::sum));
        assertThat(runs)
                .as("two runs of three shards")
                .hasSize(6)
                .allSatisfy((run, count) -> assertThat(count).isEqualTo(1));
        heals(cluster, Duration.ofSeconds(15));
    }

    @Test
    void agentThatHearsOfARowBeforeItsLayoutTakesItUpWithTheNumberOfShardsOfThatLayout() {
        for (int i = 0; i < 50; i++) {
            SimCluster cluster = new SimCluster(1_000 + i, ClusterOptions.DEFAULT);
            List.of("a0", "a1", "a2", "a3", "a4").forEach(cluster::start);
            cluster.operator().apply(every("work", 2_000, 1).build());
            cluster.run(Duration.ofSeconds(8));
            new Fault.Cut("a" + i % 5, Fault.Way.BOTH, Duration.ofMillis(5_000 + 50L * i)).inflict(cluster);
            cluster.run(Duration.ofMillis(50));
            // In force a lease later, about when that agent can read again.
            cluster.operator().apply(every("work", 2_000, 4).build());
            heals(cluster, Duration.ofSeconds(40));
            assertThat(cluster.evidence().all().stream().map(Execution::shard).filter(shard -> shard.layout() == 2))
                    .as("it says where the ledger lies")
                    .isNotEmpty()
                    .allSatisfy(shard -> assertThat(shard.shards()).isEqualTo(4));
        }
    }

    @Test
    void whatFellDueWhileADefinitionWasDestroyedIsSettledOnceItIsPutBack() {
        SimCluster cluster = cluster(92, every("work", 1_000, 3));
        Instant destroyed = destroyForAWhile(cluster, () -> {});
        accountsForAll(cluster, destroyed);
    }

    @Test
    void whatFellDueWhileADefinitionWasDestroyedIsSettledByTheNextOwner() {
        SimCluster cluster = cluster(93, every("work", 1_000, 3));
        Instant destroyed = destroyForAWhile(
                cluster,
                () -> cluster.agent(owner(cluster).agentId()).orElseThrow().kill());
        accountsForAll(cluster, destroyed);
    }

    /** Nobody has written the record since it was created: as it was stored, it counts from when it is put back. */
    private static Instant destroyForAWhile(SimCluster cluster, Runnable meanwhile) {
        byte[] right = cluster.ensemble().peek(Paths.job("work")).orElseThrow().data();
        Instant destroyed = cluster.now();
        Rogue.commit(cluster, transaction -> transaction.put(Paths.job("work"), new byte[] {1}, -1));
        cluster.run(Duration.ofSeconds(2));
        meanwhile.run();
        cluster.run(Duration.ofSeconds(2));
        Rogue.commit(cluster, transaction -> transaction.put(Paths.job("work"), right, -1));
        cluster.run(Duration.ofSeconds(20));
        assertThat(record(cluster, "work").newest().from()).isAfter(destroyed.plusSeconds(3));
        return destroyed;
    }

    private static void accountsForAll(SimCluster cluster, Instant destroyed) {
        Instant second = destroyed.truncatedTo(ChronoUnit.SECONDS);
        for (ShardKey shard : cluster.rows().keySet()) {
            for (int i = -1; i < 8; i++) {
                FireId due = FireId.scheduled(second.plusSeconds(i));
                assertThat(cluster.safety().journal().finals(ShardId.of(shard)))
                        .as(shard + " at " + due)
                        .filteredOn(line -> CommittedJournal.covers(line, due))
                        .hasSize(1);
            }
        }
        heals(cluster, Duration.ofSeconds(15));
    }

    @Test
    void ownerOfADeletedJobThatWakesLeavesTheOneOfTheSameNameAlone() {
        SimCluster cluster = cluster(82, every("work", 1_000, 3));
        cluster.behave(lasting(2));
        Execution last = first(cluster);
        SimAgent sleeper = cluster.agent(last.process().name()).orElseThrow();
        String before = record(cluster, "work").uid();
        sleeper.pause();
        cluster.behave(Behaviour.PROMPT);
        cluster.operator().command(Command.Kind.DELETE, "work");
        assertThat(cluster.runUntil(
                        Duration.ofSeconds(40), () -> record(cluster, "work").deleted()))
                .isTrue();
        cluster.operator().apply(every("work", 1_000, 3).build());
        assertThat(cluster.runUntil(Duration.ofMinutes(5), () -> runsAnew(cluster, before)))
                .isTrue();
        int records = cluster.ensemble().peekChildren(Paths.ledgers(before, 1)).size();
        sleeper.resume();
        // Its record would be version for version what the new job's is: only the uid tells them apart.
        heals(cluster, Duration.ofSeconds(25));
        assertThat(cluster.ensemble().peekChildren(Paths.ledgers(before, 1))).hasSize(records);
    }

    private static boolean runsAnew(SimCluster cluster, String before) {
        return cluster.evidence().all().stream()
                .anyMatch(execution -> !execution.shard().jobUid().equals(before));
    }

    @Test
    void changeIsNotInForceBeforeTheLeaseOfAnOwnerThatCannotHearOfIt() {
        SimCluster cluster = cluster(83, every("work", 1_000, 6));
        Incarnation deaf = owner(cluster);
        new Fault.Cut(deaf.agentId(), Fault.Way.BOTH, Duration.ofSeconds(15)).inflict(cluster);
        SimAgent agent = cluster.agent(deaf.agentId()).orElseThrow();
        long lease = agent.agent().leaseRemaining().toNanos();
        var over = cluster.now().plusNanos(lease);
        cluster.operator().apply(every("work", 3_000, 6).build());
        assertThat(cluster.runUntil(
                        Duration.ofSeconds(12),
                        () -> record(cluster, "work").versions().size() == 2))
                .isTrue();
        assertThat(record(cluster, "work").newest().from()).isAfterOrEqualTo(over);
        heals(cluster, Duration.ofSeconds(40));
    }

    /** One agent, which goes through a day of virtual time quickly. */
    private static SimCluster alone(int seed) {
        SimCluster cluster = new SimCluster(seed, ClusterOptions.DEFAULT);
        cluster.start("a0");
        cluster.operator().apply(every("work", 60_000, 3).build());
        cluster.run(Duration.ofMinutes(2));
        return cluster;
    }

    private static String ledgers(SimCluster cluster) {
        return Paths.parent(Paths.ledger(record(cluster, "work").uid(), 1, 3, 0));
    }

    private static void anotherMaster(SimCluster cluster) {
        SimAgent master = cluster.master().orElseThrow();
        master.kill();
        cluster.start(master.id());
        cluster.run(Duration.ofSeconds(20));
    }

    @Test
    void ledgersOfADefinitionThatNoMasterHasEverReadAreKept() {
        SimCluster cluster = alone(94);
        String ledgers = ledgers(cluster);
        byte[] right = cluster.ensemble().peek(Paths.job("work")).orElseThrow().data();
        Rogue.commit(cluster, transaction -> transaction.put(Paths.job("work"), new byte[] {1}, -1));
        cluster.run(Duration.ofSeconds(2));
        anotherMaster(cluster);
        cluster.run(Duration.ofHours(26));
        assertThat(cluster.ensemble().peekChildren(ledgers)).hasSize(3);
        Rogue.commit(cluster, transaction -> transaction.put(Paths.job("work"), right, -1));
        heals(cluster, Duration.ofMinutes(3));
    }

    @Test
    void ledgersOfADefinitionThatIsGoneAreKeptForADayAndThenRemoved() {
        SimCluster cluster = alone(95);
        String ledgers = ledgers(cluster);
        byte[] right = JobRecordCodec.encode(record(cluster, "work"));
        Rogue.delete(cluster, Paths.job("work"));
        cluster.run(Duration.ofSeconds(2));
        anotherMaster(cluster);
        cluster.run(Duration.ofHours(23));
        assertThat(cluster.ensemble().peekChildren(ledgers)).hasSize(3);
        Rogue.commit(cluster, transaction -> transaction.create(Paths.job("work"), right));
        heals(cluster, Duration.ofMinutes(3));
        Rogue.delete(cluster, Paths.job("work"));
        cluster.run(Duration.ofHours(25));
        assertThat(cluster.ensemble().peek(ledgers)).isEmpty();
    }
}
