package dev.belfry.core.dispatch;

import dev.belfry.core.job.BackupAfter;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;

/**
 * How long the last tasks of a job took: up to 63 of them, a byte each. A duration is kept as the nearest power of 1.1
 * milliseconds, so what is read back is within 5 % and half a millisecond of a value that was measured; those above a year count
 * as about 417 days. Immutable.
 */
public final class MeasuredDurations {
    /** Nothing measured. */
    public static final MeasuredDurations NONE = new MeasuredDurations(new byte[0]);

    /** The most that are remembered. */
    public static final int MOST = 63;

    /** From so many on, a share of them says something. */
    public static final int ENOUGH_FOR_SHARES = 20;

    /** From so many on, they count instead of what the job declares. */
    public static final int ENOUGH_FOR_MEDIAN = 5;

    private static final double STEP = 1.1;
    /** What passes between a dispatch and the beginning of the attempt, and between its end and the master's hearing of it, at most. */
    private static final Duration MARGIN = Duration.ofSeconds(1);

    private static final int CODES = 256;

    /** The oldest first. */
    private final byte[] codes;

    private MeasuredDurations(byte[] codes) {
        this.codes = codes;
    }

    /** The same with one more; the oldest is forgotten when there are too many. */
    public MeasuredDurations with(Duration took) {
        int keep = Math.min(codes.length, MOST - 1);
        byte[] next = Arrays.copyOfRange(codes, codes.length - keep, codes.length + 1);
        next[keep] = (byte) code(took.toMillis());
        return new MeasuredDurations(next);
    }

    private static int code(long millis) {
        double log = StrictMath.log((double) Math.max(1, millis)) / StrictMath.log(STEP);
        return (int) Math.min(CODES - 1, Math.round(log));
    }

    /** How many are remembered. */
    public int count() {
        return codes.length;
    }

    /** The median: of an even number the lower of the two in the middle; empty if nothing is measured. */
    public Optional<Duration> median() {
        return quantile(50);
    }

    /**
     * The smallest duration that at least this share did not exceed; empty if nothing is measured.
     *
     * @param percent 1 to 100
     */
    public Optional<Duration> quantile(int percent) {
        if (percent < 1 || percent > 100) {
            throw new IllegalArgumentException("not from 1 to 100 percent: " + percent);
        }
        if (codes.length == 0) {
            return Optional.empty();
        }
        int[] sorted = new int[codes.length];
        for (int i = 0; i < codes.length; i++) {
            sorted[i] = codes[i] & 0xFF;
        }
        Arrays.sort(sorted);
        int rank = (percent * sorted.length + 99) / 100;
        return Optional.of(Duration.ofMillis(Math.round(StrictMath.pow(STEP, sorted[rank - 1]))));
    }

    /**
     * After which time from its dispatch an attempt is slow; empty while a share of too few would be asked for. What dispatching and
     * reporting take is in no duration, and what is read back may be too small: a share is generous by a second and by a step, so that
     * not every attempt at a short task is slow.
     */
    public Optional<Duration> backupAfter(BackupAfter rule) {
        if (rule instanceof BackupAfter.Share share) {
            return codes.length < ENOUGH_FOR_SHARES
                    ? Optional.empty()
                    : quantile(share.percent())
                            .map(measured -> Duration.ofMillis(Math.round(measured.toMillis() * STEP)))
                            .map(measured -> measured.plus(MARGIN));
        }
        return Optional.of(((BackupAfter.Fixed) rule).time());
    }

    /** The stored form: a byte for each, the oldest first. */
    public byte[] encode() {
        return codes.clone();
    }

    /** Reads a stored form; of one that is too long only the end. Any bytes are a stored form. */
    public static MeasuredDurations decode(byte[] stored) {
        return new MeasuredDurations(Arrays.copyOfRange(stored, Math.max(0, stored.length - MOST), stored.length));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof MeasuredDurations that && Arrays.equals(codes, that.codes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(codes);
    }

    @Override
    public String toString() {
        return count() + " measured, median " + median().map(Duration::toString).orElse("unknown");
    }
}
