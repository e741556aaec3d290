package dev.belfry.history;

import java.time.Instant;
import java.util.Optional;

/**
 * Which lines of agents' journals are wanted.
 *
 * @param job name or uid of the job; empty for all
 * @param shard number of the shard as text, or agent id; empty for all
 * @param from due, or the last of a range due, at or after this
 * @param to due before this
 * @param limit at most so many, the earliest
 */
public record FireQuery(Optional<String> job, Optional<String> shard, Instant from, Instant to, int limit) {

    public FireQuery {
        if (limit < 1) {
            throw new IllegalArgumentException("a query asks for at least one line, not " + limit);
        }
    }

    /** Everything due in [{@code from}, {@code to}). */
    public static FireQuery between(Instant from, Instant to) {
        return new FireQuery(Optional.empty(), Optional.empty(), from, to, Integer.MAX_VALUE);
    }

    /** Only this job, by name or uid. */
    public FireQuery job(String nameOrUid) {
        return new FireQuery(Optional.of(nameOrUid), shard, from, to, limit);
    }

    /** Only this shard. */
    public FireQuery shard(String one) {
        return new FireQuery(job, Optional.of(one), from, to, limit);
    }

    /** No more than so many. */
    public FireQuery limit(int most) {
        return new FireQuery(job, shard, from, to, most);
    }
}
