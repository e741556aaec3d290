package dev.belfry.console.up;

import dev.belfry.agent.BelfryClient;
import dev.belfry.agent.CheckResult;
import dev.belfry.agent.JobHandlerProvider;
import dev.belfry.agent.client.AgentState;
import dev.belfry.agent.client.Applied;
import dev.belfry.agent.client.ClientException;
import dev.belfry.agent.client.Journal;
import dev.belfry.console.local.ChildJvm;
import dev.belfry.console.local.LocalZooKeeper;
import dev.belfry.core.job.Definitions;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.job.ParsedDefinitions;
import dev.belfry.core.schedule.Durations;
import dev.belfry.core.version.Author;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code belfry up}: starts ZooKeeper, agents and jobs, shows what happens, and stops everything in good order. */
@Command(
        name = "up",
        description = "Starts a whole cluster on this machine: ZooKeeper, agents in JVMs of their own, and jobs."
                + " Without --jobs and --corpus it runs the code-search example on the sources of Belfry's libraries.",
        mixinStandardHelpOptions = true)
public final class UpCommand implements Callable<Integer> {

    private static final Duration STOP_PATIENCE = Duration.ofSeconds(20);
    private static final Duration SETTLE = Duration.ofSeconds(60);
    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);
    private static final int DEFAULT_PORT = 2181;
    /** Time between two lines of progress. */
    private static final Duration PACE = Duration.ofSeconds(3);

    @Option(names = "--agents", defaultValue = "3", description = "agents, each in a JVM of its own (default 3)")
    private int agents;

    @Option(names = "--ensemble", defaultValue = "1", description = "ZooKeeper servers: 1 or 3 (default 1)")
    private int ensemble;

    @Option(names = "--port", description = "port of the first ZooKeeper server (default 2181, or a free one)")
    private @Nullable Integer port;

    @Option(names = "--data", description = "directory kept for data and logs (default: a new one, deleted at the end)")
    private @Nullable Path data;

    @Option(names = "--namespace", defaultValue = "up", description = "namespace (default up)")
    private String namespace = "up";

    @Option(names = "--jobs", description = "run the definitions in this file instead of the example")
    private @Nullable Path jobs;

    @Option(names = "--corpus", description = "the example indexes the text files below this directory")
    private @Nullable Path corpus;

    @Option(names = "--queries", description = "queries for the example: one a line, optionally TAB expected document")
    private @Nullable Path queries;

    @Option(names = "--for", description = "stop after this time, such as 60s (default: until Ctrl-C)")
    private @Nullable String length;

    @Option(names = "--kill-agent-after", description = "kill one agent with SIGKILL after this time, such as 10s")
    private @Nullable String killAfter;

    @Option(
            names = "--check",
            description = "at the end, let the example reach one result and compare it with a single process's;"
                    + " exit 1 if they differ")
    private boolean check;

    @Option(names = "--allow-commands", description = "directory of executables that 'command' jobs may run")
    private @Nullable Path allowCommands;

    @Spec
    private picocli.CommandLine.Model.@Nullable CommandSpec spec;

    private final PrintStream out = System.out;
    private final Map<String, String> settings = new LinkedHashMap<>();
    private final List<JobHandlerProvider> providers = new ArrayList<>();
    private final CountDownLatch interrupted = new CountDownLatch(1);
    private final Set<String> reportedDead = new HashSet<>();
    private final CountDownLatch finished = new CountDownLatch(1);

    @Override
    public Integer call() throws IOException {
        Duration running = duration("--for", length);
        Duration kill = duration("--kill-agent-after", killAfter);
        validate(kill);
        Path home = data != null ? data.toAbsolutePath() : Files.createTempDirectory("belfry-up-");
        Files.createDirectories(home);
        List<JobDefinition> definitions = definitions(home);
        Thread hook = new Thread(
                () -> {
                    interrupted.countDown();
                    await(finished, STOP_PATIENCE.plusSeconds(10));
                },
                "belfry-up-stop");
        Runtime.getRuntime().addShutdownHook(hook);
        Path logs = home.resolve("logs");
        LocalZooKeeper zookeeper = new LocalZooKeeper(home, logs);
        LocalCluster cluster = new LocalCluster(logs, zookeeper, namespace, settings, agentOptions());
        try {
            return run(zookeeper, cluster, definitions, running, kill, logs);
        } catch (LocalZooKeeper.PortTaken e) {
            System.err.println("belfry: " + e.getMessage());
            return 2;
        } finally {
            cluster.stop(STOP_PATIENCE);
            if (data == null) {
                delete(home);
            }
            say("stopped");
            finished.countDown();
        }
    }

    private int run(
            LocalZooKeeper zookeeper,
            LocalCluster cluster,
            List<JobDefinition> definitions,
            @Nullable Duration running,
            @Nullable Duration kill,
            Path logs)
            throws IOException, LocalZooKeeper.PortTaken {
        int first = port != null ? port : LocalZooKeeper.free(DEFAULT_PORT) ? DEFAULT_PORT : LocalZooKeeper.freePort();
        say("starting " + (ensemble == 1 ? "a ZooKeeper server" : ensemble + " ZooKeeper servers") + " on port " + first
                + "; logs in " + logs);
        zookeeper.start(ensemble, first);
        say("starting " + agents + " agents");
        cluster.startAgents(agents);
        try (BelfryClient client = BelfryClient.connect(zookeeper.connectString(), namespace)) {
            client.awaitConnected();
            apply(client, definitions);
            say("look around from another terminal: ./belfry get jobs --zookeeper " + zookeeper.connectString()
                    + " --namespace " + namespace);
            watch(client, cluster, running, kill);
            int answer = check ? settleAndCheck() : 0;
            summary(client);
            return answer;
        } catch (ClientException e) {
            System.err.println("belfry: " + e.getMessage());
            return 3;
        }
    }

    // --- what to run

    private void validate(@Nullable Duration kill) {
        if (ensemble != 1 && ensemble != 3) {
            throw usage("--ensemble takes 1 or 3, not " + ensemble);
        }
        if (agents < 1 || agents > 50) {
            throw usage("--agents takes 1 to 50, not " + agents);
        }
        if (kill != null && agents < 2) {
            throw usage("--kill-agent-after needs at least 2 agents");
        }
        if (jobs != null && (corpus != null || queries != null || check)) {
            throw usage("--corpus, --queries and --check belong to the example and do not go with --jobs");
        }
        requireReadable("--jobs", jobs, false);
        requireReadable("--corpus", corpus, true);
        requireReadable("--queries", queries, false);
    }

    private void requireReadable(String option, @Nullable Path path, boolean directory) {
        if (path != null && !(directory ? Files.isDirectory(path) : Files.isReadable(path))) {
            throw usage(option + ": no " + (directory ? "directory " : "readable file ") + path);
        }
    }

    private @Nullable Duration duration(String option, @Nullable String text) {
        if (text == null) {
            return null;
        }
        try {
            return Durations.parse(text);
        } catch (IllegalArgumentException e) {
            throw usage(option + ": " + e.getMessage());
        }
    }

    private ParameterException usage(String message) {
        if (spec == null) {
            throw new IllegalStateException("not called from the command line");
        }
        return new ParameterException(spec.commandLine(), message);
    }

    private List<JobDefinition> definitions(Path home) throws IOException {
        if (jobs != null) {
            return parsed(jobs.toString(), Files.readString(jobs));
        }
        Path files = corpus != null ? corpus.toAbsolutePath() : exampleCorpus();
        settings.put("corpus", files.toString());
        settings.put("work", home.resolve("search").toString());
        if (queries != null) {
            settings.put("queries", queries.toAbsolutePath().toString());
        }
        ServiceLoader.load(JobHandlerProvider.class).forEach(providers::add);
        List<JobDefinition> definitions = new ArrayList<>();
        for (JobHandlerProvider provider : providers) {
            Optional<String> yaml = provider.definitions(settings);
            if (yaml.isPresent()) {
                definitions.addAll(parsed(provider.getClass().getSimpleName() + ".yaml", yaml.get()));
            }
        }
        if (definitions.isEmpty()) {
            throw usage("the example is not on the class path; run ./belfry from a checkout, or give --jobs FILE");
        }
        return definitions;
    }

    private Path exampleCorpus() {
        String known = System.getenv("BELFRY_EXAMPLE_CORPUS");
        if (known == null || !Files.isDirectory(Path.of(known))) {
            throw usage("the sources for the example could not be had; give --corpus DIR, any folder of text files");
        }
        return Path.of(known);
    }

    private List<JobDefinition> parsed(String name, String text) {
        ParsedDefinitions parsed = Definitions.parse(name, text);
        if (!parsed.isValid()) {
            StringBuilder message = new StringBuilder("the definitions are not valid:");
            parsed.errors().forEach(error -> message.append("\n  ").append(error.render()));
            throw usage(message.toString());
        }
        return parsed.jobs();
    }

    private List<String> agentOptions() {
        return allowCommands == null
                ? List.of()
                : List.of("--allow-commands", allowCommands.toAbsolutePath().toString());
    }

    private void apply(BelfryClient client, List<JobDefinition> definitions) {
        Author author = new Author(Author.Origin.OPERATOR, System.getProperty("user.name", "up"), "belfry up");
        for (Applied applied : client.apply(definitions, author)) {
            if (applied instanceof Applied.Refused refused) {
                System.err.println("belfry: job '" + refused.job() + "' was refused: " + refused.why());
            }
        }
        say("applied " + definitions.size() + " jobs: "
                + String.join(
                        ", ", definitions.stream().map(JobDefinition::name).toList()));
    }

    // --- watching

    private void watch(BelfryClient client, LocalCluster cluster, @Nullable Duration running, @Nullable Duration kill) {
        long start = System.nanoTime();
        Duration killAt = kill;
        while (interrupted.getCount() > 0) {
            Duration elapsed = Duration.ofNanos(System.nanoTime() - start);
            if (killAt != null && elapsed.compareTo(killAt) >= 0) {
                killAt = null;
                killOne(client, cluster);
            }
            if (running != null && elapsed.compareTo(running) >= 0) {
                return;
            }
            report(client, cluster);
            Duration sleep = PACE;
            if (running != null && running.minus(elapsed).compareTo(sleep) < 0) {
                sleep = running.minus(elapsed);
            }
            if (killAt != null && killAt.minus(elapsed).compareTo(sleep) < 0) {
                sleep = killAt.minus(elapsed);
            }
            await(interrupted, sleep);
        }
    }

    /** Kills an agent that owns shards and is not the master, if there is one. */
    private void killOne(BelfryClient client, LocalCluster cluster) {
        List<String> masters = client.agents().found().stream()
                .filter(AgentState::master)
                .map(AgentState::id)
                .toList();
        cluster.agents().stream()
                .filter(ChildJvm::alive)
                .min(Comparator.comparing(agent -> masters.contains(agent.name())))
                .ifPresent(victim -> {
                    victim.kill();
                    say("killed " + victim.name() + " (pid " + victim.pid() + ") with SIGKILL; it owned "
                            + owned(client).getOrDefault(victim.name(), 0) + " shards");
                });
    }

    private static Map<String, Integer> owned(BelfryClient client) {
        Map<String, Integer> owned = new TreeMap<>();
        client.shards().table().forEach((shard, row) -> owned.merge(row.owner().agentId(), 1, Integer::sum));
        return owned;
    }

    private void report(BelfryClient client, LocalCluster cluster) {
        try {
            List<AgentState> live = client.agents().found();
            Map<String, Integer> owned = owned(client);
            String master = live.stream()
                    .filter(AgentState::master)
                    .map(AgentState::id)
                    .findFirst()
                    .orElse("none");
            Tally tally = Tally.of(client.journal());
            List<String> shares = new ArrayList<>();
            live.forEach(agent -> shares.add(agent.id() + " " + owned.getOrDefault(agent.id(), 0)));
            say("master " + master + " | shards " + (shares.isEmpty() ? "-" : String.join(", ", shares)) + " | fires "
                    + tally.fires() + " (" + tally.text() + ")");
            providers.forEach(provider -> provider.status(settings).ifPresent(status -> say("  " + status)));
        } catch (ClientException e) {
            say("no answer from ZooKeeper: " + e.getMessage());
        }
        for (ChildJvm agent : cluster.agents()) {
            if (!agent.alive() && reportedDead.add(agent.name())) {
                say(agent.name() + " is gone; its log is " + agent.log());
            }
        }
    }

    // --- the end

    private int settleAndCheck() {
        say("letting every stage reach one result, " + SETTLE.toSeconds() + " s at most");
        long deadline = System.nanoTime() + SETTLE.toNanos();
        while (!settled() && System.nanoTime() - deadline < 0) {
            await(interrupted, Duration.ofMillis(500));
        }
        if (!settled()) {
            say("the stages have not reached one result; what there is is compared all the same");
        }
        boolean equal = true;
        boolean any = false;
        for (JobHandlerProvider provider : providers) {
            Optional<CheckResult> result = provider.check(settings);
            if (result.isPresent()) {
                any = true;
                equal &= result.get().equal();
                say("cluster:        " + result.get().actual());
                say("single process: " + result.get().expected());
                say((result.get().equal() ? "equal: " : "DIFFERENT: ")
                        + result.get().explanation());
            }
        }
        return any && equal ? 0 : 1;
    }

    private boolean settled() {
        return providers.stream().allMatch(provider -> provider.settled(settings));
    }

    private void summary(BelfryClient client) {
        try {
            Journal journal = client.journal();
            Tally tally = Tally.of(journal);
            say("summary: " + tally.fires() + " fires (" + tally.text() + "); " + tally.rerun()
                    + " run again after their agent was lost; " + tally.shardsMoved()
                    + " shards moved; terms of office "
                    + journal.table().stream()
                            .mapToLong(entry -> entry.term())
                            .max()
                            .orElse(0)
                    + "; lateness p50 " + tally.quantile(0.5).toMillis() + " ms, p99 "
                    + tally.quantile(0.99).toMillis() + " ms");
        } catch (ClientException e) {
            say("no summary: " + e.getMessage());
        }
    }

    private void say(String line) {
        out.println(CLOCK.format(LocalTime.now(ZoneId.systemDefault())) + "  " + line);
        out.flush();
    }

    private static void await(CountDownLatch latch, Duration atMost) {
        try {
            latch.await(Math.max(1, atMost.toMillis()), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void delete(Path home) {
        try (Stream<Path> files = Files.walk(home)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            System.err.println("belfry: " + home + " could not be deleted: " + e.getMessage());
        }
    }
}
