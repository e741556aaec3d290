package dev.belfry.testkit.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.job.Job;
import dev.belfry.core.job.Placement;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.ledger.FireId;
import dev.belfry.core.ledger.Reasons;
import dev.belfry.core.ownership.ShardKey;
import dev.belfry.core.run.Outcome;
import dev.belfry.testkit.store.Faults;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What the scenarios have in common: how a cluster gets going, what is asked of it, and how it ends. */
final class Scenes {
    static final Duration SETTLED = Duration.ofSeconds(6);

    private Scenes() {}

    /** Three agents that own the shards of these jobs. */
    static SimCluster cluster(long seed, Job... jobs) {
        return cluster(seed, ClusterOptions.DEFAULT, jobs);
    }

    static SimCluster cluster(long seed, ClusterOptions options, Job... jobs) {
        SimCluster cluster = new SimCluster(seed, options);
        List.of("a0", "a1", "a2").forEach(cluster::start);
        for (Job job : jobs) {
            cluster.operator().apply(job.build());
        }
        cluster.run(SETTLED);
        return cluster;
    }

    /** The same, with agents that leave their inboxes to {@link Hands}. */
    static SimCluster byHand(long seed) {
        SimCluster cluster = new SimCluster(seed, ClusterOptions.DEFAULT);
        cluster.queuedByHand();
        List.of("a0", "a1", "a2").forEach(cluster::start);
        cluster.run(SETTLED);
        return cluster;
    }

    /** A job that is due every so many milliseconds. */
    static Job every(String name, int period, int shards) {
        return Job.named(name)
                .handler(SimCluster.HANDLER)
                .every(Duration.ofMillis(period))
                .shards(shards)
                .parameter(SimCluster.PERIOD, Integer.toString(period));
    }

    /** The same on every agent. */
    static Job everywhere(String name, int period) {
        return Job.named(name)
                .handler(SimCluster.HANDLER)
                .every(Duration.ofMillis(period))
                .placement(Placement.BROADCAST)
                .parameter(SimCluster.PERIOD, Integer.toString(period));
    }

    /** After {@code within} in peace everything lives and is accounted for. */
    static void heals(SimCluster cluster, Duration within) {
        cluster.behave(Behaviour.PROMPT);
        cluster.run(within);
        cluster.checkLiveness(cluster.now().minusSeconds(6));
    }

    static Map<ShardKey, Incarnation> owners(SimCluster cluster) {
        Map<ShardKey, Incarnation> owners = new TreeMap<>();
        cluster.rows().forEach((key, row) -> owners.put(key, row.owner()));
        return owners;
    }

    /** The first execution that runs; there is one within seconds. */
    static Execution first(SimCluster cluster) {
        cluster.runUntil(
                Duration.ofSeconds(4), () -> !cluster.evidence().running().isEmpty());
        return cluster.evidence().running().stream().findFirst().orElseThrow();
    }

    /** Executions of a fire of the shard of {@code like}. */
    static List<Execution> of(SimCluster cluster, FireId fire, Execution like) {
        return cluster.evidence().of(like.shard()).stream()
                .filter(execution -> execution.fire().equals(fire))
                .toList();
    }

    /** Every attempt takes so long. */
    static Behaviour lasting(long seconds) {
        return (task, random) -> Behaviour.Act.lasting(Duration.ofSeconds(seconds));
    }

    /**
     * What an owner ran under its lease while no server could be reached, until it was killed.
     *
     * @param meanwhile done while it is cut off
     */
    static List<Execution> untold(SimCluster cluster, Runnable meanwhile) {
        String master = cluster.master().orElseThrow().id();
        SimAgent agent = cluster.agents().stream()
                .filter(other -> !other.id().equals(master))
                .findFirst()
                .orElseThrow();
        int before = cluster.evidence().all().size();
        new Fault.Cut(agent.id(), Fault.Way.BOTH, Duration.ofSeconds(60)).inflict(cluster);
        meanwhile.run();
        cluster.run(Duration.ofSeconds(3));
        agent.kill();
        return cluster.evidence().all().stream()
                .skip(before)
                .filter(execution ->
                        execution.process().name().equals(agent.id()) && execution.how() == Execution.End.RETURNED)
                .toList();
    }

    /** What ran without a trace is recorded once, with that outcome, as what may have run. */
    static void mayHaveRun(SimCluster cluster, Execution execution, Outcome outcome) {
        assertThat(finals(cluster, execution)).singleElement().satisfies(line -> {
            assertThat(line.outcome()).isEqualTo(outcome);
            assertThat(line.reason()).isEqualTo(Reasons.OUTCOME_UNKNOWN);
        });
    }

    /** The final outcomes, as the journals have them, of the fire that was executed. */
    static List<FireEntry> finals(SimCluster cluster, Execution execution) {
        return cluster.safety().journal().finals(ShardId.of(execution.shard())).stream()
                .filter(line -> CommittedJournal.covers(line, execution.fire()))
                .toList();
    }

    /** The session of the master. */
    static long session(SimCluster cluster) {
        return cluster.master().orElseThrow().agent().session().orElseThrow().id();
    }

    /** An owner that is not master. */
    static Incarnation owner(SimCluster cluster) {
        String master = cluster.master().orElseThrow().id();
        return owners(cluster).values().stream()
                .filter(owner -> !owner.agentId().equals(master))
                .findFirst()
                .orElseThrow();
    }

    /** Whoever makes the n-th write of the queue from now on is killed there. */
    static void strikeQueue(SimCluster cluster, Faults.Moment moment, int write) {
        cluster.ensemble().faults().strikeNext("queue-write", moment, process -> {
            if (write > 1) {
                strikeQueue(cluster, moment, write - 1);
            } else {
                cluster.agents().stream()
                        .filter(agent -> agent.process().name().equals(process))
                        .toList()
                        .forEach(SimAgent::kill);
            }
        });
    }

    /** No fault is to come any more, and the agents that were killed are there again. */
    static void restart(SimCluster cluster) {
        cluster.ensemble().faults().stop();
        List.of("a0", "a1", "a2").stream()
                .filter(id -> cluster.agent(id).filter(SimAgent::alive).isEmpty())
                .forEach(cluster::start);
    }
}
