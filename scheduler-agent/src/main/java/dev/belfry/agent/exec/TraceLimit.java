package dev.belfry.agent.exec;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/** Which failures are logged with their stack trace: of a job and a class of exception one a minute. Thread-safe. */
final class TraceLimit {
    private static final long PAUSE_NANOS = 60_000_000_000L;
    /** Beyond this the longest untraced are forgotten, and may be traced again sooner. */
    private static final int MOST_KINDS = 1_000;

    private record Kind(String jobUid, String exception) {}

    private final LongSupplier nanoTime;
    /** When each was traced last, the oldest first. */
    private final Map<Kind, Long> traced = new LinkedHashMap<>();

    TraceLimit(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Whether this one is to be traced; if so the next ones are not. */
    synchronized boolean mayTrace(String jobUid, Class<?> exception) {
        Kind kind = new Kind(jobUid, exception.getName());
        long now = nanoTime.getAsLong();
        Long last = traced.get(kind);
        if (last != null && now - last < PAUSE_NANOS) {
            return false;
        }
        traced.remove(kind);
        traced.put(kind, now);
        if (traced.size() > MOST_KINDS) {
            traced.remove(traced.keySet().iterator().next());
        }
        return true;
    }
}
