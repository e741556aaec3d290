package dev.belfry.console.query;

import dev.belfry.core.ledger.Reasons;
import dev.belfry.core.queue.QueueReasons;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** The words that say why an outcome is what it is, in plain words. Immutable and thread-safe. */
public final class ReasonText {
    private static final Map<String, String> MEANINGS = meanings();

    /** Why code is told to stop: what it said then may follow. */
    private static final Set<String> STOPS = Set.of(
            Reasons.ATTEMPT_TIMEOUT,
            Reasons.TOTAL_TIMEOUT,
            Reasons.HEARTBEAT_TIMEOUT,
            Reasons.CANCELLED_BY_NEWER,
            Reasons.OPERATOR);

    private ReasonText() {}

    /** Every reason with its meaning, to follow the outcome: skipped, missed, superseded, run late, run again, and so on. */
    public static Map<String, String> all() {
        return MEANINGS;
    }

    /** What a reason means; a text of user code's own stays as it is. */
    public static String of(String reason) {
        String word = reason.substring(0, Math.max(0, reason.indexOf(": ")));
        return STOPS.contains(word)
                ? MEANINGS.get(word) + reason.substring(word.length())
                : MEANINGS.getOrDefault(reason, reason);
    }

    private static Map<String, String> meanings() {
        Map<String, String> all = new LinkedHashMap<>();
        all.put(Reasons.OVERLAP, "an earlier fire of the shard was still running");
        all.put(Reasons.BUFFER_FULL, "the buffer of waiting fires was full");
        all.put(Reasons.REPLACED, "a newer fire took its place in the buffer");
        all.put(Reasons.PAUSED, "the job was paused");
        all.put(Reasons.COALESCED, "missed while nobody could run it; a later fire stands for it");
        all.put(Reasons.MISFIRE_SKIP, "missed while nobody could run it; the misfire policy runs nothing late");
        all.put(Reasons.WINDOW, "older than the catch-up window");
        all.put(Reasons.LIMIT, "more late fires than the limit");
        all.put(Reasons.HANDOVER, "late, due while the shard was handed over");
        all.put(Reasons.MISFIRE, "late, due while nobody could run it");
        all.put(
                Reasons.OUTCOME_UNKNOWN,
                "its first owner was lost before it could record an outcome, and may have run it");
        all.put(Reasons.LEASE_OVER, "cut short by the end of its agent's lease");
        all.put(Reasons.CANCELLED_BY_NEWER, "cancelled by a newer fire");
        all.put(Reasons.OPERATOR, "an operator asked for it");
        all.put(Reasons.WORKFLOW_CANCELLED, "the workflow run that it belongs to was cancelled");
        all.put(Reasons.BACKFILL_CANCELLED, "the backfill that it belongs to was cancelled");
        all.put(Reasons.WORKFLOW_BROKEN, "the definitions of its workflow did not fit together, and none could begin");
        all.put(Reasons.CLOSING, "its agent closed, and did not wait longer");
        all.put(Reasons.LAYOUT, "the number of shards or their parameters changed");
        all.put(Reasons.DELETED, "the job was deleted");
        all.put(Reasons.ATTEMPT_TIMEOUT, "the attempt took longer than timeouts.attempt");
        all.put(Reasons.TOTAL_TIMEOUT, "all attempts together took longer than timeouts.total");
        all.put(Reasons.HEARTBEAT_TIMEOUT, "no progress was reported for longer than timeouts.heartbeat");
        all.put(Reasons.ATTEMPTS_EXHAUSTED, "the last attempt that retry.attempts allows has failed");
        all.put(Reasons.NO_THREAD, "every thread of the agent's pool is held by an attempt that does not end");
        all.put(Reasons.CLAIM_WITHOUT_OUTCOME, "claimed by an owner that was lost, and not run twice");
        all.put(QueueReasons.AGENT_LOST, "the agent that had it was lost");
        all.put(QueueReasons.LOST_TOO_OFTEN, "more attempts were lost with their agents than retry.lost allows");
        all.put(QueueReasons.OTHER_ATTEMPT, "another attempt at the same task was faster");
        all.put(QueueReasons.QUEUE_TIMEOUT, "it waited for an agent longer than timeouts.queue");
        all.put(QueueReasons.SPLIT_STOPPED, "the run that it is a part of was stopped");
        return Collections.unmodifiableMap(all);
    }
}
