package dev.belfry.testkit.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.core.cost.Assumptions;
import dev.belfry.core.cost.CostModel;
import dev.belfry.core.cost.JobCost;
import dev.belfry.core.cost.Quantity;
import dev.belfry.core.job.Job;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.job.Recovery;
import dev.belfry.core.journal.FireJournal;
import dev.belfry.core.record.Paths;
import dev.belfry.store.Znode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the model says that definitions cost, held against what simulated clusters write. A job whose runs are over at once
 * costs the least that the model names, to within a tenth; one whose shards end at different moments lies between that and
 * the most; and the most of many jobs together is never exceeded by more than a hundredth.
 */
@ExtendWith(QuietLogs.class)
class CostModelTest {
    private static final Duration SETTLING = Duration.ofSeconds(60);
    /** So many fires of every job: an entry of the journal takes some thirty to fill. */
    private static final int FIRES = 150;

    private static final int SEEDS = 16;

    private static final double NEAR = 0.10;
    private static final double ABOVE = 1.01;
    private static final int[] SHARDS = {1, 2, 3, 6, 10, 40, 100};

    private static final int[] PERIODS = {200, 500, 1_000, 2_000, 5_000};

    /** A cluster and the jobs in it. */
    private record Case(long seed, int agents, List<JobDefinition> jobs) {
        @Override
        public String toString() {
            return "seed " + seed + ": " + agents + " agents, "
                    + String.join(", ", jobs.stream().map(CostModelTest::words).toList());
        }
    }

    private static String words(JobDefinition job) {
        return job.shards().count() + " shards " + job.parameters() + " " + job.placement() + " " + job.recovery();
    }

    static List<Case> cases(int jobs) {
        List<Case> cases = new ArrayList<>();
        for (long seed = 1; seed <= SEEDS; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            List<JobDefinition> drawn = new ArrayList<>();
            int count = 1 + (jobs == 1 ? 0 : random.nextInt(jobs));
            for (int i = 0; i < count; i++) {
                drawn.add(job("job" + i, random).build());
            }
            cases.add(new Case(seed, 1 + random.nextInt(5), drawn));
        }
        return cases;
    }

    static List<Case> singleJobs() {
        return cases(1);
    }

    static List<Case> manyJobs() {
        return cases(6);
    }

    private static Job job(String name, SplittableRandom random) {
        int shards = SHARDS[random.nextInt(SHARDS.length)];
        // At most 40 fires of shards a second, so that no journal has to make room in the window.
        int period = Math.max(PERIODS[random.nextInt(PERIODS.length)], shards * 25);
        Job job = random.nextInt(4) == 0 ? Scenes.everywhere(name, period) : Scenes.every(name, period, shards);
        return random.nextInt(4) == 0 ? job.recovery(Recovery.SKIP) : job;
    }

    @ParameterizedTest
    @MethodSource("singleJobs")
    void jobWhoseRunsAreOverAtOnceCostsTheLeast(Case one) {
        Measured measured = measure(one, (task, random) -> Behaviour.Act.lasting(Duration.ofMillis(1)));
        JobCost cost = measured.model().cost(one.jobs().get(0));
        print(one, measured, cost);
        for (Quantity quantity : measured.counted().keySet()) {
            double counted = measured.counted().get(quantity);
            assertThat(counted)
                    .as("%s: %s, least is %s", one, quantity, cost.of(quantity).least())
                    .isBetween(
                            cost.of(quantity).least().value() * (1 - NEAR),
                            cost.of(quantity).least().value() * (1 + NEAR) + begun(quantity, one))
                    .isLessThanOrEqualTo(cost.most(quantity) * ABOVE);
        }
    }

