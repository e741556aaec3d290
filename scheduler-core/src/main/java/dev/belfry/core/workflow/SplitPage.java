package dev.belfry.core.workflow;

import dev.belfry.core.run.Outcome;
import dev.belfry.core.value.Output;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Consecutive sub-tasks of a split run.
 *
 * @param number of the page; its first sub-task has the number {@code number * ROWS}
 * @param rows at most {@link #ROWS}; only the last page has fewer
 */
public record SplitPage(int number, List<Row> rows) {

    /** So many that a page takes at most 64 KiB, whatever the names and outputs. */
    public static final int ROWS = 32;

    /** The longest output of a sub-task, in bytes as a JSON text within a JSON text. */
    public static final int LONGEST_OUTPUT = 1_500;

    public SplitPage {
        rows = List.copyOf(rows);
        if (number < 0 || rows.isEmpty() || rows.size() > ROWS) {
            throw new IllegalArgumentException("page " + number + " has " + rows.size() + " rows");
        }
    }

    /**
     * One sub-task.
     *
     * @param name what the splitting code calls it
     * @param digest of its parameters, to tell whether it is submitted again as it was
     * @param outcome once it is final
     * @param output what it handed on, if it succeeded and did
     */
    public record Row(String name, int digest, Optional<Outcome> outcome, Optional<Output> output) {

        public Row {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(outcome, "outcome");
            Objects.requireNonNull(output, "output");
        }

        static Row of(SubTask task) {
            return new Row(task.name(), digest(task), Optional.empty(), Optional.empty());
        }

        static int digest(SubTask task) {
            return task.parameters().toString().hashCode();
        }
    }

    /** Whether an output is small enough for a page. */
    public static boolean fits(Output output) {
        int bytes = 2;
        String json = output.json();
        for (int i = 0; i < json.length() && bytes <= LONGEST_OUTPUT; i++) {
            char c = json.charAt(i);
            boolean escaped = c == '"' || c == '\\';
            bytes += escaped ? 2 : c < 0x80 ? 1 : 3;
        }
        return bytes <= LONGEST_OUTPUT;
    }

    SplitPage with(int at, Row row) {
        List<Row> changed = new ArrayList<>(rows);
        changed.set(at, row);
        return new SplitPage(number, changed);
    }
}
