package dev.belfry.agent.exec;

/**
 * How much user code an agent runs at once.
 *
 * @param slots attempts side by side, at least 1; one that asks for more slots than there are takes all of them
 * @param waiting attempts that may wait for a free slot, at least 1; beyond that an attempt fails at once
 * @param abandoned attempts that may go on unheeded beside the others, at least 0: each of them keeps its thread, and
 *     another thread takes its place. Beyond that an abandoned attempt keeps its slots too
 */
public record PoolLimits(int slots, int waiting, int abandoned) {

    /** Throws {@link IllegalArgumentException} when a number is below its least. */
    public PoolLimits {
        if (slots < 1 || waiting < 1 || abandoned < 0) {
            throw new IllegalArgumentException("impossible limits for user code: slots=" + slots + " waiting=" + waiting
                    + " abandoned=" + abandoned + "; slots and waiting are at least 1, abandoned at least 0");
        }
    }

    /** So many slots; 100,000 attempts may wait, and as many be abandoned as there are slots. */
    public static PoolLimits of(int slots) {
        return new PoolLimits(slots, 100_000, slots);
    }
}
