package dev.belfry.core.job;

import java.util.Comparator;
import java.util.Objects;

/**
 * One thing that is wrong in a definition, where it stands and what would be right.
 *
 * @param file the name of the file as given, or empty for a job declared in code
 * @param line the line, from 1; 0 for a job declared in code
 * @param column the column, from 1, in UTF-16 units; 0 for a job declared in code
 * @param path the place within the definitions, such as {@code jobs[0].trigger.cron}; empty for the file as a whole
 * @param message what is wrong, in one sentence without a full stop
 * @param expected what would be right, or empty where the message says it
 * @param hint a suggestion, such as {@code did you mean skip?}, or empty
 */
public record DefinitionError(
        String file, int line, int column, String path, String message, String expected, String hint) {

    /** By line, then column, then path: the order in which a reader of the file meets them. */
    static final Comparator<DefinitionError> BY_POSITION = Comparator.comparingInt(DefinitionError::line)
            .thenComparingInt(DefinitionError::column)
            .thenComparing(DefinitionError::path)
            .thenComparing(DefinitionError::message);

    public DefinitionError {
        Objects.requireNonNull(file, "file");
        Objects.requireNonNull(path, "path");
        Objects.requireNonNull(message, "message");
        Objects.requireNonNull(expected, "expected");
        Objects.requireNonNull(hint, "hint");
    }

    /**
     * The error on one line, for a person or an editor that jumps to it: {@code file:line:column: path: message (expected
     * ...; did you mean ...?)}, without the parts that are not known.
     */
    public String render() {
        StringBuilder line = new StringBuilder();
        if (this.line > 0) {
            line.append(file)
                    .append(':')
                    .append(this.line)
                    .append(':')
                    .append(column)
                    .append(": ");
        }
        if (!path.isEmpty()) {
            line.append(path).append(": ");
        }
        line.append(message);
        String separator = expected.isEmpty() || hint.isEmpty() ? "" : "; ";
        String remark = (expected.isEmpty() ? "" : "expected " + expected) + separator + hint;
        return remark.isEmpty()
                ? line.toString()
                : line.append(" (").append(remark).append(')').toString();
    }

    @Override
    public String toString() {
        return render();
    }
}
