package dev.belfry.core.assign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.core.agent.AgentFacts;
import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.ownership.AssignmentTable;
import dev.belfry.core.ownership.Generation;
import dev.belfry.core.ownership.Release;
import dev.belfry.core.ownership.ShardKey;
import dev.belfry.core.ownership.Successor;
import dev.belfry.core.ownership.Tenancy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;

/** Plans, writes and lets agents release, over and over, and holds every plan against {@link Rules}. */
final class SimulatedMaster {
    final Map<String, JobSpec> jobs = new TreeMap<>();
    final Map<Incarnation, AgentFacts> agents = new TreeMap<>();
    final TreeSet<Incarnation> replaceable = new TreeSet<>();
    final Map<Incarnation, Instant> restarting = new TreeMap<>();
    final TreeSet<Release> released = new TreeSet<>();
    final TreeSet<Release> settled = new TreeSet<>();
    /** Tenancies granted only to be settled. */
    private final TreeSet<Release> settling = new TreeSet<>();

    final Map<ShardKey, Generation> lastSince = new HashMap<>();
    AssignmentTable table = AssignmentTable.empty();
    Instant now = Clusters.START;
    int mostMoves = PlanInput.DEFAULT_MOST_MOVES;
    long moves;
    private final Random random;
    private long issued;

    SimulatedMaster(long seed) {
        random = new Random(seed);
    }

    PlanInput input() {
        List<JobSpec> shuffledJobs = new ArrayList<>(jobs.values());
        List<AgentFacts> shuffledAgents = new ArrayList<>(agents.values());
        Collections.shuffle(shuffledJobs, random);
        Collections.shuffle(shuffledAgents, random);
        return PlanInput.of(shuffledJobs, shuffledAgents, table)
                .withReplaceable(replaceable)
                .withReleased(released, settled)
                .withRestarting(restarting, now)
                .withMostMoves(mostMoves);
    }

    /** One plan, checked whole, in part and for repeatability, then written whole or in part. */
    Plan step(boolean whole) {
        Plan plan = Plan.of(input());
        assertThat(Plan.of(input())).as("the same plan from shuffled input").isEqualTo(plan);
        Rules rules = new Rules(input(), settling);
        rules.checkChanges(plan);
        Generation generation = Generation.of(1, ++issued);
        rules.checkPlacement(plan.apply(table, generation).table());
        Plan half = half(plan);
        rules.checkPlacement(half.apply(table, generation).table());
        write(whole ? plan : half, generation);
        return plan;
    }

    private Plan half(Plan plan) {
        if (random.nextBoolean()) {
            return plan.part(random.nextInt(plan.changes().size() + 1));
        }
        List<Change> some =
                plan.changes().stream().filter(c -> random.nextBoolean()).toList();
        return new Plan(some, Collections.nCopies(some.size(), "some"), List.of());
    }

    private void write(Plan plan, Generation generation) {
        table = plan.apply(table, generation).table();
        plan.changes().forEach(change -> {
            if (change instanceof Change.Drop) {
                noteSettled(change.shard());
            }
            if (change instanceof Change.Grant || change instanceof Change.Settle) {
                Generation former = lastSince.put(change.shard(), generation);
                assertThat(former == null || former.compareTo(generation) < 0).isTrue();
            }
            if (change instanceof Change.Settle) {
                settling.add(new Release(change.shard(), generation));
            }
            moves += change instanceof Change.Offer ? 1 : 0;
        });
        released.removeIf(release -> table.tenancy(release.shard())
                .map(row -> !row.since().equals(release.since()))
                .orElse(true));
        settled.retainAll(released);
    }

    private void noteSettled(ShardKey key) {
        JobSpec job = jobs.get(key.jobUid());
        if (job != null) {
            List<EndedLayout> ended = new ArrayList<>();
            for (EndedLayout layout : job.ended()) {
                BitSet done = layout.settled();
                if (layout.layout() == key.layout()) {
                    done.set(key.shard());
                }
                if (done.cardinality() < layout.shards()) {
                    ended.add(new EndedLayout(layout.layout(), layout.shards(), done));
                }
            }
            jobs.put(job.jobUid(), job.withEnded(ended));
        }
    }

    /** Live owners that are told to let go do so, each with the given chance in percent. */
    void release(int percent) {
        table.forEach((key, row) -> {
            boolean told = !row.next().equals(Successor.NONE);
            if (told && agents.containsKey(row.owner()) && random.nextInt(100) < percent) {
                Release release = new Release(key, row.since());
                released.add(release);
                JobSpec job = jobs.get(key.jobUid());
                boolean over = job != null && job.ended().stream().anyMatch(e -> e.layout() == key.layout());
                // A release that crossed with the end of the layout settles nothing.
                if (over && row.next().equals(Successor.WITHDRAW) && random.nextInt(4) > 0) {
                    settled.add(release);
                }
            }
        });
    }

    /** Until nothing changes; fails when it does not end. Returns the last, empty plan. */
    Plan settle() {
        for (int round = 0; round < 400; round++) {
            Plan plan = step(random.nextInt(4) != 0);
            boolean pending = isPending();
            if (plan.isEmpty() && !pending) {
                return plan;
            }
            release(plan.isEmpty() ? 100 : 60);
        }
        throw new AssertionError("the plan does not settle: " + Plan.of(input()));
    }

    /** A live owner has been told to let go and has not yet done so. */
    private boolean isPending() {
        boolean[] found = {false};
        table.forEach((key, row) -> found[0] |= !row.next().equals(Successor.NONE)
                && agents.containsKey(row.owner())
                && !released.contains(new Release(key, row.since())));
        return found[0];
    }

    void join(AgentFacts agent) {
        agents.put(agent.incarnation(), agent);
    }

    void addJob(JobSpec job) {
        jobs.put(job.jobUid(), job);
    }

    /** The present layout of {@code job} is over; {@code next} has another, or is not active any more. */
    void end(JobSpec job, JobSpec next) {
        if (job.active()) {
            List<EndedLayout> ended = new ArrayList<>(job.ended());
            ended.add(EndedLayout.of(job.layout(), job.shards()));
            addJob(next.withEnded(ended));
        }
    }

    /** The agent is gone; its lease may still hold until {@link #leasesEnd}. */
    void lose(Incarnation incarnation) {
        agents.remove(incarnation);
        released.removeIf(release -> table.tenancy(release.shard())
                .map(Tenancy::owner)
                .orElse(incarnation)
                .equals(incarnation));
        settled.retainAll(released);
    }

    void leasesEnd() {
        table.dictionary().stream().filter(i -> !agents.containsKey(i)).forEach(replaceable::add);
    }

    Map<ShardKey, Incarnation> owners() {
        Map<ShardKey, Incarnation> owners = new TreeMap<>();
        table.forEach((key, row) -> owners.put(key, row.owner()));
        return owners;
    }

    Map<Incarnation, Double> loads() {
        Map<Incarnation, Double> loads = new TreeMap<>();
        agents.keySet().forEach(agent -> loads.put(agent, 0.0));
        table.forEach((key, row) -> {
            if (!released.contains(new Release(key, row.since()))) {
                loads.computeIfPresent(row.owner(), (owner, load) -> load + weight(key));
            }
        });
        return loads;
    }

    private double weight(ShardKey key) {
        JobSpec job = jobs.get(key.jobUid());
        return job == null ? 0 : job.weight();
    }
}
