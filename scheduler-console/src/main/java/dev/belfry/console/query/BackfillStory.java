package dev.belfry.console.query;

import dev.belfry.core.version.JobRecord;
import dev.belfry.core.workflow.BackfillOrder;
import dev.belfry.core.workflow.BackfillRequest.Beside;
import dev.belfry.core.workflow.BackfillRun;
import java.time.Instant;
import java.util.List;

/** How the backfills of a job stand. Pure functions. */
public final class BackfillStory {
    private BackfillStory() {}

    /**
     * Those that are under way, and those whose range has an instant.
     *
     * @param at the instant that is asked for
     */
    public static List<String> of(List<BackfillRun> backfills, JobRecord job, Instant at) {
        return backfills.stream()
                .filter(backfill -> backfill.job().uid().equals(job.uid()))
                .filter(backfill -> !backfill.phase().over() || covers(backfill, at))
                .map(backfill -> tell(backfill, covers(backfill, at)))
                .toList();
    }

    private static boolean covers(BackfillRun backfill, Instant at) {
        return !at.isBefore(backfill.request().from())
                && !at.isAfter(backfill.request().to());
    }

    private static String tell(BackfillRun backfill, boolean covers) {
        String state = backfill.phase().over()
                ? " is " + BackfillOrder.word(backfill.phase())
                : " is " + BackfillOrder.word(backfill.phase()) + ", with " + backfill.left() + " instants to come of "
                        + backfill.chosen().count() + waiting(backfill);
        return "Backfill " + backfill.id() + " of the instants from "
                + backfill.request().from() + " to " + backfill.request().to() + ", asked for by "
                + backfill.asked().by() + " at " + backfill.asked().at() + ","
                + state + (backfill.why().isEmpty() ? "" : ": " + backfill.why()) + "."
                + (covers
                        ? " Its runs are no fires of the schedule: 'belfry describe backfill " + backfill.id()
                                + "' tells of them."
                        : "");
    }

    private static String waiting(BackfillRun backfill) {
        String at = ", " + backfill.request().concurrency() + " at once";
        return backfill.request().overlap() == Beside.WAIT ? at + ", while no other run of the job is under way" : at;
    }
}
