package dev.belfry.testkit.campaign;

/** Seeds from {@code first} to {@code last}, both included. */
public record SeedRange(long first, long last) {

    public SeedRange {
        if (last < first) {
            throw new IllegalArgumentException("a range ends no earlier than it begins: " + first + " to " + last);
        }
    }

    /** {@code count} seeds, at least one, from {@code first} on. */
    public static SeedRange of(long first, long count) {
        return new SeedRange(first, first + count - 1);
    }

    public long count() {
        return last - first + 1;
    }

    boolean contains(SeedRange other) {
        return first <= other.first && other.last <= last;
    }

    @Override
    public String toString() {
        return first + " to " + last;
    }
}
