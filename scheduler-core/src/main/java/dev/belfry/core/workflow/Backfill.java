package dev.belfry.core.workflow;

import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.job.Placement;
import dev.belfry.core.run.Outcome;
import dev.belfry.core.schedule.Schedule;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.workflow.BackfillRequest.Order;
import dev.belfry.core.workflow.BackfillRequest.Reprocess;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * The fires of a job's schedule in a range of time, decided one by one. A pure function of its arguments.
 *
 * <p>The instants are those of the newest version of the job, whenever they are or were, and their runs go by it. Which version was
 * in force then, and whether the job was paused, does not matter: that is what backfills are for.
 */
public final class Backfill {

    private Backfill() {}

    /** What is recorded of a fire, as far as a backfill asks. */
    public sealed interface Recorded {

        /** Nothing. */
        record Nothing() implements Recorded {}

        /** It is queued or under way. */
        record UnderWay() implements Recorded {}

        /** It has its outcome, over all shards. */
        record Settled(Outcome outcome) implements Recorded {
            public Settled {
                Objects.requireNonNull(outcome, "outcome");
            }
        }
    }

    /** Looks up what is recorded of the fire due at an instant. */
    @FunctionalInterface
    public interface Records {
        Recorded at(Instant due);
    }

    /**
     * One fire of the range.
     *
     * @param due its instant
     * @param runs whether the backfill runs it
     * @param reason why, or why not, for people
     */
    public record Fire(Instant due, boolean runs, String reason) {}

    /** What a range holds. */
    public sealed interface Expansion {

        /** All fires of the range in the order of the backfill, those included that it leaves out; a dry run prints them. */
        record Fires(List<Fire> fires) implements Expansion {
            public Fires {
                fires = List.copyOf(fires);
            }

            /** The instants to be run, in order. */
            public List<Instant> toRun() {
                return fires.stream().filter(Fire::runs).map(Fire::due).toList();
            }

            /** Which of the range are to be run. */
            public Chosen chosen(Order order) {
                BitSet places = new BitSet();
                for (int i = 0; i < fires.size(); i++) {
                    places.set(
                            order == Order.OLDEST_FIRST ? i : fires.size() - 1 - i,
                            fires.get(i).runs());
                }
                return Chosen.of(fires.size(), places);
            }
        }

        /** It cannot be done; the reason says what to do, in one sentence without a full stop. */
        record Refused(String reason) implements Expansion {}
    }

    /** Decides about every fire of the range. */
    public static Expansion expand(JobRecord job, BackfillRequest request, Records records) {
        Optional<String> refusal = refusal(job);
        if (refusal.isPresent()) {
            return new Expansion.Refused(refusal.get());
        }
        List<Instant> instants = instants(job.definition(), request, request.most() + 1);
        if (instants.size() > request.most()) {
            return new Expansion.Refused(String.format(
                    Locale.ROOT,
                    "the range holds more than %,d fires: number %,d is due at %s; end the range before it, or raise the bound",
                    request.most(),
                    instants.size(),
                    instants.get(request.most())));
        }
        List<Fire> fires = new ArrayList<>();
        instants.forEach(instant -> fires.add(fire(instant, records.at(instant), request.reprocess())));
        if (request.order() == Order.NEWEST_FIRST) {
            Collections.reverse(fires);
        }
        return new Expansion.Fires(fires);
    }

    /** The instants of a definition within the range, in the order of time, at most {@code most} of them. */
    public static List<Instant> instants(JobDefinition definition, BackfillRequest request, int most) {
        return definition.schedule().between(request.from().minusNanos(1), request.to(), most);
    }

    /** Why there can be no backfill of the job, in one sentence without a full stop; empty if there can. */
    public static Optional<String> refusal(JobRecord job) {
        if (job.deleted()) {
            return Optional.of("the job " + job.name() + " is deleted");
        }
        if (job.definition().placement() != Placement.QUEUED) {
            return Optional.of("the job " + job.name() + " is "
                    + job.definition().placement().name().toLowerCase(Locale.ROOT)
                    + ": its shards belong to their owners, and a run beside them would be a second owner of the same shard;"
                    + " give it placement: queued, or trigger it");
        }
        if (!job.definition().enabled()) {
            return Optional.of("the job " + job.name() + " is disabled: enable it first");
        }
        Schedule schedule = job.definition().schedule();
        if (schedule.manualOnly()) {
            return Optional.of(
                    "the job " + job.name() + " has no trigger but manual, so no instants: trigger it instead");
        }
        if (schedule.delay().isPresent()) {
            return Optional.of("the trigger of the job " + job.name()
                    + " is a delay, whose instants depend on when runs end: trigger it instead");
        }
        return Optional.empty();
    }

    private static Fire fire(Instant due, Recorded recorded, Reprocess reprocess) {
        if (recorded instanceof Recorded.UnderWay) {
            return new Fire(due, false, "is queued or under way");
        }
        if (!(recorded instanceof Recorded.Settled settled)) {
            return new Fire(due, true, "has no record");
        }
        String text = settled.outcome().text();
        boolean runs = switch (settled.outcome()) {
            case MISSED, SKIPPED, SUPERSEDED -> true;
            case SUCCEEDED -> reprocess == Reprocess.ALL;
            case FAILED, TIMED_OUT, CANCELLED, LOST, UPSTREAM_FAILED, UNKNOWN -> reprocess != Reprocess.NONE;
        };
        return new Fire(due, runs, "is recorded as " + text);
    }
}
