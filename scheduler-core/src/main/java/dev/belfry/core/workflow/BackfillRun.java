package dev.belfry.core.workflow;

import dev.belfry.core.workflow.BackfillRequest.Beside;
import dev.belfry.core.workflow.BackfillRequest.Order;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * A backfill, and how far it has come. Immutable. Instants have their turn in order; how their runs ended is in the record.
 *
 * @param id of the backfill
 * @param job whose instants they are
 * @param request what was asked for
 * @param chosen which instants are to run
 * @param progress how far it is
 * @param phase where it stands
 * @param why it is, or was, stopped; empty if it is not
 * @param asked by whom
 * @param ended when it was over; empty while it is not
 */
public record BackfillRun(
        BackfillId id,
        Target job,
        BackfillRequest request,
        Chosen chosen,
        Progress progress,
        Phase phase,
        String why,
        Asked asked,
        Optional<Instant> ended) {

    /** Instants that one turn passes over, at most: each has a line in the record. */
    private static final int MOST_SKIPPED = 100;

    /** Where a backfill stands. */
    public enum Phase {
        /** Instants are queued. */
        RUNNING,
        /** Nothing more is queued, and what is under way is cancelled. */
        STOPPING,
        /** Every instant had its turn, and none is under way. */
        ENDED,
        /** It was stopped, and nothing of it is under way. */
        CANCELLED;

        /** Whether nothing more comes of it. */
        public boolean over() {
            return this == ENDED || this == CANCELLED;
        }
    }

    /**
     * The job.
     *
     * @param version of the definition by which the instants are counted and run
     * @param asOf an instant at which that version is in force
     */
    public record Target(String uid, String name, int version, Instant asOf) {}

    /**
     * How far it is.
     *
     * @param next instants that had their turn, those included that are not chosen
     * @param queued instants of which a run was queued
     * @param skipped instants that were passed over at their turn, since another run was under way
     */
    public record Progress(int next, int queued, int skipped) {
        static final Progress NONE = new Progress(0, 0, 0);
    }

    /** Who asked for it, and when. */
    public record Asked(String by, Instant at) {}

    /**
     * What surrounds it.
     *
     * @param open runs of this backfill without an outcome
     * @param room how many more may begin now, for whatever reason
     * @param others whether runs of the job that are not of this backfill have no outcome
     * @param underWay instants of which another run has no outcome
     */
    public record Situation(int open, int room, boolean others, Set<Instant> underWay) {
        public Situation {
            underWay = Set.copyOf(underWay);
        }
    }

    /**
     * What can be done now.
     *
     * @param next the backfill once it is done
     * @param start to be queued, in order
     * @param skip to be recorded as skipped
     */
    public record Turn(BackfillRun next, List<Instant> start, List<Instant> skip) {
        public Turn {
            Objects.requireNonNull(next, "next");
            start = List.copyOf(start);
            skip = List.copyOf(skip);
        }
    }

    /** One that has not begun. */
    public static BackfillRun begin(BackfillId id, Target job, BackfillOrder order, Asked asked) {
        return new BackfillRun(
                id, job, order.request(), order.chosen(), Progress.NONE, Phase.RUNNING, "", asked, Optional.empty());
    }

    /** Whether a schedule's own policy for what overlaps leaves its runs aside, as it leaves the schedule's. */
    public boolean isBeside() {
        return request.overlap() == Beside.ALLOW;
    }

    /** How many of the chosen instants have not had their turn. */
    public int left() {
        return chosen.count() - progress.queued() - progress.skipped();
    }

    /**
     * Nothing more is to be queued, and what is under way is to be cancelled; nothing changes if that is so already.
     *
     * @param reason why
     */
    public BackfillRun stop(String reason) {
        return phase == Phase.RUNNING
                ? new BackfillRun(id, job, request, chosen, progress, Phase.STOPPING, reason, asked, ended)
                : this;
    }

    /**
     * Takes as many turns as policy, concurrency and room allow; empty if nothing changes.
     *
     * @param instants all of the range, in the order of time
     * @param now by the clock of the ensemble, in whole milliseconds
     */
    public Optional<Turn> turn(List<Instant> instants, Situation situation, Instant now) {
        if (phase.over()) {
            return Optional.empty();
        }
        if (phase == Phase.STOPPING) {
            return situation.open() == 0
                    ? Optional.of(new Turn(over(progress, Phase.CANCELLED, now), List.of(), List.of()))
                    : Optional.empty();
        }
        List<Instant> start = new ArrayList<>();
        List<Instant> skip = new ArrayList<>();
        int next = progress.next();
        int room = Math.min(situation.room(), request.concurrency() - situation.open());
        while (next < chosen.all()) {
            int place = request.order() == Order.OLDEST_FIRST ? next : chosen.all() - 1 - next;
            if (chosen.contains(place)) {
                Instant due = instants.get(place);
                boolean skips =
                        situation.underWay().contains(due) || (situation.others() && request.overlap() == Beside.SKIP);
                boolean waits = situation.others() && request.overlap() == Beside.WAIT;
                if (start.size() >= room || skip.size() >= MOST_SKIPPED || (waits && !skips)) {
                    break;
                }
                (skips ? skip : start).add(due);
            }
            next++;
        }
        Progress after = new Progress(next, progress.queued() + start.size(), progress.skipped() + skip.size());
        if (next == chosen.all() && situation.open() + start.size() == 0) {
            return Optional.of(new Turn(over(after, Phase.ENDED, now), start, skip));
        }
        BackfillRun gone = new BackfillRun(id, job, request, chosen, after, phase, why, asked, ended);
        return start.isEmpty() && skip.isEmpty() ? Optional.empty() : Optional.of(new Turn(gone, start, skip));
    }

    private BackfillRun over(Progress last, Phase end, Instant now) {
        return new BackfillRun(id, job, request, chosen, last, end, why, asked, Optional.of(now));
    }
}
