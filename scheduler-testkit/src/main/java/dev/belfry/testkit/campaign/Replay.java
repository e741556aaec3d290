package dev.belfry.testkit.campaign;

import dev.belfry.testkit.cluster.ClusterOptions;
import dev.belfry.testkit.cluster.Scenario;
import dev.belfry.testkit.cluster.SimCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A scenario run again with its story told.
 *
 * @param cluster as it was when it ended
 * @param verdict what broke; empty if nothing did
 */
public record Replay(Scenario scenario, SimCluster cluster, Optional<Verdict> verdict) {

    /** Runs {@code scenario}. */
    public static Replay of(Scenario scenario) {
        SimCluster cluster = new SimCluster(scenario.seed(), ClusterOptions.DEFAULT.withStory(true));
        return new Replay(scenario, cluster, Verdict.on(scenario, cluster));
    }

    /** The command that runs a part of a seed's scenario and writes its story. */
    public static String command(long seed, Excerpt part) {
        return "mvn -pl scheduler-testkit -am test -Dtest=SimClusterTest#oneSeed"
                + " -Dsurefire.failIfNoSpecifiedTests=false -Dbelfry.seed=" + seed + " -Dbelfry.excerpt=" + part;
    }

    /** The lines of the story, oldest first; the last says what broke. */
    public List<String> lines() {
        return cluster.story().lines();
    }

    /** Writes the scenario and the story to a new file {@code seed-<n>.txt} in {@code directory}, which it makes. */
    public Path write(Path directory) throws IOException {
        Files.createDirectories(directory);
        Path file = directory.resolve("seed-" + scenario.seed() + ".txt");
        String end = verdict.map(broken -> "BROKEN " + broken.what() + "\n").orElse("nothing broke\n");
        Files.writeString(file, scenario.describe() + "\n\n" + String.join("\n", lines()) + "\n" + end);
        return file;
    }
}
