package dev.belfry.core.assign;

/** Why a shard stays without an owner, by kind. {@code belfry explain} has an answer for each. */
public enum Wait {
    /** Nobody is registered. */
    NO_AGENT(false),
    /** Agents are there that may not have it, whatever else they have: no handler, other labels, draining. */
    REFUSED(false),
    /** Another job of its exclusive group has the agents. */
    GROUP(false),
    /** The spread values of the agents have their part of the job. */
    SPREAD(false),
    /** An agent is being cleared for it. */
    ROOM(true),
    /** An older layout of the job has not been let go. */
    LAYOUT(true),
    /** Its owner announced a restart, and the rejoin grace of the job runs. */
    REJOIN(true),
    /** Its rows were lost, and somebody may still go by them. */
    LOST_ROWS(true);

    private final boolean passes;

    Wait(boolean passes) {
        this.passes = passes;
    }

    /** Whether it ends by itself, without anybody who joins or changes a definition. */
    public boolean passes() {
        return passes;
    }
}
