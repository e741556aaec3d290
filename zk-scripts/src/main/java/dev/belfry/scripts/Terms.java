package dev.belfry.scripts;

import dev.belfry.core.ownership.AssignmentVector;
import dev.belfry.core.ownership.Epoch;
import dev.belfry.core.ownership.Generation;
import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.core.record.Paths;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The greatest term, and the longest session time-out, that the znodes of a namespace tell of. Not thread-safe. */
final class Terms {
    /** What a restore adds: more masters than ever follow each other between a backup and a restore. */
    static final long RAISE = 1L << 16;

    /** A token is {@code (term × 2^20 + n) × 2^20 + attempt}, and not negative. */
    private static final int TERM_SHIFT = 40;

    static final long GREATEST = Long.MAX_VALUE >>> TERM_SHIFT;

    /** What a session lasts at most where the servers have a tick of two seconds. */
    private static final Duration USUAL = Duration.ofSeconds(40);

    private static final Pattern JOURNALED = Pattern.compile(Pattern.quote(Paths.MASTER_JOURNAL) + "/([tg])([0-9]+).*");

    private OptionalLong greatest = OptionalLong.empty();
    private Duration longestTimeout = Duration.ZERO;

    /** The term in a fencing token. */
    static long ofToken(long token) {
        return token >>> TERM_SHIFT;
    }

    void see(String path, byte[] data) {
        Matcher journaled = JOURNALED.matcher(path);
        if (path.equals(Paths.EPOCH)) {
            epoch(data);
        } else if (journaled.matches()) {
            long number = Long.parseLong(journaled.group(2));
            see(journaled.group(1).equals("t") ? number : new Generation(number).term());
        } else if (path.equals(Paths.ASSIGNMENTS) && data.length > 0) {
            vector(data);
        }
    }

    private void epoch(byte[] data) {
        try {
            Epoch epoch = Epoch.decode(Paths.EPOCH, data);
            see(epoch.term());
            timeout(epoch.longestTimeout());
        } catch (CorruptRecordException e) {
            timeout(USUAL);
        }
    }

    private void vector(byte[] data) {
        try {
            AssignmentVector vector = AssignmentVector.decode(data);
            for (int bucket = 0; bucket < Paths.BUCKETS; bucket++) {
                see(vector.generation(bucket).term());
            }
        } catch (CorruptRecordException e) {
            // The epoch and the journal say the same; this one only adds to them.
            return;
        }
    }

    void see(long term) {
        greatest = OptionalLong.of(Math.max(term, greatest.orElse(0)));
    }

    private void timeout(Duration timeout) {
        if (timeout.compareTo(longestTimeout) > 0) {
            longestTimeout = timeout;
        }
    }

    /** Empty if nothing that was seen tells of one. */
    OptionalLong greatest() {
        return greatest;
    }

    /** The longest that any agent's session has had. */
    Duration longestTimeout() {
        return longestTimeout;
    }

    /**
     * The epoch to begin with: above every term that was seen.
     *
     * @throws Trouble if none was seen, or there is no room above
     */
    Epoch raised() {
        long from = greatest.orElseThrow(() -> new Trouble(
                Trouble.FINDINGS,
                "nothing tells which terms have been in force; give the greatest fencing token that was ever handed out"
                        + " with --above-token"));
        if (from + RAISE >= GREATEST) {
            throw new Trouble(
                    Trouble.FINDINGS,
                    "no room is left above term " + from
                            + ": tokens would overflow. Restore into another namespace, and"
                            + " have what remembers tokens of this one forget them");
        }
        return new Epoch(from + RAISE, "", longestTimeout);
    }
}
