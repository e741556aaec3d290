package dev.belfry.core.assign;

import java.util.BitSet;

/** The agents that a job's handler and labels allow, as indexes into the {@link Cluster}, ascending. */
final class Candidates {
    final int[] agents;
    private final BitSet set = new BitSet();

    Candidates(int[] agents) {
        this.agents = agents;
        for (int agent : agents) {
            set.set(agent);
        }
    }

    boolean contains(int agent) {
        return agent >= 0 && set.get(agent);
    }

    boolean isEmpty() {
        return agents.length == 0;
    }
}
