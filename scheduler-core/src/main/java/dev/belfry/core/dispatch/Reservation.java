package dev.belfry.core.dispatch;

/** An agent that is kept free for the first task of a lane. */
final class Reservation {
    final Lane lane;
    final AgentRoom agent;
    /** The task has been dispatched: the agent is free again with the next decision. */
    boolean served;

    Reservation(Lane lane, AgentRoom agent) {
        this.lane = lane;
        this.agent = agent;
    }

    /** Whether anybody waits for the agent. */
    boolean holds() {
        return !served && !lane.ready.isEmpty();
    }
}
