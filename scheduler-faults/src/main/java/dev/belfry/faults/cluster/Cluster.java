package dev.belfry.faults.cluster;

import dev.belfry.agent.BelfryClient;
import dev.belfry.agent.client.Applied;
import dev.belfry.agent.client.ClientException;
import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.version.Author;
import dev.belfry.faults.machine.Network;
import dev.belfry.faults.machine.Shims;
import dev.belfry.faults.machine.Waiting;
import dev.belfry.faults.witness.Jobs;
import dev.belfry.faults.witness.Testimony;
import dev.belfry.faults.witness.TickAgent;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/** A whole cluster of separate processes, and those who look at it. Not thread-safe, but for {@link #close}. */
public final class Cluster implements AutoCloseable {
    /** The namespace of its jobs. */
    public static final String NAMESPACE = "faults";

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Network network;
    private final Shims shims;
    private final Ensemble ensemble;
    private final Testimony testimony = new Testimony();
    private final List<AgentJvm> agents = new ArrayList<>();
    private final AgentJvm.Surroundings surroundings;
    private final BelfryClient client;
    private final Duration session;

    /**
     * How it is to be.
     *
     * @param agents how many
     * @param session the time-out that agents ask for
     */
    public record Size(int agents, Duration session) {}

    /**
     * Who is in it.
     *
     * @param agents the manners of those that only tick, by id, in the order in which they start
     */
    public record Cast(Map<String, TickAgent.Manner> agents, List<JobDefinition> jobs, Duration session) {
        public Cast {
            agents = Collections.unmodifiableMap(new LinkedHashMap<>(agents));
            jobs = List.copyOf(jobs);
        }
    }

    /** Starts everything and applies the jobs of a campaign. The network is closed with the cluster. */
    public Cluster(Network network, Path directory, Size size) throws IOException {
        this(network, directory, size.session());
        for (int i = 1; i <= size.agents(); i++) {
            join("agent-" + i);
        }
        begin(Jobs.definitions());
    }

    /** Starts everything and applies these jobs. The network is closed with the cluster. */
    public Cluster(Network network, Path directory, Cast cast) throws IOException {
        this(network, directory, cast.session());
        for (Map.Entry<String, TickAgent.Manner> agent : cast.agents().entrySet()) {
            agents.add(new AgentJvm(
                    network.add(agent.getKey()),
                    surroundings,
                    List.of(agent.getValue().name())));
        }
        begin(cast.jobs());
    }

    private Cluster(Network network, Path directory, Duration session) throws IOException {
        this.network = network;
        this.session = session;
        this.shims = Shims.build(directory.resolve("shims"));
        this.ensemble = new Ensemble(network, directory, shims);
        this.surroundings = new AgentJvm.Surroundings(
                ensemble.connectString(), NAMESPACE, session, directory.resolve("agents"), shims, testimony::add);
        this.client = BelfryClient.connect(ensemble.connectString(), NAMESPACE);
        client.awaitConnected();
    }

    private void begin(List<JobDefinition> jobs) {
        Waiting.require("all agents register", () -> registered() == agents.size(), PATIENCE);
        for (Applied applied : client.apply(jobs, new Author(Author.Origin.OPERATOR, "faults", ""))) {
            if (applied instanceof Applied.Refused refused) {
                throw new IllegalStateException(refused.job() + " was refused: " + refused.why());
            }
        }
    }

    /** A new agent. */
    public AgentJvm join(String id) throws IOException {
        AgentJvm agent = new AgentJvm(network.add(id), surroundings, List.of());
        agents.add(agent);
        return agent;
    }

    /** Takes an agent that has ended off the list. */
    public void left(AgentJvm agent) {
        agents.remove(agent);
    }

    /** How many agents are registered; 0 if nobody can say. */
    public int registered() {
        try {
            return client.agents().found().size();
        } catch (ClientException e) {
            return 0; // no quorum, or not yet
        }
    }

    public Network network() {
        return network;
    }

    public Shims shims() {
        return shims;
    }

    public Ensemble ensemble() {
        return ensemble;
    }

    public BelfryClient client() {
        return client;
    }

    public Duration session() {
        return session;
    }

    public List<AgentJvm> agents() {
        return List.copyOf(agents);
    }

    public AgentJvm anyAgent(Random random) {
        return agents.get(random.nextInt(agents.size()));
    }

    /** The agent that is master. */
    public AgentJvm master() {
        Waiting.require("there is a master that runs", () -> findMaster().isPresent(), PATIENCE);
        return findMaster().orElseGet(() -> agents.get(0));
    }

    private Optional<AgentJvm> findMaster() {
        try {
            String name = client.epoch().incarnation();
            String id = name.isEmpty() ? "" : new Incarnation(name).agentId();
            return agents.stream()
                    .filter(agent -> agent.id().equals(id) && agent.process().alive())
                    .findFirst();
        } catch (ClientException e) {
            return Optional.empty();
        }
    }

    /** The agents that own a shard of {@link Jobs#SECOND} now, by name; none if nobody can say. */
    public List<AgentJvm> owners() {
        Set<String> ids = new HashSet<>();
        try {
            client.shards().table().forEach((key, tenancy) -> {
                if (key.jobUid().startsWith(Jobs.SECOND + "~")) {
                    ids.add(tenancy.owner().agentId());
                }
            });
        } catch (ClientException e) {
            return List.of(); // no quorum, or not yet
        }
        return agents.stream().filter(agent -> ids.contains(agent.id())).toList();
    }

    /** The incarnation under which an agent is registered now. */
    public Optional<Incarnation> incarnation(AgentJvm agent) {
        return client.agents().found().stream()
                .map(state -> state.facts().incarnation())
                .filter(incarnation -> incarnation.agentId().equals(agent.id()))
                .findFirst();
    }

    /** The evidence, read up to now. */
    public Testimony testimony() {
        testimony.read();
        return testimony;
    }

    /** Kills what still runs and removes the network. Idempotent. */
    @Override
    public void close() {
        client.close();
        endProcesses();
        network.close();
    }

    /** Kills what still runs; may be called by any thread. */
    public void endProcesses() {
        List.copyOf(agents).forEach(agent -> agent.process().kill());
        ensemble.servers().forEach(server -> server.process().kill());
    }
}
