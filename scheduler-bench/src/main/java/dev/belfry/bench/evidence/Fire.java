package dev.belfry.bench.evidence;

/**
 * One start of one shard of one job, as its handler noted it.
 *
 * @param start microseconds since 1970
 * @param due the instant for which it was scheduled, microseconds since 1970
 */
public record Fire(long start, long due, int job, int shard) {

    /** How late it started; negative if it was early. Microseconds. */
    public long late() {
        return start - due;
    }

    /** What it was a fire of: a second note of the same is a duplicate. */
    public Key key() {
        return new Key(due, job, shard);
    }

    /**
     * What a fire is a fire of.
     *
     * @param due microseconds since 1970
     */
    public record Key(long due, int job, int shard) {}
}
