package dev.belfry.core.job;

import dev.belfry.core.schedule.BusinessCalendar;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Calendars under their names; reading them makes them known to the triggers of the mapping in which they stand. */
final class CalendarsShape implements Shape<Map<String, BusinessCalendar>> {

    static final Pattern NAME = JobDefinition.NAME;

    private static final int MOST = 1_000;

    @Override
    public @Nullable Map<String, BusinessCalendar> read(Node node, String path, Reading reading) {
        if (!(node instanceof Node.Mapping mapping) || mapping.entries().size() > MOST) {
            Shape.refuseKind(node, path, reading, words());
            return null;
        }
        int before = reading.found();
        Map<String, Optional<BusinessCalendar>> declared = new TreeMap<>();
        Map<String, BusinessCalendar> sound = new TreeMap<>();
        for (Node.Entry entry : mapping.entries()) {
            String entryPath = Paths.key(path, entry.key());
            if (!NAME.matcher(entry.key()).matches()) {
                reading.report(
                        entry.at(),
                        entryPath,
                        Complaint.of("the calendar's name is " + Complaint.quote(entry.key()))
                                .expecting(JobForm.NAME_WORDS));
            }
            BusinessCalendar read = CalendarForm.FORM.read(entry.value(), entryPath, reading);
            if (read != null) {
                sound.put(entry.key(), CalendarForm.named(entry.key(), read));
            }
            declared.put(entry.key(), Optional.ofNullable(sound.get(entry.key())));
        }
        int parent = path.lastIndexOf('.');
        reading.declare(parent < 0 ? "" : path.substring(0, parent), declared);
        return reading.found() == before ? sound : null;
    }

    @Override
    public Object write(Map<String, BusinessCalendar> value, boolean defaults) {
        Map<String, Object> written = new LinkedHashMap<>();
        new TreeMap<>(value).forEach((name, each) -> written.put(name, CalendarForm.FORM.write(each, defaults)));
        return written;
    }

    @Override
    public String words() {
        return "a mapping of at most 1,000 names to calendars";
    }

    @Override
    public List<Form<?>> forms() {
        return List.of(CalendarForm.FORM);
    }

    @Override
    public Map<String, Object> schema(SchemaParts parts) {
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("type", "object");
        schema.put("propertyNames", Map.of("pattern", "^(?:" + NAME.pattern() + ")$"));
        schema.put("additionalProperties", CalendarForm.FORM.schema(parts));
        schema.put("maxProperties", MOST);
        return schema;
    }
}
