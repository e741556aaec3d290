package dev.belfry.history.export;

import java.time.Duration;
import java.util.Optional;

/**
 * How the journal is exported.
 *
 * @param name of this exporter, for people: a host and a process id, say
 * @param period between two looks at the journal; 1 s unless set
 * @param batch rows of one transaction, 1 to 20,000, give or take those of one entry; 1,000 unless set
 * @param keep how long exported entries stay in ZooKeeper after they were written; ten minutes unless set
 * @param retention how long events are kept in the database; empty for good
 */
public record ExportSettings(String name, Duration period, int batch, Duration keep, Optional<Duration> retention) {
    private static final int MOST_ROWS = 20_000;

    /** @throws IllegalArgumentException if a value is out of its range */
    public ExportSettings {
        if (period.isNegative() || period.isZero()) {
            throw new IllegalArgumentException("the period of an export must be positive: " + period);
        }
        if (batch < 1 || batch > MOST_ROWS) {
            throw new IllegalArgumentException("a batch has 1 to 20,000 rows, not " + batch);
        }
        if (keep.isNegative()) {
            throw new IllegalArgumentException("entries cannot be kept for less than no time: " + keep);
        }
        if (retention.filter(age -> age.isNegative() || age.isZero()).isPresent()) {
            throw new IllegalArgumentException("a retention must be positive: " + retention);
        }
    }

    /** The usual values. */
    public static ExportSettings named(String name) {
        return new ExportSettings(name, Duration.ofSeconds(1), 1_000, Duration.ofMinutes(10), Optional.empty());
    }

    /** With another pause between two looks at the journal. */
    public ExportSettings period(Duration pause) {
        return new ExportSettings(name, pause, batch, keep, retention);
    }

    /** With transactions of another size. */
    public ExportSettings batch(int rows) {
        return new ExportSettings(name, period, rows, keep, retention);
    }

    /** With another time for which exported entries stay in ZooKeeper. */
    public ExportSettings keep(Duration time) {
        return new ExportSettings(name, period, batch, time, retention);
    }

    /** With events removed from the database when they are older than this. */
    public ExportSettings retention(Duration age) {
        return new ExportSettings(name, period, batch, keep, Optional.of(age));
    }
}
