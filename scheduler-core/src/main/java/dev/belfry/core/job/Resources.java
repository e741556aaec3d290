package dev.belfry.core.job;

/**
 * What one attempt takes of an agent's capacity.
 *
 * @param slots attempts that it counts for, 1 to 1,000
 * @param cpu processors, from 0; only for queued jobs
 * @param memory bytes, from 0; only for queued jobs
 */
public record Resources(int slots, double cpu, long memory) {

    /** One slot and nothing else. */
    public static final Resources ONE_SLOT = new Resources(1, 0, 0);

    public Resources {
        if (slots < 1 || !(cpu >= 0) || Double.isInfinite(cpu) || memory < 0) {
            throw new IllegalArgumentException(
                    "impossible resources: slots " + slots + ", cpu " + cpu + ", memory " + memory);
        }
    }
}
