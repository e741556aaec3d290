package dev.belfry.console.proof;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One trigger as stored, and its fires by brute force: a cron trigger goes through the dates of the zone, asks for each
 * matching local time which instants show it, and applies the policy for those that none or two show.
 *
 * <p>Instants are milliseconds of the epoch.
 */
final class TriggerText {
    private static final Pattern PART = Pattern.compile("([0-9]+)(ms|d|h|m|s)");
    private static final long DAY = 86_400;

    private final JsonNode json;
    private final ZoneId zone;
    private final CalendarText calendar;
    private final long start;
    private final long end;

    TriggerText(JsonNode json, JsonNode calendars) {
        this.json = json;
        String id = json.path("zone").asText("UTC");
        this.zone = id.equals("UTC") ? ZoneOffset.UTC : ZoneId.of(id);
        this.calendar = json.has("calendar")
                ? CalendarText.read(calendars.path(json.path("calendar").asText()))
                : CalendarText.NONE;
        this.start = json.has("start") ? millis(json.path("start")) : Long.MIN_VALUE;
        this.end = json.has("end") ? millis(json.path("end")) : Long.MAX_VALUE;
    }

    private static long millis(JsonNode instant) {
        Instant parsed = Instant.parse(instant.asText());
        // The first whole millisecond that is not before it.
        Instant whole = Instant.ofEpochMilli(parsed.toEpochMilli());
        return whole.toEpochMilli() + (whole.isBefore(parsed) ? 1 : 0);
    }

    boolean isDelay() {
        return json.has("delay");
    }

    long jitter() {
        return json.has("jitter") ? duration(json.path("jitter").asText()).toMillis() : 0;
    }

    /** Between completion and next fire. */
    long delay() {
        return duration(json.path("delay").asText()).toMillis();
    }

    /** Whether calendar and window let an instant through. */
    boolean admits(long instant) {
        return instant >= start && instant < end && !calendar.excludes(Instant.ofEpochMilli(instant), zone);
    }

    /** Its fires in [{@code from}, {@code until}), in no particular order, some perhaps twice. */
    void fires(long from, long until, LongConsumer fire) {
        long first = Math.max(from, start);
        long last = Math.min(until, end);
        if (first >= last) {
            return;
        }
        LongConsumer admitted = calendar.isEmpty()
                ? fire
                : instant -> {
                    if (!calendar.excludes(Instant.ofEpochMilli(instant), zone)) {
                        fire.accept(instant);
                    }
                };
        if (json.has("cron")) {
            cron(first, last, admitted);
        } else if (json.has("every")) {
            every(first, last, admitted);
        } else if (json.has("at")) {
            JsonNode at = json.path("at");
            for (JsonNode instant : at.isArray() ? at : List.of(at)) {
                long millis = Instant.parse(instant.asText()).toEpochMilli();
                if (millis >= first && millis < last) {
                    admitted.accept(millis);
                }
            }
        }
    }

    private void every(long from, long until, LongConsumer fire) {
        long step = duration(json.path("every").asText()).toMillis();
        long anchor = json.has("anchor")
                ? Instant.parse(json.path("anchor").asText()).toEpochMilli()
                : json.has("start") ? Instant.parse(json.path("start").asText()).toEpochMilli() : 0;
        long at = anchor + Math.floorDiv(from - anchor, step) * step;
        while (at < from) {
            at += step;
        }
        for (; at < until; at += step) {
            fire.accept(at);
        }
    }

    private void cron(long from, long until, LongConsumer fire) {
        CronText cron = CronText.read(json.path("cron").asText());
        ZoneRules rules = zone.getRules();
        LocalDate last = LocalDateTime.ofInstant(Instant.ofEpochMilli(until), zone)
                .toLocalDate()
                .plusDays(2);
        LocalDate date = LocalDateTime.ofInstant(Instant.ofEpochMilli(from), zone)
                .toLocalDate()
                .minusDays(2);
        for (; !date.isAfter(last); date = date.plusDays(1)) {
            if (!cron.matches(date, calendar.standsFor(date))) {
                continue;
            }
            if (isQuiet(rules, date)) {
                quietDay(date, rules, cron.seconds(), from, until, fire);
            } else {
                for (int second : cron.seconds()) {
                    changing(date, second, rules, cron.intervalLike(), instant -> {
                        if (instant >= from && instant < until) {
                            fire.accept(instant);
                        }
                    });
                }
            }
        }
    }

    private static boolean isQuiet(ZoneRules rules, LocalDate date) {
        long midnight = date.toEpochDay() * DAY;
        ZoneOffsetTransition change = rules.nextTransition(Instant.ofEpochSecond(midnight - 2 * DAY));
        return change == null || change.toEpochSecond() > midnight + 3 * DAY;
    }

    /** A day without a change of offset near it: all its times are a constant away from their instants. */
    private static void quietDay(
            LocalDate date, ZoneRules rules, int[] seconds, long from, long until, LongConsumer fire) {
        long midnight = date.toEpochDay() * DAY;
        long base = midnight - rules.getOffset(Instant.ofEpochSecond(midnight)).getTotalSeconds();
        long earliest = Math.floorDiv(from + 999, 1_000L) - base;
        if (earliest >= DAY) {
            return;
        }
        int place = Arrays.binarySearch(seconds, (int) Math.max(0, earliest));
        for (int i = place >= 0 ? place : -place - 1; i < seconds.length; i++) {
            long instant = (base + seconds[i]) * 1_000;
            if (instant >= until) {
                return;
            }
            fire.accept(instant);
        }
    }

    private void changing(LocalDate date, int second, ZoneRules rules, boolean intervalLike, LongConsumer fire) {
        LocalDateTime local = date.atStartOfDay().plusSeconds(second);
        List<ZoneOffset> offsets = rules.getValidOffsets(local);
        if (offsets.size() == 1) {
            fire.accept(local.toEpochSecond(offsets.get(0)) * 1_000);
        } else if (offsets.isEmpty()) {
            if (policy("gap", intervalLike ? "skip" : "run-at-gap-end").equals("run-at-gap-end")) {
                fire.accept(rules.getTransition(local).toEpochSecond() * 1_000);
            }
        } else {
            String pass = policy("overlap", intervalLike ? "both" : "first");
            long earlier = local.toEpochSecond(offsets.get(0)) * 1_000;
            long later = local.toEpochSecond(offsets.get(1)) * 1_000;
            if (!pass.equals("last")) {
                fire.accept(Math.min(earlier, later));
            }
            if (!pass.equals("first")) {
                fire.accept(Math.max(earlier, later));
            }
        }
    }

    private String policy(String part, String automatic) {
        String word = json.path("dst").path(part).asText("auto");
        return word.equals("auto") ? automatic : word;
    }

    static Duration duration(String text) {
        String stripped = text.strip();
        if (stripped.startsWith("P") || stripped.startsWith("p")) {
            return Duration.parse(stripped);
        }
        Duration total = Duration.ZERO;
        Matcher parts = PART.matcher(stripped);
        int end = 0;
        while (parts.find() && parts.start() == end) {
            long number = Long.parseLong(parts.group(1));
            total = total.plus(
                    switch (parts.group(2)) {
                        case "d" -> Duration.ofDays(number);
                        case "h" -> Duration.ofHours(number);
                        case "m" -> Duration.ofMinutes(number);
                        case "s" -> Duration.ofSeconds(number);
                        default -> Duration.ofMillis(number);
                    });
            end = parts.end();
        }
        if (end != stripped.length() || end == 0) {
            throw new IllegalArgumentException("not a duration: " + text);
        }
        return total;
    }
}
