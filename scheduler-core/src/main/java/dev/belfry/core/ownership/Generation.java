package dev.belfry.core.ownership;

/**
 * The number of a version of the assignment table: term × 2^20 + n, where n is counted by the master of that term. It
 * is never issued twice, and later ones are larger.
 *
 * @param value at least 0
 */
public record Generation(long value) implements Comparable<Generation> {
    /** How many generations a master may issue before it has to write a new term. */
    public static final long PER_TERM = 1L << 20;

    private static final long LAST_TERM = Long.MAX_VALUE >>> 20;

    /** Throws {@link IllegalArgumentException} for a negative value. */
    public Generation {
        if (value < 0) {
            throw new IllegalArgumentException("a generation is not negative: " + value);
        }
    }

    /**
     * The n-th generation of a term.
     *
     * @param term 0 to 2^43 - 1
     * @param n 0 to 2^20 - 1
     */
    public static Generation of(long term, long n) {
        if (term < 0 || term > LAST_TERM) {
            throw new IllegalArgumentException("term must be 0 to " + LAST_TERM + ": " + term);
        }
        if (n < 0 || n >= PER_TERM) {
            throw new IllegalArgumentException(
                    "n must be 0 to " + (PER_TERM - 1) + ": " + n + "; the master has to write a new term");
        }
        return new Generation(term * PER_TERM + n);
    }

    /** The term of the master that issued it. */
    public long term() {
        return value / PER_TERM;
    }

    /** Its number within the term. */
    public long n() {
        return value % PER_TERM;
    }

    @Override
    public int compareTo(Generation other) {
        return Long.compare(value, other.value);
    }

    @Override
    public String toString() {
        return term() + "." + n();
    }
}
