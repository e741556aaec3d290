package dev.belfry.testkit.cluster;

import dev.belfry.core.command.Command;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.testkit.store.Faults;
import dev.belfry.testkit.store.SiteCounts;
import dev.belfry.testkit.time.SimClock;
import dev.belfry.testkit.time.SimProcess;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Something that goes wrong in a cluster, or that somebody does to it. Each has a name, its own undoing, and no state.
 *
 * <p>Longer than the house limit: one short record for each fault.
 */
public sealed interface Fault {

    /** Does it, and sees to it that it ends. */
    void inflict(SimCluster cluster);

    /** Something that has to do with the queue alone. */
    non-sealed interface OfQueue extends Fault {}

    /** A fault of one agent, which may not be there when it strikes. */
    sealed interface OfAgent extends Fault {
        String agent();
    }

    private static void later(SimCluster cluster, Duration delay, Runnable undoing) {
        cluster.scheduler().after(delay.toNanos(), "undo fault", undoing);
    }

    private static Optional<SimAgent> living(SimCluster cluster, String id) {
        return cluster.agent(id).filter(SimAgent::alive);
    }

    /** {@code kill -9}; the agent is started again later. */
    record Kill(String agent, Duration down) implements OfAgent {
        @Override
        public void inflict(SimCluster cluster) {
            living(cluster, agent).ifPresent(victim -> {
                victim.kill();
                later(cluster, down, () -> new Join(agent).inflict(cluster));
            });
        }
    }

    /** The same to whoever is master. */
    record KillMaster(Duration down) implements Fault {
        @Override
        public void inflict(SimCluster cluster) {
            cluster.master().ifPresent(master -> new Kill(master.id(), down).inflict(cluster));
        }
    }

    /** The process stands still. */
    record Pause(String agent, Duration length) implements OfAgent {
        @Override
        public void inflict(SimCluster cluster) {
            living(cluster, agent).ifPresent(victim -> {
                victim.pause();
                later(cluster, length, victim::resume);
            });
        }
    }

    /** Whoever is master stands still. */
    record PauseMaster(Duration length) implements Fault {
        @Override
        public void inflict(SimCluster cluster) {
            cluster.master().ifPresent(master -> new Pause(master.id(), length).inflict(cluster));
        }
    }

    /** The whole machine is suspended: its monotonic clock stands still too. */
    record Freeze(String agent, Duration length) implements OfAgent {
        @Override
        public void inflict(SimCluster cluster) {
            living(cluster, agent).ifPresent(victim -> {
                victim.freeze();
                later(cluster, length, victim::resume);
            });
        }
    }

    /** Which way nothing gets through. */
    enum Way {
        OUT,
        IN,
        BOTH
    }

    /** The agent and every server are cut off from each other. */
    record Cut(String agent, Way way, Duration length) implements OfAgent {
        @Override
        public void inflict(SimCluster cluster) {
            living(cluster, agent).map(SimAgent::process).ifPresent(process -> {
                each(cluster, process, true);
                later(cluster, length, () -> each(cluster, process, false));
            });
        }

        private void each(SimCluster cluster, SimProcess process, boolean cut) {
            for (int i = 0; i < cluster.options().ensemble().servers(); i++) {
                String server = "s" + i;
                if (way != Way.IN) {
                    set(cluster, process.name(), server, cut);
                }
                if (way != Way.OUT) {
                    set(cluster, server, process.name(), cut);
                }
            }
        }

        private static void set(SimCluster cluster, String from, String to, boolean cut) {
            if (cut) {
                cluster.ensemble().cut(from, to);
            } else {
                cluster.ensemble().heal(from, to);
            }
        }
    }

    /** For a while requests and replies are lost at random. */
    record Lose(double before, double after, Duration length) implements Fault {
        @Override
        public void inflict(SimCluster cluster) {
            cluster.ensemble().faults().lose(before, after);
            later(cluster, length, () -> cluster.ensemble().faults().lose(0, 0));
        }
    }

    /** One request or reply is lost at one of the places that make them, drawn from those seen so far. */
    record LoseAt(int draw, boolean before) implements Fault {
        @Override
        public void inflict(SimCluster cluster) {
            List<SiteCounts> sites = cluster.ensemble().faults().counts();
            if (sites.isEmpty()) {
                return;
            }
            String site = sites.get(draw % sites.size()).site();
            cluster.story().add("next " + (before ? "request" : "reply") + " lost at " + site);
            if (before) {
                cluster.ensemble().faults().loseRequest(site);
            } else {
                cluster.ensemble().faults().loseReply(site);
            }
        }
    }

