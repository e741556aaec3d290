package dev.belfry.console.cli;

import dev.belfry.agent.BelfryClient;
import dev.belfry.agent.RunHandle;
import dev.belfry.agent.client.ClientException;
import dev.belfry.agent.client.RunResult;
import dev.belfry.agent.submit.Pressure;
import dev.belfry.agent.submit.SubmitOptions;
import dev.belfry.core.run.Outcome;
import dev.belfry.core.schedule.Durations;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@CommandLine.Command(
        name = "submit",
        description = "Puts a run of a job with placement: queued into the queue; it is durable when this says so.")
final class SubmitVerb extends ClusterVerb {
    @Parameters(paramLabel = "JOB", description = "Name of the job.")
    String job = "";

    @Option(
            names = {"--parameters", "--param"},
            paramLabel = "KEY=VALUE",
            description = "Parameter of this run, in place of the job's own; may be repeated.")
    Map<String, String> parameters = new LinkedHashMap<>();

    @Option(names = "--priority", paramLabel = "N", description = "0, lowest, to 9. Default: the job's.")
    @Nullable
    Integer priority;

    @Option(names = "--at", paramLabel = "INSTANT", description = "Start it no earlier than then.")
    @Nullable
    Instant at;

    @Option(names = "--in", paramLabel = "DURATION", description = "Start it no earlier than so long from now.")
    @Nullable
    String in;

    @Option(
            names = "--key",
            paramLabel = "KEY",
            description = "Name of this run, of your choice: a repeat with the same key is the same run.")
    String key = "";

    @Option(
            names = "--label",
            paramLabel = "KEY=VALUE",
            description = "Label by which the run is found again; may be repeated.")
    Map<String, String> labels = new LinkedHashMap<>();

    @Option(
            names = "--if-full",
            paramLabel = "WHAT",
            description = "What if the queue is full: wait (default) or refuse.")
    Pressure ifFull = Pressure.WAIT;

    @Option(names = "--wait", description = "Wait until the run has its outcome; exit 1 unless it succeeded.")
    boolean wait;

    @Option(names = "--timeout", paramLabel = "DURATION", description = "How long --wait waits. Default: 10m.")
    String timeout = "10m";

    @Option(
            names = "--as",
            paramLabel = "NAME",
            description = "Who submits; kept with the run. Default: the user of this machine.")
    String author = System.getProperty("user.name", "unknown");

    private Duration patience = Duration.ZERO;
    private SubmitOptions options = SubmitOptions.usual();

    SubmitVerb(Shell shell) {
        super(shell);
    }

    @Override
    boolean writes() {
        return true;
    }

    @Override
    void check() {
        if (at != null && in != null) {
            throw usage("--at and --in exclude each other");
        }
        patience = duration("--timeout", timeout);
        options = SubmitOptions.usual().by(author).whenFull(ifFull).key(key);
        if (in != null) {
            options = options.delay(duration("--in", in));
        }
        if (at != null) {
            options = options.at(at);
        }
        try {
            options = priority == null ? options : options.priority(priority);
        } catch (IllegalArgumentException e) {
            throw usage("--priority: " + e.getMessage());
        }
        labels.forEach((name, value) -> options = options.label(name, value));
    }

    private Duration duration(String option, String text) {
        try {
            return Durations.parse(text);
        } catch (IllegalArgumentException e) {
            throw usage(option + ": " + e.getMessage());
        }
    }

    @Override
    int ask(BelfryClient client) {
        RunHandle run;
        try {
            run = client.submit(job, parameters, options).join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof ClientException refused) {
                throw refused;
            }
            throw e;
        }
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("run", run.runId());
        tree.put("job", job);
        tree.put("accepted", Times.iso(run.accepted()));
        if (format == Format.TABLE) {
            print("run " + run.runId() + " is in the queue");
        }
        int code = wait ? await(run, tree) : Exit.DONE;
        if (format != Format.TABLE) {
            print(new TextTable(), tree);
        }
        return code;
    }

    private int await(RunHandle run, Map<String, Object> tree) {
        Optional<RunResult> result = run.await(patience);
        Optional<String> word = result.map(RunResult::outcome).map(Outcome::text);
        tree.put("outcome", word.orElse(null));
        if (word.isEmpty()) {
            warn("run " + run.runId() + " has no outcome within " + Times.length(patience)
                    + ", or none that is still listed; 'belfry get queue' shows whether it waits");
        } else if (format == Format.TABLE) {
            print("run " + run.runId() + " " + word.get());
        }
        return result.filter(RunResult::succeeded).isPresent() ? Exit.DONE : Exit.NO;
    }
}
