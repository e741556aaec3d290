package dev.belfry.core.workflow;

import dev.belfry.core.workflow.BackfillRequest.Beside;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * How far a backfill has come. Immutable. Instants have their turn in order; how they ended is no concern of it.
 *
 * @param toRun the instants to be run, in order
 * @param next how many of them have had their turn
 * @param underWay those of them that are under way
 */
public record BackfillProgress(List<Instant> toRun, int next, Set<Instant> underWay) {

    public BackfillProgress {
        toRun = List.copyOf(toRun);
        underWay = Set.copyOf(underWay);
        if (next < 0 || next > toRun.size() || underWay.size() > next) {
            throw new IllegalArgumentException(
                    next + " of " + toRun.size() + " instants had their turn, " + underWay.size() + " are under way");
        }
    }

    /** A backfill that has not begun. */
    public static BackfillProgress of(List<Instant> toRun) {
        return new BackfillProgress(toRun, 0, Set.of());
    }

    /**
     * What can be done now.
     *
     * @param next the backfill once it is done
     * @param start to be queued, in order
     * @param skip to be recorded as skipped, since another run of the job is under way
     */
    public record Turn(BackfillProgress next, List<Instant> start, List<Instant> skip) {
        public Turn {
            Objects.requireNonNull(next, "next");
            start = List.copyOf(start);
            skip = List.copyOf(skip);
        }
    }

    /** Whether every instant has had its turn and none is under way. */
    public boolean finished() {
        return next == toRun.size() && underWay.isEmpty();
    }

    /**
     * Takes as many turns as policy and concurrency allow.
     *
     * @param others whether runs of the job that are not of this backfill are under way
     */
    public Turn turn(BackfillRequest request, boolean others) {
        int room = request.concurrency() - underWay.size();
        boolean waits = others && request.overlap() == Beside.WAIT;
        if (room <= 0 || waits || next == toRun.size()) {
            return new Turn(this, List.of(), List.of());
        }
        boolean skips = others && request.overlap() == Beside.SKIP;
        List<Instant> taken = toRun.subList(next, skips ? next + 1 : Math.min(toRun.size(), next + room));
        TreeSet<Instant> more = new TreeSet<>(underWay);
        if (!skips) {
            more.addAll(taken);
        }
        BackfillProgress after = new BackfillProgress(toRun, next + taken.size(), more);
        return new Turn(after, skips ? List.of() : taken, skips ? taken : List.of());
    }

    /** The run of an instant has ended, in whatever way; nothing changes if it is not under way. */
    public BackfillProgress ended(Instant due) {
        TreeSet<Instant> left = new TreeSet<>(underWay);
        return left.remove(due) ? new BackfillProgress(toRun, next, left) : this;
    }
}
