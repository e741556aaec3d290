package dev.belfry.console.query;

import dev.belfry.core.agent.AgentFacts;
import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.assign.Change;
import dev.belfry.core.assign.JobSpec;
import dev.belfry.core.assign.Plan;
import dev.belfry.core.assign.PlanInput;
import dev.belfry.core.assign.Unplaced;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.ownership.AssignmentTable;
import dev.belfry.core.ownership.Generation;
import dev.belfry.core.ownership.LayoutKey;
import dev.belfry.core.ownership.Release;
import dev.belfry.core.ownership.ShardKey;
import dev.belfry.core.ownership.Successor;
import dev.belfry.core.ownership.Tenancy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What the shards would come to if agents were lost or joined, or definitions changed: the master's own plan, followed until
 * it asks for nothing more, with every hand-over that it begins completed. Pure functions; nothing is written.
 *
 * @param moves shards whose owner is another at the end, in order
 * @param agents what each agent has before and after, by its id; those that are lost or new as well
 * @param unplaced shards without an owner at the end
 * @param lost the agents that are gone
 * @param kept shards that wait for an agent that announced its restart; they count as its own
 */
public record WhatIf(
        List<Move> moves,
        SortedMap<String, Load> agents,
        List<Unplaced> unplaced,
        List<AgentFacts> lost,
        List<Kept> kept) {
    private static final long MOST_STEPS = 10_000;

    /**
     * A shard that another agent owns in the end.
     *
     * @param from empty if nobody owned it
     * @param to empty if nobody does
     */
    public record Move(ShardKey shard, Optional<Incarnation> from, Optional<Incarnation> to) {}

    /**
     * A shard that waits for its owner to come back.
     *
     * @param owner who announced it
     * @param until when the wait ends at the latest
     * @param then who gets the shard if it is not back by then, as things stand; empty if nobody can take it
     */
    public record Kept(ShardKey shard, Incarnation owner, Instant until, Optional<Incarnation> then) {}

    /** Shards of an agent, and what they weigh together. */
    public record Load(int shardsBefore, int shardsAfter, double before, double after) {}

    public WhatIf {
        moves = List.copyOf(moves);
        unplaced = List.copyOf(unplaced);
        lost = List.copyOf(lost);
        kept = List.copyOf(kept);
    }

    /**
     * These agents die at once, all of their sessions, and a master that has seen their last heartbeats finds them gone when
     * their leases are over. Of several it is assumed that their sessions end together: where one ends seconds before another,
     * its shards are given out first, and may end up elsewhere.
     */
    public static WhatIf lose(Snapshot snapshot, Set<String> ids) {
        List<AgentFacts> all = Moves.agents(snapshot);
        List<AgentFacts> left = all.stream()
                .filter(agent -> !ids.contains(agent.incarnation().agentId()))
                .toList();
        List<AgentFacts> lost =
                all.stream().filter(agent -> !left.contains(agent)).toList();
        List<JobSpec> specs = Moves.specs(snapshot, Map.of());
        Course course = new Course(snapshot, specs, left, snapshot.table());
        return course.end(snapshot.table(), all, lost);
    }

    /** These agents join, one session each. */
    public static WhatIf add(Snapshot snapshot, List<AgentFacts> joining) {
        List<AgentFacts> all = new ArrayList<>(Moves.agents(snapshot));
        all.addAll(joining);
        Course course = new Course(snapshot, Moves.specs(snapshot, Map.of()), all, snapshot.table());
        return course.end(snapshot.table(), all, List.of());
    }

    /** These definitions come into force, by the names of their jobs. */
    public static WhatIf apply(Snapshot snapshot, Map<String, JobDefinition> changed) {
        List<AgentFacts> all = Moves.agents(snapshot);
        AssignmentTable table = Moves.withoutOld(snapshot, changed);
        Course course = new Course(snapshot, Moves.specs(snapshot, changed), all, table);
        return course.end(snapshot.table(), all, List.of());
    }

    /** The plan, made again and again from what it left. */
    private static final class Course {
        private final Snapshot snapshot;
        private final List<JobSpec> specs;
        private final List<AgentFacts> live;
        private AssignmentTable table;
        private List<Unplaced> unplaced = List.of();
        /** One that no row has. */
        private final long term;

        private long step;

        Course(Snapshot snapshot, List<JobSpec> specs, List<AgentFacts> live, AssignmentTable table) {
            this.snapshot = snapshot;
            this.specs = specs;
            this.live = live;
            this.table = table;
            long[] latest = {0};
            table.forEach(
                    (shard, row) -> latest[0] = Math.max(latest[0], row.since().term()));
            this.term = latest[0] + 1;
        }

        /**
         * Until nothing changes any more.
         *
         * @param replaceable whose leases are over
         */
        private void run(Collection<Incarnation> replaceable) {
            Set<Release> released = new TreeSet<>();
            Set<Release> ended = new TreeSet<>();
            Set<Incarnation> gone = new HashSet<>(replaceable);
            for (int quiet = 0; quiet < 2 && step < MOST_STEPS; ) {
                Plan plan = Plan.of(PlanInput.of(specs, live, table)
                        .withReplaceable(gone)
                        .withReleased(released, ended)
                        .withRestarting(snapshot.restarting(), snapshot.now()));
                unplaced = plan.unplaced();
                quiet = plan.isEmpty() ? quiet + 1 : 0;
                if (!plan.isEmpty()) {
                    table = plan.apply(table, Generation.of(term, ++step)).table();
                }
                release(released, ended);
            }
        }

        /** Whoever is alive and asked to let go has done so. */
        private void release(Set<Release> released, Set<Release> ended) {
            released.clear();
            ended.clear();
            Set<Incarnation> there = new HashSet<>();
            live.forEach(agent -> there.add(agent.incarnation()));
            Map<LayoutKey, Boolean> present = new HashMap<>();
            specs.forEach(spec -> present.put(spec.key(), spec.active()));
            table.forEach((shard, row) -> {
                if (!row.next().equals(Successor.NONE) && there.contains(row.owner())) {
                    Release release = new Release(shard, row.since());
                    released.add(release);
                    if (!present.getOrDefault(shard.of(), false)) {
                        ended.add(release);
                    }
                }
            });
        }

        WhatIf end(AssignmentTable before, List<AgentFacts> all, List<AgentFacts> lost) {
            Set<Incarnation> gone = new TreeSet<>(table.dictionary());
            live.forEach(agent -> gone.remove(agent.incarnation()));
            run(gone);
            Map<ShardKey, Tenancy> then = rows(before);
            Map<ShardKey, Tenancy> now = rows(table);
            List<Kept> kept = kept(gone);
            Set<ShardKey> waiting = kept.stream().map(Kept::shard).collect(Collectors.toSet());
            now.entrySet().removeIf(row -> gone.contains(row.getValue().owner()) && !waiting.contains(row.getKey()));
            Set<ShardKey> shards = new TreeSet<>(then.keySet());
            shards.addAll(now.keySet());
            List<Move> moves = new ArrayList<>();
            for (ShardKey shard : shards) {
                Optional<Incarnation> from =
                        Optional.ofNullable(then.get(shard)).map(Tenancy::owner);
                Optional<Incarnation> to = Optional.ofNullable(now.get(shard)).map(Tenancy::owner);
                if (!from.equals(to)) {
                    moves.add(new Move(shard, from, to));
                }
            }
            List<Unplaced> nobody = unplaced.stream()
                    .filter(one -> !waiting.contains(one.shard()))
                    .toList();
            return new WhatIf(moves, loads(all, then, now), nobody, lost, kept);
        }

        /** What the end leaves to owners that come back, and what becomes of it if they do not. */
        private List<Kept> kept(Set<Incarnation> gone) {
            Map<LayoutKey, JobSpec> byLayout = new HashMap<>();
            specs.forEach(spec -> byLayout.put(spec.key(), spec));
            SortedMap<ShardKey, Tenancy> waiting = new TreeMap<>();
            table.forEach((shard, row) -> {
                JobSpec spec = byLayout.get(shard.of());
                if (spec != null && spec.active() && until(spec, row).isPresent()) {
                    waiting.put(shard, row);
                }
            });
            if (waiting.isEmpty()) {
                return List.of();
            }
            Set<Incarnation> absent = new TreeSet<>(gone);
            waiting.values().forEach(row -> absent.add(row.owner()));
            List<AgentFacts> others = live.stream()
                    .filter(agent -> !absent.contains(agent.incarnation()))
                    .toList();
            Map<ShardKey, Incarnation> heirs = new HashMap<>();
            Plan.of(PlanInput.of(specs, others, table).withReplaceable(absent))
                    .changes()
                    .forEach(change -> {
                        if (change instanceof Change.Grant grant) {
                            heirs.put(change.shard(), grant.to());
                        }
                    });
            List<Kept> kept = new ArrayList<>();
            waiting.forEach((shard, row) -> kept.add(new Kept(
                    shard,
                    row.owner(),
                    until(java.util.Objects.requireNonNull(byLayout.get(shard.of())), row)
                            .orElseThrow(),
                    Optional.ofNullable(heirs.get(shard)))));
            return kept;
        }

        private Optional<Instant> until(JobSpec spec, Tenancy row) {
            return Optional.ofNullable(snapshot.restarting().get(row.owner()))
                    .map(since -> since.plus(spec.rejoinGrace()))
                    .filter(end -> !spec.rejoinGrace().isZero() && end.isAfter(snapshot.now()));
        }

        private SortedMap<String, Load> loads(
                List<AgentFacts> all, Map<ShardKey, Tenancy> then, Map<ShardKey, Tenancy> now) {
            Map<LayoutKey, Double> weights = new HashMap<>();
            specs.forEach(spec -> weights.put(spec.key(), spec.weight()));
            SortedMap<String, Load> loads = new TreeMap<>();
            Set<String> ids = new TreeSet<>();
            all.stream()
                    .filter(agent -> !agent.standby())
                    .forEach(agent -> ids.add(agent.incarnation().agentId()));
            then.values().forEach(row -> ids.add(row.owner().agentId()));
            for (String id : ids) {
                double[] weight = new double[2];
                int[] count = new int[2];
                add(id, then, weights, count, weight, 0);
                add(id, now, weights, count, weight, 1);
                loads.put(id, new Load(count[0], count[1], weight[0], weight[1]));
            }
            return loads;
        }

        private static void add(
                String id,
                Map<ShardKey, Tenancy> rows,
                Map<LayoutKey, Double> weights,
                int[] count,
                double[] weight,
                int at) {
            rows.forEach((shard, row) -> {
                if (row.owner().agentId().equals(id)) {
                    count[at]++;
                    weight[at] += weights.getOrDefault(shard.of(), 1.0);
                }
            });
        }

        private static Map<ShardKey, Tenancy> rows(AssignmentTable table) {
            Map<ShardKey, Tenancy> rows = new TreeMap<>();
            table.forEach(rows::put);
            return rows;
        }
    }
}
