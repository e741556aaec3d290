package dev.belfry.console.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belfry.agent.client.AgentState;
import dev.belfry.agent.client.JobState;
import dev.belfry.core.agent.AgentFactsCodec;
import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.job.Job;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.job.Misfire;
import dev.belfry.core.job.MisfirePolicy;
import dev.belfry.core.job.Strategy;
import dev.belfry.core.ledger.Reasons;
import dev.belfry.core.ownership.AssignmentTable;
import dev.belfry.core.ownership.ShardKey;
import dev.belfry.core.ownership.TableBuilder;
import dev.belfry.core.record.Paths;
import dev.belfry.core.version.JobRecordCodec;
import dev.belfry.testkit.cluster.ClusterOptions;
import dev.belfry.testkit.cluster.SimCluster;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What is predicted, against what a cluster of the shipped agents and masters then does. */
class WhatIfTest {
    private static final int SEEDS = 25;

    /** A cluster with drawn jobs and agents, settled. */
    private static SimCluster cluster(long seed, SplittableRandom random, int agents, List<JobDefinition> jobs) {
        SimCluster cluster = new SimCluster(seed, ClusterOptions.DEFAULT);
        for (int i = 0; i < agents; i++) {
            cluster.start("a" + i);
        }
        int count = 1 + random.nextInt(4);
        for (int i = 0; i < count; i++) {
            Strategy[] strategies = Arrays.stream(dev.belfry.core.assign.Strategy.values())
                    .map(strategy -> Strategy.valueOf(strategy.name()))
                    .toArray(Strategy[]::new);
            JobDefinition job = Job.named("job" + i)
                    .handler(SimCluster.HANDLER)
                    .every(Duration.ofHours(1))
                    .shards(1 + random.nextInt(12))
                    .weight(random.nextInt(3) == 0 ? 2.5 : 1)
                    .strategy(random.nextBoolean() ? Strategy.BALANCED : strategies[random.nextInt(strategies.length)])
                    .parameter(SimCluster.PERIOD, "3600000")
                    .build();
            jobs.add(job);
            cluster.operator().apply(job);
        }
        int shards = jobs.stream().mapToInt(job -> job.shards().count()).sum();
        assertThat(cluster.runUntil(Duration.ofSeconds(30), () -> cluster.rows().size() == shards))
                .isTrue();
        cluster.run(Duration.ofSeconds(20));
        return cluster;
    }

    private static Snapshot snapshot(SimCluster cluster, List<JobDefinition> jobs) {
        List<JobState> states = new ArrayList<>();
        for (JobDefinition job : jobs) {
            var znode = cluster.ensemble().peek(Paths.job(job.name())).orElseThrow();
            states.add(new JobState(
                    JobRecordCodec.decode(znode.path(), znode.data(), znode.modified()),
                    znode.version(),
                    znode.modifiedZxid(),
                    znode.modified()));
        }
        List<AgentState> agents = new ArrayList<>();
        for (String name : cluster.ensemble().peekChildren(Paths.AGENTS)) {
            var znode = cluster.ensemble().peek(Paths.agent(name)).orElseThrow();
            agents.add(new AgentState(
                    AgentFactsCodec.decode(znode.path(), name, znode.data(), znode.created()),
                    Optional.empty(),
                    Instant.EPOCH,
                    false,
                    false));
        }
        TableBuilder table = AssignmentTable.empty().toBuilder();
        cluster.rows().forEach((shard, row) -> table.grant(shard, row.owner(), row.since()));
        return new Snapshot(states, agents, table.build(), Map.of(), new TreeMap<>(), List.of(), cluster.now());
    }

    private static Map<ShardKey, String> owners(SimCluster cluster) {
        Map<ShardKey, String> owners = new TreeMap<>();
        cluster.rows().forEach((shard, row) -> owners.put(shard, row.owner().agentId()));
        return owners;
    }

    private static Map<ShardKey, String> predicted(SimCluster cluster, WhatIf whatIf) {
        Map<ShardKey, String> owners = owners(cluster);
        whatIf.moves().forEach(move -> {
            assertThat(owners.get(move.shard()))
                    .isEqualTo(move.from().map(Incarnation::agentId).orElse(null));
            move.to().ifPresentOrElse(to -> owners.put(move.shard(), to.agentId()), () -> owners.remove(move.shard()));
        });
        return owners;
    }

