package dev.belfry.bench.workload;

import dev.belfry.bench.evidence.Fire;
import dev.belfry.bench.evidence.FireReader;
import dev.belfry.bench.machine.ChildProcess;
import dev.belfry.bench.peer.Contender;
import dev.belfry.bench.store.PostgresStore;
import dev.belfry.bench.store.Store;
import dev.belfry.bench.store.ZooKeeperStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A store and agents of one scheduler, each a process of its own, for one measurement; closing leaves nothing behind. */
final class Cluster implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(15);

    private final Contender contender;
    private final Load load;
    private final List<String> options;
    private final Path home;
    private final Store store;
    private final Map<String, ChildProcess> agents = new LinkedHashMap<>();
    private final List<Path> logs = new ArrayList<>();
    private long registerMillis;

    private Cluster(Contender contender, Load load, List<String> options, Path home) throws IOException {
        this.contender = contender;
        this.load = load;
        this.options = options;
        this.home = home;
        store = contender.store() == Store.Kind.ZOOKEEPER
                ? ZooKeeperStore.start(home, load.losses().tick())
                : PostgresStore.start(home, contender.schema());
    }

    /**
     * Starts everything, and waits until the jobs are registered.
     *
     * @param options for the JVM of each agent
     */
    static Cluster start(Contender contender, Load load, List<String> options)
            throws IOException, InterruptedException {
        Path home = Files.createTempDirectory("belfry-bench-");
        Cluster cluster = new Cluster(contender, load, options, home);
        try {
            List<ChildProcess> standbys = new ArrayList<>();
            for (int i = 0; i < load.losses().standbys(); i++) {
                standbys.add(cluster.launch("standby-" + i, true));
            }
            cluster.awaitReady(standbys);
            List<ChildProcess> agents = new ArrayList<>();
            for (int i = 0; i < load.agents(); i++) {
                agents.add(cluster.launch());
            }
            cluster.awaitReady(agents);
            return cluster;
        } catch (IOException | InterruptedException e) {
            cluster.close();
            throw e;
        }
    }

    /** Starts one more agent and waits until it is there. */
    String join() throws IOException, InterruptedException {
        ChildProcess agent = launch();
        awaitReady(List.of(agent));
        return agent.name();
    }

    private ChildProcess launch() throws IOException {
        return launch("agent-" + logs.size(), false);
    }

    private ChildProcess launch(String name, boolean standby) throws IOException {
        Path log = home.resolve(name + ".fires");
        boolean registers =
                !standby && (logs.isEmpty() || !contender.abilities().registersOnce());
        if (!standby) {
            logs.add(log);
        }
        ChildProcess agent = ChildProcess.start(
                name,
                home.resolve("logs"),
                new ChildProcess.Program(
                        contender.program().classPath(),
                        options,
                        contender.program().mainClass(),
                        List.of(
                                "store=" + store.address(),
                                "agent=" + name,
                                "log=" + log,
                                "jobs=" + load.jobs(),
                                "shards=" + load.shards(),
                                "period=" + load.period().toSeconds(),
                                "spread=" + load.spread(),
                                "body=" + load.body().toMillis(),
                                "session=" + load.losses().session().toMillis(),
                                "standby=" + standby,
                                "registers=" + registers,
                                "waits-for=" + (standby ? 0 : share()))));
        agents.put(name, agent);
        return agent;
    }

    /** How many shards an agent waits for: its fair share, but for one by which shares may differ. */
    private int share() {
        int all = load.jobs() * load.shards();
        return load.agents() == 1 ? all : Math.max(1, all / load.agents() - 1);
    }

    private void awaitReady(List<ChildProcess> processes) throws IOException, InterruptedException {
        for (ChildProcess agent : processes) {
            String[] words = agent.answer(PATIENCE).split(" ");
            registerMillis = Math.max(registerMillis, Long.parseLong(words[1]));
        }
    }

    /** The agent leaves in good order. */
    void leave(String name) {
        ChildProcess agent = agents.remove(name);
        if (agent != null) {
            agent.close();
        }
    }

    /** The agent is lost: SIGKILL. */
    void kill(String name) {
        process(name).kill();
        agents.remove(name);
    }

    /** The agent is stopped by SIGSTOP, as in a long pause of its machine, until the answer is closed. */
    ChildProcess.Stopped stop(String name) throws IOException {
        return process(name).stop();
    }

    private ChildProcess process(String name) {
        ChildProcess process = agents.get(name);
        if (process == null) {
            throw new IllegalArgumentException("there is no " + name + "; there are " + agents.keySet());
        }
        return process;
    }

    Contender contender() {
        return contender;
    }

    Load load() {
        return load;
    }

    Store store() {
        return store;
    }

    /** The agents that are there. */
    List<String> agents() {
        return List.copyOf(agents.keySet());
    }

    /** The agents that run jobs, those that are not there any more included. */
    List<String> everyone() {
        return logs.stream()
                .map(log -> log.getFileName().toString().replace(".fires", ""))
                .toList();
    }

    /** From the start of the scheduler until the jobs were registered, on the slowest agent. */
    long registerMillis() {
        return registerMillis;
    }

    /** Pids by name; the store is called {@code store}. */
    Map<String, Long> processes() {
        Map<String, Long> pids = new LinkedHashMap<>();
        pids.put("store", store.pid());
        agents.forEach((name, agent) -> pids.put(name, agent.pid()));
        return pids;
    }

    /** What the handlers of all agents have noted, those that have left included. */
    List<Fire> fires() throws IOException {
        return FireReader.read(logs);
    }

    /** What the handlers of one agent have noted. */
    List<Fire> fires(String agent) throws IOException {
        return FireReader.read(List.of(home.resolve(agent + ".fires")));
    }

    /** Java threads of an agent, and its heap after a collection, in bytes. */
    AgentState state(String agent) throws IOException, InterruptedException {
        String[] words = process(agent).ask("state", PATIENCE).split(" ");
        return new AgentState(Integer.parseInt(words[0]), Long.parseLong(words[1]));
    }

    /** What an agent says of itself. */
    record AgentState(int threads, long heapBytes) {}

    @Override
    public void close() throws IOException {
        List<Thread> closers = agents.values().stream()
                .map(agent -> new Thread(agent::close, "close-" + agent.name()))
                .toList();
        closers.forEach(Thread::start);
        for (Thread closer : closers) {
            try {
                closer.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        store.close();
        if (!Boolean.getBoolean("belfry.bench.keep")) {
            delete(home);
        }
    }

    /** Deletes a directory with all that is in it. */
    static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder()).forEach(file -> {
                try {
                    Files.deleteIfExists(file);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
