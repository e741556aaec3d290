package dev.belfry.console.proof;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A calendar as stored: which instants it excludes, and which weekday a date stands in for. */
final class CalendarText {
    static final CalendarText NONE = new CalendarText(List.of(), List.of(), Map.of());

    private record Window(
            LocalTime from, LocalTime to, @Nullable ZoneId zone) {}

    private final List<Predicate<LocalDate>> days;
    private final List<Window> windows;
    private final Map<LocalDate, DayOfWeek> makeUp;

    private CalendarText(List<Predicate<LocalDate>> days, List<Window> windows, Map<LocalDate, DayOfWeek> makeUp) {
        this.days = days;
        this.windows = windows;
        this.makeUp = makeUp;
    }

    static CalendarText read(JsonNode calendar) {
        JsonNode exclude = calendar.path("exclude");
        List<Predicate<LocalDate>> days = new ArrayList<>();
        for (JsonNode date : exclude.path("dates")) {
            days.add(LocalDate.parse(date.asText())::equals);
        }
        for (JsonNode day : exclude.path("annual")) {
            String monthDay = day.asText();
            days.add(date -> date.toString().endsWith("-" + monthDay));
        }
        for (JsonNode day : exclude.path("weekdays")) {
            DayOfWeek weekday = weekday(day.asText());
            days.add(date -> date.getDayOfWeek() == weekday);
        }
        for (JsonNode range : exclude.path("ranges")) {
            LocalDate first = LocalDate.parse(range.path("from").asText());
            LocalDate last = LocalDate.parse(range.path("to").asText());
            days.add(date -> !date.isBefore(first) && !date.isAfter(last));
        }
        List<Window> windows = new ArrayList<>();
        for (JsonNode window : calendar.path("windows")) {
            windows.add(new Window(
                    LocalTime.parse(window.path("from").asText()),
                    LocalTime.parse(window.path("to").asText()),
                    window.has("zone") ? ZoneId.of(window.path("zone").asText()) : null));
        }
        Map<LocalDate, DayOfWeek> makeUp = new HashMap<>();
        calendar.path("make-up")
                .properties()
                .forEach(entry -> makeUp.put(
                        LocalDate.parse(entry.getKey()),
                        weekday(entry.getValue().asText())));
        return new CalendarText(days, windows, makeUp);
    }

    private static DayOfWeek weekday(String word) {
        return DayOfWeek.valueOf(word.toUpperCase(Locale.ROOT));
    }

    DayOfWeek standsFor(LocalDate date) {
        return makeUp.getOrDefault(date, date.getDayOfWeek());
    }

    boolean isEmpty() {
        return days.isEmpty() && windows.isEmpty();
    }

    boolean excludes(Instant instant, ZoneId zone) {
        LocalDate date = LocalDateTime.ofInstant(instant, zone).toLocalDate();
        if (!makeUp.containsKey(date) && days.stream().anyMatch(day -> day.test(date))) {
            return true;
        }
        return windows.stream().anyMatch(window -> {
            LocalTime time = LocalTime.ofInstant(instant, window.zone() == null ? zone : window.zone());
            boolean begun = !time.isBefore(window.from());
            boolean open = time.isBefore(window.to());
            return window.from().isBefore(window.to()) ? begun && open : begun || open;
        });
    }
}
