package dev.belfry.agent;

import dev.belfry.agent.alert.AlertListener;
import dev.belfry.agent.exec.PoolLimits;
import dev.belfry.agent.handler.CommandHandler;
import dev.belfry.agent.handler.HttpHandler;
import dev.belfry.core.agent.Capacity;
import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.job.HandlerParameters;
import dev.belfry.core.job.Job;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.store.zk.ZkIdentity;
import dev.belfry.store.zk.ZkRoles;
import dev.belfry.store.zk.ZkSettings;
import dev.belfry.store.zk.ZkTls;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Collects what an agent is to be. Not thread-safe; each method returns this builder. */
public final class AgentBuilder {
    private static final int MOST_SLOTS = 100_000;

    private @Nullable String zookeeper;
    private String namespace = "default";
    private @Nullable String id;
    private Optional<URI> endpoint = Optional.empty();
    private final Map<String, JobHandler> handlers = new LinkedHashMap<>();
    private final Map<String, JobDefinition> jobs = new LinkedHashMap<>();
    private final List<AlertListener> alerts = new ArrayList<>();
    private final Map<String, String> labels = new TreeMap<>();
    private Optional<String> zone = Optional.empty();
    private int slots = Math.max(8, 4 * Runtime.getRuntime().availableProcessors());
    private boolean tellsLoad = true;
    private double cpu = Runtime.getRuntime().availableProcessors();
    private long memory = Runtime.getRuntime().maxMemory();
    private Duration sessionTimeout = Duration.ofSeconds(10);
    private Duration connectTimeout = Duration.ofSeconds(8);
    private Optional<Duration> wait = Optional.empty();
    private Duration drainTimeout = Duration.ofSeconds(30);
    private ZkIdentity identity = new ZkIdentity.None();
    private ZkRoles roles = ZkRoles.CREATOR;
    private @Nullable ZkTls tls;
    private boolean shutdownHook = true;
    private CloseMode onShutdown = CloseMode.LEAVING;
    private boolean standby;
    private int candidates = 3;

    AgentBuilder() {}

    /** The ensemble: {@code host:port}, several separated by commas. Required. */
    public AgentBuilder zookeeper(String connectString) {
        this.zookeeper = connectString;
        return this;
    }

    /** The namespace, which keeps agents and jobs apart from those of others; {@code default} unless given. */
    public AgentBuilder namespace(String name) {
        this.namespace = name;
        return this;
    }

    /**
     * The stable id of this agent: 1 to 64 letters, digits, dots, dashes or underscores, the first a letter or digit. Two
     * agents of one namespace must not share it. The machine's name and random digits unless given.
     */
    public AgentBuilder id(String id) {
        if (!Incarnation.isAgentId(id)) {
            throw new IllegalArgumentException("not an agent id: '" + id + "'; it is 1 to 64 letters, digits and . _ -,"
                    + " the first a letter or digit");
        }
        this.id = id;
        return this;
    }

    /** An address that is published for others; Belfry itself never connects to it. */
    public AgentBuilder endpoint(URI address) {
        this.endpoint = Optional.of(address);
        return this;
    }

    /**
     * User code, by the name under which definitions ask for it.
     *
     * @throws IllegalArgumentException if the name is taken, or is that of a built-in handler, whose parameters are checked
     *     with every definition
     */
    public AgentBuilder handler(String name, JobHandler handler) {
        Objects.requireNonNull(handler, "handler");
        if (name.isBlank()) {
            throw new IllegalArgumentException("a handler needs a name");
        }
        boolean builtIn = handler instanceof CommandHandler || handler instanceof HttpHandler;
        if (HandlerParameters.isBuiltIn(name) && !builtIn) {
            throw new IllegalArgumentException("'" + name + "' is the name of a built-in handler; rename yours");
        }
        if (handlers.putIfAbsent(name, handler) != null) {
            throw new IllegalArgumentException("there are two handlers '" + name + "'; rename one");
        }
        return this;
    }

