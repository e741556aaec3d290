package dev.belfry.console.local;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One JVM started by this process, with this process's own class path; its output goes to a log file. Ctrl-C in the
 * terminal does not end it: that is for its parent to do, in good order. If its parent is killed it ends as well.
 */
public final class ChildJvm {
    private static final Path SHELL = Path.of("/bin/sh");
    /** A terminal sends Ctrl-C to every process of the group; a JVM whose parent ignored it ignores it too. */
    private static final List<String> DEAF = List.of(SHELL.toString(), "-c", "trap '' INT; exec \"$0\" \"$@\"");

    private static final int LAST_LINES = 8;

    private final String name;
    private final Process process;
    private final Path log;

    private ChildJvm(String name, Process process, Path log) {
        this.name = name;
        this.process = process;
        this.log = log;
    }

    /**
     * Starts {@code mainClass}.
     *
     * @param options for the JVM: heap size, system properties
     */
    public static ChildJvm start(String name, Path logs, List<String> options, String mainClass, List<String> arguments)
            throws IOException {
        Files.createDirectories(logs);
        Path log = logs.resolve(name + ".log");
        List<String> command = new ArrayList<>(Files.isExecutable(SHELL) ? DEAF : List.of());
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(Attached.class.getName());
        command.add(mainClass);
        command.addAll(arguments);
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        return new ChildJvm(name, process, log);
    }

    public String name() {
        return name;
    }

    public long pid() {
        return process.pid();
    }

    public Path log() {
        return log;
    }

    public boolean alive() {
        return process.isAlive();
    }

    /**
     * How it ended; 128 and the number of the signal if that ended it.
     *
     * @throws IllegalThreadStateException if it runs
     */
    public int exitCode() {
        return process.exitValue();
    }

    /** Ends it as a crash would: SIGKILL, nothing is said to anybody. */
    public void kill() {
        process.destroyForcibly();
    }

    /** Asks it to end in good order; kills it if it has not by then. */
    public boolean stop(Duration patience) {
        askToStop();
        return ended(patience);
    }

    /** Asks it to end in good order, and does not wait. */
    public void askToStop() {
        // Process.destroy would close its input as well, which says that its parent is gone.
        process.toHandle().destroy();
    }

    public boolean ended(Duration patience) {
        try {
            if (process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                return true;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process.destroyForcibly();
        return false;
    }

    /** The last lines of its log, for an error message. */
    public String lastWords() {
        try {
            // What a crash leaves behind need not be text.
            List<String> lines = new String(Files.readAllBytes(log), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            return String.join("\n", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()));
        } catch (IOException e) {
            return "(no log: " + e.getMessage() + ")";
        }
    }
}
