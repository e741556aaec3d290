package dev.belfry.agent.queue;

/** The words that say why an agent does not begin, or stops, what it is to run. */
final class Refusals {

    /** There is no job with this uid. */
    static final String UNKNOWN_JOB = "unknown-job";
    /** The agent closes, or it drains. */
    static final String LEAVING = "leaving";
    /** It runs, and the inbox does not hold it any more. */
    static final String WITHDRAWN = "withdrawn";
    /** The agent has no handler of the name that the definition asks for. */
    static final String NO_HANDLER = "no-handler";

    private Refusals() {}
}
