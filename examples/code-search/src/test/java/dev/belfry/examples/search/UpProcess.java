package dev.belfry.examples.search;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** {@code ./belfry up}, started as a user starts it, with a folder of its own for temporary files. */
final class UpProcess {
    private static final Path LAUNCHER =
            Path.of("../../belfry").toAbsolutePath().normalize();
    /** After this it is told to stop, so that a test that waits for a line in vain ends. */
    private static final long PATIENCE_SECONDS = 120;

    private final Process process;
    private final Path temporary;
    private final BufferedReader out;
    private final List<String> lines = new ArrayList<>();

    UpProcess(Path temporary, String... arguments) throws IOException {
        this.temporary = Files.createDirectories(temporary);
        List<String> command = new ArrayList<>(List.of(LAUNCHER.toString(), "up"));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().keySet().removeIf(variable -> variable.startsWith("BELFRY_"));
        // What the build has just made runs; building it again in the middle of a build would not do.
        builder.environment().put("BELFRY_NO_BUILD", "1");
        builder.environment().put("BELFRY_JAVA_OPTS", "-Xmx256m -XX:+UseSerialGC -Djava.io.tmpdir=" + temporary);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        this.process = builder.start();
        process.getOutputStream().close();
        this.out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        CompletableFuture.delayedExecutor(PATIENCE_SECONDS, TimeUnit.SECONDS).execute(this::terminate);
    }

    /** Waits for a line that contains {@code part}. */
    String await(String part) {
        for (String line = next(); line != null; line = next()) {
            if (line.contains(part)) {
                return line;
            }
        }
        throw new AssertionError("it ended without a line that contains '" + part + "':\n" + output());
    }

    /** Waits for the end; the exit code. */
    int end() throws InterruptedException {
        while (next() != null) {
            // Its output is kept for what is asked of it afterwards.
        }
        return process.waitFor();
    }

    private String next() {
        try {
            String line = out.readLine();
            if (line != null) {
                lines.add(line);
            }
            return line;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All that it has printed so far. */
    String output() {
        return String.join("\n", lines);
    }

    /** Tells it to stop, as a supervisor does. */
    private void terminate() {
        // Process.destroy would close the pipe as well, and what it says last would be lost.
        process.toHandle().destroy();
    }

    /** Ends it as the system does that runs out of memory: SIGKILL, to it alone. */
    void kill() {
        process.destroyForcibly();
    }

    /** Presses Ctrl-C: a terminal sends SIGINT to the process and to all that it has started. */
    void interrupt() throws IOException, InterruptedException {
        List<String> kill = new ArrayList<>(List.of("kill", "-INT", Long.toString(process.pid())));
        children().forEach(child -> kill.add(Long.toString(child.pid())));
        int code = new ProcessBuilder(kill).inheritIO().start().waitFor();
        if (code != 0) {
            throw new AssertionError(kill + " ended with " + code);
        }
    }

    boolean alive() {
        return process.isAlive();
    }

    /** The processes that it has started and that run. */
    List<ProcessHandle> children() {
        return process.descendants().toList();
    }

    /** What it has left in the folder for temporary files. */
    List<Path> leftovers() throws IOException {
        try (Stream<Path> files = Files.list(temporary)) {
            return files.toList();
        }
    }
}
