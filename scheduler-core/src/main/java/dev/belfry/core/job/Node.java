package dev.belfry.core.job;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A value of a parsed text together with where it stands. */
sealed interface Node {

    Position at();

    /** How an error names this kind of value: "text", "a number", "a list" and so on. */
    String kind();

    /** A plain tree of maps, lists, texts, numbers and booleans as nodes that stand nowhere. */
    static Node of(Object tree) {
        if (tree instanceof Map<?, ?> map) {
            List<Entry> entries = new ArrayList<>();
            map.forEach((key, value) -> entries.add(new Entry(key.toString(), Position.NONE, of(value))));
            return new Mapping(Position.NONE, entries);
        }
        if (tree instanceof List<?> list) {
            return new Sequence(Position.NONE, list.stream().map(Node::of).toList());
        }
        Type type = tree instanceof Number ? Type.NUMBER : tree instanceof Boolean ? Type.BOOLEAN : Type.TEXT;
        return new Scalar(Position.NONE, type, tree.toString(), -1);
    }

    /** What a scalar was written as. */
    enum Type {
        TEXT("text"),
        NUMBER("a number"),
        BOOLEAN("true or false"),
        NULL("no value");

        private final String words;

        Type(String words) {
            this.words = words;
        }
    }

    /**
     * A single value, as it was written.
     *
     * @param at where it begins, at its opening quote if it has one
     * @param text its characters, without quotes and with escapes resolved
     * @param offset columns between {@code at} and its first character, or -1 if characters of {@code text} do not map to
     *     columns one to one, because of escapes or line breaks
     */
    record Scalar(Position at, Type type, String text, int offset) implements Node {

        /** Where the character at {@code index} of the text stands, or where the value begins if that is not known. */
        Position atCharacter(int index) {
            return offset < 0 || index < 0 ? at : at.right(offset + Math.min(index, text.length()));
        }

        @Override
        public String kind() {
            return type.words;
        }
    }

    /** A list of values. */
    record Sequence(Position at, List<Node> items) implements Node {

        public Sequence {
            items = List.copyOf(items);
        }

        @Override
        public String kind() {
            return "a list";
        }
    }

    /** Keys with their values, in the order of the text; a key occurs once. */
    record Mapping(Position at, List<Entry> entries) implements Node {

        public Mapping {
            entries = List.copyOf(entries);
        }

        @Nullable
        Node get(String key) {
            for (Entry entry : entries) {
                if (entry.key().equals(key)) {
                    return entry.value();
                }
            }
            return null;
        }

        @Override
        public String kind() {
            return "a mapping";
        }
    }

    /** One key of a mapping, where the key stands, and its value. */
    record Entry(String key, Position at, Node value) {}
}
