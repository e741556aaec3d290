package dev.belfry.examples.search;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.agent.JobHandler;
import dev.belfry.agent.JobHandlerProvider;
import dev.belfry.examples.search.corpus.Corpus;
import dev.belfry.examples.search.result.QuerySet;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The example in a cluster of real processes: the answer is right although an agent is killed, and a wrong one is seen. */
@Timeout(300)
class UpProcessTest {
    private static final int FILES = 48;
    private static final Pattern KILLED =
            Pattern.compile("killed (agent-\\d) \\(pid (\\d+)\\) with SIGKILL; it owned (\\d+) shards");
    private static final List<String> THINGS = List.of("lantern", "harbour", "violin", "orchard", "glacier", "compass");

    @TempDir
    Path folder;

    private Path corpus;
    private Path temporary;

    @BeforeEach
    void write() throws IOException {
        corpus = Files.createDirectories(folder.resolve("corpus"));
        temporary = folder.resolve("tmp");
        for (int i = 0; i < FILES; i++) {
            String thing = THINGS.get(i % THINGS.size());
            Files.writeString(
                    corpus.resolve("note" + i + ".txt"),
                    "Note number" + i + " is about the " + thing + ".\n\nThe " + thing + " was seen" + i % 7 + " by day"
                            + i % 5 + ".\n");
        }
    }

    @Test
    void theResultOfAClusterThatLosesAnAgentIsThatOfOneProcess() throws Exception {
        UpProcess up = up("--ensemble", "3", "--kill-agent-after", "8s", "--for", "20s", "--check");
        up.await("applied 4 jobs: tokenise, index, recommend, evaluate");
        List<ProcessHandle> children = up.children();
        assertThat(children).as("three servers and three agents").hasSize(6);
        Matcher killed = KILLED.matcher(up.await("killed "));
        assertThat(killed.find()).as(up.output()).isTrue();
        assertThat(Integer.parseInt(killed.group(3))).isPositive();
        long pid = Long.parseLong(killed.group(2));
        assertThat(children).extracting(ProcessHandle::pid).contains(pid);

        assertThat(up.await("shards ")).contains(killed.group(1) + " ", "(killed, its session ends within ");
        up.await("the session of " + killed.group(1) + " has ended");
        assertThat(up.alive()).isTrue();
        assertThat(children.stream().filter(ProcessHandle::isAlive)).hasSize(5).noneMatch(child -> child.pid() == pid);

        assertThat(up.end()).as(up.output()).isZero();
        String result =
                Reference.compute(new Corpus(corpus), QuerySet.knownItems()).line();
        assertThat(result).startsWith("documents=" + FILES + " ").contains(" queries=" + FILES + " mrr=1.000000 ");
        assertThat(up.output()
                        .lines()
                        .takeWhile(line -> !line.contains("killed "))
                        .filter(line -> line.contains(" | fires ")))
                .as("before the kill; nothing is due before somebody can run it")
                .isNotEmpty()
                .noneMatch(line -> line.contains("missed"));
        assertThat(up.output())
                .contains(
                        "cluster:        " + result,
                        "single process: " + result,
                        "equal: ",
                        "summary: ",
                        "of the missed: ");
        assertNothingIsLeft(up, children);
    }

    @Test
    void aDamagedIndexIsFoundByTheCheckAndNamedADefect() throws Exception {
        Path data = folder.resolve("data");
        Path work = data.resolve("search");
        run(work);
        dropLastTerm(work.resolve("index/3"));
        // So that the result is computed anew, from what is there.
        Files.delete(work.resolve("evaluate/0/manifest"));

        UpProcess up = up("--agents", "2", "--data", data.toString(), "--for", "1s", "--check");
        up.await("applied 4 jobs");
        List<ProcessHandle> children = up.children();
        assertThat(up.end()).as(up.output()).isEqualTo(1);
        String result =
                Reference.compute(new Corpus(corpus), QuerySet.knownItems()).line();
        assertThat(up.output())
                .contains(
                        "single process: " + result, "DIFFERENT: ", "this is a defect", "cluster:        documents=48 ")
                .doesNotContain("cluster:        " + result);
        assertThat(data.resolve("logs/agent-1.log")).exists();
        assertNothingIsLeft(up, children);
    }