    /**
     * Declares a job, which is applied when the agent has connected. Code replaces only what code has declared: once an
     * operator has applied a definition of the job, this one has no effect, and the log says so.
     *
     * @throws dev.belfry.core.job.IllegalDefinitionException if the definition breaks a rule of the format
     * @throws IllegalArgumentException if the job is declared twice
     */
    public AgentBuilder job(Job job) {
        JobDefinition definition = job.build();
        if (jobs.putIfAbsent(definition.name(), definition) != null) {
            throw new IllegalArgumentException("job '" + definition.name() + "' is declared twice");
        }
        return this;
    }

    /** A label that definitions may require or prefer. */
    public AgentBuilder label(String name, String value) {
        if (name.isBlank()) {
            throw new IllegalArgumentException("a label needs a name");
        }
        labels.put(name, Objects.requireNonNull(value, "value"));
        return this;
    }

    /** The failure zone, such as a rack or an availability zone. */
    public AgentBuilder zone(String zone) {
        this.zone = Optional.of(zone);
        return this;
    }

    /** How many attempts may run at once, 1 to 100,000: four for each processor, at least 8, unless given. */
    public AgentBuilder slots(int slots) {
        if (slots < 1 || slots > MOST_SLOTS) {
            throw new IllegalArgumentException("slots are from 1 to 100,000, not " + slots);
        }
        this.slots = slots;
        return this;
    }

    /**
     * What queued jobs may take together: processors and bytes. What the JVM sees unless given.
     *
     * @throws IllegalArgumentException if one is negative or not finite
     */
    public AgentBuilder capacity(double cpu, long memory) {
        Capacity checked = new Capacity(slots, cpu, memory);
        this.cpu = checked.cpu();
        this.memory = checked.memory();
        return this;
    }

    /**
     * Whether the agent says how busy its machine is; it does unless given. The queue gives nothing to agents whose machine has a
     * load average above four for each processor. That counts whatever the machine does, for the last minute, work of the lowest
     * priority too: say false where such work is at home, or where the slots alone are to bound what the agent takes.
     */
    public AgentBuilder tellsLoad(boolean tells) {
        this.tellsLoad = tells;
        return this;
    }

    /**
     * The session time-out to ask ZooKeeper for; 10 s unless given, and servers grant 2 to 20 of their ticks. An agent
     * that dies is replaced about that long after; one that ZooKeeper does not reach stops its attempts after two thirds.
     */
    public AgentBuilder sessionTimeout(Duration timeout) {
        this.sessionTimeout = timeout;
        return this;
    }

    /** How long without a connection is taken for an outage, and the log says so; 8 s unless given. */
    public AgentBuilder connectTimeout(Duration timeout) {
        this.connectTimeout = timeout;
        return this;
    }

    /**
     * Has {@link #start} wait until the agent is registered, and fail if it is not within this time. Unless this is
     * called, start does not wait: the agent registers as soon as ZooKeeper can be reached, however long that takes, and
     * until then the log says every now and then that it cannot.
     */
    public AgentBuilder waitForZooKeeper(Duration atMost) {
        if (atMost.isNegative() || atMost.isZero()) {
            throw new IllegalArgumentException("the time to wait for ZooKeeper must be positive: " + atMost);
        }
        this.wait = Optional.of(atMost);
        return this;
    }

    /** Who this process is to ZooKeeper; nobody unless given, which is for development only. */
    public AgentBuilder identity(ZkIdentity identity) {
        this.identity = identity;
        return this;
    }

    /** Who may do what with the znodes that this agent creates; only their creator unless given. */
    public AgentBuilder roles(ZkRoles roles) {
        this.roles = roles;
        return this;
    }

    /** TLS to ZooKeeper; off unless given. */
    public AgentBuilder tls(ZkTls tls) {
        this.tls = tls;
        return this;
    }

