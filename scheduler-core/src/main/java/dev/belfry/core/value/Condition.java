package dev.belfry.core.value;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Objects;
import java.util.Optional;

/**
 * A condition on the output of an upstream job.
 *
 * @param upstream the name of the job
 * @param path the place within its output
 * @param is what the value there is compared with
 */
public record Condition(String upstream, Pointer path, Comparison is) {

    private static final int SHOWN = 40;

    public Condition {
        Objects.requireNonNull(upstream, "upstream");
        Objects.requireNonNull(path, "path");
        Objects.requireNonNull(is, "is");
    }

    /**
     * What came of it.
     *
     * @param holds whether the condition holds
     * @param text that in words, without a full stop
     */
    public record Answer(boolean holds, String text) {}

    /** Looks at an output; empty for a job that has settled without one. */
    public Answer on(Optional<Output> output) {
        Optional<JsonNode> found = output.flatMap(some -> path.in(some.value()));
        boolean holds = is.holds(found.orElse(null));
        String value = found.map(node -> "is " + shortened(node.toString()))
                .orElse(output.isEmpty() ? "has no output" : "is not there");
        String place = path.tokens().isEmpty() ? "the output of " + upstream : path + " of " + upstream;
        String subject = output.isEmpty() ? upstream : place;
        return new Answer(
                holds, subject + " " + value + ", which " + (holds ? "meets" : "does not meet") + " \"" + is + "\"");
    }

    private static String shortened(String text) {
        return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "...";
    }

    /** The condition in one line: {@code tokenise/count > 0}. */
    @Override
    public String toString() {
        return upstream + path + " " + is;
    }
}
