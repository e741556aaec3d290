package dev.belfry.agent;

/** What becomes of an agent's shards when it closes. */
public enum CloseMode {
    /** They are handed over to other agents before it leaves. */
    LEAVING,
    /**
     * The agent says that it comes back under the same id. Shards of jobs with a {@code rejoin-grace} wait that long for
     * its next incarnation, and what is due meanwhile runs late; all others move once its session has ended. Running
     * attempts end first.
     */
    RESTARTING
}