    @Test
    void whatIsPredictedOfALossIsWhatHappens() {
        for (long seed = 1; seed <= SEEDS; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            List<JobDefinition> jobs = new ArrayList<>();
            int agents = 2 + random.nextInt(4);
            SimCluster cluster = cluster(seed, random, agents, jobs);
            Set<String> lost = Set.of("a" + random.nextInt(agents));
            WhatIf whatIf = WhatIf.lose(snapshot(cluster, jobs), lost);
            Map<ShardKey, String> expected = predicted(cluster, whatIf);
            LateFires late = LateFires.of(snapshot(cluster, jobs), whatIf);
            Instant at = cluster.now();
            lost.forEach(id -> cluster.agent(id).orElseThrow().kill());
            assertThat(cluster.runUntil(
                            Duration.ofSeconds(30),
                            () -> owners(cluster).values().stream().noneMatch(lost::contains)))
                    .as("seed %d", seed)
                    .isTrue();
            assertThat(Duration.between(at, cluster.now()))
                    .as("time without an owner, seed %d", seed)
                    .isLessThan(late.most().plusSeconds(2));
            cluster.run(Duration.ofSeconds(20));
            assertThat(owners(cluster)).as("seed %d", seed).isEqualTo(expected);
            whatIf.agents()
                    .forEach((id, load) -> assertThat(load.shardsAfter()).isEqualTo((int)
                            expected.values().stream().filter(id::equals).count()));
        }
    }

    @Test
    void ofSeveralLossesEveryOrphanIsPlacedAndTheLoadsAreThosePredicted() {
        for (long seed = 201; seed <= 200 + SEEDS; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            List<JobDefinition> jobs = new ArrayList<>();
            int agents = 3 + random.nextInt(3);
            SimCluster cluster = cluster(seed, random, agents, jobs);
            Set<String> lost = new TreeSet<>();
            while (lost.size() < 2) {
                lost.add("a" + random.nextInt(agents));
            }
            WhatIf whatIf = WhatIf.lose(snapshot(cluster, jobs), lost);
            Map<ShardKey, String> before = owners(cluster);
            Map<ShardKey, String> after = predicted(cluster, whatIf);
            assertThat(after.keySet()).as("seed %d", seed).isEqualTo(before.keySet());
            assertThat(after.values()).as("seed %d", seed).doesNotContainAnyElementsOf(lost);
            lost.forEach(id -> cluster.agent(id).orElseThrow().kill());
            cluster.run(Duration.ofSeconds(40));
            Map<ShardKey, String> then = owners(cluster);
            assertThat(then.keySet()).as("seed %d", seed).isEqualTo(after.keySet());
            double heaviest =
                    jobs.stream().mapToDouble(JobDefinition::weight).max().orElseThrow();
            boolean balanced = jobs.stream().allMatch(job -> job.strategy() == Strategy.BALANCED);
            if (balanced) {
                // In another order perhaps, but nobody has more than the heaviest shard beyond what was predicted.
                whatIf.agents()
                        .forEach((id, load) -> assertThat(load(jobs, cluster, then, id))
                                .as("load of %s", id)
                                .isCloseTo(load.after(), org.assertj.core.api.Assertions.within(heaviest)));
            }
        }
    }

    private static double load(
            List<JobDefinition> jobs, SimCluster cluster, Map<ShardKey, String> owners, String agent) {
        Snapshot snapshot = snapshot(cluster, jobs);
        return owners.entrySet().stream()
                .filter(row -> row.getValue().equals(agent))
                .mapToDouble(row -> snapshot.job(snapshot.nameOf(row.getKey().jobUid()))
                        .orElseThrow()
                        .definition()
                        .weight())
                .sum();
    }

    @Test
    void whatIsPredictedOfAJoinIsWhatHappens() {
        for (long seed = 101; seed <= 100 + SEEDS; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            List<JobDefinition> jobs = new ArrayList<>();
            SimCluster cluster = cluster(seed, random, 1 + random.nextInt(4), jobs);
            Snapshot before = snapshot(cluster, jobs);
            WhatIf whatIf = WhatIf.add(before, Joining.parse("1").in(before));
            Map<String, Long> expected = predicted(cluster, whatIf).values().stream()
                    .collect(Collectors.groupingBy(id -> id, TreeMap::new, Collectors.counting()));
            cluster.start("new-1");
            cluster.run(Duration.ofSeconds(30));
            Map<String, Long> then = owners(cluster).values().stream()
                    .collect(Collectors.groupingBy(id -> id, TreeMap::new, Collectors.counting()));
            assertThat(then).as("shards of each, seed %d", seed).isEqualTo(expected);
        }
    }

    // --- what is late

    private static LateFires late(MisfirePolicy policy, boolean paused) {
        JobDefinition job = Job.named("index")
                .every(Duration.ofSeconds(2))
                .shards(2)
                .misfire(new Misfire(policy, Duration.ofSeconds(1), Duration.ofHours(1), 100))
                .build();
        CaseScene scene = new CaseScene(job)
                .agent("a", Set.of("index"), Map.of(), false)
                .agent("b", Set.of("index"), Map.of(), false);
        if (paused) {
            scene.version(CaseScene.START.plusSeconds(60), 1, job, true);
        }
        scene.owner(0, "a").owner(1, "a");
        return LateFires.of(scene.snapshot(), WhatIf.lose(scene.snapshot(), Set.of("a")));
    }

