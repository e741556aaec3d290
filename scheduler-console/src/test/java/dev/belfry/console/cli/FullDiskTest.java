package dev.belfry.console.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.console.local.LocalZooKeeper;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The disk under a ZooKeeper server fills up. */
@Timeout(120)
class FullDiskTest {
    @TempDir
    static Path directory;

    private Path disk;

    @BeforeEach
    void mount() throws Exception {
        disk = Files.createDirectories(directory.resolve("disk"));
        if (run("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", disk.toString()) != 0) {
            String why = "a small disk cannot be mounted here, so a full disk is not tried";
            if ("true".equals(System.getenv("CI"))) {
                throw new AssertionError(why);
            }
            Assumptions.abort(why);
        }
    }

    @AfterEach
    void unmount() throws Exception {
        run("umount", "-l", disk.toString());
    }

    private static int run(String... command) throws InterruptedException {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(new File("/dev/null"))
                    .start();
            return process.waitFor();
        } catch (IOException e) {
            return -1;
        }
    }

    private CompletableFuture<Integer> serve(Console console, int port) {
        return CompletableFuture.supplyAsync(() -> console.run(
                "",
                "zookeeper",
                "--port",
                Integer.toString(port),
                "--data",
                disk.resolve("data").toString()));
    }

    @Test
    void serverStopsAndSaysWhyAndLosesNothing() throws Exception {
        int port = LocalZooKeeper.freePort();
        Console user = new Console(Map.of("BELFRY_ZOOKEEPER", "127.0.0.1:" + port));
        Path jobs = Files.writeString(
                directory.resolve("jobs.yaml"),
                "apiVersion: belfry/v1\njobs:\n  - name: index\n    trigger: {every: 10s}\n");
        Console first = new Console();
        CompletableFuture<Integer> server = serve(first, port);
        assertThat(user.run("", "apply", "--no-wait", jobs.toString()))
                .as(user.err())
                .isEqualTo(Exit.DONE);
        fill(disk.resolve("filler"));
        StringBuilder many = new StringBuilder("apiVersion: belfry/v1\njobs:\n");
        for (int i = 0; i < 100; i++) {
            many.append("  - name: job-").append(i).append("\n    trigger: {every: 10s}\n");
        }
        Path more = Files.writeString(directory.resolve("more.yaml"), many);
        assertThat(user.run("", "apply", "--no-wait", more.toString())).isEqualTo(Exit.UNREACHABLE);
        assertThat(server.get(60, TimeUnit.SECONDS)).isEqualTo(Exit.NO);
        assertThat(first.err())
                .contains("ZooKeeper has stopped: it could not write its data in " + disk.resolve("data"))
                .contains("Make room and start it again");
        assertThat(user.line("get jobs")).isEqualTo(Exit.UNREACHABLE);

        Files.delete(disk.resolve("filler"));
        CompletableFuture<Integer> again = serve(new Console(), port);
        assertThat(user.line("get jobs")).as(user.err()).isEqualTo(Exit.DONE);
        assertThat(user.out()).contains("index");
        assertThat(again).isNotDone();
    }

    private static void fill(Path file) throws IOException {
        byte[] zeros = new byte[4_096];
        try (OutputStream out = Files.newOutputStream(file)) {
            for (int i = 0; i < 10_000; i++) {
                out.write(zeros);
            }
        } catch (IOException full) {
            assertThat(file).exists();
        }
    }
}
