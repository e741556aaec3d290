package dev.belfry.testkit.spec;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tlc2.TLC;

/** Runs the model checker, in a process of its own: it keeps its state in static fields. */
final class Tlc {
    private static final Duration SMALL = Duration.ofMinutes(3);
    private static final Duration LARGE = Duration.ofHours(2);
    private static final Pattern STATES = Pattern.compile("(?m)^\\d+ states generated, (\\d+) distinct states found");
    private static final Pattern INVARIANT = Pattern.compile("(?m)^Error: Invariant (\\w+) is violated");

    private Tlc() {}

    /**
     * What came of one configuration.
     *
     * @param breaks the property of which a counterexample was found; empty if all hold
     * @param states distinct states that were found
     * @param output all that the checker said
     */
    record Verdict(Configuration configuration, Optional<String> breaks, long states, Duration took, Path output) {

        boolean isAsExpected() {
            return breaks.equals(configuration.breaks());
        }

        @Override
        public String toString() {
            return String.format(
                    java.util.Locale.ROOT,
                    "%-32s %-24s %,12d states %6.1f s",
                    configuration.name(),
                    breaks.map(property -> "breaks " + property).orElse("holds"),
                    states,
                    took.toMillis() / 1000.0);
        }
    }

    /** Throws {@link AssertionError} if the checker cannot do its work: the module is not well formed, or time is up. */
    static Verdict check(Configuration configuration) throws InterruptedException {
        Path directory = Path.of("target/spec", configuration.name()).toAbsolutePath();
        Path output = directory.resolve("output.txt");
        long begun = System.nanoTime();
        try {
            Files.createDirectories(directory);
            Process checker = new ProcessBuilder(command(configuration, directory))
                    .directory(Configuration.SPECIFICATION.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            Duration most = configuration.large() ? LARGE : SMALL;
            if (!checker.waitFor(most.toSeconds(), TimeUnit.SECONDS)) {
                checker.destroyForcibly();
                throw new AssertionError(configuration.name() + ": not done within " + most + "; see " + output);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Duration took = Duration.ofNanos(System.nanoTime() - begun);
        String said = Configuration.read(output.toString());
        return new Verdict(configuration, broken(configuration, said, output), states(said), took, output);
    }

    private static List<String> command(Configuration configuration, Path directory) {
        // It unpacks the standard modules into the temporary directory and removes them: each process has its own.
        boolean large = configuration.large();
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Djava.io.tmpdir=" + directory,
                large ? "-XX:+UseParallelGC" : "-XX:+UseSerialGC",
                large ? "-XX:TieredStopAtLevel=4" : "-XX:TieredStopAtLevel=1",
                large ? "-Xmx3g" : "-Xmx1g",
                "-cp",
                jar().toString(),
                TLC.class.getName(),
                "-workers",
                large ? "2" : "1",
                // A small one is searched to its end sooner than temporal properties are looked at again and again.
                "-lncheck",
                large ? "default" : "final",
                "-metadir",
                directory.resolve("states").toString(),
                "-config",
                configuration.file().toAbsolutePath().normalize().toString(),
                configuration.module());
    }

    private static Path jar() {
        try {
            return Path.of(TLC.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    private static Optional<String> broken(Configuration configuration, String said, Path output) {
        if (said.contains("Model checking completed. No error has been found.")) {
            return Optional.empty();
        }
        Matcher invariant = INVARIANT.matcher(said);
        if (invariant.find()) {
            return Optional.of(invariant.group(1));
        }
        if (said.contains("Error: Temporal properties were violated.")) {
            return configuration.property().or(() -> Optional.of("a temporal property"));
        }
        if (said.contains("Error: Deadlock reached.")) {
            return Optional.of("deadlock");
        }
        throw new AssertionError(configuration.name() + " could not be checked; see " + output + ":\n"
                + said.lines().filter(line -> !line.startsWith("Parsing")).toList());
    }

    private static long states(String said) {
        Matcher found = STATES.matcher(said);
        long last = 0;
        while (found.find()) {
            last = Long.parseLong(found.group(1));
        }
        return last;
    }
}
