package dev.belfry.core.job;

import dev.belfry.core.schedule.Durations;
import java.time.Duration;

/** When a running attempt is so slow that a second one is started beside it on another agent. */
public sealed interface BackupAfter {

    /**
     * When it takes longer than this share of the measured durations.
     *
     * @param percent from 50 to 99
     */
    record Share(int percent) implements BackupAfter {
        public Share {
            if (percent < 50 || percent > 99) {
                throw new IllegalArgumentException("not from 50 to 99 percent: " + percent);
            }
        }

        @Override
        public String toString() {
            return percent + "%";
        }
    }

    /**
     * When it takes longer than this.
     *
     * @param time positive
     */
    record Fixed(Duration time) implements BackupAfter {
        public Fixed {
            if (time.isNegative() || time.isZero()) {
                throw new IllegalArgumentException("the time is not positive: " + time);
            }
        }

        @Override
        public String toString() {
            return Durations.format(time);
        }
    }
}
