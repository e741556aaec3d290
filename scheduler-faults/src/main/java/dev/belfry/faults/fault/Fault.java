package dev.belfry.faults.fault;

import dev.belfry.faults.cluster.Cluster;
import java.io.IOException;
import java.util.Random;

/** Something that goes wrong. */
public interface Fault {
    /** Its name on the command line and in the docs. */
    String name();

    /** Why it cannot be tried here; empty if it can. */
    default String whyNot(Cluster cluster) {
        return "";
    }

    /**
     * Strikes, holds for a while, and heals: when it returns, everything is as it was, or comes up. Recovery is counted from
     * the blow where the cluster is to overcome it by itself, from the healing where it cannot.
     *
     * @param random decides what is left open
     * @throws IOException if the fault could not be made; then the campaign is void
     */
    Struck strike(Cluster cluster, Random random) throws IOException;
}