    /** How long {@link Agent#close()} lets running attempts go on and waits for others to take the shards; 30 s. */
    public AgentBuilder drainTimeout(Duration timeout) {
        if (timeout.isNegative()) {
            throw new IllegalArgumentException("the drain time-out is negative: " + timeout);
        }
        this.drainTimeout = timeout;
        return this;
    }

    /** Whether the agent closes itself when the JVM shuts down; on unless switched off. */
    public AgentBuilder shutdownHook(boolean on) {
        this.shutdownHook = on;
        return this;
    }

    /**
     * How the agent closes itself when the JVM shuts down, at SIGTERM for example; {@link CloseMode#LEAVING} unless said
     * otherwise. No effect with {@code shutdownHook(false)}.
     */
    public AgentBuilder onShutdown(CloseMode mode) {
        this.onShutdown = Objects.requireNonNull(mode, "mode");
        return this;
    }

    /** Makes this a candidate for master that runs no jobs. It takes no handlers. */
    public AgentBuilder standby() {
        this.standby = true;
        return this;
    }

    /** How many agents of the namespace stand for master at once, at least 1; 3 unless given. */
    public AgentBuilder candidates(int candidates) {
        if (candidates < 1) {
            throw new IllegalArgumentException("at least one agent has to stand for master, not " + candidates);
        }
        this.candidates = candidates;
        return this;
    }

    /**
     * Lets definitions run the executables of a directory through the handler {@code command}; see {@link
     * CommandHandler}. Off unless called.
     *
     * @throws IllegalArgumentException if it is no directory, or everyone may write to it
     */
    public AgentBuilder allowCommands(Path directory) {
        return handler(CommandHandler.NAME, new CommandHandler(directory));
    }

    /**
     * Lets definitions send requests to these hosts through the handler {@code http}; see {@link HttpHandler}. Off unless
     * called.
     *
     * @param hosts each a name with a port, or without one for the port that goes with http or https
     */
    public AgentBuilder allowHttp(String... hosts) {
        return handler(HttpHandler.NAME, new HttpHandler(List.of(hosts)));
    }

    /**
     * Adds somebody who is told of overdue fires while this agent is master; give the same to every candidate. The log
     * tells of them without any. Closed with the agent.
     */
    public AgentBuilder alerts(AlertListener listener) {
        alerts.add(Objects.requireNonNull(listener, "listener"));
        return this;
    }

    /**
     * Starts the agent. The caller closes it.
     *
     * @throws IllegalArgumentException if something is missing, or two settings contradict each other
     * @throws AgentStartException if it was to wait for ZooKeeper and was not registered in time
     * @throws java.io.UncheckedIOException if a password cannot be read
     */
    public Agent start() {
        return Agent.start(settings());
    }

    private AgentSettings settings() {
        if (zookeeper == null) {
            throw new IllegalArgumentException("an agent needs an ensemble: call zookeeper(\"host:port,...\")");
        }
        if (standby && !handlers.isEmpty()) {
            throw new IllegalArgumentException(
                    "a standby runs no jobs but has the handlers " + handlers.keySet() + "; drop them or standby()");
        }
        if (!standby && handlers.isEmpty()) {
            throw new IllegalArgumentException(
                    "the agent has no handler; call handler(...), or standby() if it is only" + " to become master");
        }
        ZkSettings.Builder zk = ZkSettings.builder(zookeeper, namespace)
                .sessionTimeout(sessionTimeout)
                .connectionTimeout(connectTimeout)
                .identity(identity)
                .roles(roles);
        if (tls != null) {
            zk.tls(tls);
        }
        String host = Machine.host();
        return new AgentSettings(
                zk.build(),
                new AgentSettings.Self(
                        id == null ? Machine.generatedId(host) : id, host, endpoint, labels, zone, standby, candidates),
                handlers,
                new ArrayList<>(jobs.values()),
                alerts,
                standby ? new Capacity(0, 0, 0) : new Capacity(slots, cpu, memory),
                tellsLoad,
                PoolLimits.of(slots),
                new AgentSettings.Life(wait, drainTimeout, shutdownHook, onShutdown));
    }
}
