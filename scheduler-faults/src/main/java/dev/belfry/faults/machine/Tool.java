package dev.belfry.faults.machine;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs one command of the machine to its end. */
final class Tool {
    private static final long PATIENCE_SECONDS = 60;

    private Tool() {}

    /**
     * What the command printed.
     *
     * @throws IOException if it cannot be run, fails, or takes over a minute; with what it printed
     */
    static String run(String... command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException(List.of(command) + " takes over " + PATIENCE_SECONDS + " s");
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while " + List.of(command) + " ran");
        }
        if (process.exitValue() != 0) {
            throw new IOException(List.of(command) + " failed: " + printed.strip());
        }
        return printed;
    }
}
