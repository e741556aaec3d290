package dev.belfry.core.job;

import dev.belfry.core.schedule.BusinessCalendar;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Writes definitions as a YAML file that {@link Definitions#parse} reads as equal definitions. Pure functions. */
public final class DefinitionYaml {

    private DefinitionYaml() {}

    /**
     * The file's text, without what equals its default. Calendars stand at the top, except those of which jobs carry different
     * versions under one name; these stand with the jobs.
     *
     * @param jobs in the order in which they are to stand, each name once
     */
    public static String write(Collection<JobDefinition> jobs) {
        Map<String, BusinessCalendar> shared = sharedCalendars(jobs);
        Map<String, Object> file = new LinkedHashMap<>();
        file.put("apiVersion", FileForm.VERSION);
        if (!shared.isEmpty()) {
            file.put(FileForm.CALENDARS.name(), FileForm.CALENDARS.shape().write(shared, false));
        }
        if (!jobs.isEmpty() || shared.isEmpty()) {
            List<Object> written = new ArrayList<>();
            jobs.forEach(job -> written.add(withoutCalendars(job, shared.keySet())));
            file.put(FileForm.JOBS.name(), written);
        }
        return YamlText.of(file);
    }

    private static Map<String, BusinessCalendar> sharedCalendars(Collection<JobDefinition> jobs) {
        Map<String, BusinessCalendar> shared = new TreeMap<>();
        Set<String> disputed = new HashSet<>();
        for (JobDefinition job : jobs) {
            job.schedule().calendars().forEach((name, calendar) -> {
                BusinessCalendar other = shared.putIfAbsent(name, calendar);
                if (other != null && !other.equals(calendar)) {
                    disputed.add(name);
                }
            });
        }
        shared.keySet().removeAll(disputed);
        return shared;
    }

    private static Map<String, Object> withoutCalendars(JobDefinition job, Set<String> shared) {
        Map<String, Object> written = new LinkedHashMap<>();
        ((Map<?, ?>) JobForm.FORM.write(job, false)).forEach((key, value) -> written.put((String) key, value));
        Map<String, BusinessCalendar> own = new TreeMap<>(job.schedule().calendars());
        own.keySet().removeAll(shared);
        if (own.isEmpty()) {
            written.remove(JobForm.CALENDARS.name());
        } else {
            written.put(JobForm.CALENDARS.name(), JobForm.CALENDARS.shape().write(own, false));
        }
        return written;
    }
}
