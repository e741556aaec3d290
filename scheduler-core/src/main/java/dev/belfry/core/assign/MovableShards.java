package dev.belfry.core.assign;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
                kind.sources.add(new Source(job, shard));
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

    private static final class Kind {
        private final long weight;
        private final Deque<Source> sources = new ArrayDeque<>();

        Kind(long weight) {
            this.weight = weight;
        }

        @Nullable
        Found find(int giver, int taker) {
            while (!sources.isEmpty()) {
                Source source = sources.removeFirst();
                if (!source.job.admits(taker, giver)) {
                    sources.addFirst(source);
                    return null;
                }
                int shard = source.nextOn(giver);
                if (shard >= 0) {
                    // To the end of the line, so that jobs take turns.
                    sources.addLast(source);
                    return new Found(source.job, shard);
                }
            }
            return null;
        }
    }

    private static final class Source {
        private final JobView job;
        private int at;

        Source(JobView job, int at) {
            this.job = job;
            this.at = at;
        }

        int nextOn(int agent) {
            while (at >= 0 && job.settledOn(at) != agent) {
                at--;
            }
            return at;
        }
    }
}
