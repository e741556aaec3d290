package dev.belfry.console.cli;

import dev.belfry.agent.BelfryClient;
import dev.belfry.console.command.Commanding;
import dev.belfry.core.command.Command;
import dev.belfry.core.schedule.Durations;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@CommandLine.Command(
        name = "trigger",
        description =
                "Has a job run once, now, on the owners of its shards; the root of a workflow with all jobs of it.")
final class TriggerVerb extends WritingVerb {
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

    @Option(
            names = "--wait",
            description =
                    "Wait until every shard, or every job of the workflow, has ended; exit 1 unless that succeeded.")
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
        Command command = CommandVerbs.sent(
                this, client, () -> new Commanding(client, asker()).trigger(job, Optional.ofNullable(key), parameters));
        String runId = command.result().map(Command.Result::runId).orElse("");
        if (CommandVerbs.code(command) != Exit.DONE || !wait || runId.isEmpty()) {
            return CommandVerbs.print(this, command);
        }
        if (format == Format.TABLE) {
            print(CommandVerbs.result(command));
        }
        boolean workflow = client.workflowRun(runId).isPresent();
        RunEnd end = new RunEnd(client, job, runId, shell.clock());
        WorkflowEnd last = new WorkflowEnd(client, runId, shell.clock());
        Optional<String> state = workflow ? last.await(patience, this::warn) : end.await(patience, this::warn);
        String what = (workflow ? "workflow run " : "run ") + runId;
        if (format == Format.TABLE) {
            state.ifPresent(word -> print(what + " " + word));
        } else {
            Map<String, Object> tree = CommandVerbs.tree(command);
            tree.put("outcome", state.orElse(null));
            print(new TextTable(), tree);
        }
        if (state.isEmpty()) {
            warn(what + " has not ended within " + Times.length(patience) + "; it goes on, "
                    + (workflow ? "with " + last.left() : "on " + end.left()));
        }
        return state.filter("succeeded"::equals).isPresent() ? Exit.DONE : Exit.NO;
    }
}
