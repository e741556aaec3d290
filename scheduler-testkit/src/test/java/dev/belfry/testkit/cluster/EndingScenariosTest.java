package dev.belfry.testkit.cluster;

import static dev.belfry.testkit.cluster.Scenes.cluster;
import static dev.belfry.testkit.cluster.Scenes.every;
import static dev.belfry.testkit.cluster.Scenes.everywhere;
import static dev.belfry.testkit.cluster.Scenes.heals;
import static dev.belfry.testkit.cluster.Scenes.lasting;
import static dev.belfry.testkit.cluster.Scenes.mayHaveRun;
import static dev.belfry.testkit.cluster.Scenes.owner;
import static dev.belfry.testkit.cluster.Scenes.owners;
import static dev.belfry.testkit.cluster.Scenes.untold;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.command.Command;
import dev.belfry.core.job.OverlapPolicy;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.ledger.Reasons;
import dev.belfry.core.ownership.Successor;
import dev.belfry.core.ownership.Tenancy;
import dev.belfry.core.record.Paths;
import dev.belfry.core.run.Outcome;
import dev.belfry.core.shard.ShardRef;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.JobRecordCodec;
import dev.belfry.store.Znode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Layouts and jobs that end, or seem to: what their owners, and those who come after them, make of it. */
@ExtendWith(QuietLogs.class)
class EndingScenariosTest {
    private static JobRecord job(SimCluster cluster, String name) {
        Znode znode = cluster.ensemble().peek(Paths.job(name)).orElseThrow();
        return JobRecordCodec.decode(znode.path(), znode.data(), znode.modified());
    }

    @Test
    void layoutWhoseJobIsDeletedBeforeTheNextOneWouldHaveComeIsSettledThoughItsOwnerIsLost() {
        SimCluster cluster = cluster(31, every("work", 1_000, 6));
        // Its lease of 13 s is what a change waits for; the others are lost much sooner.
        cluster.start("a3", Duration.ofSeconds(20));
        cluster.run(Duration.ofSeconds(2));
        cluster.operator().apply(every("work", 1_000, 4).build());
        cluster.run(Duration.ofSeconds(1));
        JobRecord changed = job(cluster, "work");
        assertThat(changed.newest().layout()).isEqualTo(2);
        Instant end = changed.newest().from().minusSeconds(11);
        Rogue.commit(
                cluster,
                transaction -> transaction.put(Paths.job("work"), JobRecordCodec.encode(changed.deletedAt(end)), -1));
        cluster.run(Duration.ofMillis(200));
        Incarnation lost = cluster.rows().values().stream()
                .map(Tenancy::owner)
                .filter(owner -> !owner.agentId().equals("a3"))
                .filter(owner ->
                        !owner.agentId().equals(cluster.master().orElseThrow().id()))
                .findFirst()
                .orElseThrow();
        cluster.agent(lost.agentId()).orElseThrow().kill();
        cluster.run(Duration.between(cluster.now(), end).plusMillis(500));
        assertThat(cluster.rows().values())
                .as("nobody has settled these")
                .anyMatch(row -> row.owner().equals(lost));
        assertThat(job(cluster, "work").closed()).isFalse();
        heals(cluster, Duration.ofSeconds(25));
        assertThat(job(cluster, "work").closed()).isTrue();
    }

