package dev.belfry.history;

import java.time.Instant;
import java.util.Optional;

/**
 * How much a history has.
 *
 * @param fires lines of agents' journals
 * @param tableVersions versions of the assignment and changes of master
 * @param jobVersions versions of jobs
 * @param counted fires that became counts before they were exported: counted, not listed
 * @param firstDue when the earliest fire that is listed was due; empty if none is
 * @param lastDue likewise the latest
 * @param written when something was last written; empty if never
 * @param head the end of the chain
 */
public record HistorySummary(
        long fires,
        long tableVersions,
        long jobVersions,
        long counted,
        Optional<Instant> firstDue,
        Optional<Instant> lastDue,
        Optional<Instant> written,
        AuditReport.Anchor head) {}
