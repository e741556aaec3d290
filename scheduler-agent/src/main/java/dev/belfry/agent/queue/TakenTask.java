package dev.belfry.agent.queue;

import dev.belfry.core.ledger.Reasons;
import dev.belfry.core.queue.Inbox;
import dev.belfry.core.queue.Outbox.Left;
import dev.belfry.core.queue.Outbox.Report;
import dev.belfry.core.queue.Outbox.Stage;
import dev.belfry.core.shard.AttemptOrder;
import dev.belfry.core.shard.ShardRef;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An entry of the inbox that this incarnation has taken, until nothing is to be said of it any more. Mutable; owned by the agent's loop. */
final class TakenTask {

    /** How far it has come. */
    enum Phase {
        /** For its definition, its checkpoint, its claim, or the lease. */
        WAITING,
        RUNNING,
        /** It has ended, or will not be begun. */
        OVER
    }

    /** As last read: it may be marked as cancelled later. */
    Inbox.Entry entry;
    /** Every change of a definition up to here was seen before the entry was. */
    final long definitions;

    /** Read by threads of user code, too: an attempt of an incarnation that is over has no lease. */
    volatile Phase phase = Phase.WAITING;

    /** Whether its claim is in the store, or on its way there. */
    boolean claimed;

    boolean claimDurable;

    boolean checkpointAsked;
    boolean checkpointKnown;
    byte @Nullable [] checkpoint;
    /** What the jobs before it hand on; null outside of workflows, and until that is asked for. */
    @Nullable
    UpstreamReads upstreams;
    /** What its sub-tasks did, of a reduce step; null of other tasks, and until that is asked for. */
    @Nullable
    PartReads parts;
    /** What a success would leave. */
    byte @Nullable [] output;

    Instant started = Instant.EPOCH;
    /** What its end is reported as, if it was told to stop. */
    Optional<Stage> stopped = Optional.empty();

    String stopReason = "";
    /** Its end, while it is not to be said yet: it was cut short by the end of the lease, and there is none again (rule Q9). */
    @Nullable
    Report held;

    TakenTask(Inbox.Entry entry, long definitions) {
        this.entry = entry;
        this.definitions = definitions;
        this.checkpointKnown = entry.order().resumes().isEmpty();
    }

    long number() {
        return entry.number();
    }

    ShardRef shard() {
        Inbox.Task task = entry.task();
        return ShardRef.queued(task.jobUid(), task.shards(), task.shard());
    }

    AttemptOrder order() {
        Inbox.Order order = entry.order();
        return new AttemptOrder(
                shard(),
                entry.fire(),
                order.attempt(),
                entry.number(),
                Optional.ofNullable(order.limit()),
                order.byTotal() ? Reasons.TOTAL_TIMEOUT : Reasons.ATTEMPT_TIMEOUT);
    }

    /** There is a connection again: what failed to be read is asked for at once. */
    void askAgain() {
        checkpointAsked = false;
        if (upstreams != null) {
            upstreams.resumed();
        }
        if (parts != null) {
            parts.resumed();
        }
    }

    /** What is said of it now. */
    Report report(Stage stage, Instant ended, boolean retryable, String reason) {
        return new Report(number(), stage, started, ended, retryable, Left.NOTHING, reason);
    }

    @Override
    public String toString() {
        return "run=" + entry.runId() + " shard=" + entry.task().shard() + " attempt="
                + entry.order().attempt() + " number=" + entry.number();
    }
}
