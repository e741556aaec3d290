package dev.belfry.core.agent;

/**
 * What an agent can run at once.
 *
 * @param slots attempts side by side, at least 0
 * @param cpu processors, at least 0; fractions allowed
 * @param memory bytes, at least 0
 */
public record Capacity(int slots, double cpu, long memory) {
    /** Throws {@link IllegalArgumentException} for a negative or non-finite value. */
    public Capacity {
        if (slots < 0 || memory < 0 || !(cpu >= 0) || Double.isInfinite(cpu)) {
            throw new IllegalArgumentException(
                    "capacity must be finite and not negative: slots=" + slots + " cpu=" + cpu + " memory=" + memory);
        }
    }
}
