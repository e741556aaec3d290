package dev.belfry.core.queue;

/** The words that say why the outcome of a queued task, or the end of one of its attempts, is what it is. */
public final class QueueReasons {

    /** Queued again, or lost: the agent that had it is gone. */
    public static final String AGENT_LOST = "agent-lost";
    /** Failed: more attempts were lost with their agents than the job allows. */
    public static final String LOST_TOO_OFTEN = "lost-too-often";
    /** Cancelled: another attempt at the same task was faster. */
    public static final String OTHER_ATTEMPT = "other-attempt";
    /** Timed out: it waited longer for an agent than it may. */
    public static final String QUEUE_TIMEOUT = "queue-timeout";

    /** Cancelled: the run of which it is a part is cancelled, has failed, or is out of time. */
    public static final String SPLIT_STOPPED = "split-stopped";

    private QueueReasons() {}
}
