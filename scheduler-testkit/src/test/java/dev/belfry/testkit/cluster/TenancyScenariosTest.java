package dev.belfry.testkit.cluster;

import static dev.belfry.testkit.cluster.Scenes.cluster;
import static dev.belfry.testkit.cluster.Scenes.every;
import static dev.belfry.testkit.cluster.Scenes.first;
import static dev.belfry.testkit.cluster.Scenes.heals;
import static dev.belfry.testkit.cluster.Scenes.lasting;
import static dev.belfry.testkit.cluster.Scenes.of;
import static dev.belfry.testkit.cluster.Scenes.owner;
import static dev.belfry.testkit.cluster.Scenes.owners;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.command.Command;
import dev.belfry.core.job.Recovery;
import dev.belfry.core.ownership.Buckets;
import dev.belfry.core.ownership.HandOver;
import dev.belfry.core.ownership.ShardKey;
import dev.belfry.core.ownership.Successor;
import dev.belfry.core.ownership.Tenancy;
import dev.belfry.core.record.Paths;
import dev.belfry.store.Session;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Owners that are not, or not any more: what the table, the registration and the hand-over say to them. */
@ExtendWith(QuietLogs.class)
class TenancyScenariosTest {
    @Test
    void ownersWhoseRowsAreLostStopBeforeAnybodyElseIsGrantedTheirShards() {
        SimCluster cluster = cluster(15, every("work", 1_000, 6));
        ShardKey shard = cluster.rows().keySet().iterator().next();
        String bucket = Paths.assignments(Buckets.of(shard));
        byte[] damage = "not a table".getBytes(StandardCharsets.US_ASCII);
        // Only a master that never read the rows has lost them.
        new Fault.KillMaster(Duration.ofSeconds(20)).inflict(cluster);
        Rogue.commit(cluster, transaction -> transaction.put(bucket, damage, -1));
        cluster.behave(lasting(2));
        assertThat(cluster.runUntil(Duration.ofSeconds(20), () -> cluster.rows().isEmpty()))
                .isTrue();
        cluster.run(Duration.ofSeconds(1));
        long repaired = cluster.scheduler().nanos();
        assertThat(cluster.runUntil(
                        Duration.ofSeconds(10), () -> !cluster.rows().isEmpty()))
                .isTrue();
        assertThat(cluster.evidence().all())
                .as("between the repair and the next grants")
                .noneMatch(execution -> execution.start() > repaired
                        && execution.start() < cluster.scheduler().nanos() - 100_000_000);
        heals(cluster, Duration.ofSeconds(35));
    }

    @Test
    void shardsWhoseRowsAreLostAreNotGrantedAtOnceByTheMasterAfterTheOneThatSaidSo() {
        // Who loses the lease when is a matter of the seed; any of them would show it.
        for (long seed = 1; seed <= 8; seed++) {
            grantsNothingThatIsLost(seed);
        }
    }

    private static void grantsNothingThatIsLost(long seed) {
        AtomicReference<Runnable> atRepair = new AtomicReference<>(() -> {});
        SimCluster cluster = cluster(
                seed,
                OverheardStore.by((session, site) -> {
                    if (site.equals("table-repair")) {
                        atRepair.getAndSet(() -> {}).run();
                    }
                }),
                every("work", 1_000, 9));
        ShardKey shard = cluster.rows().keySet().iterator().next();
        String bucket = Paths.assignments(Buckets.of(shard));
        byte[] damage = "not a table".getBytes(StandardCharsets.US_ASCII);
        new Fault.KillMaster(Duration.ofSeconds(30)).inflict(cluster);
        Rogue.commit(cluster, transaction -> transaction.put(bucket, damage, -1));
        // An owner does not hear of the repair while its lease lasts, and the master that made it is in office no more.
        cluster.ensemble().faults().loseReply("table-repair");
        atRepair.set(
                () -> new Fault.Cut(owner(cluster).agentId(), Fault.Way.BOTH, Duration.ofSeconds(5)).inflict(cluster));
        assertThat(cluster.runUntil(Duration.ofSeconds(20), () -> cluster.rows().isEmpty()))
                .isTrue();
        long repaired = cluster.scheduler().nanos();
        assertThat(cluster.runUntil(
                        Duration.ofSeconds(20), () -> !cluster.rows().isEmpty()))
                .isTrue();
        assertThat(cluster.scheduler().nanos() - repaired)
                .as("a lease of 4 s may have begun just before the repair")
                .isGreaterThan(Duration.ofSeconds(4).toNanos());
        heals(cluster, Duration.ofSeconds(40));
    }

