package dev.belfry.bench.peer;

import dev.belfry.bench.machine.ClassPaths;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Resolves libraries when they are measured, with the {@code mvn} of this machine, into a directory of their own below
 * {@code target/peers}: they are no dependencies of the build. What has been resolved once is not asked for again.
 */
final class Artifacts {
    private static final String COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.11.0:copy-dependencies";
    private static final int MINUTES = 5;

    private final Path directory;

    Artifacts() {
        directory = ClassPaths.benchmarks().resolveSibling("peers");
    }

    /**
     * The jars of {@code coordinates} ({@code group:artifact:version}) and of all that they need.
     *
     * @throws IOException if they cannot be resolved; the message has what Maven said last
     */
    List<Path> resolve(String name, List<String> coordinates) throws IOException {
        Path home = home(name);
        Path jars = home.resolve("lib");
        Path pom = home.resolve("pom.xml");
        String wanted = pom(name, coordinates);
        Path done = home.resolve("resolved.xml");
        if (!Files.exists(done) || !Files.readString(done).equals(wanted)) {
            Files.createDirectories(home);
            Files.writeString(pom, wanted);
            copy(pom, jars, home.resolve("mvn.log"));
            Files.writeString(done, wanted);
        }
        try (Stream<Path> files = Files.list(jars)) {
            return files.sorted().toList();
        }
    }

    /** The directory of one peer. */
    Path home(String name) {
        return directory.resolve(name);
    }

    private static void copy(Path pom, Path jars, Path log) throws IOException {
        Process maven = new ProcessBuilder(
                        "mvn", "-q", "-B", "-f", pom.toString(), COPY, "-DoutputDirectory=" + jars.toAbsolutePath())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            if (!maven.waitFor(MINUTES, TimeUnit.MINUTES)) {
                maven.destroy();
                throw new IOException("mvn has not resolved " + pom + " within " + MINUTES + " minutes");
            }
        } catch (InterruptedException e) {
            maven.destroy();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while mvn resolved " + pom, e);
        }
        if (maven.exitValue() != 0) {
            List<String> said = Files.readAllLines(log);
            throw new IOException("mvn cannot resolve " + pom + ": "
                    + String.join("\n", said.subList(0, Math.min(5, said.size()))));
        }
    }

    private static String pom(String name, List<String> coordinates) {
        StringBuilder dependencies = new StringBuilder();
        for (String coordinate : coordinates) {
            String[] parts = coordinate.split(":");
            dependencies.append(
                    "    <dependency><groupId>%s</groupId><artifactId>%s</artifactId><version>%s</version></dependency>%n"
                            .formatted(parts[0], parts[1], parts[2]));
        }
        return """
                <project xmlns="http://maven.apache.org/POM/4.0.0">
                  <modelVersion>4.0.0</modelVersion>
                  <groupId>dev.belfry.bench.peer</groupId>
                  <artifactId>%s</artifactId>
                  <version>1</version>
                  <dependencies>
                %s  </dependencies>
                </project>
                """.formatted(name, dependencies);
    }
}
