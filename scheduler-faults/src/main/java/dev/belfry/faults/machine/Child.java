package dev.belfry.faults.machine;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** One JVM at a place, with this process's own class path. Not thread-safe. */
public final class Child {
    private final Process process;

    private Child(Process process) {
        this.process = process;
    }

    /**
     * What to start.
     *
     * @param log its output is appended there
     * @param options of the JVM
     * @param arguments of the main class
     */
    public record Order(Path log, List<String> options, Map<String, String> environment, List<String> arguments) {
        public Order {
            options = List.copyOf(options);
            environment = Map.copyOf(environment);
            arguments = List.copyOf(arguments);
        }
    }

    /** Starts it; it ends when this process does. */
    public static Child start(Place place, String mainClass, Order order) throws IOException {
        Files.createDirectories(order.log().toAbsolutePath().getParent());
        List<String> command = new ArrayList<>(place.prefix());
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(order.options());
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(mainClass);
        command.addAll(order.arguments());
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                .redirectOutput(ProcessBuilder.Redirect.appendTo(order.log().toFile()));
        builder.environment().putAll(order.environment());
        return new Child(builder.start());
    }

    public boolean alive() {
        return process.isAlive();
    }

    /** Ends it as a crash would, and waits until it is gone. */
    public void kill() {
        process.destroyForcibly();
        ended(Duration.ofSeconds(30));
    }

    /** Stops it where it is; it is not told. */
    public void freeze() throws IOException {
        signal("STOP");
    }

    /** Lets it go on. */
    public void thaw() throws IOException {
        signal("CONT");
    }

    private void signal(String name) throws IOException {
        Tool.run("kill", "-" + name, Long.toString(process.pid()));
    }

    /** Asks it to end in good order, and does not wait. */
    public void askToStop() {
        process.destroy();
    }

    /** Waits for its end; whether it came in time. */
    public boolean ended(Duration patience) {
        try {
            return process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
