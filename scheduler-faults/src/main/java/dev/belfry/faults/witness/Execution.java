package dev.belfry.faults.witness;

/**
 * One attempt, as the handler saw it. Not thread-safe.
 *
 * <p>The product's records play no part in it.
 */
public final class Execution {

    /** How it ended. */
    public enum End {
        /** It did not, or its process ended first. */
        NONE,
        OK,
        CANCELLED
    }

    /**
     * Which attempt.
     *
     * @param shard number of the shard; the agent id for a broadcast job
     * @param due instant of the fire in milliseconds of the epoch
     */
    public record Key(String job, String shard, long due, long token) {}

    private final Life life;
    private final Key key;
    private final long start;
    private final boolean leased;
    private final int firstStep;
    private int lastStep;
    private long end = Long.MAX_VALUE;
    private End how = End.NONE;

    /**
     * @param leased whether the lease held when user code began
     * @param firstStep of the checkpoint that it was given; 0 without one
     */
    public Execution(Life life, Key key, long start, boolean leased, int firstStep) {
        this.life = life;
        this.key = key;
        this.start = start;
        this.leased = leased;
        this.firstStep = firstStep;
        this.lastStep = firstStep;
    }

    public void stepped(int step) {
        lastStep = step;
    }

    public void ended(long nanos, End howEnded) {
        end = nanos;
        how = howEnded;
    }

    public Life life() {
        return life;
    }

    public Key key() {
        return key;
    }

    /** By the machine's monotonic clock. */
    public long start() {
        return start;
    }

    public boolean leased() {
        return leased;
    }

    public int firstStep() {
        return firstStep;
    }

    public int lastStep() {
        return lastStep;
    }

    public End how() {
        return how;
    }

    /** When it had ended for certain: by itself or with its process; {@link Long#MAX_VALUE} if it goes on. */
    public long end() {
        return Math.min(end, life.end());
    }

    @Override
    public String toString() {
        return key.job() + "/" + key.shard() + " due " + java.time.Instant.ofEpochMilli(key.due()) + " token "
                + key.token() + " on " + life.agent() + " (" + how + ")";
    }
}
