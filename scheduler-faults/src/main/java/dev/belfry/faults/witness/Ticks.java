package dev.belfry.faults.witness;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.LongPredicate;

/** The fires of one job with a fixed interval, as its handlers noted them: what is missing, and how late the others were. */
public final class Ticks {
    private final long interval;
    private final int shards;
    /** When the first attempt of each fire began, in nanoseconds of the epoch; by shard and then by instant. */
    private final Map<Integer, NavigableMap<Long, Long>> begun = new HashMap<>();

    private long twice;

    /**
     * @param executions attempts of any jobs
     * @param zero what the monotonic clock showed, or would have shown, at the epoch, in nanoseconds
     */
    public Ticks(List<Execution> executions, String job, int shards, Duration interval, long zero) {
        this.interval = interval.toMillis();
        this.shards = shards;
        for (Execution execution : executions) {
            Execution.Key key = execution.key();
            if (key.job().equals(job) && execution.how() == Execution.End.OK) {
                NavigableMap<Long, Long> fires =
                        begun.computeIfAbsent(Integer.parseInt(key.shard()), shard -> new TreeMap<>());
                twice += fires.containsKey(key.due()) ? 1 : 0;
                fires.merge(key.due(), execution.start() - zero, Math::min);
            }
        }
    }

    /** The fires of [{@code from}, {@code until}) that no attempt has run to its end, as many as {@code most}, in words. */
    public List<String> missing(long from, long until, int most) {
        List<String> missing = new ArrayList<>();
        for (int shard = 0; shard < shards; shard++) {
            NavigableMap<Long, Long> fires = begun.getOrDefault(shard, new TreeMap<>());
            Long any = fires.isEmpty() ? null : fires.firstKey();
            if (any == null) {
                missing.add("shard " + shard + " has never run");
                continue;
            }
            long first = any + Math.floorDiv(from - any + interval - 1, interval) * interval;
            for (long due = first; due < until && missing.size() < most; due += interval) {
                if (!fires.containsKey(due)) {
                    missing.add("shard " + shard + " due " + Instant.ofEpochMilli(due) + " has not run");
                }
            }
        }
        return missing;
    }

    /** How late each fire began whose instant, in milliseconds of the epoch, is {@code wanted}. */
    public Spread lateness(LongPredicate wanted) {
        List<Long> nanos = new ArrayList<>();
        begun.values()
                .forEach(fires -> fires.forEach((due, at) -> {
                    if (wanted.test(due)) {
                        nanos.add(at - due * 1_000_000);
                    }
                }));
        return new Spread(nanos);
    }

    /** Attempts that ran to their end though an earlier one of the same fire had. */
    public long twice() {
        return twice;
    }
}