    /** The ensemble ends the agent's session behind its back. */
    record Expire(String agent) implements OfAgent {
        @Override
        public void inflict(SimCluster cluster) {
            living(cluster, agent)
                    .flatMap(victim -> victim.agent().session())
                    .ifPresent(session -> cluster.ensemble().expire(session));
        }
    }

    /** One more agent. */
    record Join(String agent) implements Fault {
        @Override
        public void inflict(SimCluster cluster) {
            if (cluster.agent(agent).filter(SimAgent::alive).isEmpty()) {
                cluster.start(agent);
            }
        }
    }

    /** An agent closes in good order; it comes back later. */
    record Leave(String agent, Duration patience, Duration away) implements OfAgent {
        @Override
        public void inflict(SimCluster cluster) {
            living(cluster, agent).ifPresent(leaver -> {
                leaver.leave(patience);
                later(cluster, away, () -> {
                    if (leaver.alive()) {
                        leaver.kill();
                    }
                    new Join(agent).inflict(cluster);
                });
            });
        }
    }

    /** Somebody applies a definition. */
    record Apply(JobDefinition definition) implements Fault {
        @Override
        public void inflict(SimCluster cluster) {
            cluster.operator().apply(definition);
        }

        @Override
        public String toString() {
            return "Apply[job=" + definition.name() + " shards="
                    + definition.shards().count() + " parameters=" + definition.parameters() + "]";
        }
    }

    /** Several people change one job at the same time, and know nothing of each other. */
    record Contend(JobDefinition one, JobDefinition other, List<Command.Kind> meanwhile) implements Fault {
        @Override
        public void inflict(SimCluster cluster) {
            cluster.operator().apply(one);
            cluster.operator("second").apply(other);
            for (int i = 0; i < meanwhile.size(); i++) {
                cluster.operator(i % 2 == 0 ? "third" : "fourth").command(meanwhile.get(i), one.name());
            }
        }

        @Override
        public String toString() {
            return "Contend[job=" + one.name() + " shards=" + one.shards().count() + " and "
                    + other.shards().count() + ", meanwhile=" + meanwhile + "]";
        }
    }

    /** Somebody gives a command. */
    record Order(Command.Kind kind, String target) implements Fault {
        @Override
        public void inflict(SimCluster cluster) {
            if (kind == Command.Kind.CANCEL) {
                cluster.evidence().running().stream()
                        .filter(execution -> execution.shard().jobUid().startsWith(target + "~"))
                        .findFirst()
                        .ifPresent(execution -> cluster.operator()
                                .cancel(
                                        target,
                                        execution.fire().runId(execution.shard().jobUid())));
            } else {
                cluster.operator().command(kind, target);
            }
        }
    }

    /** Somebody takes everything from an agent, and gives it back after a while. */
    record Drain(String agent, Duration length) implements OfAgent {
        @Override
        public void inflict(SimCluster cluster) {
            cluster.operator().command(Command.Kind.DRAIN, agent);
            later(cluster, length, () -> cluster.operator().command(Command.Kind.UNDRAIN, agent));
        }
    }

    /** A server dies and comes back. */
    record KillServer(int server, Duration down) implements Fault {
        @Override
        public void inflict(SimCluster cluster) {
            cluster.ensemble().killServer(server);
            later(cluster, down, () -> cluster.ensemble().startServer(server));
        }
    }

    /** A server stands still. */
    record PauseServer(int server, Duration length) implements Fault {
        @Override
        public void inflict(SimCluster cluster) {
            cluster.ensemble().pauseServer(server);
            later(cluster, length, () -> cluster.ensemble().resumeServer(server));
        }
    }

    /**
     * The agent's wall clock is stepped, and put right after a while; not while the machine is suspended, since nothing runs on it
     * then.
     */
    record Step(String agent, Duration by, Duration length) implements OfAgent {
        @Override
        public void inflict(SimCluster cluster) {
            living(cluster, agent).filter(a -> !a.frozen()).ifPresent(victim -> {
                victim.process().clock().step(by);
                later(cluster, length, victim::setClockRight);
            });
        }
    }

    /**
     * The same by so much that the agent drains itself. Not where most of those that live would then have wrong clocks: they
     * would rightly take the ensemble's for the wrong one.
     */
    record StepFar(String agent, Duration by, Duration length) implements OfAgent {
        @Override
        public void inflict(SimCluster cluster) {
            long right = cluster.agents().stream()
                    .filter(other -> other.alive() && other.agent().leaseHolds())
                    .filter(other -> other.process().clock().offset().abs().compareTo(Duration.ofSeconds(1)) < 0)
                    .count();
            if (right > 2) {
                new Step(agent, by, length).inflict(cluster);
            }
        }
    }

