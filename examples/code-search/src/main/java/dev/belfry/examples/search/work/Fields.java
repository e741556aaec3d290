package dev.belfry.examples.search.work;

import java.util.List;

/** Lines of fields with a TAB between them, in which a field may hold any character. */
public final class Fields {
    private static final String SPECIAL = "\\\t\n\r";
    private static final String LETTERS = "\\tnr";

    private Fields() {}

    /** The line of the given fields, without a line end. */
    public static String join(Object... fields) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < fields.length; i++) {
            if (i > 0) {
                line.append('\t');
            }
            escape(String.valueOf(fields[i]), line);
        }
        return line.toString();
    }

    /**
     * The fields of a line.
     *
     * @param count how many there have to be
     * @throws IllegalArgumentException if there are fewer or more
     */
    public static List<String> split(String line, int count) {
        String[] fields = line.split("\t", -1);
        if (fields.length != count) {
            throw new IllegalArgumentException("expected " + count + " fields, found " + fields.length);
        }
        for (int i = 0; i < count; i++) {
            fields[i] = unescape(fields[i]);
        }
        return List.of(fields);
    }

    private static void escape(String field, StringBuilder line) {
        for (int i = 0; i < field.length(); i++) {
            char c = field.charAt(i);
            int special = SPECIAL.indexOf(c);
            if (special < 0) {
                line.append(c);
            } else {
                line.append('\\').append(LETTERS.charAt(special));
            }
        }
    }

    private static String unescape(String field) {
        if (field.indexOf('\\') < 0) {
            return field;
        }
        StringBuilder plain = new StringBuilder(field.length());
        for (int i = 0; i < field.length(); i++) {
            char c = field.charAt(i);
            int letter = c == '\\' && i + 1 < field.length() ? LETTERS.indexOf(field.charAt(i + 1)) : -1;
            if (letter < 0) {
                plain.append(c);
            } else {
                plain.append(SPECIAL.charAt(letter));
                i++;
            }
        }
        return plain.toString();
    }
}
