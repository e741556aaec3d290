package dev.belfry.console.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.console.local.LocalZooKeeper;
import dev.belfry.core.record.Paths;
import dev.belfry.testkit.zookeeper.EmbeddedZooKeeper;
import dev.belfry.testkit.zookeeper.TestCertificates;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a user sees who types something wrong, or looks at a namespace in which something is wrong. */
@Timeout(120)
class BadInputTest {
    private static final String JOBS = "apiVersion: belfry/v1\njobs:\n  - name: alpha\n    trigger: {every: 10s}\n"
            + "  - name: beta\n    trigger: {every: 10s}\n    handler: nowhere\n";

    @RegisterExtension
    static final ServedConsole SERVED = new ServedConsole();

    /** Does something to the tree that only Belfry should do. */
    private interface Vandalism {
        void on(ZooKeeper zk, String root) throws Exception;
    }

    private static void vandal(TestInfo test, Vandalism what) throws Exception {
        CountDownLatch connected = new CountDownLatch(1);
        ZooKeeper zk = new ZooKeeper(SERVED.server().connectString(), 30_000, event -> {
            if (event.getState() == KeeperState.SyncConnected) {
                connected.countDown();
            }
        });
        try {
            assertThat(connected.await(30, TimeUnit.SECONDS)).isTrue();
            what.on(zk, "/belfry/" + ServedConsole.namespace(test));
        } finally {
            zk.close();
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** What looked like a proof of nothing. */
    @Test
    void aStretchOfTimeInWhichNothingCanHaveHappenedIsRefused(TestInfo test) {
        for (String command : List.of("verify", "export-events runs")) {
            Console console = SERVED.console(test);
            assertThat(console.line(command + " --from 2026-06-02T00:00:00Z --to 2026-06-01T00:00:00Z"))
                    .as(command)
                    .isEqualTo(Exit.USAGE);
            assertThat(console.err()).contains("is not before --to 2026-06-01T00:00:00Z", "the other way round");
            assertThat(console.line(command + " --from 2026-06-01T00:00:00Z --to 2026-06-01T00:00:00Z"))
                    .isEqualTo(Exit.USAGE);
            assertThat(console.line(command + " --from 2190-06-01T00:00:00Z")).isEqualTo(Exit.USAGE);
            assertThat(console.err()).contains("is in the future");
        }
    }

    @Test
    void everythingWrongInAFileIsSaidAtOnceWithItsPlace() throws IOException {
        Console console = new Console();
        String wrong = SERVED.file("wrong.yaml", """
                apiVersion: belfry/v1
                jobs:
                  - name: a/b
                    trigger: {every: 1s}
                  - name: unknown
                    handlr: x
                    trigger: {cron: "0 0 0 30 2 ?"}
                  - name: none
                    trigger: {every: 1s}
                    shards: 0
                  - name: many
                    trigger: {every: 1s}
                    shards: 10000000
                """);
        assertThat(console.run("", "validate", wrong)).isEqualTo(Exit.NO);
        assertThat(console.out() + console.err())
                .contains("wrong.yaml:3:11: jobs[0].name: is \"a/b\"")
                .contains("wrong.yaml:6:5: jobs[1].handlr: unknown key")
                .contains("did you mean handler?")
                .contains("wrong.yaml:7:21: jobs[1].trigger.cron: never fires")
                .contains("wrong.yaml:10:13: jobs[2].shards: is 0 (expected a whole number from 1 to 100,000)")
                .contains("wrong.yaml:13:13: jobs[3].shards: is 10000000")
                .contains("5 errors");
    }

    @Test
    void jobWhoseInstantsAreAllPastIsValidAndNoted() throws IOException {
        Console console = new Console();
        String past = SERVED.file("past.yaml", """
                apiVersion: belfry/v1
                jobs:
                  - name: over
                    trigger: {cron: "0 0 0 1 1 ? 2020"}
                  - name: lives
                    trigger: {every: 1s}
                """);
        assertThat(console.run("", "validate", past)).isEqualTo(Exit.DONE);
        assertThat(console.err().lines()).singleElement().asString().contains("job 'over' never fires from now on");
    }

    @Test
    void filesThatCannotBeReadAreNamed() throws IOException {
        Console console = new Console();
        assertThat(console.run(
                        "", "validate", SERVED.directory().resolve("none.yaml").toString()))
                .isEqualTo(Exit.USAGE);
        assertThat(console.err()).startsWith("belfry: no such file: ").contains("none.yaml");
        String endless = SERVED.file("endless.yaml", "");
        try (RandomAccessFile sparse = new RandomAccessFile(endless, "rw")) {
            sparse.setLength(20_000_000);
        }
        assertThat(console.run("", "validate", endless)).isEqualTo(Exit.NO);
        assertThat(console.err()).contains("endless.yaml is longer than");
        assertThat(console.run("apiVersion: belfry/v1\n", "validate", "-")).isEqualTo(Exit.NO);
        assertThat(console.out()).contains("stdin:1:1: jobs is missing").contains("stdin: 1 error");
        Path binary =
                Files.write(SERVED.directory().resolve("binary.yaml"), new byte[] {(byte) 0xc3, 0x28, (byte) 0xff});
        assertThat(console.run("", "validate", binary.toString())).isEqualTo(Exit.NO);
        assertThat(console.err().lines()).singleElement().asString().contains("is not UTF-8 text");
    }

    @Test
    void directoryIsValidatedFileByFile() throws IOException {
        Path directory = Files.createDirectory(SERVED.directory().resolve("several"));
        String job = "apiVersion: belfry/v1\njobs: [{name: %s, trigger: manual}]\n";
        Console console = new Console();
        assertThat(console.run("", "validate", directory.toString())).isEqualTo(Exit.USAGE);
        assertThat(console.err()).contains("no *.yaml, *.yml or *.json in directory " + directory);
        Files.writeString(directory.resolve("b.yml"), job.formatted("b"));
        Files.writeString(directory.resolve("a.yaml"), job.formatted("a"));
        Files.writeString(directory.resolve("notes.txt"), "none of it");
        Files.createDirectory(directory.resolve("below.yaml"));
        assertThat(console.run("", "validate", directory.toString()))
                .as(console.err())
                .isEqualTo(Exit.DONE);
        assertThat(console.out().lines())
                .containsExactly(
                        directory.resolve("a.yaml") + ": valid, 1 job", directory.resolve("b.yml") + ": valid, 1 job");
        Files.writeString(directory.resolve("c.json"), "{}");
        assertThat(console.run("", "validate", directory.toString())).isEqualTo(Exit.NO);
        assertThat(console.out()).contains("a.yaml: valid", "c.json: ");
        for (String verb : new String[] {"plan", "apply"}) {
            assertThat(console.run("", verb, directory.toString())).isEqualTo(Exit.USAGE);
            assertThat(console.err()).contains(directory + " is a directory; name a file");
        }
    }

    @Test
    void serversThatCannotBeReachedAreExitCodeThree() {
        int port = LocalZooKeeper.freePort();
        Console console = new Console(Map.of("BELFRY_ZOOKEEPER", "127.0.0.1:" + port));
        assertThat(console.line("get jobs")).isEqualTo(Exit.UNREACHABLE);
        assertThat(console.err())
                .contains("cannot reach ZooKeeper at 127.0.0.1:" + port)
                .contains("check its address");
        assertThat(console.line("agent --standby --wait 100ms --zookeeper 127.0.0.1:" + port))
                .isEqualTo(Exit.UNREACHABLE);
        assertThat(console.err())
                .contains("was not registered within PT0.1S")
                .contains("check that the servers run")
                .doesNotContain("unexpected");
    }

    @Test
    void readingWhatDoesNotExistLeavesNothingBehind() throws Exception {
        Console console =
                new Console(Map.of("BELFRY_ZOOKEEPER", SERVED.server().connectString(), "BELFRY_NAMESPACE", "typo"));
        SERVED.create("/belfry");
        SERVED.create("/belfry/type");
        ZooKeeper zk = new ZooKeeper(SERVED.server().connectString(), 10_000, event -> {});
        try {
            for (String line : new String[] {
                "get jobs",
                "get agents",
                "get runs -o json",
                "describe job a",
                "describe agent a",
                "verify",
                "explain a",
                "export",
                "simulate lose a"
            }) {
                assertThat(console.line(line)).as(line).isEqualTo(Exit.NO);
                assertThat(console.err())
                        .as(line)
                        .contains("namespace 'typo' does not exist on "
                                + SERVED.server().connectString() + ", existing: ")
                        .contains("did you mean 'type'?");
            }
            assertThat(zk.exists("/belfry/typo", false)).isNull();
        } finally {
            zk.close();
        }
    }

    @Test
    void portThatIsTakenIsNamed() {
        Console console = new Console();
        assertThat(console.run(
                        "",
                        "zookeeper",
                        "--port",
                        Integer.toString(SERVED.server().port()),
                        "--data",
                        SERVED.directory().resolve("second").toString()))
                .isEqualTo(Exit.NO);
        assertThat(console.err()).contains("port " + SERVED.server().port()).contains("choose another with --port");
    }

    @Test
    void recordsThatCannotBeReadAreNamedAndTheRestIsShown(TestInfo test) throws Exception {
        Console console = SERVED.console(test);
        assertThat(console.run("", "apply", "--no-wait", SERVED.file("jobs.yaml", JOBS)))
                .as(console.err())
                .isEqualTo(Exit.DONE);
        vandal(test, (zk, root) -> {
            zk.setData(root + Paths.job("alpha"), bytes("garbage"), -1);
            zk.setData(root + Paths.EPOCH, bytes("garbage"), -1);
            zk.setData(root + Paths.DRAINS, bytes("{\"v\":9}"), -1);
            zk.create(
                    root + Paths.assignments(17), bytes("garbage"), ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
        });
        for (String words :
                new String[] {"get jobs", "get shards", "get agents", "explain beta", "describe job beta"}) {
            int code = console.line(words);
            // Where there is nothing to list, that is said beside the output.
            assertThat(console.out()
                            + console.err()
                                    .lines()
                                    .filter(line -> line.contains("no agents"))
                                    .findAny()
                                    .orElse(""))
                    .as(words)
                    .isNotEmpty();
            assertThat(console.err()).as(words).doesNotContain("unexpected");
            assertThat(code).as(words).isNotEqualTo(Exit.UNREACHABLE);
        }
        assertThat(console.line("get jobs")).isEqualTo(Exit.NO);
        assertThat(console.out()).contains("beta").doesNotContain("alpha");
        assertThat(console.err())
                .contains(Paths.job("alpha") + " cannot be read: not JSON")
                .contains("check-tree --repair; a definition is then applied again")
                .contains(Paths.EPOCH + " cannot be read")
                .contains(Paths.DRAINS + " cannot be read: it has schema 9")
                .contains("upgrade this process")
                .contains("assignment bucket 17 cannot be read: it does not begin with a schema");
        for (String words : new String[] {"explain alpha", "describe job alpha", "get runs --job alpha"}) {
            assertThat(console.line(words)).as(words).isEqualTo(Exit.NO);
            assertThat(console.err()).as(words).contains(Paths.job("alpha") + " cannot be read");
        }
        assertThat(console.line("verify")).isEqualTo(Exit.NO);
        assertThat(console.out())
                .contains("note: " + Paths.job("alpha") + " cannot be read")
                .contains("NOT proved for all jobs: the definition of 1 job cannot be read");
        assertThat(console.line("verify -o json")).isEqualTo(Exit.NO);
        assertThat(console.out()).contains("\"holds\" : false");
        assertThat(console.run("", "apply", "--no-wait", SERVED.file("jobs.yaml", JOBS)))
                .isEqualTo(Exit.NO);
        assertThat(console.out()).contains("refused").contains("unchanged");
    }

    @Test
    void jobWithoutAHandlerAnywhereIsExplained(TestInfo test) throws IOException {
        Console console = SERVED.console(test);
        assertThat(console.run("", "apply", "--no-wait", SERVED.file("jobs.yaml", JOBS)))
                .isEqualTo(Exit.DONE);
        assertThat(console.line("explain beta")).isEqualTo(Exit.DONE);
        assertThat(console.out()).contains("1 of 1 shards have no owner", "no agent is registered");
    }

    @Test
    void identityOpensWhatItHasClosedAndOthersAreToldWhatToCheck() throws IOException {
        EmbeddedZooKeeper closed = EmbeddedZooKeeper.start(SERVED.directory().resolve("closed"));
        try {
            askWithAndWithoutIdentity(new Console(Map.of("BELFRY_ZOOKEEPER", closed.connectString())));
        } finally {
            closed.close();
        }
    }

    private static void askWithAndWithoutIdentity(Console console) throws IOException {
        String right = SERVED.file("right", "secret\n");
        String wrong = SERVED.file("wrong", "guess\n");
        String jobs = SERVED.file("jobs.yaml", JOBS);
        assertThat(console.run("", "apply", "--no-wait", jobs, "--user", "anna", "--password-file", right))
                .as(console.err())
                .isEqualTo(Exit.DONE);
        assertThat(console.run("", "get", "jobs", "--user", "anna", "--password-file", right))
                .isEqualTo(Exit.DONE);
        for (String[] stranger :
                new String[][] {{"get", "jobs"}, {"get", "jobs", "--user", "anna", "--password-file", wrong}}) {
            assertThat(console.run("", stranger)).isEqualTo(Exit.NO);
            assertThat(console.err()).contains("NOAUTH").contains("check its ZooKeeper user, password or certificate");
        }
        assertThat(console.run("", "get", "jobs", "--user", "anna")).isEqualTo(Exit.USAGE);
        assertThat(console.err()).contains("give --password-file FILE");
        assertThat(console.run("", "get", "jobs", "--key-store", right)).isEqualTo(Exit.USAGE);
        assertThat(console.err()).contains("--key-store needs --trust-store");
        assertThat(console.run("", "get", "jobs", "--acl-agent", "anna")).isEqualTo(Exit.USAGE);
        assertThat(console.err()).contains("write scheme:id");
    }

    @Test
    void certificateIsAnIdentity() throws IOException {
        TestCertificates certificates =
                TestCertificates.make(Files.createDirectories(SERVED.directory().resolve("tls")), "anna", "other");
        String password = SERVED.file("store-password", TestCertificates.PASSWORD + "\n");
        String jobs = SERVED.file("jobs.yaml", JOBS);
        EmbeddedZooKeeper secure =
                EmbeddedZooKeeper.startSecure(SERVED.directory().resolve("secure"), certificates);
        try {
            Console console = new Console(Map.of("BELFRY_ZOOKEEPER", secure.connectString()));
            List<String> tls = List.of(
                    "--trust-store",
                    certificates.trustStore().toString(),
                    "--trust-store-password-file",
                    password,
                    "--key-store-password-file",
                    password,
                    "--key-store");
            String anna = certificates.keyStore("anna").toString();
            assertThat(console.run("", with(List.of("apply", "--no-wait", jobs), tls, anna)))
                    .as(console.err())
                    .isEqualTo(Exit.DONE);
            String other = certificates.keyStore("other").toString();
            assertThat(console.run("", with(List.of("get", "jobs"), tls, other)))
                    .isEqualTo(Exit.NO);
            assertThat(console.err()).contains("NOAUTH");
        } finally {
            secure.close();
        }
    }

    private static String[] with(List<String> command, List<String> options, String last) {
        return Stream.of(command, options, List.of(last)).flatMap(List::stream).toArray(String[]::new);
    }
}