    @Test
    void ctrlCStopsAClusterInGoodOrder() throws Exception {
        UpProcess up = up("--agents", "2", "--check");
        up.await("tokenise 8/8 slices");
        List<ProcessHandle> children = up.children();
        assertThat(children).hasSize(3);
        up.interrupt();
        assertThat(up.end()).as(up.output()).isEqualTo(128 + 2);
        assertThat(up.output())
                .as("the server outlives the agents and the summary")
                .contains("summary: ")
                .doesNotContain("letting every stage")
                .endsWith("stopped");
        assertNothingIsLeft(up, children);
    }

    @Test
    void nothingThatItHasStartedOutlivesAnUpThatIsKilled() throws Exception {
        Path commands = Files.createDirectories(folder.resolve("commands"));
        Path command = Files.writeString(commands.resolve("linger.sh"), "#!/bin/sh\nsleep 300\n");
        Files.setPosixFilePermissions(command, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path jobs = Files.writeString(
                folder.resolve("jobs.yaml"),
                "apiVersion: belfry/v1\njobs:\n  - name: linger\n    handler: command\n    trigger: {every: 1s}\n"
                        + "    parameters: {command: linger.sh}\n");
        UpProcess up = new UpProcess(
                temporary, "--agents", "2", "--jobs", jobs.toString(), "--allow-commands", commands.toString());
        up.await("applied 1 job: linger");
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (up.children().size() < 5) {
            assertThat(System.nanoTime())
                    .as("a server, two agents, a shell and its sleep")
                    .isLessThan(deadline);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
        }
        List<ProcessHandle> children = up.children();
        up.kill();
        for (ProcessHandle child : children) {
            child.onExit().orTimeout(10, TimeUnit.SECONDS).join();
        }
        assertThat(children).noneMatch(ProcessHandle::isAlive);
    }

    @Test
    void withoutAnyAgentLeftItEndsAndSaysHowEachOfThemDid() throws Exception {
        UpProcess up = up("--agents", "2", "--allow-http", "not a host", "--for", "60s");
        assertThat(up.end()).as(up.output()).isEqualTo(1);
        assertThat(up.output())
                .contains(
                        "belfry: every agent has ended, so that nothing can run any more",
                        "agent-1 ended with exit code 2; its log ends with:",
                        "agent-2 ended with exit code 2; its log ends with:",
                        "allowed hosts: 'not a host' is not a host or host:port")
                .doesNotContain("the session of");
        assertThat(up.leftovers()).isEmpty();
    }

    @Test
    void aJobThatIsRefusedIsNotCountedAmongThoseApplied() throws Exception {
        Path jobs = Files.writeString(
                folder.resolve("jobs.yaml"),
                "apiVersion: belfry/v1\njobs:\n  - name: small\n    trigger: {manual: true}\n"
                        + "  - name: waiting\n    trigger: {manual: true}\n    placement: queued\n    strategy: broadcast\n");
        UpProcess up = new UpProcess(
                temporary, "--agents", "1", "--jobs", jobs.toString(), "--allow-http", "localhost", "--for", "1s");
        assertThat(up.end()).as(up.output()).isZero();
        assertThat(up.output()).contains("applied 1 job: small; 1 refused", "belfry: job 'waiting' was refused: ");
    }

    @Test
    void untilIdleEndsWithTheLastRunAndSaysByItsExitCodeHowThatWent() throws Exception {
        Path commands = Files.createDirectories(folder.resolve("commands"));
        for (String code : List.of("0", "3")) {
            Path command = Files.writeString(commands.resolve("end" + code + ".sh"), "#!/bin/sh\nexit " + code + "\n");
            Files.setPosixFilePermissions(command, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        for (String code : List.of("0", "3")) {
            // Late enough that the agents are there, on a machine that is busy, too.
            Instant at = Instant.now().plusSeconds(25).truncatedTo(ChronoUnit.SECONDS);
            Path jobs = Files.writeString(
                    folder.resolve("jobs.yaml"),
                    "apiVersion: belfry/v1\njobs:\n  - name: once\n    handler: command\n    placement: queued\n"
                            + "    trigger: {at: [\"" + at + "\"]}\n    misfire: {threshold: 1m}\n"
                            + "    parameters: {command: end" + code + ".sh}\n"
                            + "  - name: after\n    handler: command\n    placement: queued\n    after: [once]\n"
                            + "    parameters: {command: end0.sh}\n");
            UpProcess up = new UpProcess(
                    temporary,
                    "--agents",
                    "1",
                    "--jobs",
                    jobs.toString(),
                    "--allow-commands",
                    commands.toString(),
                    "--until-idle",
                    "--for",
                    "100s");
            assertThat(up.end()).as(up.output()).isEqualTo(code.equals("0") ? 0 : 1);
            assertThat(up.output())
                    .contains(
                            code.equals("0") ? "idle: everything that ran has succeeded" : "idle: not everything has");
        }
    }

    @Test
    void wrongOptionsAreRefusedBeforeAnythingIsFetchedOrMade() throws Exception {
        UpProcess bogus = new UpProcess(temporary, "--bogus");
        assertThat(bogus.end()).isEqualTo(2);
        assertThat(bogus.output()).contains("unknown option '--bogus'").doesNotContain("corpus: ");
        UpProcess agents = new UpProcess(temporary, "--agents", "0");
        assertThat(agents.end()).isEqualTo(2);
        assertThat(agents.output()).contains("--agents takes 1 to 50, not 0").doesNotContain("corpus: ");
        Path jobs = Files.writeString(folder.resolve("jobs.yaml"), "jobs:\n  - name: a/b\n");
        UpProcess invalid = new UpProcess(temporary, "--jobs", jobs.toString());
        assertThat(invalid.end()).isEqualTo(2);
        assertThat(invalid.output()).contains("the definitions are not valid:", "jobs.yaml:");
        assertThat(invalid.leftovers()).isEmpty();
    }

    private UpProcess up(String... more) throws IOException {
        List<String> arguments = Stream.concat(Stream.of("--corpus", corpus.toString()), Stream.of(more))
                .toList();
        return new UpProcess(temporary, arguments.toArray(String[]::new));
    }

    private static void assertNothingIsLeft(UpProcess up, List<ProcessHandle> children) throws IOException {
        assertThat(children).noneMatch(ProcessHandle::isAlive);
        assertThat(up.leftovers()).isEmpty();
    }

    /** Lets all stages reach their result, without a cluster. */
    private void run(Path work) throws Exception {
        CodeSearch provider = new CodeSearch();
        Map<String, String> settings = Map.of("corpus", corpus.toString(), "work", work.toString());
        Map<String, JobHandler> handlers = ((JobHandlerProvider) provider).handlers(settings);
        Map<String, Integer> shards = Map.of("tokenise", 8, "index", 8, "recommend", 4, "evaluate", 1);
        long token = 0;
        for (int round = 0; round < 10 && !provider.settled(settings); round++) {
            for (String job : List.of("tokenise", "index", "recommend", "evaluate")) {
                for (int shard = 0; shard < shards.get(job); shard++) {
                    handlers.get(job).run(new RecordedContext(job, shard, shards.get(job), ++token, false));
                }
            }
        }
        assertThat(provider.check(settings).orElseThrow().equal()).isTrue();
    }

    private static void dropLastTerm(Path shard) throws IOException {
        try (Stream<Path> files = Files.walk(shard)) {
            Path terms =
                    files.filter(file -> file.endsWith("terms")).findFirst().orElseThrow();
            List<String> lines = Files.readAllLines(terms, StandardCharsets.UTF_8);
            Files.write(terms, lines.subList(0, lines.size() - 1));
        }
    }
}
