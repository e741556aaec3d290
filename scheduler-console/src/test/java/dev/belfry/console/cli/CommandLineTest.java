package dev.belfry.console.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What needs no cluster: usage, exit codes, validation, previews. */
class CommandLineTest {
    private final Console console = new Console();

    @TempDir
    Path directory;

    private String file(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text).toString();
    }

    @Test
    void jobsThatNoAgentCouldRunAreRefusedBeforeAnythingIsStarted(@TempDir Path directory) throws IOException {
        Path jobs = Files.writeString(
                directory.resolve("jobs.yaml"),
                "apiVersion: belfry/v1\njobs:\n  - name: a\n    trigger: {every: 1s}\n    handler: mine\n");
        assertThat(console.run("", "up", "--jobs", jobs.toString(), "--for", "1s"))
                .isEqualTo(Exit.USAGE);
        assertThat(console.err()).contains("the agents could run nothing of").contains("--allow-commands DIR");
    }

    @Test
    void withoutACommandTheUsageIsShownAndTheCodeIsTwo() {
        assertThat(console.run("")).isEqualTo(Exit.USAGE);
        assertThat(console.out()).contains("apply", "verify", "explain");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "up",
                "zookeeper",
                "validate",
                "plan",
                "apply",
                "export",
                "get",
                "describe",
                "trigger",
                "cancel",
                "rerun",
                "pause",
                "resume",
                "drain",
                "undrain",
                "delete",
                "explain",
                "verify",
                "export-events",
                "simulate",
                "simulate lose",
                "simulate add",
                "simulate apply",
                "cron",
                "cron next"
            })
    void everyCommandHasHelp(String command) {
        assertThat(console.line(command + " --help")).isEqualTo(Exit.DONE);
        assertThat(console.out()).contains("Usage: belfry " + command);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "frobnicate",
                "get nothing",
                "get jobs --nonsense",
                "apply",
                "validate /no/such/file.yaml",
                "delete agent a",
                "cron",
                "cron next",
                "verify --from yesterday",
                "get jobs --namespace a/b",
                "get jobs --user anna",
                "get jobs --zookeeper host:notaport",
                "simulate",
                "simulate lose",
                "simulate add many",
                "simulate add zone=",
                "agent --id w1 --standby --alert-webhook http://example.com/",
                "agent --id w1 --standby --alert-webhook http://example.com/ --allow-alerts example.org",
                "agent --id w1 --standby --alert-mail ops@example.com",
                "agent --id w1"
            })
    void wrongUsageHasCodeTwoAndNoStackTrace(String line) {
        assertThat(console.line(line)).as(line).isEqualTo(Exit.USAGE);
        assertThat(console.err()).isNotBlank().doesNotContain("\tat ");
    }

    @Test
    void zooKeeperThatCannotBeReachedHasCodeThreeAndSaysSo() {
        assertThat(console.line("get jobs --zookeeper 127.0.0.1:1")).isEqualTo(Exit.UNREACHABLE);
        assertThat(console.err()).contains("cannot reach ZooKeeper").doesNotContain("\tat ");
    }

    @Test
    void wrongWordIsAnsweredWithThoseThatAreRightAndWithWhereHelpIs() {
        assertThat(console.line("aply jobs.yaml")).isEqualTo(Exit.USAGE);
        assertThat(console.err().lines())
                .containsExactly("belfry: unknown command 'aply'; did you mean 'apply'?", "see 'belfry --help'");
        assertThat(console.line("get job")).isEqualTo(Exit.USAGE);
        assertThat(console.err())
                .contains("[jobs, agents, shards, runs, queue, workflows, backfills, dead-letters, commands]")
                .contains("did you mean 'jobs'?")
                .endsWith("see 'belfry get --help'\n");
        assertThat(console.line("get jobs --namespce x")).isEqualTo(Exit.USAGE);
        assertThat(console.err().lines())
                .containsExactly(
                        "belfry: unknown option '--namespce'; did you mean '--namespace'?", "see 'belfry get --help'");
        assertThat(console.line("cron nxt")).isEqualTo(Exit.USAGE);
        assertThat(console.err()).contains("did you mean 'next'?").contains("see 'belfry cron --help'");
        assertThat(console.line("describe job")).isEqualTo(Exit.USAGE);
        assertThat(console.err()).contains("NAME").doesNotContain("Usage:");
        assertThat(console.out()).isEmpty();
    }

    @Test
    void identityAndTlsThatAreHalfGivenAreRefusedWithWhatToGive() throws IOException {
        assertThat(console.line("get jobs --user anna")).isEqualTo(Exit.USAGE);
        assertThat(console.err()).contains("--password-file FILE").contains("BELFRY_ZK_PASSWORD");
        String store = file("key.pem", "");
        assertThat(console.run("", "get", "jobs", "--key-store", store)).isEqualTo(Exit.USAGE);
        assertThat(console.err()).contains("--trust-store FILE");
        Console secured = new Console(Map.of("BELFRY_ZK_USER", "anna", "BELFRY_ZK_TRUST_STORE", "/no/such/store.pem"));
        assertThat(secured.line("get jobs --password-file x")).isEqualTo(Exit.USAGE);
        assertThat(secured.err()).contains("--password-file: no readable file x");
        String password = file("password", "secret");
        assertThat(secured.run("", "get", "jobs", "--password-file", password)).isEqualTo(Exit.USAGE);
        assertThat(secured.err()).contains("/no/such/store.pem");
    }

    @Test
    void validFileIsSaidToBeValid() throws IOException {
        String file = file("jobs.yaml", "apiVersion: belfry/v1\njobs:\n  - name: a\n    trigger: {every: 1s}\n");
        assertThat(console.run("", "validate", file)).isEqualTo(Exit.DONE);
        assertThat(console.out()).contains("valid, 1 job");
    }

    @Test
    void everyErrorOfAFileIsPrintedWithItsPlaceAndTheCodeIsOne() throws IOException {
        String file = file(
                "jobs.yaml",
                "apiVersion: belfry/v1\njobs:\n  - name: a/b\n    trigger: {cron: \"0 0 * * *\"}\n    shards: 0\n"
                        + "  - name: b\n    triger: manual\n");
        assertThat(console.run("", "validate", file)).isEqualTo(Exit.NO);
        List<String> errors = console.lines().stream()
                .filter(line -> line.startsWith(file + ":"))
                .toList();
        assertThat(errors.stream().filter(line -> line.matches(".*:[0-9]+:[0-9]+: .*")))
                .hasSizeGreaterThanOrEqualTo(4);
        assertThat(console.out()).contains("did you mean trigger?");
    }

    @Test
    void standardInputIsAFileToo() {
        assertThat(console.run("apiVersion: belfry/v1\njobs:\n  - name: a\n    trigger: manual\n", "validate", "-"))
                .isEqualTo(Exit.DONE);
    }

    @Test
    void cronLinesAreAnsweredOneForOne() {
        String input = "0 0 12 * * ?\tUTC\t2026-06-01T00:00:00Z\n"
                + "0 30 2 * * ?\tEurope/Berlin\t2026-03-28T23:00:00Z\n"
                + "0 0 0 30 2 ?\tUTC\t2026-01-01T00:00:00Z\n"
                + "*/5 * * * *\tUTC\t2026-01-01T00:00:00Z\n"
                + "0 0 12 * * ?\tNowhere/City\t2026-06-01T00:00:00Z\n"
                + "nonsense\n";
        assertThat(console.run(input, "cron", "next", "--stdin")).isEqualTo(Exit.DONE);
        List<String> lines = console.lines();
        assertThat(lines).hasSize(6);
        assertThat(lines.subList(0, 3)).containsExactly("2026-06-01T12:00:00Z", "2026-03-29T01:00:00Z", "NONE");
        assertThat(lines.subList(3, 6))
                .allSatisfy(line -> assertThat(line).startsWith("INVALID\t").doesNotContain("\n"));
    }

    @Test
    void cronNextShowsTheAskedNumberOfFires() {
        assertThat(console.run(
                        "",
                        "cron",
                        "next",
                        "0 0 12 * * ?",
                        "--from",
                        "2026-06-01T00:00:00Z",
                        "--count",
                        "2",
                        "-o",
                        "json"))
                .isEqualTo(Exit.DONE);
        assertThat(console.out()).contains("2026-06-01T12:00:00Z", "2026-06-02T12:00:00Z");
        assertThat(console.run("", "cron", "next", "0 0 0 30 2 ?")).isEqualTo(Exit.NO);
        assertThat(console.err()).contains("\"0 0 0 30 2 ?\" never fires: no date from 1970 to 2099");
        assertThat(console.run("", "cron", "next", "0 0 0 1 1 ? 2020")).isEqualTo(Exit.NO);
        assertThat(console.err()).contains("does not fire after 2").contains("every instant of it lies before that");
        assertThat(console.run("", "cron", "next", "*/0 * * * * ?")).isEqualTo(Exit.NO);
        assertThat(console.err()).contains("position 2");
    }

    @Test
    void wrongDefinitionsAreRefusedBeforeAnythingIsConnectedTo() throws IOException {
        String file = file("jobs.yaml", "apiVersion: belfry/v1\njobs:\n  - name: a\n    shards: 0\n");
        assertThat(console.run("", "apply", file, "--zookeeper", "127.0.0.1:1")).isEqualTo(Exit.NO);
        assertThat(console.err()).contains("jobs.yaml:4:");
    }
}
