package dev.belfry.core.job;

import java.util.List;
import java.util.Map;

/** Writes plain trees as JSON, always in the same way. */
final class JsonText {

    private final StringBuilder out = new StringBuilder();
    private final boolean indented;

    private JsonText(boolean indented) {
        this.indented = indented;
    }

    /** On one line, without spaces. */
    static String compact(Object tree) {
        JsonText text = new JsonText(false);
        text.write(tree, 0);
        return text.out.toString();
    }

    /** On indented lines, with a line break at the end. */
    static String indented(Object tree) {
        JsonText text = new JsonText(true);
        text.write(tree, 0);
        return text.out.append('\n').toString();
    }

    private void write(Object tree, int depth) {
        if (tree instanceof Map<?, ?> map) {
            open('{');
            boolean first = true;
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                next(first, depth + 1);
                first = false;
                out.append(quote(String.valueOf(entry.getKey()))).append(indented ? ": " : ":");
                write(entry.getValue(), depth + 1);
            }
            close(first, '}', depth);
        } else if (tree instanceof List<?> list) {
            open('[');
            boolean first = true;
            for (Object item : list) {
                next(first, depth + 1);
                first = false;
                write(item, depth + 1);
            }
            close(first, ']', depth);
        } else {
            out.append(tree instanceof String string ? quote(string) : tree.toString());
        }
    }

    private void open(char bracket) {
        out.append(bracket);
    }

    private void next(boolean first, int depth) {
        if (!first) {
            out.append(',');
        }
        breakLine(depth);
    }

    private void close(boolean empty, char bracket, int depth) {
        if (!empty) {
            breakLine(depth);
        }
        out.append(bracket);
    }

    private void breakLine(int depth) {
        if (indented) {
            out.append('\n').append("  ".repeat(depth));
        }
    }

    /** Text in double quotes, readable as JSON and as YAML: whatever either might not take is escaped. */
    static String quote(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"', '\\' -> quoted.append('\\').append(c);
                case '\n' -> quoted.append("\\n");
                case '\t' -> quoted.append("\\t");
                case '\r' -> quoted.append("\\r");
                default -> {
                    if (c < ' ' || (c >= 0x7f && c <= 0x9f) || c == 0x2028 || c == 0x2029 || c >= 0xfdd0) {
                        quoted.append(String.format("\\u%04x", (int) c));
                    } else {
                        quoted.append(c);
                    }
                }
            }
        }
        return quoted.append('"').toString();
    }
}
