package dev.belfry.core.job;

import java.time.DayOfWeek;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Dates with weekdays: {@code 2026-10-10: friday}. */
final class DateMap implements Shape<Map<LocalDate, DayOfWeek>> {

    private static final Shape<LocalDate> DATE = Times.date();
    private static final Shape<DayOfWeek> WEEKDAY = Scalars.choice(DayOfWeek.class);

    @Override
    public @Nullable Map<LocalDate, DayOfWeek> read(Node node, String path, Reading reading) {
        if (!(node instanceof Node.Mapping mapping) || mapping.entries().size() > CalendarForm.MOST_DATES) {
            Shape.refuseKind(node, path, reading, words());
            return null;
        }
        int before = reading.found();
        Map<LocalDate, DayOfWeek> dates = new TreeMap<>();
        for (Node.Entry entry : mapping.entries()) {
            String entryPath = Paths.key(path, entry.key());
            Node.Scalar key = new Node.Scalar(entry.at(), Node.Type.TEXT, entry.key(), -1);
            LocalDate date = DATE.read(key, entryPath, reading);
            DayOfWeek weekday = WEEKDAY.read(entry.value(), entryPath, reading);
            if (date != null && weekday != null) {
                dates.put(date, weekday);
            }
        }
        return reading.found() == before ? dates : null;
    }

    @Override
    public Object write(Map<LocalDate, DayOfWeek> value, boolean defaults) {
        Map<String, Object> written = new LinkedHashMap<>();
        new TreeMap<>(value).forEach((date, weekday) -> written.put(date.toString(), WEEKDAY.write(weekday, defaults)));
        return written;
    }

    @Override
    public String words() {
        return "a mapping of at most 4,000 dates to weekdays, such as {2026-10-10: friday}";
    }

    @Override
    public Map<String, Object> schema(SchemaParts parts) {
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("type", "object");
        schema.put("propertyNames", Map.of("format", "date"));
        schema.put("additionalProperties", WEEKDAY.schema(parts));
        schema.put("maxProperties", CalendarForm.MOST_DATES);
        return schema;
    }
}
