package dev.belfry.core.overdue;

import dev.belfry.core.ledger.LedgerRecord;
import dev.belfry.core.ledger.Mark;
import dev.belfry.core.ledger.RequestedRun;
import dev.belfry.core.ledger.Span;
import dev.belfry.core.ownership.Lease;
import dev.belfry.core.ownership.Successor;
import dev.belfry.core.ownership.Tenancy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * Why a fire waits, in sentences: whose its shard is, whether that one is heard of, and what a hand-over waits for. The same
 * words for {@code explain} and for the master's events. Pure functions.
 *
 * @param shard its number
 * @param names incarnations, as people are to read them
 * @param now the present, by the ensemble's clock
 */
public record WaitingStory(String shard, UnaryOperator<String> names, Instant now) {

    /** Follows the name of a shard: no attempt at the fire is recorded. */
    public static final String NOT_BEGUN = "has not begun it";
    /** An attempt is recorded, and no end. */
    public static final String RUNNING = "is running, or was when its owner was lost";
    /** There is no ledger. */
    public static final String NOTHING_RECORDED =
            "has recorded nothing at all: no agent that owned it has ever begun or settled a fire";

    /**
     * The last sign of life of an incarnation that is registered.
     *
     * @param at when its last heartbeat was written, by the ensemble's clock; {@link Instant#EPOCH} if that is not known
     */
    public record Heard(Instant at, Duration sessionTimeout) {

        /** When a lease that began with the heartbeat is over. */
        Instant leaseEnd() {
            return at.plus(Lease.length(sessionTimeout));
        }
    }

    /**
     * Whose the shard is.
     *
     * @param heard empty if the owner is not registered
     */
    public String owner(Tenancy row, Optional<Heard> heard) {
        String owner = owner(row);
        if (heard.isEmpty()) {
            return owner + " That incarnation is gone; another gets the shard once its lease is sure to be over.";
        }
        boolean silent = !heard.get().at().equals(Instant.EPOCH)
                && heard.get().leaseEnd().isBefore(now);
        return silent
                ? owner + " It was last heard of at " + heard.get().at()
                        + ", longer ago than its lease lasts: it starts nothing, and another gets the shard once its"
                        + " session has ended."
                : owner;
    }

    /** The same of one that is gone and kept the shard for its next incarnation. */
    public String ownerThatReturns(Tenancy row) {
        return owner(row) + " That incarnation is gone.";
    }

    private String owner(Tenancy row) {
        return "Shard " + shard + " belongs to " + names.apply(row.owner().name()) + " since generation " + row.since()
                + ".";
    }

    /** Until when nobody else may have the shard although its owner does nothing; empty once its lease may be over. */
    public Optional<String> lease(Heard heard) {
        return heard.at().equals(Instant.EPOCH) || heard.leaseEnd().isBefore(now)
                ? Optional.empty()
                : Optional.of("Its owner was last heard of at " + heard.at() + " and may hold its lease until "
                        + heard.leaseEnd() + ": until then the shard waits for it.");
    }

    /** What a hand-over of the shard waits for; nothing if none is under way. */
    public List<String> handOver(Tenancy row, Optional<LedgerRecord> ledger, Predicate<Mark.Started> abandoned) {
        List<String> told = new ArrayList<>();
        if (row.next() instanceof Successor.Named named) {
            told.add("It is to go to " + names.apply(named.incarnation().name())
                    + " as soon as its running attempts end.");
        } else if (row.next() instanceof Successor.Withdrawn) {
            told.add("It is to be let go of as soon as its running attempts end, and nobody is to follow.");
        } else {
            return told;
        }
        ledger.flatMap(LedgerRecord::released)
                .ifPresentOrElse(
                        released -> told.add("It was let go of at " + released.at() + "; what is due from "
                                + released.from() + " on is left to the next owner."),
                        () -> ledger.ifPresent(record -> blocked(told, record, abandoned)));
        return told;
    }

    /** An attempt that does not end holds the hand-over up. */
    private void blocked(List<String> told, LedgerRecord ledger, Predicate<Mark.Started> abandoned) {
        for (Span span : ledger.above()) {
            blocked(told, "the fire of " + span.first(), span.mark(), abandoned);
        }
        for (RequestedRun run : ledger.requested()) {
            blocked(told, "run " + run.runId(), run.mark(), abandoned);
        }
    }

    private void blocked(List<String> told, String what, Mark mark, Predicate<Mark.Started> abandoned) {
        if (mark instanceof Mark.Started started) {
            told.add("The hand-over waits for attempt " + started.attempt() + " (token " + started.token() + ") of "
                    + what + ", which runs on " + names.apply(started.incarnation()) + " since " + started.at()
                    + ", for " + Duration.between(started.at(), now).toSeconds() + " s."
                    + (abandoned.test(started)
                            ? " It was told to stop and has not: only the end of that process frees the shard, so"
                                    + " restart it."
                            : ""));
        }
    }

    /**
     * How far its ledger is.
     *
     * @param subject {@code Its ledger}, or the same at present
     */
    public String ledger(String subject, LedgerRecord ledger) {
        return subject + ", last written by " + names.apply(ledger.writer()) + ", is final up to " + ledger.mark()
                + " with "
                + (ledger.above().size() == 1 ? "1 entry" : ledger.above().size() + " entries") + " above.";
    }
}
