package dev.belfry.console.up;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The sources of Belfry's libraries, on which the example runs unless told otherwise; the launcher says how to get them. */
final class ExampleSources {
    /** The folder that holds them. */
    static final String FOLDER = "BELFRY_EXAMPLE_CORPUS";
    /** The program that fills that folder, its only argument, with what is missing. */
    static final String FETCH = "BELFRY_EXAMPLE_FETCH";

    private static final long LOOK_MILLIS = 200;

    private ExampleSources() {}

    /**
     * The folder, filled.
     *
     * @param environment the variables of the process
     * @throws IllegalArgumentException if the sources cannot be had, saying what to give instead
     */
    static Path fetched(Map<String, String> environment, Progress progress) throws IOException {
        String folder = environment.get(FOLDER);
        String fetch = environment.get(FETCH);
        boolean there = fetch == null || fetch(fetch, String.valueOf(folder), progress);
        if (folder == null || !there || !Files.isDirectory(Path.of(folder))) {
            throw new IllegalArgumentException(
                    "the sources for the example could not be had; give --corpus DIR, any folder of text files");
        }
        return Path.of(folder);
    }

    private static boolean fetch(String program, String folder, Progress progress) throws IOException {
        Process process = new ProcessBuilder(program, folder)
                .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            while (!process.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
                if (progress.isInterrupted()) {
                    process.destroy();
                }
            }
            return process.exitValue() == 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroy();
            return false;
        }
    }
}
