package dev.belfry.core.ledger;

/** The words that say why an outcome is what it is, the same in ledger, journal, logs and {@code explain}. */
public final class Reasons {

    /** Skipped: an earlier fire of the shard was still running. */
    public static final String OVERLAP = "overlap";
    /** Skipped: the buffer of waiting fires was full. */
    public static final String BUFFER_FULL = "buffer-full";
    /** Skipped: a newer fire took its place in the buffer. */
    public static final String REPLACED = "replaced";
    /** Skipped: the job was paused. */
    public static final String PAUSED = "paused";
    /** Missed: a later fire stands for it. */
    public static final String COALESCED = "coalesced";
    /** Missed: the misfire policy runs no late fires. */
    public static final String MISFIRE_SKIP = "misfire-skip";
    /** Missed: older than the catch-up window. */
    public static final String WINDOW = "window";
    /** Missed: more late fires than the limit. */
    public static final String LIMIT = "limit";
    /** Run late: due while the shard was handed over. */
    public static final String HANDOVER = "handover";
    /** Run late: due while nobody could run it. */
    public static final String MISFIRE = "misfire";
    /**
     * Run again, or left out: an owner was lost that had started it, or may have and left no trace; it may have completed. In a
     * broadcast job also what waited for its turn then.
     */
    public static final String OUTCOME_UNKNOWN = "outcome-unknown";
    /** Run again, or cancelled: its attempt was cut short by the end of its agent's lease. */
    public static final String LEASE_OVER = "lease-over";
    /** Cancelled: a newer fire asked for it. */
    public static final String CANCELLED_BY_NEWER = "cancelled-by-newer";
    /** Cancelled: an operator asked for it. */
    public static final String OPERATOR = "operator";
    /** Cancelled: the workflow run that it belongs to was. */
    public static final String WORKFLOW_CANCELLED = "workflow-cancelled";
    /** Cancelled: the backfill that it belongs to was. */
    public static final String BACKFILL_CANCELLED = "backfill-cancelled";
    /** Skipped: the definitions of the workflow do not fit together, and it could not begin. */
    public static final String WORKFLOW_BROKEN = "workflow-broken";
    /** Cancelled: the agent closed and its drain time-out passed; or it let go of its part of a broadcast job. */
    public static final String CLOSING = "closing";
    /** Superseded: the number of shards or their parameters changed. */
    public static final String LAYOUT = "layout";
    /** Superseded: the job was deleted. */
    public static final String DELETED = "deleted";
    /** Timed out: the attempt took longer than it may. */
    public static final String ATTEMPT_TIMEOUT = "attempt-timeout";
    /** Timed out: all attempts together took longer than they may. */
    public static final String TOTAL_TIMEOUT = "total-timeout";
    /** Timed out: no progress was reported for too long. */
    public static final String HEARTBEAT_TIMEOUT = "heartbeat-timeout";
    /** Failed: the last attempt allowed has failed. */
    public static final String ATTEMPTS_EXHAUSTED = "attempts-exhausted";
    /** Failed: the agent's pool for user code is full of attempts that do not end. */
    public static final String NO_THREAD = "no-thread";
    /** Lost: claimed by an owner that was lost. */
    public static final String CLAIM_WITHOUT_OUTCOME = "claim-without-outcome";

    private Reasons() {}
}
