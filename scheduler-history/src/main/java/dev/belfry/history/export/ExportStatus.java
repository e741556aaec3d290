package dev.belfry.history.export;

import java.time.Instant;
import java.util.List;

/**
 * How an export goes.
 *
 * @param state what the exporter does
 * @param rows written since it was started
 * @param counted fires that were found to be counted, not listed, since it was started
 * @param caughtUp when it last had exported all that there was; {@link Instant#EPOCH} if never. What the journal has that the
 *     history has not is at most as old as that
 * @param trouble what is in the way, in words; empty if nothing is
 * @param unreadable entries of the journal that cannot be exported, one sentence each, at most a hundred
 */
public record ExportStatus(
        State state, long rows, long counted, Instant caughtUp, String trouble, List<String> unreadable) {

    public ExportStatus {
        unreadable = List.copyOf(unreadable);
    }

    /** What an exporter does. */
    public enum State {
        /** Has not reached ZooKeeper yet. */
        STARTING,
        /** Another exporter works for the namespace; this one takes over when it ends. */
        STANDBY,
        EXPORTING,
        /** Something is in the way; it is tried again and again. */
        TROUBLED,
        CLOSED
    }
}
