package dev.belfry.core.agent;

/** Why an agent cannot own shards of a job. The order is the order in which the reasons are looked for. */
public enum Refusal {
    /** It is only a candidate for master. */
    STANDBY,
    /** It is handing over what it has. */
    DRAINING,
    /** An earlier live registration has the same agent id. */
    DUPLICATE_ID,
    /** It does not have the handler. */
    HANDLER,
    /** Its labels do not match what the job requires. */
    LABELS
}
