package dev.belfry.console.query;

import dev.belfry.agent.client.Journal;
import dev.belfry.core.job.Retry;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.ledger.LedgerRecord;
import dev.belfry.core.ledger.Mark;
import dev.belfry.core.ledger.Reasons;
import dev.belfry.core.ledger.Span;
import dev.belfry.core.run.BackOff;
import dev.belfry.core.version.JobVersion;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** What became of one scheduled fire, shard by shard. Pure functions of a case. */
final class FireStory {
    private final Case facts;
    private final Instant fire;
    private final JobVersion version;

    FireStory(Case facts, Instant fire, JobVersion version) {
        this.facts = facts;
        this.fire = fire;
        this.version = version;
    }

    /** How a shard stands, to follow "shard N ". */
    String state(String shard) {
        List<Journal.Line> lines = facts.lines(fire, version, shard);
        for (int i = lines.size() - 1; i >= 0; i--) {
            FireEntry entry = lines.get(i).entry();
            if (entry.kind() == FireEntry.Kind.FINAL) {
                return entry.outcome().text() + (entry.reason().isEmpty() ? "" : " (" + meaning(entry.reason()) + ")");
            }
        }
        LedgerRecord ledger = facts.ledgers().get(shard);
        if (ledger == null) {
            return "has recorded nothing at all: no agent that owned it has ever begun or settled a fire";
        }
        if (!fire.isAfter(ledger.mark())) {
            return "is final by the ledger, its outcome counted and not listed any more";
        }
        for (Span span : ledger.above()) {
            if (span.covers(fire)) {
                return span.mark() instanceof Mark.Final f
                        ? f.outcome().text() + (f.reason().isEmpty() ? "" : " (" + meaning(f.reason()) + ")")
                        : waitsToBeTriedAgain(lines)
                                ? "waits to be tried again"
                                : "is running, or was when its owner was lost";
            }
        }
        return "has not begun it";
    }

    private static boolean waitsToBeTriedAgain(List<Journal.Line> lines) {
        return !lines.isEmpty() && lines.get(lines.size() - 1).entry().kind() == FireEntry.Kind.ENDED;
    }

    /** Everything that is recorded of a shard. */
    List<String> sentences(String shard) {
        List<String> told = new ArrayList<>();
        List<Journal.Line> lines = facts.lines(fire, version, shard);
        lines.forEach(line -> told.add(sentence(line)));
        if (lines.isEmpty()) {
            told.add("Shard " + shard + " " + state(shard) + ".");
        } else if (waitsToBeTriedAgain(lines)) {
            told.add(backOff(lines.get(lines.size() - 1).entry()));
        }
        facts.ledger(shard)
                .ifPresent(ledger -> told.add("Its ledger, last written by " + ledger.writer() + ", is final up to "
                        + ledger.mark() + " with " + ledger.above().size() + " entries above."));
        return told;
    }

    private String backOff(FireEntry failed) {
        Retry retry = version.definition().retry();
        // In the middle of what the jitter allows.
        Instant next = failed.ended().plus(BackOff.pause(retry, Math.max(1, failed.attempt()), 0.5));
        String jitter =
                retry.jitter() == 0 ? "" : ", give or take " + Math.round(retry.jitter() * 100) + " % of the wait";
        return "Attempt " + (failed.attempt() + 1) + " of " + retry.attempts() + " at most is to start about " + next
                + jitter + "; until then the fire counts as running.";
    }

    private static String sentence(Journal.Line line) {
        FireEntry entry = line.entry();
        String reason = entry.reason().isEmpty() ? "" : ": " + meaning(entry.reason());
        String attempt = "attempt " + entry.attempt() + " (token " + entry.token() + ")";
        return switch (entry.kind()) {
            case STARTED -> line.writer() + " started " + attempt + " at " + entry.started() + reason + ".";
            case ENDED ->
                line.writer() + " ended " + attempt + " " + entry.outcome().text() + " at " + entry.ended() + reason
                        + "; it was to be tried again.";
            case ABANDONED ->
                line.writer() + " abandoned " + attempt + " at " + entry.ended()
                        + ", since it did not stop when told to" + reason + ".";
            case FINAL ->
                line.writer() + " recorded " + entry.outcome().text()
                        + (entry.count() > 1
                                ? " for the " + entry.count() + " fires from "
                                        + entry.fire().due() + " to " + entry.last()
                                : "")
                        + (entry.attempt() > 0 ? " for " + attempt : "") + " at " + entry.ended() + reason + ".";
        };
    }

    /** A reason's word in plain words; a text of user code's own stays as it is. */
    static String meaning(String reason) {
        return switch (reason) {
            case Reasons.OVERLAP -> "an earlier fire of the shard was still running";
            case Reasons.BUFFER_FULL -> "the buffer of waiting fires was full";
            case Reasons.REPLACED -> "a newer fire took its place in the buffer";
            case Reasons.PAUSED -> "the job was paused";
            case Reasons.COALESCED -> "missed while nobody could run it; a later fire stands for it";
            case Reasons.MISFIRE_SKIP -> "missed while nobody could run it; the misfire policy runs nothing late";
            case Reasons.WINDOW -> "older than the catch-up window";
            case Reasons.LIMIT -> "more late fires than the limit";
            case Reasons.HANDOVER -> "late, due while the shard was handed over";
            case Reasons.MISFIRE -> "late, due while nobody could run it";
            case Reasons.OUTCOME_UNKNOWN ->
                "run again, since its first owner was lost before it could record an outcome";
            case Reasons.LEASE_OVER -> "cut short by the end of its agent's lease";
            case Reasons.CANCELLED_BY_NEWER -> "cancelled by a newer fire";
            case Reasons.LAYOUT -> "the number of shards or their parameters changed";
            case Reasons.DELETED -> "the job was deleted";
            case Reasons.OPERATOR -> "an operator asked for it";
            case Reasons.CLOSING -> "its agent closed, and did not wait longer";
            case Reasons.ATTEMPT_TIMEOUT -> "the attempt took longer than timeouts.attempt";
            case Reasons.TOTAL_TIMEOUT -> "all attempts together took longer than timeouts.total";
            case Reasons.HEARTBEAT_TIMEOUT -> "no progress was reported for longer than timeouts.heartbeat";
            case Reasons.ATTEMPTS_EXHAUSTED -> "the last attempt that retry.attempts allows has failed";
            case Reasons.NO_THREAD -> "every thread of the agent's pool is held by an attempt that does not end";
            case Reasons.CLAIM_WITHOUT_OUTCOME -> "claimed by an owner that was lost, and not run twice";
            default -> reason;
        };
    }
}
