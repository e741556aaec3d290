package dev.belfry.bench.workload;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.LockSupport;

/** Waits of the program that measures, which has nothing else to do. */
final class Pause {

    private Pause() {}

    static void until(Instant instant) {
        for (Duration left = Duration.between(Instant.now(), instant);
                left.compareTo(Duration.ZERO) > 0;
                left = Duration.between(Instant.now(), instant)) {
            LockSupport.parkNanos(left.toNanos());
        }
    }

    static void of(Duration duration) {
        until(Instant.now().plus(duration));
    }

    /** The beginning of the next second that is at least this far away. */
    static Instant fullSecond(Duration fromNow) {
        return Instant.ofEpochSecond(Instant.now().plus(fromNow).getEpochSecond() + 1);
    }
}
