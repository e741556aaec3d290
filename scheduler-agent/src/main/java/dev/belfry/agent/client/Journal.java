package dev.belfry.agent.client;

import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.journal.JournalCounts;
import dev.belfry.core.journal.TableEntry;
import java.util.List;
import java.util.Map;

/**
 * The journal as it was read.
 *
 * @param fires lines of the agents' journals, by writer and then in the order in which they were written
 * @param counts what is left of entries that had to make room, by writer; only writers that have any
 * @param table entries of the masters' journal, by term and generation
 * @param problems entries that cannot be read, one sentence each
 */
public record Journal(
        List<Line> fires, Map<String, JournalCounts> counts, List<TableEntry> table, List<String> problems) {

    /**
     * One line.
     *
     * @param writer the incarnation that wrote it
     * @param order rises with every line of a writer
     */
    public record Line(String writer, long order, FireEntry entry) {}

    public Journal {
        fires = List.copyOf(fires);
        counts = Map.copyOf(counts);
        table = List.copyOf(table);
        problems = List.copyOf(problems);
    }
}
