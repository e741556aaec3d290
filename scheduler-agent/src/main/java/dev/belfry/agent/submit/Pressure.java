package dev.belfry.agent.submit;

/** What a caller wants when the queue takes no runs at present, or its own submissions wait for room. */
public enum Pressure {
    /** To be told at once. */
    REFUSE,
    /** To wait until there is room, or until its patience is over. */
    WAIT
}
