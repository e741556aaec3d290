package dev.belfry.core.dispatch;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What runs, counted against the limits. */
final class Usage {
    private final Map<String, Integer> pools = new HashMap<>();
    private int running;

    void started(Running task) {
        running++;
        task.pools.forEach(pool -> pools.merge(pool, 1, Integer::sum));
    }

    void ended(Running task) {
        running--;
        task.pools.forEach(pool -> pools.merge(pool, -1, (a, b) -> a + b == 0 ? null : a + b));
    }

    int running() {
        return running;
    }

    int taken(String pool) {
        return pools.getOrDefault(pool, 0);
    }

    /** The first limit that keeps a task of the job from starting, or null. */
    @Nullable
    Waiting limit(JobLine job, Rules rules, long now) {
        if (job.terms.paused()) {
            return new Waiting.Paused();
        }
        Integer concurrency = job.terms.queueing().concurrency();
        if (concurrency != null && job.running.size() >= concurrency) {
            return new Waiting.JobLimit(job.running.size(), concurrency);
        }
        for (String pool : job.terms.queueing().pools()) {
            Integer slots = rules.pools().get(pool);
            if (slots == null) {
                return new Waiting.PoolMissing(pool);
            }
            if (taken(pool) >= slots) {
                return new Waiting.PoolLimit(pool, taken(pool), slots);
            }
        }
        if (running >= rules.mostRunning()) {
            return new Waiting.NamespaceLimit(running, rules.mostRunning());
        }
        if (job.bucket != null && job.bucket.starts(now) < 1) {
            return new Waiting.RateLimit(job.bucket.rate, Instant.ofEpochMilli(job.bucket.next(now)));
        }
        return null;
    }

    /** How many more tasks of the job all limits allow to start now, if nothing else starts. */
    int allowed(JobLine job, Rules rules, long now) {
        if (limit(job, rules, now) != null) {
            return 0;
        }
        int allowed = rules.mostRunning() - running;
        Integer concurrency = job.terms.queueing().concurrency();
        allowed = concurrency == null ? allowed : Math.min(allowed, concurrency - job.running.size());
        for (String pool : job.terms.queueing().pools()) {
            allowed = Math.min(allowed, rules.pools().getOrDefault(pool, 0) - taken(pool));
        }
        return job.bucket == null ? allowed : Math.min(allowed, job.bucket.starts(now));
    }
}