    @Test
    void ownerThatIsNotToldOfTheLossOfItsRowsIsWaitedForHoweverLongItRenewsItsLease() {
        Untold untold = new Untold();
        SimCluster cluster = cluster(22, OverheardStore.by(untold), every("work", 1_000, 9));
        ShardKey shard = loseRowsUntold(cluster, untold);
        long repaired = cluster.scheduler().nanos();
        cluster.run(Duration.ofSeconds(15));
        assertThat(cluster.rows()).isEmpty();
        assertThat(cluster.evidence().all())
                .as("it goes on, and nobody else does")
                .filteredOn(execution ->
                        execution.start() > repaired + Duration.ofSeconds(9).toNanos())
                .isNotEmpty()
                .allMatch(execution -> execution.process().name().equals(untold.agent));
        untold.tell();
        assertThat(cluster.runUntil(Duration.ofSeconds(10), () -> cluster.rows().containsKey(shard)))
                .isTrue();
        heals(cluster, Duration.ofSeconds(30));
    }

    @Test
    void leaseOfAnOwnerThatIsWaitedForAndGoesIsWaitedForToo() {
        Untold untold = new Untold();
        SimCluster cluster = cluster(23, OverheardStore.by(untold), every("work", 1_000, 9));
        ShardKey shard = loseRowsUntold(cluster, untold);
        cluster.run(Duration.ofSeconds(12));
        assertThat(cluster.rows()).isEmpty();
        // Its registration is gone, and it does not hear so while its lease lasts.
        new Fault.Cut(untold.agent, Fault.Way.BOTH, Duration.ofSeconds(6)).inflict(cluster);
        cluster.ensemble().expire(requireNonNull(untold.owner));
        long gone = cluster.scheduler().nanos();
        assertThat(cluster.runUntil(Duration.ofSeconds(15), () -> cluster.rows().containsKey(shard)))
                .isTrue();
        assertThat(cluster.scheduler().nanos() - gone)
                .as("its last heartbeat, a second old at most, gave it a lease of 4 s")
                .isGreaterThan(Duration.ofSeconds(3).toNanos());
        heals(cluster, Duration.ofSeconds(35));
    }

    /** Until the rows are gone, with an owner of some of them that hears of no change of the table any more. */
    private static ShardKey loseRowsUntold(SimCluster cluster, Untold untold) {
        Incarnation owner = owner(cluster);
        ShardKey shard = cluster.rows().entrySet().stream()
                .filter(row -> row.getValue().owner().equals(owner))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow();
        untold.agent = owner.agentId();
        untold.owner =
                cluster.agent(untold.agent).orElseThrow().agent().session().orElseThrow();
        byte[] damage = "not a table".getBytes(StandardCharsets.US_ASCII);
        new Fault.KillMaster(Duration.ofSeconds(20)).inflict(cluster);
        Rogue.commit(cluster, transaction -> transaction.put(Paths.assignments(Buckets.of(shard)), damage, -1));
        assertThat(cluster.runUntil(Duration.ofSeconds(20), () -> cluster.rows().isEmpty()))
                .isTrue();
        return shard;
    }

    /** No hint of a change of the table comes to one agent: its ACL may have been changed, or its server forgot the watch. */
    private static final class Untold implements OverheardStore.Listener {
        private final List<Runnable> hints = new ArrayList<>();
        private String agent = "";
        private @Nullable Session owner;

        @Override
        public void sends(Session session, String site) {
            // All are sent.
        }

        @Override
        public void hinted(Session session, String site, Runnable hear) {
            if (session.equals(owner) && site.equals("table-follow")) {
                hints.add(hear);
            } else {
                hear.run();
            }
        }

        void tell() {
            owner = null;
            hints.forEach(Runnable::run);
            hints.clear();
        }
    }

    @Test
    void shardThatWasReleasedIsNotTakenUpAgainWhenItsMoveIsCalledOff() {
        // Whether the plan and the release meet closely enough depends on delays that a seed draws.
        for (int seed = 1; seed <= 8; seed++) {
            releaseMeetsThePlanThatCallsTheMoveOff(seed);
        }
    }

