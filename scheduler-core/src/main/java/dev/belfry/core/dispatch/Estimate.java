package dev.belfry.core.dispatch;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** When a task may be expected to start; {@link TaskQueue#explain} states the rule. */
final class Estimate {
    private final TaskQueue queue;
    private final Lane lane;
    private final long now;
    /** Milliseconds of slots that are to be worked off before it. */
    private double work;

    private double workOfJob;
    private final Map<String, Double> workOfPools = new HashMap<>();
    private boolean unknown;
    private long slotsAhead;

    Estimate(TaskQueue queue, Entry entry, long now) {
        this.queue = queue;
        this.lane = entry.lane;
        this.now = now;
    }

    /** A task of the same queue that comes before it. */
    void ahead(Entry entry) {
        JobLine job = entry.lane.job;
        slotsAhead += job.needs.slots();
        Optional<Duration> typical = job.typical();
        if (typical.isEmpty()) {
            unknown = true;
            return;
        }
        double millis = typical.get().toMillis();
        work += millis * job.needs.slots();
        underLimits(job, job.terms.queueing().pools(), millis);
    }

    private void underLimits(JobLine job, List<String> pools, double millis) {
        if (job == lane.job) {
            workOfJob += millis;
        }
        pools.forEach(pool -> workOfPools.merge(pool, millis, Double::sum));
    }

    Optional<Instant> start(Waiting reason) {
        if (reason instanceof Waiting.BackOff backOff) {
            return Optional.of(backOff.until());
        }
        if (reason instanceof Waiting.Delayed delayed) {
            return Optional.of(delayed.until());
        }
        if (reason instanceof Waiting.Paused || reason instanceof Waiting.PoolMissing) {
            return Optional.empty();
        }
        if (reason instanceof Waiting.Turn && slotsAhead + lane.job.needs.slots() <= freeSlots()) {
            return Optional.of(Instant.ofEpochMilli(now));
        }
        long slots = slots();
        running();
        if (slots == 0 || unknown) {
            return Optional.empty();
        }
        double wait = reason instanceof Waiting.RateLimit rate ? rate.next().toEpochMilli() - now : 0;
        wait = Math.max(wait, work / slots);
        Integer concurrency = lane.job.terms.queueing().concurrency();
        if (concurrency != null && reason instanceof Waiting.JobLimit) {
            wait = Math.max(wait, workOfJob / concurrency);
        }
        if (reason instanceof Waiting.PoolLimit pool) {
            if (pool.slots() == 0) {
                return Optional.empty();
            }
            wait = Math.max(wait, workOfPools.getOrDefault(pool.pool(), 0.0) / pool.slots());
        }
        return Optional.of(Instant.ofEpochMilli(now + Math.round(wait)));
    }

    private long freeSlots() {
        long slots = 0;
        for (AgentRoom agent : queue.room.all()) {
            slots += queue.room.couldRun(agent, lane, now) ? agent.free().slots() : 0;
        }
        return slots;
    }

    private long slots() {
        long slots = 0;
        for (AgentRoom agent : queue.room.all()) {
            slots += queue.room.couldRun(agent, lane, now) ? agent.whole().slots() : 0;
        }
        return slots;
    }

    private void running() {
        for (Running task : queue.running.values()) {
            boolean here = queue.room.couldRun(task.agent, lane, now);
            boolean limited = task.job == lane.job
                    || task.pools.stream().anyMatch(lane.job.terms.queueing().pools()::contains);
            if (!here && !limited) {
                continue;
            }
            if (task.job.typical().isEmpty()) {
                unknown = true;
                return;
            }
            double left = Reservations.expectedEnd(task, now) - now;
            work += here ? left * task.dispatch.needs().slots() : 0;
            underLimits(task.job, task.pools, left);
        }
    }
}
