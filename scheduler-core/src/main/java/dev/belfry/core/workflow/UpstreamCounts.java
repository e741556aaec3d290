package dev.belfry.core.workflow;

import java.util.Collection;

/**
 * How many direct upstreams of a job are in which state.
 *
 * @param total all of them
 */
public record UpstreamCounts(int total, int succeeded, int skipped, int failed, int upstreamFailed) {

    public UpstreamCounts {
        if (succeeded < 0 || skipped < 0 || failed < 0 || upstreamFailed < 0) {
            throw new IllegalArgumentException("a negative count");
        }
        if (succeeded + skipped + failed + upstreamFailed > total) {
            throw new IllegalArgumentException("more settled upstreams than there are: " + total);
        }
    }

    /** Counts states. */
    public static UpstreamCounts of(Collection<UpstreamState> states) {
        int[] count = new int[UpstreamState.values().length];
        states.forEach(state -> count[state.ordinal()]++);
        return new UpstreamCounts(
                states.size(),
                count[UpstreamState.SUCCEEDED.ordinal()],
                count[UpstreamState.SKIPPED.ordinal()],
                count[UpstreamState.FAILED.ordinal()],
                count[UpstreamState.UPSTREAM_FAILED.ordinal()]);
    }

    /** Those that have settled, in whatever way. */
    public int done() {
        return succeeded + skipped + failed + upstreamFailed;
    }

    /** Those that failed, or did not run because of a failure. */
    public int bad() {
        return failed + upstreamFailed;
    }
}
