package dev.belfry.agent.client;

import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.journal.JournalCounts;
import dev.belfry.core.journal.TableEntry;
import dev.belfry.core.record.Paths;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The journal as it was read.
 *
 * @param fires lines of the agents' journals, by writer and then in the order in which they were written
 * @param counts what is left of entries that had to make room, by writer; only writers that have any
 * @param table entries of the masters' journal, by term and generation
 * @param writers all that have a journal, the masters' left out
 * @param problems entries that cannot be read, one sentence each
 */
public record Journal(
        List<Line> fires,
        Map<String, JournalCounts> counts,
        List<TableEntry> table,
        Set<String> writers,
        List<String> problems) {

    /**
     * One line.
     *
     * @param writer whose journal it is in: an incarnation's, or the queue's of a term
     * @param order rises with every line of a writer
     */
    public record Line(String writer, long order, FireEntry entry) {

        /** Who made the attempt that the line is about; empty for a line of the queue that is about none. */
        public String incarnation() {
            return entry.incarnation().isEmpty() && !Paths.isQueueJournal(writer) ? writer : entry.incarnation();
        }
    }

    public Journal {
        fires = List.copyOf(fires);
        counts = Map.copyOf(counts);
        table = List.copyOf(table);
        writers = Set.copyOf(writers);
        problems = List.copyOf(problems);
    }
}