    @Test
    void firesOfAJobThatCannotBeReadWhileItsOwnerDrainsRunLateOnceItCanBeReadAgain() {
        SimCluster cluster = cluster(32, every("work", 1_000, 6));
        JobRecord good = job(cluster, "work");
        Incarnation drained = owner(cluster);
        byte[] damage = "not a definition".getBytes(StandardCharsets.US_ASCII);
        Rogue.commit(cluster, transaction -> transaction.put(Paths.job("work"), damage, -1));
        cluster.run(Duration.ofSeconds(3));
        Set<Integer> moved = cluster.rows().entrySet().stream()
                .filter(row -> row.getValue().owner().equals(drained))
                .map(row -> row.getKey().shard())
                .collect(Collectors.toSet());
        Instant asked = cluster.now().plusSeconds(1);
        cluster.operator().command(Command.Kind.DRAIN, drained.agentId());
        assertThat(cluster.runUntil(
                        Duration.ofSeconds(10), () -> !owners(cluster).containsValue(drained)))
                .as("it lets go all the same")
                .isTrue();
        cluster.run(Duration.ofSeconds(3));
        Instant repaired = cluster.now();
        Rogue.commit(cluster, transaction -> transaction.put(Paths.job("work"), JobRecordCodec.encode(good), -1));
        cluster.run(Duration.ofSeconds(2));
        cluster.operator().command(Command.Kind.UNDRAIN, drained.agentId());
        heals(cluster, Duration.ofSeconds(20));
        for (int shard = 0; shard < 6; shard++) {
            ShardId id = ShardId.of(ShardRef.numbered(good.uid(), 1, 6, shard));
            List<FireEntry> outcomes = cluster.safety().journal().finals(id);
            assertThat(outcomes).extracting(FireEntry::outcome).doesNotContain(Outcome.SUPERSEDED);
            List<FireEntry> meanwhile = outcomes.stream()
                    .filter(line -> line.fire().due().isAfter(asked)
                            && line.fire().due().isBefore(repaired))
                    .toList();
            if (moved.contains(shard)) {
                assertThat(meanwhile)
                        .as("shard %s", shard)
                        .hasSizeGreaterThan(1)
                        .allMatch(line -> line.outcome() == Outcome.SUCCEEDED && line.count() == 1);
            }
        }
    }

    @Test
    void broadcastJobThatCannotBeReadForAWhileOwesWhatFellDueMeanwhile() {
        SimCluster cluster = cluster(33, everywhere("work", 1_000));
        cluster.behave(lasting(3));
        cluster.run(Duration.ofSeconds(1));
        JobRecord good = job(cluster, "work");
        byte[] damage = "not a definition".getBytes(StandardCharsets.US_ASCII);
        Rogue.commit(cluster, transaction -> transaction.put(Paths.job("work"), damage, -1));
        cluster.run(Duration.ofSeconds(3));
        Instant damaged = cluster.now().minusSeconds(2);
        assertThat(cluster.evidence().all())
                .noneMatch(execution -> execution.fire().due().isAfter(damaged));
        Rogue.commit(cluster, transaction -> transaction.put(Paths.job("work"), JobRecordCodec.encode(good), -1));
        heals(cluster, Duration.ofSeconds(15));
        for (String agent : List.of("a0", "a1", "a2")) {
            assertThat(cluster.safety().journal().finals(ShardId.of(ShardRef.broadcast(good.uid(), agent))))
                    .as(agent)
                    .isNotEmpty()
                    .extracting(FireEntry::outcome)
                    .doesNotContain(Outcome.SUPERSEDED);
        }
    }

    @Test
    void ownerThatHearsOfItsGrantAndOfItsDrainAtOnceLetsGo() {
        SimCluster cluster = new SimCluster(34, ClusterOptions.DEFAULT);
        cluster.start("a0");
        cluster.run(Duration.ofSeconds(3));
        SimAgent only = cluster.start("a1");
        cluster.run(Duration.ofSeconds(1));
        cluster.operator().command(Command.Kind.DRAIN, "a0");
        cluster.operator().command(Command.Kind.DRAIN, "a1");
        cluster.operator().apply(every("work", 1_000, 3).build());
        cluster.run(Duration.ofSeconds(3));
        assertThat(cluster.rows()).as("everybody knows the job, nobody has it").isEmpty();
        only.pause();
        cluster.operator().command(Command.Kind.UNDRAIN, "a1");
        assertThat(cluster.runUntil(
                        Duration.ofSeconds(2),
                        () -> owners(cluster).size() == 3
                                && owners(cluster).values().stream()
                                        .allMatch(owner -> owner.agentId().equals("a1"))))
                .isTrue();
        cluster.operator().command(Command.Kind.DRAIN, "a1");
        assertThat(cluster.runUntil(
                        Duration.ofMillis(1_500),
                        () -> cluster.rows().values().stream()
                                .allMatch(row -> row.next() instanceof Successor.Withdrawn)))
                .isTrue();
        only.resume();
        assertThat(cluster.runUntil(Duration.ofSeconds(2), () -> !only.agent().drained()))
                .as("it has read its rows")
                .isTrue();
        assertThat(cluster.runUntil(Duration.ofSeconds(3), () -> only.agent().drained()))
                .as("nothing has ended: there is nothing to wait for")
                .isTrue();
        cluster.operator().command(Command.Kind.UNDRAIN, "a1");
        heals(cluster, Duration.ofSeconds(15));
    }

