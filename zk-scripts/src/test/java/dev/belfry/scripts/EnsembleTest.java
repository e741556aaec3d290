package dev.belfry.scripts;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.scripts.Script.Result;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnsembleTest {

    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    @TempDir
    Path directory;

    @AfterEach
    void stop() {
        ensemble("stop");
    }

    private Result ensemble(String... arguments) {
        String[] all = new String[arguments.length + 2];
        System.arraycopy(arguments, 0, all, 0, arguments.length);
        all[arguments.length] = "--data";
        all[arguments.length + 1] = directory.resolve("ensemble").toString();
        return Script.named("ensemble").with("BELFRY_ZK_JVM", "-Xmx128m").run(all);
    }

    /** The first of {@code count} neighbouring ports that are free now. */
    private static int freePorts(int count) throws IOException {
        for (int tried = 0; tried < 100; tried++) {
            int first;
            try (ServerSocket any = new ServerSocket(0, 1, LOOPBACK)) {
                first = any.getLocalPort();
            }
            if (first + count < 60_000 && allFree(first, count)) {
                return first;
            }
        }
        throw new AssertionError("no " + count + " neighbouring ports are free");
    }

    private static boolean allFree(int first, int count) {
        for (int port = first; port < first + count; port++) {
            try (ServerSocket one = new ServerSocket(port, 1, LOOPBACK)) {
                assertThat(one.isBound()).isTrue();
            } catch (IOException e) {
                return false;
            }
        }
        return true;
    }

    @Test
    void oneServerStartsServesAnswersAndStops() throws IOException {
        int port = freePorts(1);
        Result started = ensemble("start", "--port", "" + port);
        assertThat(started.code()).as(started.err()).isZero();
        assertThat(started.out()).contains("serving: 127.0.0.1:" + port);
        assertThat(ensemble("status").out()).containsPattern("1 +" + port + " +\\d+ +standalone +\\d+ +0x");
        assertThat(ensemble("start").out()).contains("already runs");
        Result census = Script.named("census").run("--zookeeper", "127.0.0.1:" + port);
        assertThat(census.err()).contains("no namespace at 127.0.0.1:" + port);
        Result stopped = ensemble("stop");
        assertThat(stopped.code()).isZero();
        assertThat(stopped.out()).contains("server 1 stopped");
        assertThat(ensemble("status").code()).isEqualTo(1);
        assertThat(ensemble("stop").out()).contains("does not run");
    }

    @Test
    void threeServersElectALeaderAndTellTheirCounts() throws IOException {
        int port = freePorts(9);
        Result started = ensemble("start", "--servers", "3", "--port", "" + port, "--peer-port", "" + (port + 3));
        assertThat(started.code()).as(started.err()).isZero();
        String status = ensemble("status").out();
        assertThat(status).contains("leader").contains("follower");
        assertThat(status.lines().filter(line -> line.contains("follower"))).hasSize(2);
        String servers = "127.0.0.1:" + port + ",127.0.0.1:" + (port + 1) + ",127.0.0.1:" + (port + 2);
        Result closed = Script.named("setup-acls")
                .with("BELFRY_AGENTS_PASSWORD", "a")
                .with("BELFRY_OPERATORS_PASSWORD", "o")
                .run("--zookeeper", servers, "--namespace", "n", "--agents", "digest:a", "--operators", "digest:o");
        assertThat(closed.code()).as(closed.err()).isZero();
        Result census = Script.named("census")
                .with("BELFRY_ZK_USER", "o")
                .with("BELFRY_ZK_PASSWORD", "o")
                .run("--zookeeper", servers);
        assertThat(census.out())
                .contains("role=leader")
                .contains("role=follower")
                .containsPattern("watches=\\d+");
    }

    @Test
    void aTakenPortIsNamedAndNothingIsStarted() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, LOOPBACK)) {
            Result result = ensemble("start", "--port", "" + taken.getLocalPort());
            assertThat(result.code()).isEqualTo(1);
            assertThat(result.err()).contains("port " + taken.getLocalPort() + " on 127.0.0.1 is taken");
            assertThat(directory.resolve("ensemble/server-1/pid")).doesNotExist();
        }
    }

    @Test
    void aStalePidFileOfAnotherProcessIsNotStopped() throws IOException {
        int port = freePorts(1);
        assertThat(ensemble("start", "--port", "" + port).code()).isZero();
        Path pid = directory.resolve("ensemble/server-1/pid");
        String server = Files.readString(pid);
        // This very process: were it stopped, no test would tell.
        Files.writeString(pid, ProcessHandle.current().pid() + "\n");
        assertThat(ensemble("stop").out()).contains("server 1 does not run");
        Files.writeString(pid, server);
        assertThat(ensemble("stop").out()).contains("server 1 stopped");
    }

    @Test
    void wrongUsageIsRefused() {
        assertThat(ensemble("start", "--servers", "2").err()).contains("--servers is 1 or 3, not '2'");
        assertThat(ensemble("start", "--port", "many").code()).isEqualTo(2);
        assertThat(ensemble("dance").code()).isEqualTo(2);
        assertThat(ensemble().err()).contains("say start, stop or status");
        assertThat(ensemble("status").err()).contains("no ensemble in");
    }
}
