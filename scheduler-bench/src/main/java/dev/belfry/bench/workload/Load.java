package dev.belfry.bench.workload;

import dev.belfry.bench.evidence.Fire;
import dev.belfry.bench.evidence.FireLog;
import dev.belfry.bench.store.ZooKeeperStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What is asked of a scheduler.
 *
 * @param agents that run jobs
 * @param shards of each job
 * @param period between two fires of a job, in whole seconds; zero for jobs that do not fire
 * @param spread whether the jobs are due evenly over the period and not all at its beginning
 * @param body for how long the job code runs
 * @param losses how agents that are lost are noticed
 */
public record Load(int agents, int jobs, int shards, Duration period, boolean spread, Duration body, Losses losses) {

    public Load {
        if (agents < 1 || jobs < 1 || shards < 1 || period.isNegative() || body.isNegative()) {
            throw new IllegalArgumentException("impossible load: " + agents + " agents, " + jobs + " jobs");
        }
    }

    /**
     * How agents that are lost are noticed.
     *
     * @param session time-out of every agent; zero for each scheduler's default, where no agent is to be lost
     * @param tick of the ZooKeeper server
     * @param standbys agents without jobs, started first, so that one of them is master
     */
    record Losses(Duration session, Duration tick, int standbys) {
        static final Losses NONE = new Losses(Duration.ZERO, ZooKeeperStore.TICK, 0);

        /** The least session time-out that survives a restart of the server. */
        static final Losses USUAL = new Losses(Duration.ofSeconds(6), ZooKeeperStore.TICK, 0);

        Losses with(int number) {
            return new Losses(session, tick, number);
        }

        /** For how long an owner that is lost is still reckoned with after its last heartbeat: 1.1 L. */
        Duration lease() {
            return session.multipliedBy(22).dividedBy(30);
        }
    }

    /** Every-second jobs whose code returns at once, all due at the same instant. */
    static Load everySecond(int agents, int jobs, int shards) {
        return new Load(agents, jobs, shards, Duration.ofSeconds(1), false, Duration.ZERO, Losses.NONE);
    }

    /** Jobs that do not fire. */
    static Load idle(int agents, int jobs, int shards) {
        return everySecond(agents, jobs, shards).every(Duration.ZERO);
    }

    Load spreadOut() {
        return new Load(agents, jobs, shards, period, true, body, losses);
    }

    Load lasting(Duration time) {
        return new Load(agents, jobs, shards, period, spread, time, losses);
    }

    Load every(Duration time) {
        return new Load(agents, jobs, shards, time, spread, body, losses);
    }

    Load losing(Losses how) {
        return new Load(agents, jobs, shards, period, spread, body, how);
    }

    /** The same work for a scheduler without shards: a job for each of them. */
    Load unsharded() {
        return new Load(agents, jobs * shards, 1, period, spread, body, losses);
    }

    /** Fires that are due in a time that is a multiple of the period. */
    long fires(Duration time) {
        return period.isZero() ? 0 : (long) jobs * shards * (time.toSeconds() / period.toSeconds());
    }

    /** The first instant after {@code instant} that is a multiple of the period. */
    Instant next(Instant instant) {
        return Instant.ofEpochSecond((instant.getEpochSecond() / period.toSeconds() + 1) * period.toSeconds());
    }

    /** Everything that is due from {@code from} until before {@code to}, both multiples of the period. */
    List<Fire.Key> due(Instant from, Instant to) {
        List<Fire.Key> due = new ArrayList<>();
        for (Instant at = from; at.isBefore(to); at = at.plus(period)) {
            for (int job = 0; job < jobs; job++) {
                Duration offset = spread ? period.multipliedBy(job).dividedBy(jobs) : Duration.ZERO;
                for (int shard = 0; shard < shards; shard++) {
                    due.add(new Fire.Key(FireLog.micros(at.plus(offset)), job, shard));
                }
            }
        }
        return due;
    }
}
