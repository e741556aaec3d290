package dev.belfry.history;

import java.util.List;

/**
 * What an audit of the hash chain has found.
 *
 * @param segments looked at
 * @param rows looked at
 * @param expired segments whose rows were removed by retention; their hashes were checked
 * @param head the end of the chain
 * @param findings what is not as it was written, in the order of the chain; no more than the first {@link #MOST_FINDINGS}
 */
public record AuditReport(long segments, long rows, long expired, Anchor head, List<String> findings) {

    public static final int MOST_FINDINGS = 100;

    /**
     * A point of the chain. Kept outside of the database, it shows whether the end of the chain was cut off or all of it was
     * written anew.
     *
     * @param segment 0 for the beginning
     * @param hash of that segment, 64 hex digits
     */
    public record Anchor(long segment, String hash) {

        /** @throws IllegalArgumentException if it is not of the form {@code 42:<64 hex digits>} */
        public static Anchor parse(String text) {
            if (!text.matches("[0-9]{1,18}:[0-9a-f]{64}")) {
                throw new IllegalArgumentException("not a point of the chain: '" + text
                        + "'; it is <segment>:<64 hex digits>, as an audit prints it");
            }
            int colon = text.indexOf(':');
            return new Anchor(Long.parseLong(text.substring(0, colon)), text.substring(colon + 1));
        }

        /** As {@link #parse} reads it. */
        @Override
        public String toString() {
            return segment + ":" + hash;
        }
    }

    public AuditReport {
        findings = List.copyOf(findings);
    }

    /** Whether everything is as it was written. */
    public boolean holds() {
        return findings.isEmpty();
    }
}
