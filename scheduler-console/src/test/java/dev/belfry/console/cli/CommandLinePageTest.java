package dev.belfry.console.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.console.query.ReasonText;
import dev.belfry.testkit.page.GeneratedPage;
import dev.belfry.testkit.zookeeper.EmbeddedZooKeeper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** The page "Command line" says of every command what the program says. */
class CommandLinePageTest {
    private static final Instant NOW = Instant.parse("2026-06-01T00:00:00Z");
    private static final Set<String> COMMON = Set.of("--output", "--debug", "--help", "--version");

    @TempDir
    Path directory;

    private final CommandLine program = Belfry.commandLine(new Console().shell(""));

    /** To renew the page: run with {@code -Dbelfry.rewrite=true}. */
    @Test
    void thePageIsNotStale() throws IOException {
        Files.writeString(directory.resolve("jobs.yaml"), Examples.JOBS);
        Files.writeString(directory.resolve("wrong.yaml"), Examples.WRONG);
        try (EmbeddedZooKeeper server = EmbeddedZooKeeper.start(directory.resolve("zookeeper"))) {
            Console console = new Console(Map.of("BELFRY_ZOOKEEPER", server.connectString()), InstantSource.fixed(NOW));
            GeneratedPage.at("../docs/command-line.md").assertIs(page(console));
        }
    }

    @Test
    void everyCommandHasAnExampleAndEveryExampleIsUnderstood() {
        assertThat(Examples.all().keySet())
                .containsExactlyInAnyOrderElementsOf(
                        commands().stream().map(CommandLinePageTest::name).toList());
        Examples.all()
                .forEach((command, examples) -> examples.forEach(example -> {
                    CommandLine.ParseResult parsed =
                            Belfry.commandLine(new Console().shell("")).parseArgs(example.words());
                    while (parsed.hasSubcommand()) {
                        parsed = parsed.subcommand();
                    }
                    assertThat(name(parsed.commandSpec())).as(example.line()).isEqualTo(command);
                }));
    }

    @Test
    void everyOptionAndParameterIsDescribedInASentence() {
        for (CommandSpec command : commands()) {
            for (OptionSpec option : command.options()) {
                if (!option.hidden() && !option.usageHelp() && !option.versionHelp()) {
                    assertSentence(name(command) + " " + option.longestName(), option.description());
                    boolean flag = option.arity().max() == 0;
                    assertThat(flag || option.paramLabel().matches("[A-Z=]+"))
                            .as(name(command) + " " + option.longestName() + " shows " + option.paramLabel())
                            .isTrue();
                }
            }
            for (PositionalParamSpec parameter : command.positionalParameters()) {
                assertSentence(name(command) + " " + parameter.paramLabel(), parameter.description());
            }
            assertSentence(name(command), command.usageMessage().description());
        }
    }

    private static void assertSentence(String what, String... description) {
        String text = String.join(" ", description);
        assertThat(text).as(what).hasSizeGreaterThan(8).endsWith(".");
    }

    // --- the commands

    /** Those that do something, in the order in which they are listed. */
    private List<CommandSpec> commands() {
        List<CommandSpec> found = new ArrayList<>();
        for (CommandLine command : program.getSubcommands().values()) {
            if (command.getSubcommands().isEmpty()) {
                found.add(command.getCommandSpec());
            } else {
                command.getSubcommands().values().forEach(sub -> found.add(sub.getCommandSpec()));
            }
        }
        return found;
    }

    private static String name(CommandSpec command) {
        return command.qualifiedName(" ").substring("belfry ".length());
    }

    private static boolean isConnection(OptionSpec option) {
        return option.group() != null;
    }

    // --- the page

