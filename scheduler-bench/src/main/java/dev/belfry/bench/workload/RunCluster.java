package dev.belfry.bench.workload;

import dev.belfry.bench.evidence.Fire;
import dev.belfry.bench.evidence.FireReader;
import dev.belfry.bench.evidence.FireTail;
import dev.belfry.bench.machine.ChildProcess;
import dev.belfry.bench.peer.Contender;
import dev.belfry.bench.store.PostgresStore;
import dev.belfry.bench.store.Store;
import dev.belfry.bench.store.ZooKeeperStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A store, one process that submits runs, and workers that take them, each a process of its own, for one measurement; closing
 * leaves nothing behind. Its workers end by SIGKILL then: what they have under way is of no interest any more.
 */
final class RunCluster implements AutoCloseable {
    private static final List<String> OPTIONS = List.of("-Xmx512m");
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final Duration LOOK = Duration.ofMillis(50);

    private final Contender contender;
    private final Contender.OneOffs system;
    private final Setup setup;
    private final Path home;
    private final Store store;
    private final Map<String, ChildProcess> processes = new LinkedHashMap<>();

    private RunCluster(Contender contender, Contender.OneOffs system, Setup setup, Path home) throws IOException {
        this.contender = contender;
        this.system = system;
        this.setup = setup;
        this.home = home;
        store = contender.store() == Store.Kind.ZOOKEEPER
                ? ZooKeeperStore.start(home, setup.losses().tick())
                : PostgresStore.start(home, contender.schema());
    }

    /**
     * What is started.
     *
     * @param slots runs that a worker takes at once
     * @param body for how long the code of a run works
     * @param losses how processes that are lost are noticed; its standbys are for Belfry alone, the master is one of them
     */
    record Setup(int workers, int slots, Duration body, Load.Losses losses) {
        private static final int SLOTS = 50;

        /** Runs whose code returns at once, on two workers. */
        static final Setup USUAL = new Setup(2, SLOTS, Duration.ZERO, Load.Losses.NONE);

        Setup losing(Load.Losses how) {
            return new Setup(workers, slots, body, how);
        }
    }

    /** What the submitting process answers. */
    record Acknowledged(int runs, Duration time) {
        double perSecond() {
            return runs * 1e9 / Math.max(1, time.toNanos());
        }
    }

    /** Starts all but the workers. */
    static RunCluster start(Contender contender, Contender.OneOffs system, Setup setup)
            throws IOException, InterruptedException {
        Path home = Files.createTempDirectory("belfry-bench-");
        RunCluster cluster = new RunCluster(contender, system, setup, home);
        try {
            int standbys =
                    contender.name().equals(Contender.BELFRY) ? setup.losses().standbys() : 0;
            for (int i = 0; i < standbys; i++) {
                cluster.launch("standby-" + i, Role.STANDBY).answer(PATIENCE);
            }
            cluster.launch("submitter", Role.SUBMITTER).answer(PATIENCE);
            return cluster;
        } catch (IOException | InterruptedException e) {
            cluster.close();
            throw e;
        }
    }

    private enum Role {
        STANDBY,
        SUBMITTER,
        WORKER
    }

    /** Starts the workers, and waits until they are there. */
    void work() throws IOException, InterruptedException {
        List<ChildProcess> workers = new ArrayList<>();
        for (String name : workers()) {
            workers.add(launch(name, Role.WORKER));
        }
        for (ChildProcess worker : workers) {
            worker.answer(PATIENCE);
        }
    }

    private ChildProcess launch(String name, Role role) throws IOException {
        ChildProcess process = ChildProcess.start(
                name,
                home.resolve("logs"),
                new ChildProcess.Program(
                        contender.program().classPath(),
                        OPTIONS,
                        system.mainClass(),
                        List.of(
                                "store=" + store.address(),
                                "agent=" + name,
                                "log=" + log(name),
                                "slots=" + setup.slots(),
                                "tuned=" + system.tuned(),
                                "period=0",
                                "body=" + setup.body().toMillis(),
                                "session=" + setup.losses().session().toMillis(),
                                "standby=" + (role == Role.STANDBY),
                                "submits=" + (role == Role.SUBMITTER),
                                "registers=" + (role == Role.SUBMITTER))));
        processes.put(name, process);
        return process;
    }