    /** An agent closes, says that it comes back, and does. */
    record Restart(String agent, Duration patience, Duration away) implements OfAgent {
        @Override
        public void inflict(SimCluster cluster) {
            living(cluster, agent).ifPresent(leaver -> {
                leaver.leaveToComeBack(patience);
                later(cluster, away, () -> {
                    if (leaver.alive()) {
                        leaver.kill();
                    }
                    new Join(agent).inflict(cluster);
                });
            });
        }
    }

    /** The agent's clocks run fast or slow for a while, in parts per million. */
    record Drift(String agent, long wall, long monotonic, Duration length) implements OfAgent {
        @Override
        public void inflict(SimCluster cluster) {
            living(cluster, agent).filter(a -> !a.frozen()).ifPresent(victim -> {
                SimClock clock = victim.process().clock();
                clock.driftWall(wall);
                clock.driftMonotonic(monotonic);
                later(cluster, length, () -> {
                    clock.driftWall(0);
                    victim.setClockRight();
                    if (!victim.frozen()) {
                        clock.driftMonotonic(0);
                    }
                });
            });
        }
    }

    /** Every server dies at once; they come back with all that was committed. */
    record RestartEnsemble(Duration down) implements Fault {
        @Override
        public void inflict(SimCluster cluster) {
            cluster.ensemble().killAll();
            later(cluster, down, cluster.ensemble()::startAll);
        }
    }

    /** For a while messages from and to a machine take longer: an agent's or a server's. */
    record SlowLink(String machine, Duration extra, Duration length) implements Fault {
        @Override
        public void inflict(SimCluster cluster) {
            String process = living(cluster, machine)
                    .map(agent -> agent.process().name())
                    .orElse(machine);
            if (process.startsWith("s") || living(cluster, machine).isPresent()) {
                cluster.ensemble().delay(process, extra, length);
            }
        }
    }

    /** For a while every transaction takes so long to become durable. */
    record SlowDisks(Duration fsync, Duration length) implements Fault {
        @Override
        public void inflict(SimCluster cluster) {
            cluster.ensemble().slowDisks(fsync);
            later(
                    cluster,
                    length,
                    () -> cluster.ensemble()
                            .slowDisks(cluster.options().ensemble().fsync()));
        }
    }

    /** For a while a server applies what the others have committed so much later, and goes on serving. */
    record Lag(int server, Duration behind, Duration length) implements Fault {
        @Override
        public void inflict(SimCluster cluster) {
            cluster.ensemble().lag(server, behind, length);
        }
    }

    /** For a while hints of changes come twice. */
    record RepeatHints(double probability, Duration length) implements Fault {
        @Override
        public void inflict(SimCluster cluster) {
            cluster.ensemble().faults().repeatHints(probability);
            later(cluster, length, () -> cluster.ensemble().faults().repeatHints(0));
        }
    }

    /** What a {@link Strike} does to the process that it meets. */
    enum Blow {
        KILL,
        PAUSE,
        CUT,
        EXPIRE
    }

    /**
     * A blow to an agent in the middle of a request: between two of its writes, or after a write that it does not know to be
     * committed. The place is drawn from those that have made requests so far; whoever comes there next is struck.
     */
    record Strike(int draw, Faults.Moment moment, Blow blow, Duration length) implements Fault {
        @Override
        public void inflict(SimCluster cluster) {
            List<SiteCounts> sites = cluster.ensemble().faults().counts();
            if (!sites.isEmpty()) {
                String site = sites.get(draw % sites.size()).site();
                cluster.ensemble().faults().strikeNext(site, moment, process -> strike(cluster, site, process));
            }
        }

        private void strike(SimCluster cluster, String site, String process) {
            Optional<SimAgent> victim = cluster.agents().stream()
                    .filter(agent -> agent.alive() && agent.process().name().equals(process))
                    .findFirst();
            if (victim.isEmpty()) {
                cluster.submitters().stream()
                        .filter(one ->
                                one.process().alive() && one.process().name().equals(process))
                        .forEach(one -> one.struckBy(blow, length));
                return;
            }
            String id = victim.get().id();
            cluster.story().add("STRIKE " + blow + " " + id + " " + moment + " " + site);
            cluster.coverage().struck(blow + "@" + moment, List.of(site));
            switch (blow) {
                case KILL -> new Kill(id, length).inflict(cluster);
                case PAUSE -> new Pause(id, length).inflict(cluster);
                case CUT -> new Cut(id, Way.BOTH, length).inflict(cluster);
                case EXPIRE -> new Expire(id).inflict(cluster);
            }
        }
    }
}
