package dev.belfry.faults.witness;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One process of an agent, from its start to its end. Not thread-safe.
 *
 * <p>What it knew of its lease is a series of samples.
 */
public final class Life {
    private final String agent;
    private final Path file;
    /** Pairs: when, and until when the lease held as far as was known then; both by the monotonic clock. */
    private final List<long[]> leases = new ArrayList<>();

    private long end = Long.MAX_VALUE;

    public Life(String agent, Path file) {
        this.agent = agent;
        this.file = file;
    }

    public String agent() {
        return agent;
    }

    /** Its evidence. */
    public Path file() {
        return file;
    }

    /** It is gone since {@code nanos}, or before; the earliest that is known counts. */
    public void ended(long nanos) {
        end = Math.min(end, nanos);
    }

    /** Until when it can have done anything, by the monotonic clock; {@link Long#MAX_VALUE} while it runs. */
    public long end() {
        return end;
    }

    /** At {@code nanos} so much of its lease was left. */
    public void lease(long nanos, long remaining) {
        leases.add(new long[] {nanos, remaining == 0 ? nanos : nanos + remaining});
    }

    /** Whether, by what it had noted before, its lease held at {@code nanos}. */
    public boolean leaseHeld(long nanos) {
        long[] last = null;
        for (long[] sample : leases) {
            if (sample[0] <= nanos) {
                last = sample;
            }
        }
        return last != null && last[1] > nanos;
    }
}
