package dev.belfry.core.overdue;

import dev.belfry.core.ledger.LedgerRecord;
import dev.belfry.core.ledger.Mark;
import dev.belfry.core.ledger.RequestedRun;
import dev.belfry.core.ledger.Span;
import dev.belfry.core.shard.DelayedDue;
import dev.belfry.core.trigger.DueSet;
import dev.belfry.core.version.RunRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What one shard owes, and what its ledger says of that. A pure view.
 *
 * @param due what is due by the versions of the definition
 * @param ledger what was recorded; a fresh one if nothing was
 * @param owner the incarnation that runs the shard at present; empty text if nobody does
 */
public record ShardFires(DueSet due, LedgerRecord ledger, String owner) {

    /** What is due, the next instant of a fixed delay included. */
    private DueSet all() {
        return DelayedDue.of(ledger.delayNext(), due);
    }

    /** Whether the owner is at a fire: it has begun one that has no outcome. */
    public boolean busy() {
        return Stream.concat(
                        ledger.above().stream().map(Span::mark),
                        ledger.requested().stream().map(run -> run.mark()))
                .anyMatch(this::isByOwner);
    }

    private boolean isByOwner(Mark mark) {
        return (mark instanceof Mark.Started started && started.incarnation().equals(owner))
                || (mark instanceof Mark.Claimed claimed
                        && claimed.incarnation().equals(owner));
    }

    /** How long fires of the shard may be without an outcome as it stands; empty for any time. */
    public Optional<Duration> limit(Tolerance tolerance) {
        return busy() ? Optional.ofNullable(tolerance.running()) : Optional.of(tolerance.waiting());
    }

    /** The fires without an outcome that have been so for longer than they may at {@code now}, in order. */
    public List<Stretch> overdue(Tolerance tolerance, Instant now) {
        Optional<Duration> limit = limit(tolerance);
        if (limit.isEmpty()) {
            return List.of();
        }
        DueSet all = all();
        Instant upTo = startedBy(all, ledger.mark(), now.minus(limit.get()));
        List<Stretch> found = new ArrayList<>();
        Instant after = ledger.mark();
        for (Span span : ledger.above()) {
            if (span.mark() instanceof Mark.Final && span.last().isAfter(after)) {
                add(found, all, after, earlier(span.first().minusMillis(1), upTo));
                after = span.last();
            }
        }
        add(found, all, after, upTo);
        return found;
    }

    /** Of some runs that were asked for and that this shard owes, those without an outcome for longer than they may be. */
    public List<RunRequest> overdue(List<RunRequest> owed, Tolerance tolerance, Instant now) {
        Optional<Duration> limit = limit(tolerance);
        return limit.isEmpty()
                ? List.of()
                : unsettled(owed).stream()
                        .filter(run -> !run.accepted().plus(limit.get()).isAfter(now))
                        .toList();
    }

    /** Those without an outcome, in order. */
    public List<RunRequest> unsettled(List<RunRequest> owed) {
        Set<String> settled = ledger.requested().stream()
                .filter(run -> run.mark() instanceof Mark.Final)
                .map(RequestedRun::runId)
                .collect(Collectors.toSet());
        return owed.stream().filter(run -> !settled.contains(run.runId())).toList();
    }

    private static void add(List<Stretch> found, DueSet due, Instant after, Instant upTo) {
        if (after.isBefore(upTo)) {
            Stretch.in(due, after, upTo).ifPresent(found::add);
        }
    }

    /**
     * The last instant up to {@code present} with no fire at or before it that jitter lets start after {@code present};
     * {@code after} if there is none after that.
     */
    public static Instant startedBy(DueSet due, Instant after, Instant present) {
        Instant upTo = present;
        Optional<Instant> last = after.isBefore(upTo) ? due.latest(after, upTo) : Optional.empty();
        while (last.isPresent() && due.jittered(last.get()).isAfter(present)) {
            upTo = last.get().minusMillis(1);
            last = after.isBefore(upTo) ? due.latest(after, upTo) : Optional.empty();
        }
        return upTo.isBefore(after) ? after : upTo;
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }
}
