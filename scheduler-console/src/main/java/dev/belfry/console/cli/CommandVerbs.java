package dev.belfry.console.cli;

import dev.belfry.agent.BelfryClient;
import dev.belfry.agent.client.JobState;
import dev.belfry.console.command.Commanding;
import dev.belfry.core.command.Command;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The commands that take nothing but a target. */
final class CommandVerbs {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private CommandVerbs() {}

    /** What became of a command, in a sentence. */
    static String result(Command command) {
        return command.result()
                .map(Command.Result::text)
                .orElse("accepted as " + command.id()
                        + ", but no master has taken it up yet; it is durable, and the next" + " master will");
    }

    /** Prints a command's result; the exit code that goes with it. */
    static int print(Verb verb, Command command) {
        if (verb.format == Verb.Format.TABLE) {
            verb.print(result(command));
        } else {
            verb.print(new TextTable(), tree(command));
        }
        return code(command);
    }

    static int code(Command command) {
        return command.result().map(Command.Result::accepted).orElse(false) ? Exit.DONE : Exit.NO;
    }

    /** A command and its result, for other programs. */
    static Map<String, Object> tree(Command command) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("id", command.id());
        tree.put("kind", command.kind().name().toLowerCase(java.util.Locale.ROOT));
        tree.put("target", command.target());
        tree.put("state", state(command));
        tree.put("text", result(command));
        command.result().filter(r -> !r.runId().isEmpty()).ifPresent(r -> tree.put("run", r.runId()));
        return tree;
    }

    static String state(Command command) {
        return command.result().map(r -> r.accepted() ? "done" : "refused").orElse("waiting");
    }

    /** Waits until every agent has applied a change, and says which have not. */
    static void awaitInForce(Verb verb, BelfryClient client, long zxid, Duration atMost) {
        List<String> missing = client.awaitInForce(zxid, atMost);
        if (!missing.isEmpty()) {
            verb.warn("accepted, but not taken up within " + Times.length(atMost) + " by "
                    + String.join(", ", missing)
                    + "; it is in force for them as soon as they take it up or their lease is"
                    + " over");
        }
    }

    private abstract static class Simple extends WritingVerb {
        private final Command.Kind kind;

        Simple(Shell shell, Command.Kind kind) {
            super(shell);
            this.kind = kind;
        }

        abstract String target();

        @Override
        int ask(BelfryClient client) {
            Command command = new Commanding(client, asker()).send(kind, target());
            int code = CommandVerbs.print(this, command);
            boolean onJob = kind != Command.Kind.DRAIN && kind != Command.Kind.UNDRAIN;
            if (code == Exit.DONE && onJob) {
                client.job(target()).map(JobState::zxid).ifPresent(zxid -> awaitInForce(this, client, zxid, PATIENCE));
            }
            return code;
        }
    }

    private abstract static class OnJob extends Simple {
        @Parameters(paramLabel = "JOB", description = "Name of the job.")
        String job = "";

        OnJob(Shell shell, Command.Kind kind) {
            super(shell, kind);
        }

        @Override
        String target() {
            return job;
        }
    }

    private abstract static class OnAgent extends Simple {
        @Parameters(paramLabel = "AGENT", description = "Id of the agent.")
        String agent = "";

        OnAgent(Shell shell, Command.Kind kind) {
            super(shell, kind);
        }

        @Override
        String target() {
            return agent;
        }
    }

    /** {@code pause}. */
    @CommandLine.Command(name = "pause", description = "Lets nothing of a job be due until it is resumed.")
    static final class Pause extends OnJob {
        Pause(Shell shell) {
            super(shell, Command.Kind.PAUSE);
        }
    }

    /** {@code resume}. */
    @CommandLine.Command(name = "resume", description = "Ends a pause.")
    static final class Resume extends OnJob {
        Resume(Shell shell) {
            super(shell, Command.Kind.RESUME);
        }
    }

    /** {@code drain}. */
    @CommandLine.Command(
            name = "drain",
            description = "Has an agent hand over everything and take nothing, also after a restart.")
    static final class Drain extends OnAgent {
        Drain(Shell shell) {
            super(shell, Command.Kind.DRAIN);
        }
    }

    /** {@code undrain}. */
    @CommandLine.Command(name = "undrain", description = "Lets an agent take shards again.")
    static final class Undrain extends OnAgent {
        Undrain(Shell shell) {
            super(shell, Command.Kind.UNDRAIN);
        }
    }

    /** {@code delete}. */
    @CommandLine.Command(name = "delete", description = "Deletes a job: belfry delete job NAME.")
    static final class Delete extends Simple {
        @Parameters(index = "0", paramLabel = "KIND", description = "Always the word job.")
        String what = "";

        @Parameters(index = "1", paramLabel = "NAME", description = "Name of the job.")
        String name = "";

        @Option(names = "--yes", hidden = true, description = "Accepted and ignored: nothing is asked.")
        boolean yes;

        Delete(Shell shell) {
            super(shell, Command.Kind.DELETE);
        }

        @Override
        void check() {
            if (!what.equals("job")) {
                throw usage("'" + what + "' cannot be deleted; write: belfry delete job NAME");
            }
        }

        @Override
        String target() {
            return name;
        }
    }
}
