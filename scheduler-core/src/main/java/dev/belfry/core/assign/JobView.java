package dev.belfry.core.assign;

import dev.belfry.core.ownership.LayoutKey;
import dev.belfry.core.ownership.LayoutRows;
import dev.belfry.core.ownership.ShardKey;
import java.util.BitSet;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One job while a plan is made: its rows, who may have it, and what its shards wait for. */
final class JobView {
    /** Weights are counted in millionths, as whole numbers: sums do not depend on the order of adding. */
    private static final double UNITS = 1e6;

    final JobSpec spec;
    final LayoutRows rows;
    final Owners owners;
    final Candidates candidates;
    final long weight;
    final @Nullable Group group;
    final @Nullable Spacing spacing;

    /** What its shards wait for. */
    ToDo toDo = ToDo.NOTHING;

    /** Rows of an old layout may still be run, so nothing of this one may be granted. */
    boolean heldBack;

    /** Moves of its shards are under way, or begin with this plan. */
    boolean isMoving;

    /** An agent is being cleared for this job. */
    String awaitedRoom = "";

    int @Nullable [] targets;

    @Nullable
    Placement placement;

    private final Map<Integer, Long> released;
    private @Nullable BitSet touched;
    private long hash;
    private boolean isHashed;

    JobView(JobSpec spec, LayoutKey key, LayoutRows rows, Shared shared) {
        this.spec = spec;
        this.rows = rows;
        this.owners = shared.owners();
        this.candidates = shared.cluster().candidates(spec);
        this.weight = Math.max(1, Math.round(spec.weight() * UNITS));
        this.group = spec.exclusive()
                .map(name -> shared.groups()
                        .computeIfAbsent(name, g -> new Group(shared.cluster().size())))
                .orElse(null);
        this.spacing = spec.spread()
                .map(by -> new Spacing(shared.cluster().spread(by), candidates, spec.shards()))
                .orElse(null);
        this.released = shared.releases().of(key);
    }

    /** The hash of the uid; computed only for the few jobs of a plan that need it. */
    long hash() {
        if (!isHashed) {
            hash = Hashes.of(spec.jobUid());
            isHashed = true;
        }
        return hash;
    }

    /** The lists of waiting shards, to add to: most jobs have none and share one empty set of lists. */
    ToDo addToDo() {
        if (toDo == ToDo.NOTHING) {
            toDo = new ToDo();
        }
        return toDo;
    }

    /** What the views of one plan have in common. */
    record Shared(Cluster cluster, Owners owners, Map<String, Group> groups, Releases releases) {}

    ShardKey key(int shard) {
        return spec.key().shard(shard);
    }

    boolean isReleased(int shard) {
        if (released.isEmpty()) {
            return false;
        }
        Long since = released.get(shard);
        return since != null && since == rows.since(shard);
    }

    /** Nobody can run the shard: its owner released it, or is gone with its lease over. */
    boolean isFree(int shard) {
        return owners.isReplaceable(rows.owner(shard)) || isReleased(shard);
    }

    /** The agent that has the shard and may keep it, when neither the table nor this plan moves it; else -1. */
    int settledOn(int shard) {
        int owner = rows.owner(shard);
        if (owner < 0 || rows.next(shard) != LayoutRows.NONE || isTouched(shard)) {
            return -1;
        }
        int agent = owners.agent(owner);
        return candidates.contains(agent) && !isReleased(shard) ? agent : -1;
    }

    boolean isTouched(int shard) {
        return touched != null && touched.get(shard);
    }

    void touch(int shard) {
        if (touched == null) {
            touched = new BitSet();
        }
        touched.set(shard);
    }

    /**
     * Whether the rules let a shard come to an agent, over what owners and successors have now.
     *
     * @param from the agent that has it, which counts already; -1 for none
     */
    boolean admits(int agent, int from) {
        return candidates.contains(agent)
                && (group == null || group.admits(this, agent))
                && (spacing == null || spacing.admits(agent, from));
    }

    boolean exclusivityAdmits(int agent) {
        return group == null || group.admits(this, agent);
    }

    boolean hasRules() {
        return group != null || spacing != null;
    }

    /** Whether the job has an owner or a successor anywhere among the shards that are not free. */
    boolean hasPlace() {
        for (int shard = 0; shard < rows.length(); shard++) {
            if (rows.owner(shard) >= 0 && !isFree(shard)) {
                return true;
            }
        }
        return false;
    }
}