    private String page(Console console) {
        CommandSpec get = program.getSubcommands().get("get").getCommandSpec();
        StringBuilder page = new StringBuilder("""
                # Command line

                This page is generated from the program; a test fails when it is stale (run `CommandLinePageTest` with
                `-Dbelfry.rewrite=true` to renew it). `./belfry` at the top of a checkout builds itself on its first use; `belfry COMMAND
                --help` says the same as this page.

                Exit codes of every command: **0** done, **1** the answer is no (a refused command, an invalid file, a gap, a run that did
                not succeed), **2** wrong usage, **3** ZooKeeper, or the history that was asked for, cannot be reached. Answers go to standard output, warnings and errors to
                standard error; nothing shows a stack trace without `--debug`.

                """);
        page.append("| command | |\n|---|---|\n");
        for (CommandSpec command : commands()) {
            String link = name(command).replace(' ', '-');
            page.append("| [`")
                    .append(name(command))
                    .append("`](#")
                    .append(link)
                    .append(") | ");
            page.append(cell(command.usageMessage().description())).append(" |\n");
        }
        page.append("\n## Options of every command\n\n");
        options(
                page,
                get.options().stream()
                        .filter(o -> COMMON.contains(o.longestName()))
                        .toList());
        page.append("""

                Of `-o json` and `-o yaml`: instants are texts in UTC (ISO 8601, at most milliseconds), lengths have their unit in their
                name (`tookMillis`), tokens are texts since they exceed what many readers keep of a number, and `null` stands for what is
                not known. Keys may be added; those that are there keep their names and meanings. `agent`, `up` and `export-history` run until
                they are told to stop and answer nothing.

                A command that waits says so once on standard error: for whom, and until when at most. `apply`, `pause`, `resume` and
                `delete` wait until the change is in force, which is some seconds after it is written
                ([Architecture](architecture.md#when-a-change-is-in-force)); `--no-wait` does not.

                ## Connection, identity, TLS

                Every command that talks to a namespace, `agent` and the scripts of `zk-scripts` take these. There is no configuration
                file: each option has a variable of the environment that stands for it where it is not given.

                """);
        options(
                page,
                get.options().stream().filter(CommandLinePageTest::isConnection).toList());
        page.append("""

                Without an identity whoever reaches ZooKeeper can change everything, and so run jobs on your machines; see
                [Operations](operations.md) for ACLs and roles. A digest password travels in clear text unless TLS is on. Passwords are
                never options, since every user of a machine can read those.

                ```sh
                export BELFRY_ZOOKEEPER=zk1:2281,zk2:2281,zk3:2281 BELFRY_NAMESPACE=search
                export BELFRY_ZK_USER=operator BELFRY_ZK_PASSWORD_FILE=~/.belfry-password BELFRY_ZK_TRUST_STORE=/etc/belfry/ca.pem
                belfry get jobs
                ```

                Commands that tell of the past, `verify`, `explain`, `get`, `describe` and `export-events`, read the [history](history.md)
                beside the journal: that of `--history-url` or `$BELFRY_HISTORY_URL`, else that of an `up` on this machine with the same
                ZooKeeper and namespace, which they find below `$BELFRY_HOME` (`~/.belfry`).

                Two variables are read by `./belfry` itself: `JAVA_HOME`, and `BELFRY_JAVA_OPTS` for options of the JVM.
                """);
        Map<String, List<Examples.Example>> examples = Examples.all();
        for (CommandSpec command : commands()) {
            command(page, command);
            examples.getOrDefault(name(command), List.of()).forEach(example -> example(page, example, console));
        }
        reasons(page);
        return page.toString();
    }

    private static void reasons(StringBuilder page) {
        page.append("""

                ## Reasons

                Why an outcome is what it is, or why an attempt was made: `get`, `describe` and `export-events` show the word, `explain` says
                what it means. Any other text is a message of the handler's own, such as that of its exception. The outcomes themselves
                are in [Life cycles](life-cycles.md#how-a-fire-ends).

                | reason | |
                |---|---|
                """);
        ReasonText.all()
                .forEach((word, meaning) -> page.append("| `")
                        .append(word)
                        .append("` | ")
                        .append(cell(meaning))
                        .append(" |\n"));
    }

    private void command(StringBuilder page, CommandSpec command) {
        page.append("\n## ").append(name(command)).append("\n\n");
        page.append(String.join(" ", command.usageMessage().description())).append("\n\n```\n");
        page.append("belfry ").append(name(command));
        command.positionalParameters().forEach(parameter -> page.append(' ').append(positional(parameter)));
        List<OptionSpec> own = command.options().stream()
                .filter(option -> !isConnection(option) && !option.hidden() && !COMMON.contains(option.longestName()))
                .toList();
        page.append(own.isEmpty() ? "" : " [OPTIONS]").append("\n```\n\n");
        if (command.positionalParameters().isEmpty() && own.isEmpty()) {
            return;
        }
        page.append("| | |\n|---|---|\n");
        command.positionalParameters()
                .forEach(parameter -> page.append("| `")
                        .append(parameter.paramLabel())
                        .append("` | ")
                        .append(cell(parameter.description()))
                        .append(" |\n"));
        own.forEach(option -> row(page, option));
    }

    private static String positional(PositionalParamSpec parameter) {
        String label = parameter.paramLabel() + (parameter.arity().max() > 1 ? "..." : "");
        return parameter.arity().min() == 0 ? "[" + label + "]" : label;
    }

    private static void options(StringBuilder page, List<OptionSpec> options) {
        page.append("| | |\n|---|---|\n");
        options.forEach(option -> row(page, option));
    }

    private static void row(StringBuilder page, OptionSpec option) {
        boolean flag = option.arity().max() == 0;
        String names = List.of(option.names()).stream()
                .map(name -> "`" + name + (flag ? "" : " " + option.paramLabel()) + "`")
                .collect(Collectors.joining(", "));
        page.append("| ").append(names).append(" | ").append(option.required() ? "Required. " : "");
        page.append(cell(option.description())).append(" |\n");
    }

    private static String cell(String... text) {
        return String.join(" ", text).replace("|", "\\|");
    }

    private void example(StringBuilder page, Examples.Example example, Console console) {
        page.append('\n').append(example.why()).append("\n\n```console\n$ ");
        if (!example.input().isEmpty()) {
            page.append("printf '")
                    .append(example.input().replace("\t", "\\t").replace("\n", "\\n"))
                    .append("' | ");
        }
        page.append("belfry ").append(example.line()).append('\n');
        if (example.shown()) {
            String[] words = example.words();
            for (int i = 0; i < words.length; i++) {
                words[i] =
                        words[i].endsWith(".yaml") ? directory.resolve(words[i]).toString() : words[i];
            }
            console.run(example.input(), words);
            page.append((console.out() + console.err()).replace(directory + "/", ""));
        }
        page.append("```\n");
    }
}
