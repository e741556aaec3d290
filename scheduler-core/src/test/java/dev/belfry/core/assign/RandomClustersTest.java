package dev.belfry.core.assign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.core.agent.AgentFacts;
import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.ownership.ShardKey;
import dev.belfry.core.ownership.Successor;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Random clusters with every rule and strategy, shaken by random events. */
class RandomClustersTest {
    private static final int SEEDS = Integer.getInteger("belfry.seeds", 1500);

    @Test
    void plansKeepTheRulesInWholeAndInPartAndComeToRest() {
        for (long seed = 0; seed < SEEDS; seed++) {
            try {
                run(seed);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
            }
        }
    }

    private static void run(long seed) {
        Random random = new Random(seed);
        SimulatedMaster master = new SimulatedMaster(seed);
        master.mostMoves = 1 + random.nextInt(20);
        int agents = 1 + random.nextInt(6);
        for (int i = 0; i < agents; i++) {
            master.join(Clusters.anyAgent(random, "a" + i, i + 1L));
        }
        int jobs = 1 + random.nextInt(6);
        for (int i = 0; i < jobs; i++) {
            master.addJob(Clusters.anyJob(random, "job" + i, 1));
        }
        master.settle();
        checkRest(master);
        for (int event = 0; event < 5; event++) {
            shake(master, random, 100 + event);
            if (random.nextBoolean()) {
                master.step(random.nextBoolean());
                master.release(random.nextInt(101));
            } else {
                master.leasesEnd();
                master.settle();
                master.now = master.now.plusSeconds(random.nextInt(60));
                master.settle();
                checkRest(master);
            }
        }
        master.now = master.now.plusSeconds(3600);
        master.leasesEnd();
        master.settle();
        checkRest(master);
    }

    private static void shake(SimulatedMaster master, Random random, int number) {
        List<Incarnation> live = new ArrayList<>(master.agents.keySet());
        Incarnation some = live.isEmpty() ? Incarnation.of("none", 1) : live.get(random.nextInt(live.size()));
        List<String> uids = new ArrayList<>(master.jobs.keySet());
        JobSpec job = master.jobs.get(uids.get(random.nextInt(uids.size())));
        switch (random.nextInt(9)) {
            case 0 -> master.lose(some);
            case 1 -> master.join(Clusters.anyAgent(random, "b" + number, number));
            case 2 -> master.agents.computeIfPresent(some, (i, facts) -> facts.withDraining(!facts.draining()));
            case 3 -> master.end(job, job.withActive(false));
            case 4 -> master.end(job, Clusters.anyJob(random, job.jobUid(), job.layout() + 1));
            case 5 -> master.addJob(Clusters.anyJob(random, "late" + number, 1));
            case 6 -> master.join(Clusters.anyAgent(random, some.agentId(), number));
            case 7 -> {
                master.restarting.put(some, master.now);
                master.lose(some);
                if (random.nextBoolean()) {
                    master.join(Clusters.anyAgent(random, some.agentId(), number));
                }
            }
            default -> master.jobs.remove(job.jobUid());
        }
        if (master.jobs.isEmpty()) {
            master.addJob(Clusters.anyJob(random, "only" + number, 1));
        }
    }

    /** Every shard is owned as the rules say, or named as unplaced; nothing else is left; loads are level. */
    private static void checkRest(SimulatedMaster master) {
        Plan plan = Plan.of(master.input());
        assertThat(plan.isEmpty()).isTrue();
        Rules rules = new Rules(master.input());
        Set<ShardKey> unplaced = new HashSet<>();
        plan.unplaced().forEach(u -> {
            unplaced.add(u.shard());
            assertThat(u.reasons()).as("reasons of %s", u.shard()).isNotEmpty();
        });
        Set<ShardKey> wanted = new HashSet<>();
        for (JobSpec job : master.jobs.values()) {
            for (int shard = 0; job.active() && shard < job.shards(); shard++) {
                wanted.add(job.key().shard(shard));
                checkShard(master, rules, job, job.key().shard(shard), unplaced);
            }
        }
        // A row may stay only where its owner is gone and may still hold its lease.
        master.table.forEach((key, row) -> assertThat(wanted.contains(key) || !rules.isLive(row.owner()))
                .as("left over: %s %s", key, row)
                .isTrue());
        checkLevel(master, rules);
    }

    private static void checkShard(
            SimulatedMaster master, Rules rules, JobSpec job, ShardKey key, Set<ShardKey> unplaced) {
        Optional<Incarnation> owner =
                master.table.tenancy(key).filter(row -> !rules.isFree(key, row)).map(row -> row.owner());
        boolean runs = owner.isPresent() && rules.isEligible(job, owner.get());
        boolean waitsForLease = owner.isPresent() && !rules.isLive(owner.get());
        assertThat(runs || waitsForLease || unplaced.contains(key) || mayStayToRejoin(master, job, owner))
                .as("%s is owned, or unplaced with a reason: %s", key, master.table.tenancy(key))
                .isTrue();
        boolean fitsAlone = job.exclusive().isEmpty() && job.rejoinGrace().isZero() && rules.eligibleFor(job) > 0;
        if (unplaced.contains(key) && fitsAlone) {
            assertThat(heldBack(master, rules, job))
                    .as("%s could be placed", key)
                    .isTrue();
        }
    }

    private static boolean mayStayToRejoin(SimulatedMaster master, JobSpec job, Optional<Incarnation> owner) {
        return owner.isPresent()
                && master.restarting.containsKey(owner.get())
                && !job.rejoinGrace().isZero();
    }

    private static boolean heldBack(SimulatedMaster master, Rules rules, JobSpec job) {
        boolean[] held = {false};
        master.table.forEach((key, row) -> held[0] |=
                key.jobUid().equals(job.jobUid()) && key.layout() != job.layout() && !rules.isFree(key, row));
        return held[0];
    }

    /** No shard of a plain balanced job could move and bring two agents closer than they are. */
    private static void checkLevel(SimulatedMaster master, Rules rules) {
        Map<Incarnation, Double> loads = master.loads();
        double largest = master.jobs.values().stream()
                .filter(JobSpec::active)
                .mapToDouble(JobSpec::weight)
                .max()
                .orElse(0);
        master.table.forEach((key, row) -> {
            JobSpec job = master.jobs.get(key.jobUid());
            boolean plain = job != null
                    && job.key().equals(key.of())
                    && job.strategy() == Strategy.BALANCED
                    && job.exclusive().isEmpty()
                    && job.spread().isEmpty()
                    && row.next().equals(Successor.NONE)
                    && rules.isLive(row.owner())
                    && rules.isEligible(job, row.owner());
            if (plain && !heldBack(master, rules, job)) {
                for (AgentFacts other : master.agents.values()) {
                    if (rules.isEligible(job, other.incarnation())) {
                        assertThat(loads.get(row.owner()) - loads.get(other.incarnation()))
                                .as("%s on %s rather than %s", key, row.owner(), other.incarnation())
                                .isLessThanOrEqualTo(largest + 1e-6);
                    }
                }
            }
        });
    }
}
