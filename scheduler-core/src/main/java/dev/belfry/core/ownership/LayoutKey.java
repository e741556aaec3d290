package dev.belfry.core.ownership;

import java.util.Comparator;

/**
 * One layout of one job: a change of the number of shards, or of what they stand for, is a new layout.
 *
 * @param jobUid 1 to 200 characters {@code [A-Za-z0-9._~@-]}, unique for ever, also over deletion and re-creation
 * @param layout at least 0, rising
 */
public record LayoutKey(String jobUid, int layout) implements Comparable<LayoutKey> {
    private static final int LONGEST_UID = 200;
    private static final Comparator<LayoutKey> ORDER =
            Comparator.comparing(LayoutKey::jobUid).thenComparingInt(LayoutKey::layout);

    /** Throws {@link IllegalArgumentException} for a uid or layout outside the ranges above. */
    public LayoutKey {
        if (!isUid(jobUid)) {
            throw new IllegalArgumentException(
                    "not a job uid: '" + jobUid + "'; expected [A-Za-z0-9._~@-]{1," + LONGEST_UID + "}");
        }
        if (layout < 0) {
            throw new IllegalArgumentException("job " + jobUid + ": layout is not negative: " + layout);
        }
    }

    /** By hand, since keys are made wherever a table is looked at. */
    private static boolean isUid(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean alphanumeric = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (!alphanumeric && "._~@-".indexOf(c) < 0) {
                return false;
            }
        }
        return !text.isEmpty() && text.length() <= LONGEST_UID;
    }

    /** One shard of this layout. */
    public ShardKey shard(int index) {
        return new ShardKey(this, index);
    }

    @Override
    public int compareTo(LayoutKey other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return jobUid + "/" + layout;
    }
}
