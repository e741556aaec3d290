package dev.belfry.core.dispatch;

import dev.belfry.core.job.StartRate;

/**
 * A token bucket in whole numbers: it gains {@code starts} a millisecond, a start takes as many as there are milliseconds in the
 * rate's time, and it holds what is gained in a second and a little less than one start beyond, so that nothing is lost to
 * decisions that come late by less than that.
 */
final class Bucket {
    final StartRate rate;
    private final long token;
    private final long most;
    private long level;
    private long filledAt;

    /** One that was empty at an instant. */
    Bucket(StartRate rate, long emptyAt) {
        this.rate = rate;
        this.token = rate.per().toMillis();
        this.most = 1000L * rate.starts() + token - 1;
        this.filledAt = emptyAt;
    }

    /** Fills it up to now; a clock that goes back fills nothing. */
    private void fill(long now) {
        if (now > filledAt) {
            long needed = (most - level + rate.starts() - 1) / rate.starts();
            level = now - filledAt >= needed ? most : level + (now - filledAt) * rate.starts();
            filledAt = now;
        }
    }

    /** How many may start now. */
    int starts(long now) {
        fill(now);
        return (int) (level / token);
    }

    /** When the next may start. */
    long next(long now) {
        fill(now);
        return level >= token ? now : filledAt + (token - level + rate.starts() - 1) / rate.starts();
    }

    /** Takes one; one that was started elsewhere may take it below nothing. */
    void take(long now) {
        fill(now);
        level -= token;
    }
}