    private static void releaseMeetsThePlanThatCallsTheMoveOff(int seed) {
        AtomicReference<Runnable> atNextPlan = new AtomicReference<>(() -> {});
        SimCluster cluster = cluster(
                seed,
                OverheardStore.by((session, site) -> {
                    if (site.equals("table-write")) {
                        atNextPlan.getAndSet(() -> {}).run();
                    }
                }),
                every("work", 1_000, 9));
        cluster.behave(lasting(5));
        cluster.run(Duration.ofSeconds(2));
        SimAgent target = cluster.start("a3");
        SimAgent master = cluster.master().orElseThrow();
        assertThat(cluster.runUntil(Duration.ofSeconds(3), () -> offered(cluster, master) != null))
                .isTrue();
        ShardKey shard = offered(cluster, master);
        Tenancy before = cluster.rows().get(shard);
        Execution last = cluster.evidence().running().stream()
                .filter(execution -> execution.shard().number() == shard.shard())
                .findFirst()
                .orElseThrow();
        long end = last.start() + Duration.ofSeconds(5).toNanos();
        cluster.run(Duration.ofNanos(end - cluster.scheduler().nanos() - 300_000_000));
        // The plan that calls the move off is under way while the owner lets go.
        atNextPlan.set(() -> new Fault.Cut(master.id(), Fault.Way.OUT, Duration.ofMillis(800)).inflict(cluster));
        target.leave(Duration.ofSeconds(1));
        assertThat(cluster.runUntil(Duration.ofSeconds(1), () -> hasReleased(cluster, before, shard)))
                .isTrue();
        assertThat(cluster.rows().get(shard)).isEqualTo(before);
        assertThat(cluster.runUntil(
                        Duration.ofSeconds(3),
                        () -> !cluster.rows().get(shard).since().equals(before.since())))
                .isTrue();
        heals(cluster, Duration.ofSeconds(20));
    }

    private static @org.jspecify.annotations.Nullable ShardKey offered(SimCluster cluster, SimAgent master) {
        for (Map.Entry<ShardKey, Tenancy> row : cluster.rows().entrySet()) {
            boolean ofMaster = row.getValue().owner().agentId().equals(master.id());
            if (!ofMaster && row.getValue().next() instanceof Successor.Named) {
                return row.getKey();
            }
        }
        return null;
    }

    private static boolean hasReleased(SimCluster cluster, Tenancy tenancy, ShardKey shard) {
        String path = Paths.handover(tenancy.owner().name());
        byte[] data = cluster.ensemble().peek(path).orElseThrow().data();
        return HandOver.decode(path, data).releases().stream()
                .anyMatch(release ->
                        release.shard().equals(shard) && release.since().equals(tenancy.since()));
    }

    @Test
    void agentWhoseLeaseIsOverBeginsNoAttempt() {
        SimCluster cluster = cluster(20, every("work", 1_000, 6));
        Incarnation owner = owner(cluster);
        // Longer than the lease, shorter than the session.
        new Fault.Cut(owner.agentId(), Fault.Way.BOTH, Duration.ofMillis(5_200)).inflict(cluster);
        cluster.run(Duration.ofSeconds(10));
        assertThat(owners(cluster).values()).as("the session has lasted").contains(owner);
        Map<String, List<Execution>> tenancies = cluster.evidence().all().stream()
                .collect(Collectors.groupingBy(execution -> execution.shard() + " since " + execution.since()));
        assertThat(tenancies)
                .as("every attempt that was begun, and so took a number, was run")
                .allSatisfy((tenancy, attempts) -> assertThat(attempts)
                        .extracting(execution -> execution.token() & 0xfffff)
                        .isEqualTo(LongStream.rangeClosed(1, attempts.size())
                                .boxed()
                                .toList()));
        heals(cluster, Duration.ofSeconds(20));
    }

    @Test
    void leaseThatIsRenewedInTheMomentInWhichItIsFoundToBeOverIsTakenUpAgain() {
        // Which of its timers a machine that wakes comes to first is a matter of the seed.
        for (long seed = 1; seed <= 12; seed++) {
            Together together = new Together();
            SimCluster cluster = cluster(
                    seed, OverheardStore.by(together), every("work", 1_000, 6).recovery(Recovery.SKIP));
            SimAgent owner = cluster.agent(owner(cluster).agentId()).orElseThrow();
            cluster.run(Duration.ofMillis(900));
            together.owner = owner.agent().session().orElseThrow();
            cluster.run(Duration.ofMillis(300));
            assertThat(together.waiting).isNotEmpty();
            new Fault.Freeze(owner.id(), Duration.ofMillis(1_200)).inflict(cluster);
            cluster.run(Duration.ofMillis(1_100));
            together.released = true;
            heals(cluster, Duration.ofSeconds(20));
            assertThat(together.waiting).isEmpty();
        }
    }

