package dev.belfry.testkit.campaign;

import dev.belfry.testkit.cluster.ClusterOptions;
import dev.belfry.testkit.cluster.InvariantViolation;
import dev.belfry.testkit.cluster.Scenario;
import dev.belfry.testkit.cluster.SimCluster;
import java.util.Optional;

/**
 * What broke in a scenario.
 *
 * @param invariant its short name as {@code docs/testing.md} lists it; the class of the exception for anything else
 * @param what what was found
 */
public record Verdict(String invariant, String what) {

    /** Runs {@code scenario} in a cluster that has nothing yet. Empty if nothing broke. */
    static Optional<Verdict> on(Scenario scenario, SimCluster cluster) {
        try {
            scenario.run(cluster);
            return Optional.empty();
        } catch (InvariantViolation e) {
            return Optional.of(new Verdict(e.invariant(), String.valueOf(e.getMessage())));
        } catch (RuntimeException | AssertionError e) {
            return Optional.of(new Verdict(e.getClass().getSimpleName(), e.toString()));
        }
    }

    /** The same with a cluster of its own, as every scenario of a campaign is run. */
    public static Optional<Verdict> on(Scenario scenario) {
        return on(scenario, new SimCluster(scenario.seed(), ClusterOptions.DEFAULT));
    }
}
