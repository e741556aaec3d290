package dev.belfry.bench.evidence;

/**
 * One start of one shard of one job, as its handler noted it. Instants are microseconds since 1970.
 *
 * @param due the instant for which it was scheduled
 * @param token fencing token; 0 of a scheduler that has none
 * @param cancelled when the code was first told to stop, by a signal or an interrupt; 0 if it was not, or takes no time
 * @param ended when the code returned; 0 if it has not, or takes no time
 */
public record Fire(long start, long due, int job, int shard, long token, long cancelled, long ended) {

    /** Of code that takes no time, from a scheduler without tokens. */
    public Fire(long start, long due, int job, int shard) {
        this(start, due, job, shard, 0, 0, 0);
    }

    /** How late it started; negative if it was early. Microseconds. */
    public long late() {
        return start - due;
    }

    /** What it was a fire of: a second note of the same is a duplicate. */
    public Key key() {
        return new Key(due, job, shard);
    }

    /** Whose fire it was. */
    public Shard of() {
        return new Shard(job, shard);
    }

    /**
     * What a fire is a fire of.
     *
     * @param due microseconds since 1970
     */
    public record Key(long due, int job, int shard) {

        /** Whose fire it is. */
        public Shard of() {
            return new Shard(job, shard);
        }
    }

    /** One shard of one job. */
    public record Shard(int job, int shard) {}
}
