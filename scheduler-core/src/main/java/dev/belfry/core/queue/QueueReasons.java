package dev.belfry.core.queue;

/** The words that say why the outcome of a queued task, or the end of one of its attempts, is what it is. */
final class QueueReasons {

    /** Queued again, or lost: the agent that had it is gone. */
    static final String AGENT_LOST = "agent-lost";
    /** Failed: more attempts were lost with their agents than the job allows. */
    static final String LOST_TOO_OFTEN = "lost-too-often";
    /** Cancelled: another attempt at the same task was faster. */
    static final String OTHER_ATTEMPT = "other-attempt";
    /** Timed out: it waited longer for an agent than it may. */
    static final String QUEUE_TIMEOUT = "queue-timeout";

    private QueueReasons() {}
}
