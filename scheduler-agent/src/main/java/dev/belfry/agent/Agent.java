package dev.belfry.agent;

import dev.belfry.agent.alert.Alerts;
import dev.belfry.agent.client.ClientLoop;
import dev.belfry.agent.exec.ThreadAttempts;
import dev.belfry.agent.loop.AgentLoop;
import dev.belfry.agent.loop.AgentProfile;
import dev.belfry.agent.loop.ThreadLoop;
import dev.belfry.agent.queue.QueuedTasks;
import dev.belfry.core.overdue.OverdueEvent;
import dev.belfry.core.record.Paths;
import dev.belfry.master.LostPart;
import dev.belfry.master.MasterLoop;
import dev.belfry.store.zk.ZkConnection;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An agent inside a service: registers in ZooKeeper, takes the shards that the master grants it, runs their jobs, and
 * stands for master itself. Made by {@link #builder()}.
 *
 * <p>Thread-safe. Threads, all daemons: one loop for the agent and one for the master, those of the ZooKeeper connection,
 * one for each {@link AgentBuilder#alerts listener of events}, and up to {@link AgentBuilder#slots} for user code, made when they are first needed.
 */
public final class Agent implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Agent.class);
    private static final Duration RECORD_TIME = Duration.ofSeconds(3);
    private static final Duration ALERT_TIME = Duration.ofSeconds(2);
    private static final Duration LOOP_TIME = Duration.ofSeconds(5);

    private final AgentSettings settings;
    private final String id;
    private final ZkConnection connection;
    private final ThreadLoop loop;
    private final ThreadLoop masterLoop;
    private final ThreadAttempts attempts;
    private final AgentLoop agent;
    private final MasterLoop master;
    private final Alerts alerts;
    private final ClientLoop client;
    /** Owned by the agent's loop. */
    private final DeclaredJobs declared;

    private final Closing onLoop;

    private final CompletableFuture<String> registered = new CompletableFuture<>();
    private volatile String refusal = "";
    private final AtomicBoolean closing = new AtomicBoolean();
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile boolean everythingEnded;
    private final Thread shutdownHook;

    /** A builder with nothing but defaults. */
    public static AgentBuilder builder() {
        return new AgentBuilder();
    }

    static Agent start(AgentSettings settings) {
        Agent agent = new Agent(settings, ZkConnection.open(settings.zookeeper()));
        agent.begin();
        return agent;
    }

    private Agent(AgentSettings settings, ZkConnection connection) {
        this.settings = settings;
        this.connection = connection;
        this.id = settings.self().id();
        this.loop = ThreadLoop.start("belfry-agent-loop-" + id);
        this.masterLoop = ThreadLoop.start("belfry-master-loop-" + id);
        this.onLoop = new Closing(loop);
        this.attempts = new ThreadAttempts(loop, "belfry-attempt-" + id, settings.handlers(), settings.pool());
        AgentProfile profile = settings.profile();
        this.agent = new AgentLoop(loop, connection.view(loop), profile, attempts, new Told(), QueuedTasks::new);
        this.client = new ClientLoop(loop, connection.view(loop));
        this.declared = new DeclaredJobs(loop, client, settings.jobs(), id);
        this.alerts = new Alerts(id, settings.alerts());
        this.master = new MasterLoop(masterLoop, connection.view(masterLoop), profile, new MasterLoop.Listener() {
            @Override
            public void overdue(OverdueEvent event) {
                alerts.raise(event);
            }

            @Override
            public void lost(LostPart part) {
                loop.execute(() -> agent.settleLost(
                        part.jobUid(), part.agentId(), part.until(), part.longestTimeout(), part.zxid()));
            }
        });
        this.shutdownHook = new Thread(() -> close(settings.life().onShutdown()), "belfry-agent-shutdown-" + id);
    }

    private final MachineMemory memory = new MachineMemory(Path.of("/"));

    /** What the agent's loop tells. */
    private final class Told implements AgentLoop.Listener {
        @Override
        public void registered(String incarnation) {
            registered.complete(incarnation);
            checkAcls();
        }

        @Override
        public void namespaceIsNew() {
            declared.start();
        }

        @Override
        public double load() {
            return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
        }

        @Override
        public double busy() {
            return !settings.tellsLoad() || load() < 0
                    ? -1
                    : load() / Runtime.getRuntime().availableProcessors();
        }

        @Override
        public double memory() {
            return memory.share();
        }

        @Override
        public void refused(String why) {
            refusal = why;
        }
    }

    /** Says in the log what is wrong with the ACLs of the namespace's subtrees: they do not inherit, and others set some. */
    private void checkAcls() {
        List<String> paths = new ArrayList<>(Paths.skeleton());
        paths.add(0, "/");
        var unused = connection.checkAcls(paths).whenComplete((problems, failed) -> {
            if (failed != null) {
                LOG.warn(
                        "the ACLs of {} were not checked: {}",
                        settings.zookeeper().root(),
                        failed.getMessage());
            }
        });
    }

    private void begin() {
        LOG.info(
                "agent starts: agent={} zookeeper={} root={} handlers={} slots={}",
                id,
                settings.zookeeper().connectString(),
                settings.zookeeper().root(),
                settings.handlers().keySet(),
                settings.capacity().slots());
        loop.execute(agent::start);
        masterLoop.execute(master::start);
        if (!settings.jobs().isEmpty()) {
            client.start();
            loop.execute(declared::start);
        }
        if (settings.life().shutdownHook()) {
            Runtime.getRuntime().addShutdownHook(shutdownHook);
        }
        settings.life().startWait().ifPresent(this::awaitRegistered);
    }

    private void awaitRegistered(Duration atMost) {
        String problem;
        try {
            registered.get(atMost.toNanos(), TimeUnit.NANOSECONDS);
            return;
        } catch (TimeoutException e) {
            problem = refusal.isEmpty()
                    ? "no session at " + settings.zookeeper().connectString() + "; check that the servers run, have a"
                            + " quorum and can be reached from here"
                    : refusal;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            problem = "the thread that waited was interrupted";
        } catch (ExecutionException e) {
            problem = String.valueOf(e.getCause());
        }
        close(CloseMode.LEAVING);
        throw new AgentStartException("agent " + id + " was not registered within " + atMost + ": " + problem);
    }

    // --- looking

    /** The stable id of this agent. */
    public String id() {
        return id;
    }

    /** How the agent is doing now; after it has closed, as one that is not registered. */
    public AgentStatus status() {
        Closing onMaster = new Closing(masterLoop);
        boolean leads = onMaster.ask(master::inOffice, false);
        return onLoop.ask(
                () -> new AgentStatus(
                        id,
                        agent.incarnation(),
                        agent.leaseRemaining(),
                        agent.shardCount(),
                        attempts.running(),
                        leads,
                        alerts.fires(),
                        agent.clockSteps(),
                        agent.silentUntil()),
                new AgentStatus(id, Optional.empty(), Duration.ZERO, 0, 0, false, alerts.fires(), 0, Optional.empty()));
    }

    /** Waits until the agent has closed. */
    public void awaitTermination() throws InterruptedException {
        closed.await();
    }

    /** Waits until the agent has closed; false if it has not within this time. */
    public boolean awaitTermination(Duration atMost) throws InterruptedException {
        return closed.await(atMost.toNanos(), TimeUnit.NANOSECONDS);
    }

    // --- closing

    /** Closes for good: {@code close(CloseMode.LEAVING)}. */
    @Override
    public void close() {
        close(CloseMode.LEAVING);
    }

    /**
     * Drains and leaves. Nothing new is taken; running attempts go on, and shards are handed over, for at most the drain
     * time-out; then what still runs is cancelled, and after twice the job's cancel grace it is left to itself. Idempotent:
     * a second call waits for the first.
     *
     * <p>Called by a handler, which cannot wait for its own end, it begins the close and returns false at once.
     *
     * @return whether every attempt has ended; if not, the log names the threads that go on
     */
    public boolean close(CloseMode mode) {
        boolean first = closing.compareAndSet(false, true);
        if (first && attempts.isCurrent()) {
            Thread closer = new Thread(() -> shutDown(mode), "belfry-agent-close-" + id);
            closer.setDaemon(true);
            closer.start();
        } else if (first) {
            shutDown(mode);
        }
        if (attempts.isCurrent()) {
            return false;
        }
        try {
            closed.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return everythingEnded;
    }

    private void shutDown(CloseMode mode) {
        LOG.info(
                "agent closes: agent={} mode={} drain time-out={}",
                id,
                mode,
                settings.life().drainTimeout());
        try {
            withdrawHook();
            drain(mode);
            leave();
        } finally {
            closed.countDown();
        }
    }

    private void withdrawHook() {
        if (settings.life().shutdownHook() && Thread.currentThread() != shutdownHook) {
            try {
                Runtime.getRuntime().removeShutdownHook(shutdownHook);
            } catch (IllegalStateException shuttingDown) {
                // The hook runs already, finds the agent closing, and waits for it.
                return;
            }
        }
    }

    private void drain(CloseMode mode) {
        boolean restarting = mode == CloseMode.RESTARTING;
        onLoop.run(restarting ? agent::announceRestart : agent::drain);
        boolean done = onLoop.await(
                () -> powerless() || (quiet() && (restarting ? agent.announced() : agent.drained())),
                settings.life().drainTimeout());
        if (done) {
            return;
        }
        AgentStatus left = status();
        LOG.warn(
                "drain time-out is over: agent={} shards={} running={}; what still runs is cancelled, and the shards move"
                        + " when the session has ended",
                id,
                left.shards(),
                left.running());
        onLoop.run(agent::cancelAll);
        Duration cancelTime = onLoop.ask(attempts::cancelTime, Duration.ZERO);
        onLoop.await(attempts::onlyAbandoned, cancelTime.plusSeconds(1));
        onLoop.await(() -> powerless() || agent.recorded(), RECORD_TIME);
    }

    private boolean quiet() {
        return attempts.running() == 0 && agent.recorded();
    }

    /** Whether there is nothing that waiting could do: no lease, and nothing runs. */
    private boolean powerless() {
        return !agent.leaseHolds() && attempts.running() == 0;
    }

    private void leave() {
        List<String> stuck = onLoop.ask(attempts::stuck, List.of("unknown: the agent's loop does not answer"));
        new Closing(masterLoop).run(master::close);
        onLoop.run(() -> {
            agent.close();
            attempts.close();
        });
        connection.close();
        boolean masterEnded = masterLoop.shutdown(LOOP_TIME);
        boolean agentEnded = loop.shutdown(LOOP_TIME);
        alerts.close(ALERT_TIME);
        everythingEnded = stuck.isEmpty() && masterEnded && agentEnded;
        if (stuck.isEmpty()) {
            LOG.info("agent has closed: agent={}", id);
        } else {
            LOG.error(
                    "agent has closed, but attempts go on: agent={} {}; they were cancelled and interrupted and do not"
                            + " end; only the end of this process ends them",
                    id,
                    stuck);
        }
    }
}
