package dev.belfry.agent.handler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belfry.agent.LogLines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
@EnabledOnOs({OS.LINUX, OS.MAC})
final class CommandHandlerTest {
    @TempDir
    Path root;

    private Path allowed;
    private LogLines log;

    @BeforeEach
    void prepare() throws IOException {
        allowed = Files.createDirectory(root.resolve("allowed"));
        log = new LogLines("dev.belfry.job");
    }

    @AfterEach
    void stopListening() {
        log.close();
    }

    private Path script(Path file, String text) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + text + "\n");
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private void run(String... parameters) throws Exception {
        new CommandHandler(allowed).run(new ScriptedContext(parameters));
    }

    private String output() {
        return String.join("\n", log.lines());
    }

    @Test
    void argumentsReachTheCommandAsTheyAreAndNoShellSeesThem() throws Exception {
        script(allowed.resolve("show"), "for a in \"$@\"; do echo \"<$a>\"; done");
        run("command", "show", "args", "[\"$(touch owned)\", \"; rm -rf /\", \"\", \"*\", \"a b\"]");
        assertThat(output()).contains("<$(touch owned)>\n<; rm -rf />\n<>\n<*>\n<a b>");
        log.lines().clear();
        run("command", "show", "arg.1", "`id`", "arg.0", "-x");
        assertThat(output()).contains("<-x>\n<`id`>");
    }

    @Test
    void environmentHoldsTheContextAndNothingElse() throws Exception {
        script(allowed.resolve("show"), "env");
        run("command", "show", "language", "en", "max-size", "5");
        assertThat(output().lines().filter(line -> line.contains("=")).toList())
                .filteredOn(line -> !line.startsWith("PWD=") && !line.startsWith("SHLVL=") && !line.startsWith("_="))
                .containsExactlyInAnyOrder(
                        "PATH=/usr/local/bin:/usr/bin:/bin",
                        "BELFRY_JOB=call",
                        "BELFRY_RUN_ID=uid1@2026-11-22T12:00:00Z",
                        "BELFRY_SHARD=1",
                        "BELFRY_SHARD_COUNT=4",
                        "BELFRY_SHARD_PARAMETER=us",
                        "BELFRY_SCHEDULED_TIME=2026-11-22T12:00:00Z",
                        "BELFRY_ATTEMPT=2",
                        "BELFRY_FENCING_TOKEN=77",
                        "BELFRY_PARAM_LANGUAGE=en",
                        "BELFRY_PARAM_MAX_SIZE=5");
    }

    @Test
    void inputIsEmpty() throws Exception {
        script(allowed.resolve("read"), "cat; echo done");
        run("command", "read");
        assertThat(output()).contains("\ndone");
    }

    @Test
    void exitCodeOtherThanZeroIsAFailureWithTheEndOfTheOutput() throws Exception {
        script(allowed.resolve("fail"), "echo to stdout; echo to stderr >&2; printf '\\033[31mred\\007'; exit 3");
        assertThatThrownBy(() -> run("command", "fail"))
                .isInstanceOf(FailedCallException.class)
                .hasMessageStartingWith("exit code 3 of fail: to stdout | to stderr | [31mred")
                .satisfies(
                        e -> assertThat(e.getMessage()).doesNotContain("\033").doesNotContain("\007"));
        assertThat(log.lines()).as("who ran the attempt logs its failure").isEmpty();
    }

    @Test
    void ofALongOutputTheFailureHoldsTheEnd() throws Exception {
        script(
                allowed.resolve("fail"),
                "i=0; while [ $i -lt 2000 ]; do echo \"line $i of many\"; i=$((i+1)); done; exit 7");
        assertThatThrownBy(() -> run("command", "fail"))
                .hasMessageStartingWith("exit code 7 of fail: ...")
                .hasMessageEndingWith("line 1998 of many | line 1999 of many")
                .satisfies(e -> assertThat(e.getMessage().length()).isBetween(600, 750));
    }

    @Test
    void outputOfAnyLengthIsReadAndItsEndKept() throws Exception {
        script(allowed.resolve("much"), "i=0; while [ $i -lt 20000 ]; do echo \"line $i of many\"; i=$((i+1)); done");
        run("command", "much");
        assertThat(output())
                .contains("line 19999 of many")
                .contains("without its first ")
                .doesNotContain("line 100 of");
        assertThat(output().length()).isLessThan(OutputTail.MOST_BYTES + 500);
    }

    @Test
    void whateverLeavesTheDirectoryIsRefused() throws Exception {
        script(root.resolve("outside"), "touch owned");
        script(allowed.resolve("inside"), "true");
        Files.createSymbolicLink(allowed.resolve("link-out"), root.resolve("outside"));
        Files.createSymbolicLink(allowed.resolve("link-in"), allowed.resolve("inside"));
        Files.createDirectory(allowed.resolve("sub"));
        script(allowed.resolve("sub").resolve("deeper"), "true");
        for (String name : List.of(
                "../outside", "..", ".", "/bin/sh", "sub/deeper", "..\\outside", "C:sh", "a\0b", "inside\n", "")) {
            assertThatThrownBy(() -> run("command", name))
                    .as(name)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("job call: parameters.command: ");
        }
        assertThatThrownBy(() -> run("command", "link-out")).hasMessageContaining("is a link out of");
        assertThatThrownBy(() -> run("command", "sub")).hasMessageContaining("not an executable file");
        assertThatThrownBy(() -> run("command", "none")).hasMessageContaining("names no file in " + allowed);
        assertThatThrownBy(() -> run("language", "en")).hasMessageContaining("parameters: command is missing");
        run("command", "link-in");
        Files.writeString(allowed.resolve("plain"), "echo");
        assertThatThrownBy(() -> run("command", "plain")).hasMessageContaining("not an executable file");
        assertThat(root.resolve("owned")).doesNotExist();
    }

    @Test
    void linkToTheDirectoryItselfIsFollowed() throws Exception {
        script(allowed.resolve("inside"), "echo ran");
        Path link = Files.createSymbolicLink(root.resolve("link"), allowed);
        new CommandHandler(link).run(new ScriptedContext("command", "inside"));
        assertThat(output()).contains("ran");
    }

    @Test
    void directoryThatCannotBeTrustedIsRefusedAtOnce() throws Exception {
        assertThatThrownBy(() -> new CommandHandler(root.resolve("none"))).hasMessageContaining("cannot read");
        Path file = Files.writeString(root.resolve("file"), "");
        assertThatThrownBy(() -> new CommandHandler(file)).hasMessageContaining("not a directory");
        Files.setPosixFilePermissions(allowed, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThatThrownBy(() -> new CommandHandler(allowed))
                .hasMessageContaining("everyone may write")
                .hasMessageContaining("chmod o-w");
    }

    @Test
    void argumentsThatCannotBeReadAreRefusedByName() throws Exception {
        script(allowed.resolve("show"), "true");
        for (String args : List.of("--from 7", "{}", "\"x\"", "[1]", "[null]", "[[\"x\"]]", "[\"x\"", "null", "")) {
            assertThatThrownBy(() -> run("command", "show", "args", args))
                    .as(args)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("parameters.args: ")
                    .hasMessageContaining("JSON array of texts");
        }
        assertThatThrownBy(() -> run("command", "show", "args", "[\"a\\u0000b\"]"))
                .hasMessageContaining("NUL");
        assertThatThrownBy(() -> run("command", "show", "args", "[]", "arg.0", "x"))
                .hasMessageContaining("exclude");
        for (String gap : List.of("arg.1", "arg.x", "arg.", "arg.-1", "arg.00", "arg.99999999999")) {
            assertThatThrownBy(() -> run("command", "show", gap, "x")).as(gap).hasMessageContaining(gap);
        }
        assertThatThrownBy(() -> run("command", "show", "a-b", "1", "a.b", "2"))
                .hasMessageContaining("BELFRY_PARAM_A_B");
        assertThatThrownBy(() -> run("command", "show", "x", "a\0b")).hasMessageContaining("NUL");
    }

    /** Runs a script that starts a child and says both process ids. */
    private long[] startTree(ScriptedContext context, CompletableFuture<Throwable> ended, Thread[] thread)
            throws Exception {
        Path pids = root.resolve("pids");
        thread[0] = new Thread(() -> {
            try {
                new CommandHandler(allowed).run(context);
                ended.complete(null);
            } catch (Throwable e) {
                ended.complete(e);
            }
        });
        thread[0].start();
        Awaitility.await()
                .until(() -> Files.exists(pids) && Files.readString(pids).endsWith("\n") && context.hasHook());
        String[] words = Files.readString(pids).strip().split(" ");
        return new long[] {Long.parseLong(words[0]), Long.parseLong(words[1])};
    }

    private static boolean alive(long pid) {
        return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
    }

    @Test
    void signalEndsTheCommandAndItsChildren() throws Exception {
        script(allowed.resolve("tree"), "echo half way; sleep 600 & echo $$ $! > " + root.resolve("pids") + "; wait");
        ScriptedContext context = new ScriptedContext("command", "tree");
        CompletableFuture<Throwable> ended = new CompletableFuture<>();
        long[] pids = startTree(context, ended, new Thread[1]);
        context.cancel();
        assertThat(ended.get(20, TimeUnit.SECONDS))
                .isInstanceOf(FailedCallException.class)
                .hasMessage("exit code 143 of tree: half way");
        Awaitility.await().until(() -> !alive(pids[0]) && !alive(pids[1]));
    }

    @Test
    void interruptKillsACommandThatIgnoresTheSignalAndItsChildren() throws Exception {
        script(
                allowed.resolve("tree"),
                "echo begun; trap '' TERM\n(trap '' TERM; while true; do sleep 1; done) &\necho $$ $! > "
                        + root.resolve("pids") + "\nwhile true; do sleep 1; done");
        ScriptedContext context = new ScriptedContext("command", "tree");
        CompletableFuture<Throwable> ended = new CompletableFuture<>();
        Thread[] thread = new Thread[1];
        long[] pids = startTree(context, ended, thread);
        context.cancel();
        assertThat(alive(pids[0]) && alive(pids[1])).isTrue();
        thread[0].interrupt();
        assertThat(ended.get(20, TimeUnit.SECONDS))
                .isInstanceOf(FailedCallException.class)
                .hasMessage("tree did not end in time and was killed: begun");
        Awaitility.await().until(() -> !alive(pids[0]) && !alive(pids[1]));
    }

    @Test
    void whatACommandSaysThatEndsWellWhenItIsAskedToIsKept() throws Exception {
        script(
                allowed.resolve("tree"),
                "trap 'echo tidied up; exit 0' TERM; sleep 600 & echo $$ $! > " + root.resolve("pids") + "; wait");
        ScriptedContext context = new ScriptedContext("command", "tree");
        CompletableFuture<Throwable> ended = new CompletableFuture<>();
        startTree(context, ended, new Thread[1]);
        context.cancel();
        assertThat(ended.get(20, TimeUnit.SECONDS)).hasMessage("exit code 0 of tree: tidied up");
    }

    @Test
    void processLeftBehindWithTheOutputOpenDoesNotHoldUpTheEnd() throws Exception {
        script(allowed.resolve("leave"), "echo before; sleep 30 & echo $! > " + root.resolve("pids") + "; sleep 0.5");
        long began = System.nanoTime();
        run("command", "leave");
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(20));
        assertThat(log.anyWith("WARN", "left a process behind")).isTrue();
        assertThat(output()).contains("before");
        ProcessHandle.of(Long.parseLong(Files.readString(root.resolve("pids")).strip()))
                .ifPresent(ProcessHandle::destroy);
    }

    @Test
    void fileThatCannotBeRunIsAFailureThatNamesIt() throws Exception {
        Path file = Files.writeString(allowed.resolve("broken"), "#!/no/such/interpreter\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        assertThatThrownBy(() -> run("command", "broken"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cannot run " + allowed.toRealPath().resolve("broken"));
    }
}