    private Path log(String name) {
        return home.resolve(name + ".fires");
    }

    /** All workers that were asked for, those that are lost included. */
    List<String> workers() {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < setup.workers(); i++) {
            names.add("agent-" + i);
        }
        return names;
    }

    private List<Path> logs() {
        return workers().stream().map(this::log).toList();
    }

    /** Submits at most {@code count} runs with the numbers from {@code from}; see the ways of the submitting process. */
    Acknowledged submit(String way, int from, int count, Duration atMost, int extra)
            throws IOException, InterruptedException {
        tell(way, from, count, atMost, Integer.toString(extra));
        return acknowledged();
    }

    /** Goes on submitting for a time while fewer than {@code backlog} runs wait; {@link #acknowledged} says what came of it. */
    void feed(int backlog, Duration time) throws IOException {
        String logs = logs().stream().map(Path::toString).collect(Collectors.joining(","));
        tell("fed", 0, Integer.MAX_VALUE / 2, time, system.batch() + "," + backlog + "," + logs);
    }

    private void tell(String way, int from, int count, Duration atMost, String extra) throws IOException {
        process("submitter")
                .tell(String.join(
                        " ",
                        way,
                        Integer.toString(from),
                        Integer.toString(count),
                        Long.toString(atMost.toMillis()),
                        extra));
    }

    Acknowledged acknowledged() throws IOException, InterruptedException {
        String[] words = process("submitter").answer(PATIENCE).split(" ");
        return new Acknowledged(Integer.parseInt(words[0]), Duration.ofNanos(Long.parseLong(words[1])));
    }

    /** Waits until the workers have noted so many starts, or none more for as long as {@code patience}. */
    void awaitStarts(long count, Duration patience) throws IOException {
        FireTail tail = new FireTail(logs());
        long before = -1;
        Instant changed = Instant.now();
        for (long now = tail.count(); now < count; now = tail.count()) {
            if (now != before) {
                before = now;
                changed = Instant.now();
            } else if (Instant.now().isAfter(changed.plus(patience))) {
                return;
            }
            Pause.of(LOOK);
        }
    }

    /** The process is lost: SIGKILL. */
    void kill(String name) {
        process(name).kill();
        processes.remove(name);
    }

    private ChildProcess process(String name) {
        ChildProcess process = processes.get(name);
        if (process == null) {
            throw new IllegalArgumentException("there is no " + name + "; there are " + processes.keySet());
        }
        return process;
    }

    /** Bytes of heap of a process after a collection. */
    long heapBytes(String name) throws IOException, InterruptedException {
        return Long.parseLong(process(name).ask("state", PATIENCE).split(" ")[1]);
    }

    /** Pids by name; the store is called {@code store}. */
    Map<String, Long> pids() {
        Map<String, Long> pids = new LinkedHashMap<>();
        pids.put("store", store.pid());
        processes.forEach((name, process) -> pids.put(name, process.pid()));
        return pids;
    }

    Store store() {
        return store;
    }

    /** What the handlers of all workers have noted; the job of a note is the number of the run, and due is when it was submitted. */
    List<Fire> starts() throws IOException {
        return FireReader.read(logs());
    }

    /** What the handlers of one worker have noted. */
    List<Fire> starts(String worker) throws IOException {
        return FireReader.read(List.of(log(worker)));
    }

    @Override
    public void close() throws IOException {
        processes.values().forEach(ChildProcess::kill);
        store.close();
        if (!Boolean.getBoolean("belfry.bench.keep")) {
            Cluster.delete(home);
        }
    }
}
