package dev.belfry.core.ledger;

import java.time.Instant;

/** What the ledger says of a run that was asked for; kept while the job's record lists the request. */
public record RequestedRun(String runId, Instant due, Mark mark) {}
