package dev.belfry.history;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * One row of the history.
 *
 * <p>Texts are made fit for any database: what is no Unicode text, and the character 0, is replaced.
 *
 * @param kind says in which table it is
 * @param values one for each column, of the column's type
 */
public record HistoryRow(RowKind kind, List<Object> values) {
    private static final Instant FIRST = Instant.parse("0001-01-01T00:00:00Z");
    private static final Instant LAST = Instant.parse("9999-12-31T23:59:59.999Z");

    /** @throws IllegalArgumentException if a value does not fit its column */
    public HistoryRow {
        List<RowKind.Column> columns = kind.columns();
        if (columns.size() != values.size()) {
            throw new IllegalArgumentException(
                    kind + " has " + columns.size() + " columns, but there are " + values.size() + " values");
        }
        List<Object> checked = new ArrayList<>(values.size());
        for (int i = 0; i < values.size(); i++) {
            checked.add(checked(columns.get(i), values.get(i)));
        }
        values = List.copyOf(checked);
    }

    /** A row of these values. */
    public static HistoryRow of(RowKind kind, Object... values) {
        return new HistoryRow(kind, List.of(values));
    }

    private static Object checked(RowKind.Column column, Object value) {
        boolean fits = switch (column.type()) {
            case TEXT -> value instanceof String;
            case NUMBER -> value instanceof Long;
            case FLAG -> value instanceof Boolean;
            case INSTANT, OPTIONAL_INSTANT -> value instanceof Instant at && isStorable(at);
        };
        if (!fits) {
            throw new IllegalArgumentException("column " + column.name() + " cannot hold " + value);
        }
        return value instanceof String text ? clean(text) : value;
    }

    /** Whether an instant is within the years that every database knows. */
    private static boolean isStorable(Instant at) {
        return !at.isBefore(FIRST) && !at.isAfter(LAST);
    }

    private static String clean(String text) {
        if (isPlain(text)) {
            return text;
        }
        String unicode = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
        return unicode.replace('\0', '\uFFFD');
    }

    private static boolean isPlain(String text) {
        for (int i = 0; i < text.length(); i++) {
            char one = text.charAt(i);
            if (one == 0 || one >= Character.MIN_SURROGATE) {
                return false;
            }
        }
        return true;
    }

    /** The text in column {@code name}. */
    public String text(String name) {
        return (String) value(name);
    }

    /** The number in column {@code name}. */
    public long number(String name) {
        return (Long) value(name);
    }

    /** The flag in column {@code name}. */
    public boolean flag(String name) {
        return (Boolean) value(name);
    }

    /** The instant in column {@code name}; {@link Instant#EPOCH} for none. */
    public Instant instant(String name) {
        return (Instant) value(name);
    }

    private Object value(String name) {
        for (int i = 0; i < values.size(); i++) {
            if (kind.columns().get(i).name().equals(name)) {
                return values.get(i);
            }
        }
        throw new IllegalArgumentException(kind + " has no column " + name);
    }
}