    @Test
    void firesOfTheTimeWithoutAnOwnerGoByTheMisfirePolicy() {
        LateFires once = late(MisfirePolicy.FIRE_ONCE, false);
        assertThat(once.usual()).isEqualTo(Duration.ofSeconds(10));
        assertThat(once.most()).isBetween(Duration.ofMillis(17_300), Duration.ofMillis(17_400));
        assertThat(once.jobs()).singleElement().satisfies(one -> {
            assertThat(one.shards()).isEqualTo(2);
            assertThat(one.due()).isEqualTo(5);
            assertThat(one.late()).isEqualTo(1);
            assertThat(one.missed()).isEqualTo(Map.of(Reasons.COALESCED, 4L));
        });
        assertThat(late(MisfirePolicy.FIRE_ALL, false).jobs().get(0).late()).isEqualTo(5);
        assertThat(late(MisfirePolicy.SKIP, false).jobs().get(0).missed()).isEqualTo(Map.of(Reasons.MISFIRE_SKIP, 5L));
        assertThat(late(MisfirePolicy.FIRE_ONCE, true).jobs()).isEmpty();
    }

    @Test
    void whereNobodyIsLeftNothingIsLateAndTheShardsStandStill() {
        CaseScene scene = new CaseScene(Job.named("index")
                        .every(Duration.ofSeconds(2))
                        .shards(2)
                        .build())
                .agent("a", Set.of("index"), Map.of(), false)
                .owner(0, "a")
                .owner(1, "a");
        WhatIf whatIf = WhatIf.lose(scene.snapshot(), Set.of("a"));
        LateFires late = LateFires.of(scene.snapshot(), whatIf);
        assertThat(late.jobs()).isEmpty();
        assertThat(late.stranded()).isEqualTo(Map.of("index", 2));
        assertThat(whatIf.moves()).allMatch(move -> move.to().isEmpty());
    }

    @Test
    void shardsThatWaitForAnAgentStayItsOwnAndAreForetoldWithTheirHeir() {
        ClusterScene scene = ClusterScene.of("a", "b", "c")
                .apply(ClusterScene.index().shards(3).rejoinGrace(Duration.ofMinutes(3)))
                .after(60)
                .restartOwner();
        String returning = scene.owner();
        for (double later : new double[] {0.1, 8}) {
            scene.after(later);
            WhatIf whatIf = WhatIf.lose(scene.snapshot(), Set.of());
            assertThat(whatIf.moves()).isEmpty();
            assertThat(whatIf.unplaced()).isEmpty();
            assertThat(whatIf.kept()).singleElement().satisfies(kept -> {
                assertThat(kept.owner().agentId()).isEqualTo(returning);
                assertThat(kept.until())
                        .isBetween(
                                scene.cluster.now().plusSeconds(160),
                                scene.cluster.now().plusSeconds(180));
                assertThat(kept.then()).isPresent();
                assertThat(kept.then().get().agentId()).isNotEqualTo(returning);
            });
        }
        String heir = WhatIf.lose(scene.snapshot(), Set.of())
                .kept()
                .get(0)
                .then()
                .orElseThrow()
                .agentId();
        scene.after(190);
        assertThat(scene.owner()).as("what was foretold has happened").isEqualTo(heir);
    }

    @Test
    void attemptsThatAMoveWaitsForAreNamed() {
        ClusterScene scene =
                ClusterScene.of("a", "b").apply(ClusterScene.index().shards(2)).runsLong();
        String lost = scene.owner();
        WhatIf whatIf = WhatIf.lose(scene.snapshot(), Set.of(lost));
        assertThat(InFlight.of(scene.snapshot(), whatIf, scene::ledgers))
                .singleElement()
                .satisfies(one -> {
                    assertThat(one.agent()).isEqualTo(lost);
                    assertThat(one.attempt()).isEqualTo(1);
                    assertThat(one.what()).startsWith("the fire of ");
                });
    }

    @Test
    void agentsToAddAreLikeOneThatIsThereButForWhatIsSaid() {
        CaseScene scene = new CaseScene(Job.named("index").manual().build())
                .agent("a", Set.of("index"), Map.of("disk", "ssd"), false);
        var two = Joining.parse("count=2,like=a,zone=b,label.disk=hdd,slots=3,handlers=x+y")
                .in(scene.snapshot());
        assertThat(two).hasSize(2).allSatisfy(agent -> {
            assertThat(agent.zone()).contains("b");
            assertThat(agent.labels()).isEqualTo(Map.of("disk", "hdd"));
            assertThat(agent.capacity().slots()).isEqualTo(3);
            assertThat(agent.handlers()).containsExactly("x", "y");
        });
        assertThatThrownBy(() -> Joining.parse("2,3")).hasMessageContaining("not agents to add: '2'");
        assertThatThrownBy(() -> Joining.parse("0")).hasMessageContaining("from 1 to 1,000");
        assertThatThrownBy(() -> Joining.parse("like=b").in(scene.snapshot())).hasMessageContaining("no agent 'b'");
    }
}
