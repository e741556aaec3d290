package dev.belfry.history.export;

import dev.belfry.agent.client.Journal;
import dev.belfry.history.FireQuery;
import dev.belfry.history.HistoryStore;
import dev.belfry.history.JournalMark;
import dev.belfry.store.StoreConnection;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The journal as the history and ZooKeeper have it together: each line once, whether it was exported or not. It is what a proof
 * goes by when there is a database.
 *
 * @param journal with counts of what is listed in neither
 * @param altered where the two contradict each other, or something has left the journal that is not counted there: one sentence
 *     each. Neither agents nor exporters bring that about
 */
public record WholeJournal(Journal journal, List<String> altered) {
    /** A contradiction that is not there each time was a change while it was read. */
    private static final int LOOKS = 3;

    public WholeJournal {
        altered = List.copyOf(altered);
    }

    /**
     * Reads everything about fires due in [{@code from}, {@code to}).
     *
     * @param connection stays open
     * @throws dev.belfry.history.HistoryException if the database does not answer
     * @throws IllegalStateException if ZooKeeper does not
     */
    public static WholeJournal read(StoreConnection connection, HistoryStore store, Instant from, Instant to) {
        return read(connection, store, FireQuery.between(from, to), from);
    }

    /**
     * Reads everything about the fires that are asked for; a limit is not regarded.
     *
     * @param connection stays open
     * @param query a job is to be named by its uid
     * @param tableFrom versions of the table, and changes of master, from here on
     * @throws dev.belfry.history.HistoryException if the database does not answer
     * @throws IllegalStateException if ZooKeeper does not
     */
    public static WholeJournal read(
            StoreConnection connection, HistoryStore store, FireQuery query, Instant tableFrom) {
        try (JournalAccess access = new JournalAccess(connection, "belfry-whole-journal")) {
            List<String> always = List.of();
            WholeJournal read = null;
            for (int look = 0; look < LOOKS; look++) {
                Map<String, JournalMark> before = store.marks();
                read = new Merging(JournalImage.read(access), before, store, query, tableFrom).merge();
                List<String> altered = new ArrayList<>(read.altered());
                if (look > 0) {
                    altered.retainAll(always);
                }
                always = altered;
                if (always.isEmpty()) {
                    break;
                }
            }
            return new WholeJournal(java.util.Objects.requireNonNull(read).journal(), always);
        } catch (AwayException e) {
            throw new IllegalStateException("the journal cannot be read: " + e.getMessage(), e);
        }
    }
}
