package dev.belfry.agent.client;

import dev.belfry.core.ownership.AssignmentTable;
import java.util.List;

/**
 * The assignment table as it was read.
 *
 * @param table the rows of all buckets that could be read
 * @param problems one sentence for each bucket that could not: which, why, and what to do
 */
public record TableState(AssignmentTable table, List<String> problems) {

    public TableState {
        problems = List.copyOf(problems);
    }
}
