package dev.belfry.console.query;

import dev.belfry.agent.client.AgentState;
import dev.belfry.agent.client.JobState;
import dev.belfry.agent.client.Journal;
import dev.belfry.agent.client.QueueState;
import dev.belfry.agent.client.Readings;
import dev.belfry.agent.client.TableState;
import dev.belfry.core.command.Command;
import dev.belfry.core.job.Job;
import dev.belfry.core.ledger.LedgerRecord;
import dev.belfry.core.ownership.LayoutKey;
import dev.belfry.core.version.JobRecord;
import dev.belfry.store.Session;
import dev.belfry.store.SessionListener;
import dev.belfry.store.Store;
import dev.belfry.store.Transaction;
import dev.belfry.testkit.cluster.Behaviour;
import dev.belfry.testkit.cluster.ClusterOptions;
import dev.belfry.testkit.cluster.Fault;
import dev.belfry.testkit.cluster.SimCluster;
import dev.belfry.testkit.time.SimClock;
import dev.belfry.testkit.time.SimProcess;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A namespace as shipped agents and masters have made it in a simulated cluster, and what {@code explain} says of job {@code
 * index} in it, from what the shipped client reads. Everything is drawn from one seed: the same scene gives the same answer.
 */
final class ClusterScene {
    static final String JOB = "index";
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private Optional<Instant> asked = Optional.empty();
    final SimCluster cluster = new SimCluster(1, ClusterOptions.DEFAULT);

    /** These agents, registered. */
    static ClusterScene of(String... agents) {
        ClusterScene scene = new ClusterScene();
        List.of(agents).forEach(scene.cluster::start);
        return scene.after(3);
    }

    ClusterScene after(double seconds) {
        cluster.run(Duration.ofMillis(Math.round(seconds * 1_000)));
        return this;
    }

    /** Job {@code index}, due every minute. */
    static Job index() {
        return minutely(JOB);
    }

    static Job minutely(String name) {
        return Job.named(name)
                .handler(SimCluster.HANDLER)
                .every(Duration.ofMinutes(1))
                .parameter(SimCluster.PERIOD, "60000");
    }

    ClusterScene apply(Job job) {
        cluster.operator().apply(job.build());
        return after(6);
    }

    ClusterScene command(Command.Kind kind, String target) {
        cluster.operator().command(kind, target);
        return after(2);
    }

    /** Attempts that begin from now on run for ten minutes. */
    ClusterScene attemptsLast() {
        return attemptsLast(600);
    }

    ClusterScene attemptsLast(int seconds) {
        cluster.behave((task, random) -> Behaviour.Act.lasting(Duration.ofSeconds(seconds)));
        return this;
    }

    /** So many seconds before a full minute, or after one. */
    ClusterScene untilNextFire(int before) {
        long now = cluster.now().toEpochMilli();
        long at = (Math.floorDiv(now + before * 1_000L, 60_000) + 1) * 60_000 - before * 1_000L;
        return after((at - now) / 1_000.0);
    }

    /** The same, and their next fire begins. */
    ClusterScene runsLong() {
        attemptsLast();
        cluster.runUntil(
                Duration.ofMinutes(2), () -> !cluster.evidence().running().isEmpty());
        return after(1);
    }

    ClusterScene kill(String agent) {
        cluster.agent(agent).orElseThrow().kill();
        return this;
    }

    /** Kills the owner of the first shard, which is not the master if another agent is there. */
    ClusterScene killOwner() {
        return kill(owner());
    }

    ClusterScene killMaster() {
        return kill(cluster.master().orElseThrow().id());
    }

    ClusterScene drainOwner() {
        return command(Command.Kind.DRAIN, owner());
    }

    /** Leaves the owner of the first shard alone. */
    ClusterScene killOthers() {
        String owner = owner();
        cluster.agents().stream()
                .map(agent -> agent.id())
                .filter(id -> !id.equals(owner))
                .toList()
                .forEach(this::kill);
        return after(30);
    }

    String owner() {
        return cluster.rows().values().iterator().next().owner().agentId();
    }

    /** The owner of the first shard says that it comes back, and closes as soon as nothing runs there. */
    ClusterScene restartOwner() {
        cluster.agent(owner()).orElseThrow().leaveToComeBack(Duration.ofMinutes(5));
        return after(2);
    }

    /** Rows of the table are lost with the master that had read them. */
    ClusterScene loseRows() {
        String bucket = dev.belfry.core.record.Paths.assignments(dev.belfry.core.ownership.Buckets.of(
                cluster.rows().keySet().iterator().next()));
        new Fault.KillMaster(Duration.ofMinutes(5)).inflict(cluster);
        SimProcess process = new SimProcess(cluster.scheduler(), "rogue", new SimClock(cluster.scheduler()));
        Store store = cluster.ensemble().connect(process, Duration.ofSeconds(6)).view(process);
        store.sessions(new SessionListener() {
            @Override
            public void opened(Session own) {
                store.commit(
                        own,
                        Transaction.at("rogue")
                                .put(bucket, new byte[] {'?'}, -1)
                                .build(),
                        answer -> {});
            }

            @Override
            public void suspended(Session own) {}

            @Override
            public void resumed(Session own) {}

            @Override
            public void ended(Session own) {}
        });
        return this;
    }

    Snapshot snapshot() {
        Readings<AgentState> agents = cluster.ask(client -> client.agents(PATIENCE));
        Readings<JobState> jobs = cluster.ask(client -> client.jobs(PATIENCE));
        TableState table = cluster.ask(client -> client.table(PATIENCE));
        return Snapshot.of(agents, jobs, table, this::ledgers, cluster.now());
    }

    Map<String, LedgerRecord> ledgers(LayoutKey layout) {
        return cluster.ask(client -> client.ledgers(layout.jobUid(), layout.layout(), PATIENCE))
                .byShard();
    }

    Explanation explanation(Optional<Instant> at) {
        Snapshot snapshot = snapshot();
        JobRecord job = snapshot.job(JOB).orElseThrow();
        Instant when = at.orElse(snapshot.now());
        Journal journal = cluster.ask(client -> client.journal(PATIENCE));
        Map<String, LedgerRecord> ledgers =
                ledgers(new LayoutKey(job.uid(), job.at(when).layout()));
        return Explanation.of(snapshot, journal, job, ledgers, QueueState.NONE, List.of(), when, Optional.empty());
    }

    /** What is asked of is from now on this instant, and not the present. */
    ClusterScene asked(Instant at) {
        asked = Optional.of(at);
        return this;
    }

    /** What is said, with times cut to seconds. */
    List<String> answer() {
        return explanation(asked).sentences().stream()
                .map(sentence -> sentence.replaceAll("(:[0-9]{2})\\.[0-9]+Z", "$1Z"))
                .toList();
    }
}
