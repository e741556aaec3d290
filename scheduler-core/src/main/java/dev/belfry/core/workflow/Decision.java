package dev.belfry.core.workflow;

/** What is to become of a job of a workflow, given its upstreams. */
public enum Decision {
    /** Not decided yet. */
    WAIT,
    RUN,
    SKIP,
    /** It will not run because a job before it failed. */
    UPSTREAM_FAILED
}
