package dev.belfry.core.job;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A value of a parsed text together with where it stands. */
sealed interface Node {

    Position at();

    /** How an error names this kind of value: "text", "a number", "a list" and so on. */
    String kind();

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

        static Scalar text(String text) {
            return new Scalar(Position.NONE, Type.TEXT, text, -1);
        }

        static Scalar number(Number number) {
            return new Scalar(Position.NONE, Type.NUMBER, number.toString(), -1);
        }

        static Scalar bool(boolean value) {
            return new Scalar(Position.NONE, Type.BOOLEAN, Boolean.toString(value), -1);
        }

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

        Sequence {
            items = List.copyOf(items);
        }

        @Override
        public String kind() {
            return "a list";
        }
    }

    /** Keys with their values, in the order of the text; a key occurs once. */
    record Mapping(Position at, List<Entry> entries) implements Node {

        Mapping {
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
