package dev.belfry.console.cli;

import dev.belfry.agent.AgentStartException;
import dev.belfry.agent.BelfryClient;
import dev.belfry.agent.client.ClientException;
import dev.belfry.agent.submit.Pressure;
import dev.belfry.console.up.AgentCommand;
import dev.belfry.console.up.UpCommand;
import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.history.HistoryException;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** The command line {@code belfry}. */
@Command(
        name = "belfry",
        description = "Runs scheduled jobs on many machines, coordinated by ZooKeeper.",
        mixinStandardHelpOptions = true,
        versionProvider = Belfry.Version.class,
        synopsisSubcommandLabel = "COMMAND")
public final class Belfry {
    private Belfry() {}

    /** What {@code --version} prints. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Belfry.class.getPackage().getImplementationVersion();
            return new String[] {"belfry " + (version == null ? "from a checkout" : version)};
        }
    }

    public static void main(String[] arguments) {
        Shell shell = new Shell(
                new PrintWriter(System.out, true, StandardCharsets.UTF_8),
                new PrintWriter(System.err, true, StandardCharsets.UTF_8),
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)),
                System.getenv(),
                InstantSource.system(),
                BelfryClient::connect);
        int code = run(shell, arguments);
        shell.out().flush();
        shell.err().flush();
        System.exit(code);
    }

    /** Runs one command; the answer is the exit code. */
    static int run(Shell shell, String... arguments) {
        boolean debug = List.of(arguments).contains("--debug");
        LogLevel.set(debug, arguments.length > 0 ? arguments[0] : "");
        CommandLine line = commandLine(shell);
        line.setParameterExceptionHandler((wrong, words) -> UsageErrors.tell(wrong));
        line.setExecutionExceptionHandler((failure, command, parsed) -> failed(shell, failure, debug));
        if (arguments.length == 0) {
            line.usage(shell.out());
            return Exit.USAGE;
        }
        return line.execute(arguments);
    }

    /** All commands with their options. */
    static CommandLine commandLine(Shell shell) {
        CommandLine line = new CommandLine(new Belfry())
                .addSubcommand(new UpCommand())
                .addSubcommand(new AgentCommand())
                .addSubcommand(new ZooKeeperVerb(shell))
                .addSubcommand(new ValidateVerb(shell))
                .addSubcommand(new PlanVerb(shell))
                .addSubcommand(new ApplyVerb(shell))
                .addSubcommand(new ExportVerb(shell))
                .addSubcommand(new GetVerb(shell))
                .addSubcommand(new DescribeVerb(shell))
                .addSubcommand(new TriggerVerb(shell))
                .addSubcommand(new SubmitVerb(shell))
                .addSubcommand(new BackfillVerb(shell))
                .addSubcommand(new CancelVerb(shell))
                .addSubcommand(new RerunVerb(shell))
                .addSubcommand(new ForgetVerb(shell))
                .addSubcommand(new CommandVerbs.Pause(shell))
                .addSubcommand(new CommandVerbs.Resume(shell))
                .addSubcommand(new CommandVerbs.Drain(shell))
                .addSubcommand(new CommandVerbs.Undrain(shell))
                .addSubcommand(new CommandVerbs.Delete(shell))
                .addSubcommand(new CostVerb(shell))
                .addSubcommand(
                        "budget",
                        new CommandLine(new BudgetVerbs())
                                .addSubcommand(new BudgetVerbs.Get(shell))
                                .addSubcommand(new BudgetVerbs.Set(shell))
                                .addSubcommand(new BudgetVerbs.Clear(shell)))
                .addSubcommand(new ExplainVerb(shell))
                .addSubcommand(new VerifyVerb(shell))
                .addSubcommand(new ExportEventsVerb(shell))
                .addSubcommand(
                        "simulate",
                        new CommandLine(new SimulateVerb())
                                .addSubcommand(new SimulateVerb.Lose(shell))
                                .addSubcommand(new SimulateVerb.Add(shell))
                                .addSubcommand(new SimulateVerb.Apply(shell)))
                .addSubcommand(new ExportHistoryVerb(shell))
                .addSubcommand(
                        "history",
                        new CommandLine(new HistoryVerbs())
                                .addSubcommand(new HistoryVerbs.Status(shell))
                                .addSubcommand(new HistoryVerbs.Audit(shell))
                                .addSubcommand(new HistoryVerbs.Retain(shell)))
                .addSubcommand("cron", new CommandLine(new CronVerb()).addSubcommand(new CronVerb.Next(shell)));
        return line.setAbbreviatedOptionsAllowed(false)
                .setOut(shell.out())
                .setErr(shell.err())
                .registerConverter(java.time.Instant.class, new Times.Reading())
                .registerConverter(Verb.Format.class, new WordReading<>(Verb.Format.class))
                .registerConverter(Pressure.class, new WordReading<>(Pressure.class))
                .registerConverter(GetVerb.What.class, new WordReading<>(GetVerb.What.class))
                .registerConverter(DescribeVerb.What.class, new WordReading<>(DescribeVerb.What.class))
                .registerConverter(BackfillVerb.Again.class, new WordReading<>(BackfillVerb.Again.class))
                .registerConverter(BackfillVerb.First.class, new WordReading<>(BackfillVerb.First.class))
                .registerConverter(BackfillVerb.Meanwhile.class, new WordReading<>(BackfillVerb.Meanwhile.class))
                .registerConverter(ExportEventsVerb.What.class, new WordReading<>(ExportEventsVerb.What.class))
                .registerConverter(ExportEventsVerb.Form.class, new WordReading<>(ExportEventsVerb.Form.class));
    }

    private static int failed(Shell shell, Exception failure, boolean debug) throws Exception {
        if (failure instanceof CommandLine.ParameterException usage) {
            throw usage;
        }
        shell.out().flush();
        shell.err().println("belfry: " + message(failure));
        if (debug) {
            failure.printStackTrace(shell.err());
        }
        boolean unreachable = failure instanceof ClientException client
                ? client.kind() != ClientException.Kind.REJECTED && client.kind() != ClientException.Kind.FULL
                : failure instanceof AgentStartException || failure instanceof HistoryException;
        return unreachable ? Exit.UNREACHABLE : Exit.NO;
    }

    private static String message(Exception failure) {
        boolean expected = failure instanceof ClientException
                || failure instanceof AgentStartException
                || failure instanceof NoException
                || failure instanceof HistoryException
                || failure instanceof CorruptRecordException
                || failure instanceof java.io.UncheckedIOException;
        String text = String.valueOf(failure.getMessage());
        return expected
                ? text
                : "unexpected failure, " + failure.getClass().getSimpleName() + ": " + text
                        + "; run it again with --debug and report what it prints";
    }
}
