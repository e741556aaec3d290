package dev.belfry.console.up;

import dev.belfry.agent.Agent;
import dev.belfry.agent.AgentBuilder;
import dev.belfry.agent.BelfryClient;
import dev.belfry.agent.CloseMode;
import dev.belfry.agent.JobHandler;
import dev.belfry.agent.JobHandlerProvider;
import dev.belfry.agent.client.Applied;
import dev.belfry.console.connect.ConnectionOptions;
import dev.belfry.console.history.Exporting;
import dev.belfry.console.history.HistoryAddress;
import dev.belfry.console.history.HistoryOptions;
import dev.belfry.core.job.Definitions;
import dev.belfry.core.job.ParsedDefinitions;
import dev.belfry.core.schedule.Durations;
import dev.belfry.core.version.Author;
import dev.belfry.history.export.ExportSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code belfry agent}: an agent of its own, with the built-in handlers and those found on the class path. */
@Command(
        name = "agent",
        description = "Runs an agent until it is told to stop. It has the handlers that are found on the class path,"
                + " 'command' if --allow-commands names a directory, and 'http' if --allow-http names hosts.",
        mixinStandardHelpOptions = true)
public final class AgentCommand implements Callable<Integer> {

    @ArgGroup(validate = false, heading = "%nConnection:%n")
    private ConnectionOptions connection = new ConnectionOptions();

    @Option(
            names = "--id",
            paramLabel = "ID",
            description = "Stable id, the same after a restart. Default: one is made up.")
    private @Nullable String id;

    @Option(
            names = "--session-timeout",
            paramLabel = "DURATION",
            defaultValue = "10s",
            description =
                    "Session time-out to ask of ZooKeeper: after its loss, an agent's shards move about as late. Default: 10s.")
    private String sessionTimeout = "10s";

    @Option(
            names = "--slots",
            paramLabel = "N",
            description = "Attempts that run at once. Default: four for each processor, at least 8.")
    private @Nullable Integer slots;

    @Option(
            names = "--label",
            paramLabel = "KEY=VALUE",
            description = "A label that jobs can require; may be repeated.")
    private Map<String, String> labels = new TreeMap<>();

    @Option(
            names = "--zone",
            paramLabel = "ZONE",
            description = "The zone that it runs in, for jobs that spread over zones.")
    private @Nullable String zone;

    @Option(names = "--standby", description = "Stand for master and own no shards.")
    private boolean standby;

    @Option(
            names = "--on-sigterm",
            paramLabel = "MODE",
            defaultValue = "leave",
            description =
                    "What SIGTERM means: with leave the shards are handed over to other agents; restart announces that this agent comes"
                            + " back, and jobs with a rejoin-grace keep their shards for it that long, for which it needs an"
                            + " --id. Running attempts end first, either way. Default: leave.")
    private String onSigterm = "leave";

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

    @Mixin
    private AlertOptions alerts = new AlertOptions();

    @Option(names = "--jobs", paramLabel = "FILE", description = "Definitions to apply at the start.")
    private @Nullable Path jobs;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Configuration of handlers found on the class path; may be repeated.")
    private Map<String, String> settings = new TreeMap<>();

    @Mixin
    private HistoryOptions history = new HistoryOptions();

    @Option(
            names = "--wait",
            paramLabel = "DURATION",
            description = "How long to wait for ZooKeeper at the start. Default: for ever.")
    private @Nullable String wait;

