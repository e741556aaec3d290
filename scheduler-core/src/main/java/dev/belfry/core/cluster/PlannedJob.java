package dev.belfry.core.cluster;

import dev.belfry.core.agent.LabelSelector;
import dev.belfry.core.assign.EndedLayout;
import dev.belfry.core.assign.JobSpec;
import dev.belfry.core.assign.Spread;
import dev.belfry.core.assign.Strategy;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.job.Placement;
import dev.belfry.core.ownership.LayoutKey;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.JobVersion;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** A job as the plan of the shards sees it: the same for the master that plans and for whoever previews a plan. */
public final class PlannedJob {
    private PlannedJob() {}

    /**
     * What the plan needs to know of a job at {@code now} of the ensemble's clock; empty if it has no shards to be owned
     * and none to be settled. The layout follows the version in force; where a shard may lie, the newest word.
     *
     * @param ended its sticky layouts that are over and not settled
     */
    public static Optional<JobSpec> of(JobRecord job, Instant now, List<EndedLayout> ended) {
        JobVersion version = job.at(now);
        boolean sticky = version.definition().placement() == Placement.STICKY;
        if (!sticky && ended.isEmpty()) {
            return Optional.empty();
        }
        JobDefinition placed = job.newest().layout() == version.layout() ? job.definition() : version.definition();
        LayoutKey layout = new LayoutKey(job.uid(), version.layout());
        return Optional.of(of(layout, placed, sticky && isActive(job, now)).withEnded(ended));
    }

    /** The same for somebody who does not know which shards of a layout that is over are settled already. */
    public static Optional<JobSpec> of(JobRecord job, Instant now) {
        List<EndedLayout> ended = job.unsettled(now).stream()
                .filter(version -> version.definition().placement() == Placement.STICKY)
                .map(version -> EndedLayout.of(
                        version.layout(), version.definition().shards().count()))
                .toList();
        return of(job, now, ended);
    }

    /** Whether shards of a job may be granted at {@code now}: it is not deleted with effect by then. */
    public static boolean isActive(JobRecord job, Instant now) {
        return job.deletedAt().isEmpty() || job.deletedAt().get().isAfter(now);
    }

    /** What the plan needs to know of a layout of a sticky job. */
    public static JobSpec of(LayoutKey layout, JobDefinition job, boolean active) {
        return new JobSpec(
                layout,
                job.name(),
                job.shards().count(),
                job.handler(),
                LabelSelector.anyOf(job.requires().labels()),
                LabelSelector.anyOf(job.prefers()),
                job.weight(),
                job.placement() == Placement.STICKY
                        ? Strategy.valueOf(job.strategy().name())
                        : Strategy.BALANCED,
                layout.jobUid().hashCode(),
                Optional.ofNullable(job.requires().spread()).map(Spread::new),
                Optional.ofNullable(job.requires().exclusive()),
                job.rejoinGrace(),
                active,
                List.of());
    }
}
