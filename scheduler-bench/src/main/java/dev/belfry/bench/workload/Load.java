package dev.belfry.bench.workload;

import java.time.Duration;

/**
 * What is asked of a scheduler.
 *
 * @param shards of each job
 * @param period between two fires of a job, in whole seconds; zero for jobs that do not fire
 * @param spread whether the jobs are due evenly over the period and not all at its beginning
 * @param body for how long the job code runs
 */
public record Load(int agents, int jobs, int shards, Duration period, boolean spread, Duration body) {

    public Load {
        if (agents < 1 || jobs < 1 || shards < 1 || period.isNegative() || body.isNegative()) {
            throw new IllegalArgumentException("impossible load: " + agents + " agents, " + jobs + " jobs");
        }
    }

    /** Every-second jobs whose code returns at once, all due at the same instant. */
    static Load everySecond(int agents, int jobs, int shards) {
        return new Load(agents, jobs, shards, Duration.ofSeconds(1), false, Duration.ZERO);
    }

    /** Jobs that do not fire. */
    static Load idle(int agents, int jobs, int shards) {
        return new Load(agents, jobs, shards, Duration.ZERO, false, Duration.ZERO);
    }

    Load spreadOut() {
        return new Load(agents, jobs, shards, period, true, body);
    }

    Load lasting(Duration time) {
        return new Load(agents, jobs, shards, period, spread, time);
    }

    Load every(Duration time) {
        return new Load(agents, jobs, shards, time, spread, body);
    }

    /** Fires that are due in a time that is a multiple of the period. */
    long fires(Duration time) {
        return period.isZero() ? 0 : (long) jobs * shards * (time.toSeconds() / period.toSeconds());
    }
}
