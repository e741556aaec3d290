package dev.belfry.core.ledger;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The ledger of one shard as stored: everything due up to the mark is final; above it, every fire that has begun is
 * listed. A fire that is due, above the mark and not listed has not been started by anyone.
 *
 * @param writer incarnation that wrote it
 * @param batch number of the writer's group commit, so that a write of unknown result can be recognised
 * @param since generation of the tenancy under which it was written
 * @param mark every scheduled fire up to and including this instant is final
 * @param above spans above the mark, ascending, disjoint
 * @param requested runs that were asked for and that the job's record still lists
 * @param recent the last outcomes, newest first, at most {@link #MAX_RECENT}
 * @param delayNext for a fixed-delay schedule: the one instant that is due next
 * @param released set while the shard is being handed over
 * @param attended of a broadcast shard, set while fires wait for their turn: were its agent lost, nobody else would know
 *     that they were owed; and when an incarnation was lost that may have been in charge until its certain end
 */
public record LedgerRecord(
        String writer,
        long batch,
        long since,
        Instant mark,
        List<Span> above,
        List<RequestedRun> requested,
        List<RecentOutcome> recent,
        Optional<Instant> delayNext,
        Optional<Released> released,
        Optional<Attendance> attended) {

    /** Spans above the mark; when the list is full the shard starts nothing until the mark moves. */
    public static final int MAX_SPANS = 64;
    /** Recent outcomes kept. */
    public static final int MAX_RECENT = 8;

    public LedgerRecord {
        above = List.copyOf(above);
        requested = List.copyOf(requested);
        recent = List.copyOf(recent);
    }

    /** Of a shard of which nothing waits that only this record could tell of. */
    public LedgerRecord(
            String writer,
            long batch,
            long since,
            Instant mark,
            List<Span> above,
            List<RequestedRun> requested,
            List<RecentOutcome> recent,
            Optional<Instant> delayNext,
            Optional<Released> released) {
        this(writer, batch, since, mark, above, requested, recent, delayNext, released, Optional.empty());
    }

    /** The same with what is known of the time in which its agent was in charge. */
    public LedgerRecord attended(Optional<Attendance> when) {
        return new LedgerRecord(writer, batch, since, mark, above, requested, recent, delayNext, released, when);
    }

    /** Whether it lists a fire that was begun and has no outcome. */
    public boolean hasBegun() {
        return Stream.concat(above.stream().map(Span::mark), requested.stream().map(RequestedRun::mark))
                .anyMatch(mark -> !(mark instanceof Mark.Final));
    }

    /** The ledger of a shard of which nothing has been recorded; what is due after {@code mark} is owed. */
    public static LedgerRecord fresh(Instant mark) {
        return new LedgerRecord("", 0, 0, mark, List.of(), List.of(), List.of(), Optional.empty(), Optional.empty());
    }
}