    /** Claims are answered in one moment with a heartbeat, and before it. */
    private static final class Together implements OverheardStore.Listener {
        private final List<Runnable> waiting = new ArrayList<>();
        private @Nullable Session owner;
        private boolean released;

        @Override
        public void sends(Session session, String site) {
            // All are sent.
        }

        @Override
        public void answered(Session session, String site, Runnable hear) {
            if (session.equals(owner) && site.equals("ledger-flush") && !released) {
                waiting.add(hear);
                return;
            }
            if (session.equals(owner) && site.equals("heartbeat") && released) {
                waiting.forEach(Runnable::run);
                waiting.clear();
            }
            hear.run();
        }
    }

    @Test
    void machineThatWakesFromSuspensionStartsNothingByItsOldLease() {
        SimCluster cluster = cluster(21, every("work", 1_000, 6));
        cluster.behave(lasting(3));
        Incarnation owner = owner(cluster);
        cluster.run(Duration.ofMillis(1_500));
        new Fault.Freeze(owner.agentId(), Duration.ofSeconds(14)).inflict(cluster);
        cluster.run(Duration.ofSeconds(13));
        assertThat(owners(cluster).values()).doesNotContain(owner);
        // Nobody tells it so when it wakes.
        new Fault.Cut(owner.agentId(), Fault.Way.BOTH, Duration.ofSeconds(5)).inflict(cluster);
        cluster.run(Duration.ofSeconds(6));
        heals(cluster, Duration.ofSeconds(25));
    }

    @Test
    void agentThatCannotReadWhatItSawChangeStopsWithItsLease() {
        SimCluster cluster = cluster(17, every("work", 1_000, 6));
        cluster.ensemble().denyReads(Paths.JOBS);
        // The master makes the change from what it knows; nobody can read it.
        cluster.operator().command(Command.Kind.PAUSE, "work");
        cluster.run(Duration.ofSeconds(12));
        assertThat(cluster.evidence().running()).isEmpty();
        cluster.ensemble().allowAll();
        cluster.ensemble().killServer(0);
        cluster.ensemble().killServer(1);
        cluster.ensemble().startServer(0);
        cluster.ensemble().startServer(1);
        cluster.run(Duration.ofSeconds(10));
        cluster.operator().command(Command.Kind.RESUME, "work");
        heals(cluster, Duration.ofSeconds(40));
    }

    @Test
    void shardIsReleasedOnlyWhenTheOutcomeOfItsLastAttemptIsDurable() {
        SimCluster cluster = cluster(18, every("work", 1_000, 6));
        cluster.behave(lasting(12));
        first(cluster);
        Incarnation owner = owner(cluster);
        cluster.run(Duration.ofSeconds(1));
        Execution last = cluster.evidence().running().stream()
                .filter(execution -> execution.process().name().equals(owner.agentId()))
                .findFirst()
                .orElseThrow();
        cluster.operator().apply(every("work", 1_000, 4).build());
        cluster.run(Duration.ofNanos(last.start()
                + Duration.ofMillis(11_700).toNanos()
                - cluster.scheduler().nanos()));
        // The outcome does not get through until the lease is over; the session lasts a little longer.
        new Fault.Cut(owner.agentId(), Fault.Way.BOTH, Duration.ofMillis(4_700)).inflict(cluster);
        cluster.behave(Behaviour.PROMPT);
        cluster.run(Duration.ofSeconds(6));
        assertThat(cluster.ensemble().peek(Paths.agent(owner.name())))
                .as("the session has lasted")
                .isPresent();
        assertThat(of(cluster, last.fire(), last)).hasSize(1);
        heals(cluster, Duration.ofSeconds(25));
    }

    @Test
    void ownerWhoseRegistrationIsDeletedRecordsNothingMore() {
        SimCluster cluster = cluster(19, every("work", 1_000, 6));
        Incarnation owner = owner(cluster);
        Rogue.commit(cluster, transaction -> transaction.delete(Paths.agent(owner.name()), -1));
        cluster.run(Duration.ofSeconds(15));
        assertThat(owners(cluster).values()).doesNotContain(owner);
        heals(cluster, Duration.ofSeconds(30));
    }
}
