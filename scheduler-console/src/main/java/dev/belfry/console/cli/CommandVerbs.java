package dev.belfry.console.cli;

import dev.belfry.agent.BelfryClient;
import dev.belfry.agent.client.AgentState;
import dev.belfry.agent.client.JobState;
import dev.belfry.console.command.Commanding;
import dev.belfry.console.command.TakingUp;
import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.command.Command;
import dev.belfry.core.record.CorruptRecordException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The commands that take nothing but a target. */
final class CommandVerbs {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration SLOW = Duration.ofSeconds(2);

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

    /**
     * Sends a command; if no master takes it up at once, says who is waited for.
     *
     * @param send sends it and waits for the result
     */
    static Command sent(Verb verb, BelfryClient client, Supplier<Command> send) {
        Instant end = verb.shell.clock().instant().plus(client.patience());
        return SlowNotice.around(send, SLOW, () -> verb.warn(waitingForMaster(client, end)));
    }

    private static String waitingForMaster(BelfryClient client, Instant end) {
        String master = client.epoch().incarnation();
        boolean registered = client.agents().found().stream()
                .anyMatch(agent -> agent.facts().incarnation().name().equals(master));
        return "waiting for "
                + (registered
                        ? "the master, agent " + new Incarnation(master).agentId() + ","
                        : "an agent to become master")
                + " to take it up, at most until " + end.truncatedTo(ChronoUnit.SECONDS);
    }

    /**
     * Waits until a change is in force, says so, and says which agents have not taken it up.
     *
     * @return incarnations that have not
     */
    static List<String> awaitInForce(Verb verb, BelfryClient client, TakingUp.Change change) {
        List<String> missing = new TakingUp(client, verb.shell.clock()).await(change, PATIENCE, verb::warn);
        String from = String.valueOf(Times.iso(change.from()));
        if (!missing.isEmpty()) {
            verb.warn(
                    "in force from " + from + " on, but not taken up within " + Times.length(PATIENCE) + " of that by "
                            + TakingUp.names(missing)
                            + "; nothing starts there under the former definition: their leases are over by then");
        } else if (verb.format == Verb.Format.TABLE) {
            verb.print("In force from " + from + " on.");
        }
        return missing;
    }

    /**
     * What became of a job's record by a command.
     *
     * @param before its znode's zxid before the command
     */
    static TakingUp.Change change(JobState state, long before, Instant now) {
        Instant from = state.record().deletedAt().orElse(state.record().newest().from());
        // A record written just now says how long that is by one clock; of an older one only this machine's clock can
        // tell.
        Duration left = Duration.between(state.zxid() == before ? now : state.written(), from);
        return new TakingUp.Change(from, left, state.zxid());
    }

    private abstract static class Simple extends WritingVerb {
        private final Command.Kind kind;

        Simple(Shell shell, Command.Kind kind) {
            super(shell);
            this.kind = kind;
        }

        abstract String target();

        Command send(BelfryClient client) {
            return sent(this, client, () -> new Commanding(client, asker()).send(kind, target()));
        }

        @Override
        int ask(BelfryClient client) {
            return CommandVerbs.print(this, send(client));
        }
    }

    /** A command that changes a job, and waits until that is in force. */
    private abstract static class Changing extends Simple {
        @Option(names = "--no-wait", description = "Do not wait until it is in force.")
        boolean noWait;

        Changing(Shell shell, Command.Kind kind) {
            super(shell, kind);
        }

        @Override
        int ask(BelfryClient client) {
            // A record that cannot be read is the master's to refuse.
            long before = state(client).map(JobState::zxid).orElse(-1L);
            Command command = send(client);
            if (code(command) != Exit.DONE || noWait) {
                return CommandVerbs.print(this, command);
            }
            if (format == Format.TABLE) {
                CommandVerbs.print(this, command);
            }
            Map<String, Object> tree = tree(command);
            state(client).ifPresent(state -> {
                TakingUp.Change change = change(state, before, shell.clock().instant());
                tree.put("from", Times.iso(change.from()));
                tree.put("notTakenUpBy", awaitInForce(this, client, change));
            });
            if (format != Format.TABLE) {
                print(new TextTable(), tree);
            }
            return Exit.DONE;
        }

        private Optional<JobState> state(BelfryClient client) {
            try {
                return client.job(target());
            } catch (CorruptRecordException e) {
                return Optional.empty();
            }
        }
    }

    private abstract static class OnJob extends Changing {
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

        @Override
        int ask(BelfryClient client) {
            List<String> registered = client.agents().found().stream()
                    .map(AgentState::id)
                    .distinct()
                    .sorted()
                    .toList();
            if (!registered.contains(agent) && !client.drained().contains(agent)) {
                throw Absent.agent(agent, registered);
            }
            return super.ask(client);
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
    static final class Delete extends Changing {
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
