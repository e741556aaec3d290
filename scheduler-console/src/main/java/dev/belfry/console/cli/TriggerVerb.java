package dev.belfry.console.cli;

import dev.belfry.agent.BelfryClient;
import dev.belfry.agent.client.JobState;
import dev.belfry.console.command.Commanding;
import dev.belfry.console.query.Run;
import dev.belfry.core.command.Command;
import dev.belfry.core.job.Placement;
import dev.belfry.core.schedule.Durations;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@CommandLine.Command(name = "trigger", description = "Has a job run once, now, on the owners of its shards.")
final class TriggerVerb extends WritingVerb {
    private static final Duration POLL = Duration.ofMillis(300);

    @Parameters(paramLabel = "JOB", description = "Name of the job.")
    String job = "";

    @Option(
            names = "--parameters",
            paramLabel = "KEY=VALUE",
            description = "Parameter of this run, in place of the job's own; may be repeated.")
    Map<String, String> parameters = new LinkedHashMap<>();

    @Option(
            names = "--key",
            paramLabel = "KEY",
            description = "Name of this request, of your choice: a repeat with the same key is the same run.")
    @Nullable
    String key;

    @Option(names = "--wait", description = "Wait until every shard has ended; exit 1 unless all succeeded.")
    boolean wait;

    @Option(names = "--timeout", paramLabel = "DURATION", description = "How long --wait waits. Default: 10m.")
    String timeout = "10m";

    private Duration patience = Duration.ZERO;

    TriggerVerb(Shell shell) {
        super(shell);
    }

    @Override
    void check() {
        try {
            patience = Durations.parse(timeout);
        } catch (IllegalArgumentException e) {
            throw usage("--timeout: " + e.getMessage());
        }
    }

    @Override
    int ask(BelfryClient client) {
        Command command = new Commanding(client, asker()).trigger(job, Optional.ofNullable(key), parameters);
        String runId = command.result().map(Command.Result::runId).orElse("");
        if (CommandVerbs.code(command) != Exit.DONE || !wait || runId.isEmpty()) {
            return CommandVerbs.print(this, command);
        }
        if (format == Format.TABLE) {
            print(CommandVerbs.result(command));
        }
        Optional<String> state = await(client, runId);
        if (format == Format.TABLE) {
            state.ifPresent(word -> print("run " + runId + " " + word));
        } else {
            Map<String, Object> tree = CommandVerbs.tree(command);
            tree.put("outcome", state.orElse(null));
            print(new TextTable(), tree);
        }
        if (state.isEmpty()) {
            warn("run " + runId + " has not ended within " + Times.length(patience) + "; it goes on");
        }
        return state.filter("succeeded"::equals).isPresent() ? Exit.DONE : Exit.NO;
    }

    /** How the run has ended; empty if it has not in time. */
    private Optional<String> await(BelfryClient client, String runId) {
        int shards = client.job(job)
                .map(JobState::record)
                .filter(record -> record.definition().placement() == Placement.STICKY)
                .map(record ->
                        record.at(shell.clock().instant()).definition().shards().count())
                .orElse(1);
        long deadline = System.nanoTime() + patience.toNanos();
        while (System.nanoTime() - deadline < 0) {
            Optional<Run> run = Run.of(client.journal()).stream()
                    .filter(one -> one.id().equals(runId))
                    .findFirst();
            if (run.isPresent()
                    && !run.get().state().equals("running")
                    && run.get().shards().size() >= shards) {
                return Optional.of(run.get().state());
            }
            LockSupport.parkNanos(POLL.toNanos());
        }
        return Optional.empty();
    }
}
