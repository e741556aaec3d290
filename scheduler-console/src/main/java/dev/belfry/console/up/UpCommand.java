package dev.belfry.console.up;

import dev.belfry.agent.BelfryClient;
import dev.belfry.agent.client.Applied;
import dev.belfry.agent.client.ClientException;
import dev.belfry.console.local.LocalZooKeeper;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.schedule.Durations;
import dev.belfry.core.version.Author;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
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

    private static final Duration START_PATIENCE = Duration.ofSeconds(30);
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(20);
    private static final int DEFAULT_PORT = 2181;

    @Option(
            names = "--agents",
            paramLabel = "N",
            defaultValue = "3",
            description = "Agents, each in a JVM of its own, 1 to 50. Default: 3.")
    private int agents;

    @Option(
            names = "--ensemble",
            paramLabel = "N",
            defaultValue = "1",
            description = "ZooKeeper servers: 1 or 3. Default: 1.")
    private int ensemble;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            description = "Port of the first ZooKeeper server. Default: 2181, or a free one if that is taken.")
    private @Nullable Integer port;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Directory for data and logs, kept at the end. Default: a new one, deleted at the end.")
    private @Nullable Path data;

    @Option(
            names = {"-n", "--namespace"},
            paramLabel = "NAME",
            defaultValue = "up",
            description = "The namespace. Default: up.")
    private String namespace = "up";

    @Option(
            names = "--jobs",
            paramLabel = "FILE",
            description = "Run the definitions in this file instead of the example.")
    private @Nullable Path jobs;

    @Option(
            names = "--corpus",
            paramLabel = "DIR",
            description = "Have the example index the text files below this directory.")
    private @Nullable Path corpus;

    @Option(
            names = "--queries",
            paramLabel = "FILE",
            description = "Queries for the example: one a line, optionally with TAB and the document to be found.")
    private @Nullable Path queries;

    @Option(
            names = "--for",
            paramLabel = "DURATION",
            description = "Stop after this time, such as 60s. Default: at Ctrl-C.")
    private @Nullable String length;

    @Option(
            names = "--until-idle",
            description =
                    "With --jobs: stop when the queue is empty, no workflow run and no backfill is under way, and every run of a job"
                            + " with 'at' triggers alone has its outcome; exit 1 if anything that ran did not succeed. Of a file"
                            + " without such jobs something must have run first. With --for, exit 1 if it is not idle by then.")
    private boolean untilIdle;

    @Option(
            names = "--kill-agent-after",
            paramLabel = "DURATION",
            description = "Kill one agent with SIGKILL after this time, such as 10s. Needs 2 agents.")
    private @Nullable String killAfter;

    @Option(
            names = "--check",
            description = "At the end, let the example reach one result and compare it with a single process's;"
                    + " exit 1 if they differ.")
    private boolean check;

    @Option(
            names = "--allow-commands",
            paramLabel = "DIR",
            description = "Directory of executables that 'command' jobs may run. Default: none.")
    private @Nullable Path allowCommands;

    @Option(
            names = "--allow-http",
            paramLabel = "HOST",
            split = ",",
            description = "Hosts, as host or host:port, separated by commas, that 'http' jobs may call. Default: none.")
    private List<String> allowHttp = new ArrayList<>();

    @Option(names = "--no-history", description = "Keep no history in a database: only what the journal holds.")
    private boolean noHistory;

    @Spec
    private picocli.CommandLine.Model.@Nullable CommandSpec spec;

    private final Progress progress = new Progress();
    private final LocalExport history = new LocalExport(progress);
    private final CountDownLatch finished = new CountDownLatch(1);

    /** For how long, and when an agent is killed; null for neither. */
    private record Times(
            @Nullable Duration running, @Nullable Duration kill) {}

    @Override
    public Integer call() throws IOException {
        Times times = new Times(duration("--for", length), duration("--kill-agent-after", killAfter));
        validate(times.kill());
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            progress.interrupt();
                            Progress.await(finished, STOP_PATIENCE.plusSeconds(20));
                        },
                        "belfry-up-stop"));
        Path home = data != null ? data.toAbsolutePath() : Files.createTempDirectory("belfry-up-");
        try {
            Files.createDirectories(home);
            return run(home, example(home), times);
        } catch (LocalZooKeeper.PortTaken e) {
            System.err.println("belfry: " + e.getMessage());
            return 1;
        } finally {
            if (data == null) {
                delete(home);
            }
            finished.countDown();
        }
    }

    private int run(Path home, Example example, Times times) throws IOException, LocalZooKeeper.PortTaken {
        Path logs = home.resolve("logs");
        LocalZooKeeper zookeeper = new LocalZooKeeper(home, logs);
        LocalCluster cluster = new LocalCluster(logs, zookeeper, namespace, example.settings(), agentOptions());
        try {
            int first = port != null ? port : LocalZooKeeper.freePorts(DEFAULT_PORT, ensemble);
            progress.say("starting " + (ensemble == 1 ? "a ZooKeeper server" : ensemble + " ZooKeeper servers")
                    + " on port " + first + "; logs in " + logs);
            zookeeper.start(ensemble, first);
            progress.say("starting " + agents + " agents");
            cluster.startAgents(agents);
            return watch(home, zookeeper, cluster, example, times);
        } finally {
            cluster.stop(STOP_PATIENCE, history::close);
            progress.say("stopped");
        }
    }

    private int watch(Path home, LocalZooKeeper zookeeper, LocalCluster cluster, Example example, Times times) {
        try (BelfryClient client = BelfryClient.connect(zookeeper.connectString(), namespace)) {
            client.awaitConnected();
            if (!noHistory) {
                history.start(home, zookeeper.connectString(), namespace);
            }
            ClusterWatch watch = new ClusterWatch(
                    client, cluster, example, progress, new ClusterWatch.Beside(history::report, history::everything));
            // What is due before anybody can run it is run late or not at all, which looks like a fault and is none.
            watch.awaitAgents(START_PATIENCE);
            Instant begun = Instant.now().truncatedTo(ChronoUnit.MILLIS);
            boolean refused = false;
            if (!cluster.allEnded()) {
                example.declare(client, System.getProperty("user.name", "up"));
                refused = !apply(client, example.definitions());
                progress.say("look around from another terminal: ./belfry get jobs --zookeeper "
                        + zookeeper.connectString() + " --namespace " + namespace);
            }
            IdleWatch idle = new IdleWatch(client, watch::journal, example.definitions(), begun);
            boolean[] over = {false};
            watch.watch(times.running(), times.kill(), () -> {
                over[0] = untilIdle && idle.idle();
                return over[0];
            });
            boolean equal =
                    !check || (!progress.isInterrupted() && example.settleAndCheck(progress, cluster::allEnded));
            watch.summary();
            if (cluster.allEnded() && !progress.isInterrupted()) {
                System.err.println("belfry: every agent has ended, so that nothing can run any more" + cluster.ends());
                return 1;
            }
            return equal && (!untilIdle || endedWell(idle, over[0], refused)) ? 0 : 1;
        } catch (ClientException e) {
            System.err.println("belfry: " + e.getMessage());
            return 3;
        }
    }

    private boolean endedWell(IdleWatch idle, boolean over, boolean refused) {
        boolean well = over && idle.well() && !refused;
        progress.say(
                well
                        ? "idle: everything that ran has succeeded"
                        : over ? "idle: not everything has succeeded" : "not idle: something has not ended");
        return well;
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
        if (untilIdle && jobs == null) {
            throw usage("--until-idle goes with --jobs: the example never ends");
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

    private Example example(Path home) throws IOException {
        try {
            if (jobs != null) {
                Example own = Example.of(jobs);
                if (allowCommands == null && allowHttp.isEmpty() && !own.hasHandlers()) {
                    throw usage(
                            "--jobs: the agents could run nothing of " + jobs + "; give them --allow-commands DIR for"
                                    + " jobs with handler 'command', or --allow-http HOST for those with 'http'. For handlers of your own, start 'belfry zookeeper' and your services");
                }
                return own;
            }
            Path files = corpus != null ? corpus : ExampleSources.fetched(System.getenv(), progress);
            return Example.of(files, home.resolve("search"), queries);
        } catch (IllegalArgumentException wrong) {
            throw usage(String.valueOf(wrong.getMessage()));
        }
    }

    private List<String> agentOptions() {
        List<String> options = new ArrayList<>();
        if (allowCommands != null) {
            options.addAll(
                    List.of("--allow-commands", allowCommands.toAbsolutePath().toString()));
        }
        if (!allowHttp.isEmpty()) {
            options.addAll(List.of("--allow-http", String.join(",", allowHttp)));
        }
        return options;
    }

    /** Whether nothing was refused. */
    private boolean apply(BelfryClient client, List<JobDefinition> definitions) {
        Author author = new Author(Author.Origin.OPERATOR, System.getProperty("user.name", "up"), "belfry up");
        List<String> names = new ArrayList<>();
        List<Applied.Refused> refusals = new ArrayList<>();
        for (Applied applied : client.apply(definitions, author)) {
            if (applied instanceof Applied.Refused refused) {
                refusals.add(refused);
            } else {
                names.add(applied.job());
            }
        }
        progress.say("applied " + names.size() + (names.size() == 1 ? " job" : " jobs")
                + (names.isEmpty() ? "" : ": " + String.join(", ", names))
                + (refusals.isEmpty() ? "" : "; " + refusals.size() + " refused"));
        refusals.forEach(
                refused -> System.err.println("belfry: job '" + refused.job() + "' was refused: " + refused.why()));
        return refusals.isEmpty();
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