    @ParameterizedTest
    @MethodSource("singleJobs")
    void jobWhoseShardsEndAtDifferentMomentsCostsNoMoreThanTheMost(Case one) {
        int period = Integer.parseInt(one.jobs().get(0).parameters().get(SimCluster.PERIOD));
        Measured measured = measure(
                one, (task, random) -> Behaviour.Act.lasting(Duration.ofMillis(20 + random.nextInt(period - 100))));
        JobCost cost = measured.model().cost(one.jobs().get(0));
        print(one, measured, cost);
        for (Quantity quantity : measured.counted().keySet()) {
            assertThat(measured.counted().get(quantity))
                    .as("%s: %s, most is %s", one, quantity, cost.of(quantity).most())
                    .isBetween(cost.of(quantity).least().value() * (1 - NEAR), cost.most(quantity) * ABOVE);
        }
        int shards = cost.atOnce();
        // The bound is not an idle one: most outcomes have a transaction of their own, unless there are very many.
        if (shards <= 10) {
            for (Quantity quantity : List.of(Quantity.WRITES, Quantity.TRANSACTIONS, Quantity.HISTORY_ROWS)) {
                assertThat(measured.counted().get(quantity))
                        .as(
                                "%s: %s, most is %s",
                                one, quantity, cost.of(quantity).most())
                        .isGreaterThan(cost.most(quantity) * 0.6);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("manyJobs")
    void manyJobsTogetherCostNoMoreThanTheMostOfAll(Case many) {
        Measured measured = measure(
                many,
                (task, random) -> Behaviour.Act.lasting(
                        Duration.ofMillis(random.nextBoolean() ? 1 + random.nextInt(3) : 20 + random.nextInt(90))));
        for (Quantity quantity : measured.counted().keySet()) {
            double least = 0;
            double most = 0;
            for (JobDefinition job : many.jobs()) {
                JobCost cost = measured.model().cost(job);
                least += cost.of(quantity).least().value();
                most += cost.most(quantity);
            }
            assertThat(measured.counted().get(quantity))
                    .as("%s: %s, least %s, most %s", many, quantity, least, most)
                    .isLessThanOrEqualTo(most * ABOVE);
        }
    }

    private static Duration window(Case one) {
        int longest = one.jobs().stream()
                .mapToInt(job -> Integer.parseInt(job.parameters().get(SimCluster.PERIOD)))
                .max()
                .orElseThrow();
        return Duration.ofMillis((long) FIRES * longest);
    }

    /** Buckets that are new, and the entry that each agent has begun. */
    private static int begun(Quantity quantity, Case one) {
        return quantity == Quantity.ZNODES ? 3 + one.agents() : 0;
    }

    /**
     * What a cluster with jobs has counted, above what the same cluster has without.
     *
     * @param counted by quantity, a second or a day where that is its unit
     */
    private record Measured(CostModel model, Map<Quantity, Double> counted) {}

    private static Measured measure(Case one, Behaviour behaviour) {
        Census with = census(one, behaviour, one.jobs());
        Census without = census(one, behaviour, List.of());
        EnumMap<Quantity, Double> counted = new EnumMap<>(Quantity.class);
        double seconds = window(one).toMillis() / 1_000.0;
        CountedStore.Traffic traffic = with.counts().traffic("ledger-flush", "journal-trim");
        counted.put(
                Quantity.ZNODES, (double) (with.tree().znodes() - without.tree().znodes()));
        counted.put(Quantity.WATCHES, (double) (with.watches() - without.watches()));
        counted.put(Quantity.TRANSACTIONS, traffic.transactions() / seconds);
        counted.put(Quantity.WRITES, traffic.writes() / seconds);
        counted.put(Quantity.BYTES, traffic.bytes() / seconds);
        counted.put(
                Quantity.STORED, (double) (with.tree().bytes() - without.tree().bytes()));
        counted.put(Quantity.HISTORY_ROWS, with.lines() / seconds * 86_400);
        Assumptions assumptions = Assumptions.of(one.agents(), with.cluster().now())
                .withAgentsLike(
                        with.cluster().agents().get(0).agent().incarnation().orElseThrow(),
                        ClusterOptions.DEFAULT.sessionTimeout())
                .withJournalKept(SETTLING.plus(window(one)));
        return new Measured(new CostModel(assumptions), counted);
    }

    /** A cluster after the window. */
    private record Census(SimCluster cluster, CountedStore.Counts counts, Tree tree, int watches, long lines) {}

    private static Census census(Case one, Behaviour behaviour, List<JobDefinition> jobs) {
        CountedStore.Counts counts = new CountedStore.Counts();
        SimCluster cluster =
                new SimCluster(one.seed(), ClusterOptions.DEFAULT.withStore(store -> new CountedStore(store, counts)));
        cluster.behave(behaviour);
        for (int i = 0; i < one.agents(); i++) {
            cluster.start("a" + i);
        }
        cluster.run(Duration.ofSeconds(1));
        jobs.forEach(cluster.operator()::apply);
        cluster.run(SETTLING);
        counts.restart();
        long lines = Tree.of(cluster).lines();
        cluster.run(window(one));
        Tree tree = Tree.of(cluster);
        int watches = cluster.agents().stream()
                .mapToInt(agent -> counts.follows(
                                agent.agent().session().orElseThrow().id())
                        .size())
                .sum();
        return new Census(cluster, counts, tree, watches, tree.lines() - lines);
    }

    /**
     * Everything that is in the store.
     *
     * @param bytes of all contents
     * @param lines of the agents' journals
     */
    private record Tree(long znodes, long bytes, long lines) {
        static Tree of(SimCluster cluster) {
            return below(cluster, "");
        }

        private static Tree below(SimCluster cluster, String path) {
            byte[] data = cluster.ensemble()
                    .peek(path.isEmpty() ? "/" : path)
                    .map(Znode::data)
                    .orElse(new byte[0]);
            // What the master writes when shards are granted, and only then, is no job's.
            boolean granting = path.equals(Paths.ASSIGNMENTS) || path.startsWith(Paths.MASTER_JOURNAL + "/");
            boolean entry = path.matches("/journal/a[^/]*/[0-9]+");
            Tree tree = new Tree(
                    path.startsWith(Paths.MASTER_JOURNAL + "/") ? 0 : 1,
                    granting ? 0 : data.length,
                    entry ? FireJournal.decode(path, data).size() : 0);
            for (String name : cluster.ensemble().peekChildren(path.isEmpty() ? "/" : path)) {
                Tree child = below(cluster, path + "/" + name);
                tree = new Tree(tree.znodes + child.znodes, tree.bytes + child.bytes, tree.lines + child.lines);
            }
            return tree;
        }
    }

    private static void print(Case one, Measured measured, JobCost cost) {
        System.out.println(one);
        measured.counted()
                .forEach((quantity, counted) -> System.out.printf(
                        "    %-14s counted %12.2f  least %12.2f (%+4.0f %%)  most %12.2f (%+4.0f %%)%n",
                        quantity.unit(),
                        counted,
                        cost.of(quantity).least().value(),
                        100
                                * (counted
                                                / Math.max(
                                                        1e-9,
                                                        cost.of(quantity)
                                                                .least()
                                                                .value())
                                        - 1),
                        cost.most(quantity),
                        100 * (counted / Math.max(1e-9, cost.most(quantity)) - 1)));
    }
}
