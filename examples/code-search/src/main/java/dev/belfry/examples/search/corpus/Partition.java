package dev.belfry.examples.search.corpus;

/** Which of a number of parts a key belongs to: the same on every machine and in every release. */
public final class Partition {
    private Partition() {}

    /**
     * The part of a key, from 0 to {@code parts} - 1.
     *
     * @param parts the number of parts, at least 1
     */
    public static int of(String key, int parts) {
        // String.hashCode is fixed by its specification; the multiplication spreads keys that differ at their end only.
        int spread = key.hashCode() * 0x9E3779B9;
        return Math.floorMod(spread ^ (spread >>> 15), parts);
    }
}
