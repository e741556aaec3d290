package dev.belfry.console.query;

import dev.belfry.agent.client.AgentState;
import dev.belfry.agent.client.JobState;
import dev.belfry.core.agent.AgentFacts;
import dev.belfry.core.agent.LabelSelector;
import dev.belfry.core.assign.JobSpec;
import dev.belfry.core.assign.Plan;
import dev.belfry.core.assign.PlanInput;
import dev.belfry.core.assign.Spread;
import dev.belfry.core.assign.Strategy;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.job.Placement;
import dev.belfry.core.ownership.LayoutKey;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.JobVersion;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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
            JobVersion version = job.at(snapshot.now());
            JobDefinition definition = changed.getOrDefault(job.name(), version.definition());
            if (definition.placement() != Placement.STICKY || (job.deleted() && changed.containsKey(job.name()))) {
                continue;
            }
            boolean newLayout = !definition.shards().equals(version.definition().shards());
            specs.add(spec(job.uid(), version.layout() + (newLayout ? 1 : 0), definition, active(job, snapshot.now())));
        }
        changed.forEach((name, definition) -> {
            boolean isNew = snapshot.job(name).map(JobRecord::deleted).orElse(true);
            if (isNew && definition.placement() == Placement.STICKY) {
                specs.add(spec(name + "~new", 1, definition, true));
            }
        });
        return Plan.of(PlanInput.of(specs, agents(snapshot), snapshot.table()));
    }

    private static boolean active(JobRecord job, Instant now) {
        return job.deletedAt().isEmpty() || job.deletedAt().get().isAfter(now);
    }

    private static List<AgentFacts> agents(Snapshot snapshot) {
        return snapshot.agents().stream()
                .map(Moves::facts)
                .toList();
    }

    private static AgentFacts facts(AgentState agent) {
        return agent.drained() ? agent.facts().withDraining(true) : agent.facts();
    }

    private static JobSpec spec(String uid, int layout, JobDefinition job, boolean active) {
        return new JobSpec(
                new LayoutKey(uid, layout),
                job.name(),
                job.shards().count(),
                job.handler(),
                LabelSelector.anyOf(job.requires().labels()),
                LabelSelector.anyOf(job.prefers()),
                job.weight(),
                Strategy.valueOf(job.strategy().name()),
                uid.hashCode(),
                Optional.ofNullable(job.requires().spread()).map(Spread::new),
                Optional.ofNullable(job.requires().exclusive()),
                job.rejoinGrace(),
                active);
    }
}