    @Test
    void deletedJobSaysOfWhatALostOwnerMayHaveRunThatItMayHaveRun() {
        SimCluster cluster = cluster(35, every("work", 500, 3));
        List<Execution> untold = untold(cluster, () -> cluster.operator().command(Command.Kind.DELETE, "work"));
        cluster.run(Duration.ofSeconds(30));
        assertThat(job(cluster, "work").closed()).isTrue();
        Instant end = job(cluster, "work").deletedAt().orElseThrow();
        endedAs(cluster, untold, end);
        heals(cluster, Duration.ofSeconds(10));
    }

    @Test
    void layoutThatShrinksSaysOfWhatALostOwnerMayHaveRunThatItMayHaveRun() {
        SimCluster cluster = cluster(36, every("work", 500, 6));
        List<Execution> untold = untold(
                cluster, () -> cluster.operator().apply(every("work", 500, 2).build()));
        cluster.run(Duration.ofSeconds(30));
        Instant end = job(cluster, "work").endOfLayout(1).orElseThrow();
        endedAs(cluster, untold, end);
        heals(cluster, Duration.ofSeconds(10));
    }

    /** What ran without a trace may have run, by its only outcome. */
    private static void endedAs(SimCluster cluster, List<Execution> untold, Instant end) {
        assertThat(untold)
                .hasSizeGreaterThan(2)
                .allSatisfy(execution -> mayHaveRun(cluster, execution, Outcome.SUPERSEDED))
                .allSatisfy(execution -> assertThat(execution.fire().due()).isBefore(end));
    }

    @Test
    void pausedJobSaysOfWhatALostOwnerMayHaveRunBeforeThePauseThatItMayHaveRun() {
        SimCluster cluster = cluster(37, every("work", 500, 3).misfire(LedgerScenariosTest.SKIP_LATE));
        List<Execution> untold = untold(cluster, () -> cluster.operator().command(Command.Kind.PAUSE, "work"));
        cluster.run(Duration.ofSeconds(30));
        Instant pause = job(cluster, "work").newest().from();
        assertThat(untold).hasSizeGreaterThan(2).allSatisfy(execution -> {
            assertThat(execution.fire().due()).isBefore(pause);
            mayHaveRun(cluster, execution, Outcome.MISSED);
        });
        assertThat(cluster.safety().journal().finals(ShardId.of(untold.get(0).shard())))
                .as("from the pause on nothing is due, whatever lease was held")
                .noneMatch(line -> !line.last().isBefore(pause));
        heals(cluster, Duration.ofSeconds(10));
    }

    @Test
    void fireThatWaitsForItsTurnWhenItsAgentLeavesABroadcastJobGetsItsOutcome() {
        SimCluster cluster = cluster(39, everywhere("work", 2_000).overlap(OverlapPolicy.BUFFER_ONE));
        cluster.behave(lasting(20));
        cluster.run(Duration.ofSeconds(6));
        String uid = cluster.evidence().all().get(0).shard().jobUid();
        cluster.agent("a1").orElseThrow().leave(Duration.ofSeconds(1));
        cluster.run(Duration.ofSeconds(8));
        assertThat(cluster.safety().journal().finals(new ShardId(uid, 0, "a1")))
                .filteredOn(line -> line.outcome() == Outcome.CANCELLED)
                .singleElement()
                .satisfies(line -> {
                    assertThat(line.reason()).isEqualTo(Reasons.CLOSING);
                    assertThat(line.attempt()).isZero();
                });
        cluster.start("a1");
        heals(cluster, Duration.ofSeconds(40));
    }
}
