package dev.belfry.core.job;

import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A single value, parsed from its text. */
final class ScalarShape<V> implements Shape<V> {

    /** From text to value. */
    @FunctionalInterface
    interface Parser<V> {
        V parse(String text) throws Refused;
    }

    private final String words;
    private final Set<Node.Type> accepted;
    private final Map<String, Object> schema;
    private final Parser<V> parser;
    private final Function<V, Object> writer;

    ScalarShape(
            String words,
            Set<Node.Type> accepted,
            Map<String, Object> schema,
            Parser<V> parser,
            Function<V, Object> writer) {
        this.words = words;
        this.accepted = EnumSet.copyOf(accepted);
        this.schema = schema;
        this.parser = parser;
        this.writer = writer;
    }

    @Override
    public @Nullable V read(Node node, String path, Reading reading) {
        if (!(node instanceof Node.Scalar scalar) || !accepted.contains(scalar.type())) {
            refuse(node, path, reading);
            return null;
        }
        try {
            return parser.parse(scalar.text());
        } catch (Refused e) {
            Complaint complaint = e.complaint();
            reading.report(
                    e.index() > 0 ? scalar.atCharacter(e.index()) : scalar.at(),
                    path,
                    complaint.expected().isEmpty() ? complaint.expecting(words) : complaint);
            return null;
        }
    }

    private void refuse(Node node, String path, Reading reading) {
        if (node instanceof Node.Scalar scalar && scalar.type() != Node.Type.NULL && isRightInQuotes(scalar.text())) {
            reading.report(
                    node.at(),
                    path,
                    Complaint.of("is " + node.kind())
                            .expecting(words)
                            .hinting("write it in quotes if it is meant as text"));
        } else {
            Shape.refuseKind(node, path, reading, words);
        }
    }

    private boolean isRightInQuotes(String text) {
        if (!accepted.contains(Node.Type.TEXT)) {
            return false;
        }
        try {
            parser.parse(text);
            return true;
        } catch (Refused e) {
            return false;
        }
    }

    @Override
    public Object write(V value, boolean defaults) {
        return writer.apply(value);
    }

    @Override
    public String words() {
        return words;
    }

    @Override
    public Map<String, Object> schema(SchemaParts parts) {
        return schema;
    }
}
