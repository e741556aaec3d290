package dev.belfry.testkit.cluster;

import dev.belfry.agent.loop.AgentLoop;
import dev.belfry.agent.loop.AgentProfile;
import dev.belfry.agent.queue.QueuedTasks;
import dev.belfry.core.agent.Capacity;
import dev.belfry.core.overdue.OverdueEvent;
import dev.belfry.master.LostPart;
import dev.belfry.master.MasterLoop;
import dev.belfry.store.StoreConnection;
import dev.belfry.testkit.time.SimClock;
import dev.belfry.testkit.time.SimProcess;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** One process of the cluster: an agent, and its part in having a master, as a service embeds them. */
public final class SimAgent {
    /** From the moment at which a suspended machine goes on until its wall clock is set. */
    private static final Duration CLOCK_SET = Duration.ofMillis(500);

    private static final long DRAIN_LOOK_NANOS = 100_000_000;

    private final SimCluster cluster;
    private final String id;
    private final SimProcess process;
    private final StoreConnection connection;
    private final SimAttempts attempts;
    private final AgentLoop agent;
    private final MasterLoop master;
    private boolean frozen;
    private boolean setRightLater;
    private boolean left;
    private boolean leaving;
    private boolean restarting;

    SimAgent(SimCluster cluster, String id, String processName, SimClock clock, Duration sessionTimeout) {
        this.cluster = cluster;
        this.id = id;
        this.process = new SimProcess(cluster.scheduler(), processName, clock);
        this.connection = cluster.ensemble().connect(process, sessionTimeout);
        this.attempts = new SimAttempts(process, cluster::behaviour, cluster.evidence());
        SimLoop loop = new SimLoop(process);
        AgentProfile profile = new AgentProfile(
                id,
                "host-" + id,
                1,
                Optional.empty(),
                Set.of(SimCluster.HANDLER),
                Map.of(),
                Optional.empty(),
                new Capacity(100, 1, 1L << 30),
                "2026a",
                false,
                cluster.options().candidates(),
                sessionTimeout);
        this.agent = new AgentLoop(
                loop,
                cluster.options().store().apply(connection.view(process)),
                profile,
                cluster.options().attempts().apply(attempts),
                new AgentLoop.Listener() {},
                setting -> cluster.isQueuedByHand() ? new NoQueuedWork() : new QueuedTasks(setting));
        this.master = new MasterLoop(
                loop, cluster.options().store().apply(connection.view(process)), profile, new MasterLoop.Listener() {
                    @Override
                    public void overdue(OverdueEvent event) {
                        cluster.overdue(event);
                    }

                    @Override
                    public void lost(LostPart part) {
                        agent.settleLost(
                                part.jobUid(), part.agentId(), part.until(), part.longestTimeout(), part.zxid());
                    }
                });
        process.execute(() -> {
            agent.start();
            master.start();
        });
    }

    /** The stable id. */
    public String id() {
        return id;
    }

    public SimProcess process() {
        return process;
    }

    public AgentLoop agent() {
        return agent;
    }

    public MasterLoop master() {
        return master;
    }

    public StoreConnection connection() {
        return connection;
    }

    /** Whether the process exists; it may be paused. */
    public boolean alive() {
        return process.alive() && !left;
    }

    /** Whether its machine stands still, clocks of the monotonic kind included. */
    public boolean frozen() {
        return frozen;
    }

    /** Whether it has been told to leave. */
    boolean leaving() {
        return leaving;
    }

    /** {@code kill -9}. */
    public void kill() {
        resume();
        process.kill();
        attempts.killed();
    }

    /** The process is stopped; its machine's clocks run on. */
    public void pause() {
        process.pause();
    }

    /** The whole machine is suspended: its monotonic clock stands still as well. */
    public void freeze() {
        frozen = true;
        process.clock().driftMonotonic(-1_000_000);
        process.pause();
    }

    /** Sets the wall clock right: now, or soon after the machine has gone on if it is suspended. */
    public void setClockRight() {
        if (frozen) {
            setRightLater = true;
        } else {
            process.clock().step(process.clock().offset().negated());
        }
    }

    /** Ends {@link #pause} and {@link #freeze}. */
    public void resume() {
        if (frozen) {
            frozen = false;
            process.clock().driftMonotonic(0);
            if (setRightLater) {
                setRightLater = false;
                cluster.scheduler().after(CLOCK_SET.toNanos(), "clock set", this::setClockRight);
            }
        }
        process.resume();
    }

    /**
     * Leaves in good order: drains, hands over, closes; after {@code patience} it cancels what still runs, and closes
     * soon after whatever has become of it.
     */
    public void leave(Duration patience) {
        leaving = true;
        process.execute(() -> {
            agent.drain();
            awaitDrained(process.clock().nanoTime() + patience.toNanos(), false);
        });
    }

    /** The same, but it says that it comes back: jobs with a rejoin grace keep their shards for it. */
    public void leaveToComeBack(Duration patience) {
        leaving = true;
        restarting = true;
        process.execute(() -> {
            agent.announceRestart();
            awaitDrained(process.clock().nanoTime() + patience.toNanos(), false);
        });
    }

    private boolean mayLeave() {
        return restarting ? attempts.running() == 0 && agent.recorded() && agent.announced() : agent.drained();
    }

    private void awaitDrained(long deadline, boolean cancelled) {
        boolean late = process.clock().nanoTime() - deadline > 0;
        if (mayLeave() || (late && cancelled)) {
            agent.close();
            master.close();
            connection.close();
            process.schedule(DRAIN_LOOK_NANOS, this::gone);
        } else if (late) {
            agent.cancelAll();
            long more = Duration.ofSeconds(2).toNanos();
            process.schedule(DRAIN_LOOK_NANOS, () -> awaitDrained(deadline + more, true));
        } else {
            process.schedule(DRAIN_LOOK_NANOS, () -> awaitDrained(deadline, cancelled));
        }
    }

    private void gone() {
        left = true;
        cluster.story().add(process.name() + " has left");
        kill();
    }

    @Override
    public String toString() {
        return process.name();
    }
}