    @Spec
    private picocli.CommandLine.Model.@Nullable CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        AgentBuilder builder = builder();
        ParsedDefinitions definitions = definitions();
        Optional<HistoryAddress> exportTo = history();
        try (Agent agent = started(builder)) {
            if (definitions != null) {
                apply(definitions);
            }
            Optional<Exporting> exporting = exportTo.map(this::exporting);
            agent.awaitTermination();
            exporting.ifPresent(Exporting::close);
        }
        return 0;
    }

    private Optional<HistoryAddress> history() {
        try {
            return history.address();
        } catch (IllegalArgumentException e) {
            throw usage(String.valueOf(e.getMessage()));
        }
    }

    private Exporting exporting(HistoryAddress address) {
        String name = (id == null ? "agent" : id) + "-" + Exporting.process();
        return Exporting.start(connection.settings(), connection.namespaceName(), address, ExportSettings.named(name));
    }

    private Agent started(AgentBuilder builder) {
        try {
            return builder.start();
        } catch (IllegalArgumentException e) {
            throw usage(String.valueOf(e.getMessage()));
        }
    }

    private AgentBuilder builder() throws IOException {
        try {
            AgentBuilder builder = Agent.builder()
                    .zookeeper(connection.hosts())
                    .namespace(connection.namespaceName())
                    .identity(connection.identity())
                    .roles(connection.roles())
                    .sessionTimeout(Durations.parse(sessionTimeout));
            builder.onShutdown(closing());
            connection.tls().ifPresent(builder::tls);
            if (id != null) {
                builder.id(id);
            }
            if (slots != null) {
                builder.slots(slots);
            }
            if (zone != null) {
                builder.zone(zone);
            }
            if (standby) {
                builder.standby();
            }
            if (wait != null) {
                builder.waitForZooKeeper(Durations.parse(wait));
            }
            if (allowCommands != null) {
                builder.allowCommands(allowCommands);
            }
            if (!allowHttp.isEmpty()) {
                builder.allowHttp(allowHttp.toArray(String[]::new));
            }
            labels.forEach(builder::label);
            alerts.listeners().forEach(builder::alerts);
            boolean runsNothing = allowCommands == null && allowHttp.isEmpty();
            for (JobHandlerProvider provider : ServiceLoader.load(JobHandlerProvider.class)) {
                Map<String, JobHandler> handlers = provider.handlers(settings);
                runsNothing &= handlers.isEmpty();
                handlers.forEach(builder::handler);
            }
            if (runsNothing && !standby) {
                throw usage("this agent could run nothing: give it --allow-commands DIR or --allow-http HOST, or put"
                        + " handlers on its class path; or say --standby if it is only to become master");
            }
            return builder;
        } catch (IllegalArgumentException e) {
            throw usage(String.valueOf(e.getMessage()));
        }
    }

    private CloseMode closing() {
        if (onSigterm.equals("restart") && id == null) {
            throw usage(
                    "--on-sigterm restart needs --id: without one the next start is another agent, and nobody would come"
                            + " back to the shards that wait");
        }
        return switch (onSigterm) {
            case "leave" -> CloseMode.LEAVING;
            case "restart" -> CloseMode.RESTARTING;
            default -> throw usage("--on-sigterm is leave or restart, not '" + onSigterm + "'");
        };
    }

    private @Nullable ParsedDefinitions definitions() throws IOException {
        if (jobs == null) {
            return null;
        }
        if (!Files.isReadable(jobs)) {
            throw usage("--jobs: no readable file " + jobs);
        }
        ParsedDefinitions parsed = Definitions.parse(jobs.toString(), Files.readString(jobs));
        if (!parsed.isValid()) {
            StringBuilder message = new StringBuilder("the definitions are not valid:");
            parsed.errors().forEach(error -> message.append("\n  ").append(error.render()));
            throw usage(message.toString());
        }
        return parsed;
    }

    private void apply(ParsedDefinitions definitions) {
        try (BelfryClient client = BelfryClient.connect(connection.settings())) {
            String user = System.getProperty("user.name", "agent");
            if (!definitions.queues().isEmpty() || !definitions.pools().isEmpty()) {
                client.changeQueueRules(rules -> rules.with(definitions.queues(), definitions.pools(), user));
            }
            Author author = new Author(Author.Origin.OPERATOR, user, "");
            for (Applied applied : client.apply(definitions.jobs(), author)) {
                if (applied instanceof Applied.Refused refused) {
                    System.err.println("belfry: job '" + refused.job() + "' was refused: " + refused.why());
                }
            }
        }
    }

    private ParameterException usage(String message) {
        if (spec == null) {
            throw new IllegalStateException("not called from the command line");
        }
        return new ParameterException(spec.commandLine(), message);
    }
}
