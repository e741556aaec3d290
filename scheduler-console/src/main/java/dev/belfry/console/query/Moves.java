package dev.belfry.console.query;

import dev.belfry.agent.client.AgentState;
import dev.belfry.agent.client.JobState;
import dev.belfry.core.agent.AgentFacts;
import dev.belfry.core.assign.JobSpec;
import dev.belfry.core.assign.Plan;
import dev.belfry.core.assign.PlanInput;
import dev.belfry.core.cluster.PlannedJob;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.job.Placement;
import dev.belfry.core.ownership.LayoutKey;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.JobVersion;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What the master would do next with the shards: for previews and explanations. Pure functions. */
public final class Moves {
    private Moves() {}

    /** The plan for the namespace as it is. */
    public static Plan now(Snapshot snapshot) {
        return with(snapshot, Map.of());
    }

    /** The plan once these definitions are in force, by name; new names are new jobs. */
    public static Plan with(Snapshot snapshot, Map<String, JobDefinition> changed) {
        List<JobSpec> specs = new ArrayList<>();
        for (JobState state : snapshot.jobs()) {
            JobRecord job = state.record();
            JobDefinition definition = changed.get(job.name());
            if (definition == null) {
                PlannedJob.of(job, snapshot.now()).ifPresent(specs::add);
            } else if (!job.deleted() && definition.placement() == Placement.STICKY) {
                specs.add(changed(job, definition, snapshot.now()));
            }
        }
        changed.forEach((name, definition) -> {
            boolean isNew = snapshot.job(name).map(JobRecord::deleted).orElse(true);
            if (isNew && definition.placement() == Placement.STICKY) {
                specs.add(PlannedJob.of(new LayoutKey(name + "~new", 1), definition, true));
            }
        });
        return Plan.of(PlanInput.of(specs, agents(snapshot), snapshot.table()));
    }

    private static JobSpec changed(JobRecord job, JobDefinition definition, Instant now) {
        JobVersion version = job.at(now);
        boolean newLayout = !definition.shards().equals(version.definition().shards());
        LayoutKey layout = new LayoutKey(job.uid(), version.layout() + (newLayout ? 1 : 0));
        return PlannedJob.of(layout, definition, PlannedJob.isActive(job, now));
    }

    private static List<AgentFacts> agents(Snapshot snapshot) {
        return snapshot.agents().stream().map(Moves::facts).toList();
    }

    private static AgentFacts facts(AgentState agent) {
        return agent.drained() ? agent.facts().withDraining(true) : agent.facts();
    }
}
