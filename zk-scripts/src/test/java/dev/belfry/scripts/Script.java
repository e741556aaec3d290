package dev.belfry.scripts;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Runs one of the real scripts, as an operator does. */
final class Script {
    private static final Path HOME = Path.of("").toAbsolutePath();
    private static final long PATIENCE_SECONDS = 120;

    private final String name;
    private final Map<String, String> environment = new HashMap<>();

    private Script(String name) {
        this.name = name;
        // The class path exists; building it again in the middle of a build would not do.
        environment.put("BELFRY_NO_BUILD", "1");
        environment.put("JAVA_HOME", System.getProperty("java.home"));
    }

    static Script named(String name) {
        return new Script(name);
    }

    Script with(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    /** What a run printed and how it ended. */
    record Result(int code, String out, String err) {}

    Result run(String... arguments) {
        List<String> command = new ArrayList<>(List.of(HOME.resolve(name).toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().keySet().removeIf(variable -> variable.startsWith("BELFRY_"));
        builder.environment().putAll(environment);
        try {
            Process process = builder.start();
            process.getOutputStream().close();
            CompletableFuture<String> out = CompletableFuture.supplyAsync(() -> text(process.getInputStream()));
            CompletableFuture<String> err = CompletableFuture.supplyAsync(() -> text(process.getErrorStream()));
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError(command + " did not end within " + PATIENCE_SECONDS + " s");
            }
            return new Result(process.exitValue(), out.join(), err.join());
        } catch (IOException e) {
            throw new AssertionError("cannot run " + command, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while running " + command, e);
        }
    }

    private static String text(java.io.InputStream in) {
        try (in) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "cannot read: " + e;
        }
    }
}
