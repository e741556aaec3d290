package dev.belfry.core.assign;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * The shards of balanced jobs that could be moved, by the agent that has them. Jobs that the same agents may have, of
 * the same weight and without spread or group, form one kind: what one of them may do all may, so that a search looks
 * at kinds and not at a thousand jobs. Heavier kinds come first, since they restore balance with fewer moves.
 */
final class MovableShards {
    private final List<List<Kind>> byAgent = new ArrayList<>();

    MovableShards(List<JobView> jobs, int agents) {
        List<Map<KindKey, Kind>> kinds = new ArrayList<>();
        for (int agent = 0; agent < agents; agent++) {
            kinds.add(new HashMap<>());
            byAgent.add(new ArrayList<>());
        }
        int[] seen = new int[agents];
        Arrays.fill(seen, -1);
        for (int i = 0; i < jobs.size(); i++) {
            JobView job = jobs.get(i);
            if (job.spec.strategy() == Strategy.BALANCED && !job.heldBack) {
                add(job, i, seen, kinds);
            }
        }
        byAgent.forEach(list ->
                list.sort(Comparator.comparingLong((Kind kind) -> kind.weight).reversed()));
    }

    private void add(JobView job, int number, int[] seen, List<Map<KindKey, Kind>> kinds) {
        KindKey key = new KindKey(job.candidates, job.weight, job.hasRules() ? number : -1);
        Map<Integer, Source> here = new HashMap<>();
        for (int shard = job.rows.length() - 1; shard >= 0; shard--) {
            int agent = job.settledOn(shard);
            if (agent >= 0 && seen[agent] != number) {
                seen[agent] = number;
                Kind kind = kinds.get(agent).get(key);
                if (kind == null) {
                    kind = new Kind(job.weight);
                    kinds.get(agent).put(key, kind);
                    byAgent.get(agent).add(kind);
                }
                Source source = new Source(job, agent, kind.all.size());
                kind.all.add(source);
                here.put(agent, source);
            }
            Source source = agent < 0 ? null : here.get(agent);
            if (source != null) {
                source.add(shard);
            }
        }
    }

    /** A shard that one agent has and another may take; null when there is none. */
    @Nullable
    Found find(int giver, int taker) {
        for (Kind kind : byAgent.get(giver)) {
            Found found = kind.find(giver, taker);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    /** A shard to move. */
    record Found(JobView job, int shard) {}

    private record KindKey(Candidates candidates, long weight, int onlyJob) {}

    /**
     * Shards of one kind on one agent. What came last goes first: after an agent has ended and begun anew it gets back what the
     * others were given of it meanwhile, and not shards that have nothing to do with it. Of those that came together the jobs
     * take turns.
     */
    private static final class Kind {
        private static final Comparator<Source> LAST_COME_FIRST = Comparator.comparingLong(
                        (Source source) -> source.latest)
                .reversed()
                .thenComparingInt(source -> source.taken)
                .thenComparingInt(source -> source.order);

        private final long weight;
        private final List<Source> all = new ArrayList<>();
        private @Nullable PriorityQueue<Source> sources;

        Kind(long weight) {
            this.weight = weight;
        }

        @Nullable
        Found find(int giver, int taker) {
            PriorityQueue<Source> left = left();
            for (Source source = left.peek(); source != null; source = left.peek()) {
                if (!source.job.admits(taker, giver)) {
                    return null;
                }
                left.remove();
                int shard = source.take();
                if (source.latest > Source.NOTHING) {
                    left.add(source);
                }
                if (shard >= 0) {
                    return new Found(source.job, shard);
                }
            }
            return null;
        }

        private PriorityQueue<Source> left() {
            if (sources == null) {
                sources = new PriorityQueue<>(Math.max(1, all.size()), LAST_COME_FIRST);
                sources.addAll(all);
            }
            return sources;
        }
    }

    /** The shards of one job that an agent has when the plan begins. */
    private static final class Source {
        /** Less than any generation. */
        private static final long NOTHING = Long.MIN_VALUE;

        private final JobView job;
        private final int agent;
        private final int order;
        private int taken;
        /** The generation of the shard that is next; {@link #NOTHING} if none is left. */
        private long latest = NOTHING;

        /** Its first {@link #count} elements, in descending order. */
        private int[] shards = new int[4];

        private int count;
        /** Those of them that are still there, by generation, the last first; made when the first is taken. */
        private @Nullable Deque<Integer> left;

        Source(JobView job, int agent, int order) {
            this.job = job;
            this.agent = agent;
            this.order = order;
        }

        void add(int shard) {
            latest = Math.max(latest, job.rows.since(shard));
            if (count == shards.length) {
                shards = Arrays.copyOf(shards, 2 * count);
            }
            shards[count++] = shard;
        }

        /** The next shard that is still there, -1 if none is. */
        int take() {
            taken++;
            Deque<Integer> those = left();
            int found = -1;
            while (found < 0 && !those.isEmpty()) {
                int shard = those.remove();
                found = job.settledOn(shard) == agent ? shard : -1;
            }
            latest = those.isEmpty() ? NOTHING : job.rows.since(those.element());
            return found;
        }

        private Deque<Integer> left() {
            if (left == null) {
                List<Integer> here = new ArrayList<>();
                for (int i = 0; i < count; i++) {
                    if (job.settledOn(shards[i]) == agent) {
                        here.add(shards[i]);
                    }
                }
                here.sort(Comparator.comparingLong((Integer shard) -> job.rows.since(shard))
                        .reversed());
                left = new ArrayDeque<>(here);
            }
            return left;
        }
    }
}
