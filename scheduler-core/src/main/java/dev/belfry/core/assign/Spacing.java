package dev.belfry.core.assign;

/** How many shards of one job each spread value has, owners and successors together, each shard once per value. */
final class Spacing {
    private final Cluster.SpreadValues values;
    private final int[] shards;
    private final int most;

    Spacing(Cluster.SpreadValues values, Candidates candidates, int shards) {
        this.values = values;
        this.shards = new int[values.count()];
        int among = Math.max(1, values.among(candidates));
        this.most = (shards + among - 1) / among;
    }

    /** An empty one under the same rule. */
    private Spacing(Spacing like) {
        values = like.values;
        shards = new int[like.shards.length];
        most = like.most;
    }

    Spacing emptied() {
        return new Spacing(this);
    }

    /** Counts a shard at an agent, unless it already counts there by way of {@code also} (-1 for none). */
    void place(int agent, int also) {
        if (also < 0 || values.of(agent) != values.of(also)) {
            shards[values.of(agent)]++;
        }
    }

    boolean admits(int agent, int from) {
        int value = values.of(agent);
        return (from >= 0 && values.of(from) == value) || shards[value] < most;
    }

    /** How many shards the agent's value has too many. */
    int excess(int agent) {
        return shards[values.of(agent)] - most;
    }

    int valueOf(int agent) {
        return values.of(agent);
    }

    int valueCount() {
        return shards.length;
    }
}
