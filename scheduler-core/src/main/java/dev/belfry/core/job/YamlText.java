package dev.belfry.core.job;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Writes plain trees as YAML: blocks for mappings and lists, quotes wherever text might be taken for something else. */
final class YamlText {

    private static final Pattern PLAIN = Pattern.compile("[A-Za-z][A-Za-z0-9_./-]*( [A-Za-z0-9_./-]+)*");
    private static final Pattern PLAIN_KEY = Pattern.compile("[A-Za-z][A-Za-z0-9_./-]*");
    private static final Set<String> WORDS = Set.of("true", "false", "null", "yes", "no", "on", "off", "y", "n");

    private final StringBuilder out = new StringBuilder();

    private YamlText() {}

    static String of(Map<?, ?> tree) {
        YamlText text = new YamlText();
        text.mapping(tree, 0, true);
        return text.out.toString();
    }

    /** Writes the entries; the first goes on the current line if that is a list's item. */
    private void mapping(Map<?, ?> map, int depth, boolean atLineStart) {
        boolean first = true;
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            if (!first || atLineStart) {
                out.append("  ".repeat(depth));
            }
            first = false;
            String key = entry.getKey().toString();
            out.append(isPlain(key, PLAIN_KEY) ? key : JsonText.quote(key)).append(':');
            value(entry.getValue(), depth);
        }
    }

    private void value(Object value, int depth) {
        if (value instanceof Map<?, ?> map && !map.isEmpty()) {
            out.append('\n');
            mapping(map, depth + 1, true);
        } else if (value instanceof List<?> list && !list.isEmpty()) {
            out.append('\n');
            for (Object item : list) {
                out.append("  ".repeat(depth + 1)).append('-');
                if (item instanceof Map<?, ?> map && !map.isEmpty()) {
                    out.append(' ');
                    mapping(map, depth + 2, false);
                } else {
                    value(item, depth + 1);
                }
            }
        } else {
            out.append(' ').append(scalar(value)).append('\n');
        }
    }

    private static String scalar(Object value) {
        if (value instanceof String text) {
            return isPlain(text, PLAIN) ? text : JsonText.quote(text);
        }
        return value instanceof Map ? "{}" : value instanceof List ? "[]" : value.toString();
    }

    private static boolean isPlain(String text, Pattern pattern) {
        return pattern.matcher(text).matches() && !WORDS.contains(text.toLowerCase(Locale.ROOT));
    }
}
