package dev.belfry.agent.client;

import dev.belfry.core.ownership.AssignmentTable;
import java.util.List;
import java.util.Map;

/**
 * The assignment table as it was read.
 *
 * @param table the rows of all buckets that could be read
 * @param emptied buckets that were written and name nobody, each with the zxid of its last write: of these nothing is granted
 *     before every agent that lives has reported that version, since rows of it may have been lost
 * @param problems one sentence for each bucket that could not: which, why, and what to do
 */
public record TableState(AssignmentTable table, Map<Integer, Long> emptied, List<String> problems) {

    public TableState {
        emptied = Map.copyOf(emptied);
        problems = List.copyOf(problems);
    }
}
