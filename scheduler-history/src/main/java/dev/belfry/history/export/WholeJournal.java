package dev.belfry.history.export;

import dev.belfry.agent.client.Journal;
import dev.belfry.history.FireQuery;
import dev.belfry.history.HistoryStore;
import dev.belfry.store.StoreConnection;
import java.time.Instant;
import java.util.List;

/**
 * The journal as the history and ZooKeeper have it together: each line once, whether it was exported or not. It is what a proof
 * goes by when there is a database.
 *
 * @param journal with counts of what is listed in neither
 * @param altered where the two contradict each other, or something has left the journal that is not counted there: one sentence
 *     each. Neither agents nor exporters bring that about
 */
public record WholeJournal(Journal journal, List<String> altered) {
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
        return new Looks(connection, store, query, tableFrom)
                .read(
                        Merging::merge,
                        WholeJournal::altered,
                        (read, always) -> new WholeJournal(read.journal(), always));
    }
}
