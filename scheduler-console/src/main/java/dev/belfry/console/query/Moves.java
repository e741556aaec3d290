package dev.belfry.console.query;

import dev.belfry.agent.client.AgentState;
import dev.belfry.agent.client.JobState;
import dev.belfry.core.agent.AgentFacts;
import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.assign.Change;
import dev.belfry.core.assign.JobSpec;
import dev.belfry.core.assign.Plan;
import dev.belfry.core.assign.PlanInput;
import dev.belfry.core.cluster.PlannedJob;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.job.Placement;
import dev.belfry.core.ownership.AssignmentTable;
import dev.belfry.core.ownership.LayoutKey;
import dev.belfry.core.ownership.ShardKey;
import dev.belfry.core.ownership.TableBuilder;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.JobVersion;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** What the master would do next with the shards: for previews and explanations. Pure functions. */
public final class Moves {
    private Moves() {}

    /** The plan for the namespace as it is, as soon as the leases of owners that are gone are over. */
    public static Plan now(Snapshot snapshot) {
        return with(snapshot, Map.of());
    }

    /**
     * The plan once these definitions are in force, by name; new names are new jobs. What was granted under a layout that
     * they change has been let go of.
     */
    public static Plan with(Snapshot snapshot, Map<String, JobDefinition> changed) {
        AssignmentTable table = withoutOld(snapshot, changed);
        return Plan.of(PlanInput.of(specs(snapshot, changed), agents(snapshot), table)
                .withReplaceable(gone(table, agents(snapshot)))
                .withRestarting(snapshot.restarting(), snapshot.now()));
    }

    /** Whom the plan would give a shard whose owner is gone; if that one may come back, once nobody waits for it any more. */
    static Optional<Incarnation> heir(Snapshot snapshot, ShardKey shard) {
        Plan plan = Plan.of(PlanInput.of(specs(snapshot, Map.of()), agents(snapshot), snapshot.table())
                .withReplaceable(gone(snapshot.table(), agents(snapshot))));
        return plan.changes().stream()
                .filter(change -> change.shard().equals(shard))
                .flatMap(change -> change instanceof Change.Grant grant ? Stream.of(grant.to()) : Stream.empty())
                .findFirst();
    }

    /** Owners that are not there any more. */
    static Set<Incarnation> gone(AssignmentTable table, List<AgentFacts> live) {
        Set<Incarnation> gone = new TreeSet<>(table.dictionary());
        live.forEach(agent -> gone.remove(agent.incarnation()));
        return gone;
    }

    /** What the plan knows of the jobs once these definitions are in force. */
    static List<JobSpec> specs(Snapshot snapshot, Map<String, JobDefinition> changed) {
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
        return specs;
    }

    /** The jobs of which a change of shards or placement makes a new layout, with the layout that is over then. */
    public static Map<String, LayoutKey> relaid(Snapshot snapshot, Map<String, JobDefinition> changed) {
        Map<String, LayoutKey> relaid = new LinkedHashMap<>();
        changed.forEach((name, definition) -> snapshot.job(name)
                .filter(job -> !job.deleted())
                .ifPresent(job -> {
                    JobVersion version = job.at(snapshot.now());
                    if (isNewLayout(version, definition)) {
                        relaid.put(name, new LayoutKey(job.uid(), version.layout()));
                    }
                }));
        return relaid;
    }

    private static boolean isNewLayout(JobVersion version, JobDefinition definition) {
        return !definition.shards().equals(version.definition().shards())
                || definition.placement() != version.definition().placement();
    }

    /** The table once everything of the layouts that change has been let go of: no shard of the new one is granted before. */
    static AssignmentTable withoutOld(Snapshot snapshot, Map<String, JobDefinition> changed) {
        TableBuilder table = snapshot.table().toBuilder();
        Set<LayoutKey> old = Set.copyOf(relaid(snapshot, changed).values());
        snapshot.table().forEach((key, row) -> {
            if (old.contains(key.of())) {
                table.drop(key);
            }
        });
        return table.build();
    }

    private static JobSpec changed(JobRecord job, JobDefinition definition, Instant now) {
        JobVersion version = job.at(now);
        boolean newLayout = isNewLayout(version, definition);
        LayoutKey layout = new LayoutKey(job.uid(), version.layout() + (newLayout ? 1 : 0));
        return PlannedJob.of(layout, definition, PlannedJob.isActive(job, now));
    }

    static List<AgentFacts> agents(Snapshot snapshot) {
        return snapshot.agents().stream().map(AgentState::present).toList();
    }
}
