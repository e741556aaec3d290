package dev.belfry.console.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.core.job.DefinitionJson;
import dev.belfry.core.job.Definitions;
import dev.belfry.core.job.JobDefinition;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The proof's own reading of schedules against the engine's. */
class DueInstantsTest {
    private static final List<String> ZONES = List.of(
            "UTC",
            "Europe/Berlin",
            "America/New_York",
            "Australia/Lord_Howe",
            "America/Sao_Paulo",
            "Pacific/Apia",
            "Asia/Kolkata");
    /** Around changes of the clock, and away from them. */
    private static final List<Instant> PLACES = List.of(
            Instant.parse("2026-03-28T12:00:00Z"),
            Instant.parse("2026-10-24T12:00:00Z"),
            Instant.parse("2026-03-07T20:00:00Z"),
            Instant.parse("2026-10-31T20:00:00Z"),
            Instant.parse("2026-04-04T06:00:00Z"),
            Instant.parse("2026-10-03T06:00:00Z"),
            Instant.parse("2018-11-03T12:00:00Z"),
            Instant.parse("2018-02-17T12:00:00Z"),
            Instant.parse("2011-12-29T00:00:00Z"),
            Instant.parse("2026-06-10T00:00:00Z"),
            Instant.parse("2028-02-27T00:00:00Z"));

    private final Random random;
    private final long seed = Long.getLong("belfry.seed", 20260719L);

    DueInstantsTest() {
        random = new Random(seed);
    }

    @Test
    void everyScheduleHasTheSameFiresByBruteForceAsByTheEngine() {
        int checked = 0;
        int fires = 0;
        for (int i = 0; i < 3_000; i++) {
            String yaml = yaml();
            var parsed = Definitions.parse("random.yaml", yaml);
            if (!parsed.isValid()) {
                continue;
            }
            JobDefinition job = parsed.jobs().get(0);
            Instant from = PLACES.get(random.nextInt(PLACES.size())).plusMillis(random.nextInt(3_600_000));
            Instant until = from.plus(Duration.ofHours(1 + random.nextInt(60)));
            long[] expected = job
                    .schedule()
                    .between(from.minusMillis(1), until.minusMillis(1), 1_000_000)
                    .stream()
                    .mapToLong(Instant::toEpochMilli)
                    .toArray();
            long[] actual = DefinitionText.read(DefinitionJson.encode(job))
                    .due(from.toEpochMilli(), until.toEpochMilli());
            assertThat(actual)
                    .as("seed " + seed + ", " + from + " to " + until + "\n" + yaml + "\nexpected "
                            + Arrays.toString(Arrays.stream(expected).limit(10).toArray()))
                    .isEqualTo(expected);
            checked++;
            fires += expected.length;
        }
        assertThat(checked).isGreaterThan(2_000);
        assertThat(fires).isGreaterThan(100_000);
    }

    private String yaml() {
        StringBuilder yaml = new StringBuilder("apiVersion: belfry/v1\n");
        boolean calendar = random.nextInt(4) == 0;
        if (calendar) {
            yaml.append(calendar());
        }
        yaml.append("jobs:\n  - name: job\n    trigger:\n");
        int triggers = 1 + random.nextInt(2);
        for (int i = 0; i < triggers; i++) {
            int kind = random.nextInt(8);
            if (kind == 0) {
                yaml.append("      - every: ").append(pick("1s", "7s", "1m30s", "PT45S", "2h", "1d", "1500ms"));
                yaml.append(random.nextBoolean() ? "\n" : "\n        anchor: 2026-01-01T00:00:00.250Z\n");
            } else if (kind == 1) {
                yaml.append("      - at: [2026-03-29T01:00:00Z, 2026-10-25T00:30:00.5Z, 2026-06-10T10:00:00+02:00]\n");
            } else {
                yaml.append("      - cron: \"").append(cron()).append("\"\n");
                if (random.nextInt(3) == 0) {
                    yaml.append("        dst: {gap: ")
                            .append(pick("auto", "skip", "run-at-gap-end"))
                            .append(", overlap: ")
                            .append(pick("auto", "first", "last", "both"))
                            .append("}\n");
                }
            }
            yaml.append("        zone: ").append(ZONES.get(random.nextInt(ZONES.size()))).append('\n');
            if (calendar) {
                yaml.append("        calendar: cal\n");
            }
            if (random.nextInt(5) == 0) {
                yaml.append("        start: 2026-03-29T00:30:00Z\n");
            }
            if (random.nextInt(5) == 0) {
                yaml.append("        end: 2026-10-25T01:15:00Z\n");
            }
        }
        return yaml.toString();
    }

    private String calendar() {
        return "calendars:\n  cal:\n    exclude:\n      weekdays: [" + pick("sunday", "saturday, sunday", "monday") + "]\n"
                + "      dates: [2026-06-10, 2026-03-28]\n      annual: [10-24, 02-29]\n"
                + "      ranges: [{from: 2026-10-04, to: 2026-10-05}]\n"
                + (random.nextBoolean() ? "    windows: [{from: \"22:00\", to: \"02:30\"}]\n" : "")
                + "    make-up: {2026-03-29: friday, 2026-10-25: monday, 2026-06-10: saturday}\n";
    }

    private String cron() {
        String seconds = pick("0", "0", "0/10", "*", "5,35", "*/20", "58-2");
        String minutes = pick("0", "30", "*/15", "*", "0,30", "15-45/10", "59");
        String hours = pick("*", "2", "1-3", "0", "22-3", "*/2", "0,1,2,3", "12");
        boolean byMonthDay = random.nextBoolean();
        String monthDay = byMonthDay
                ? pick("*", "28-31", "L", "LW", "L-2", "1W", "29W", "31W", "L-1W", "25,L", "*/2", "28-4")
                : "?";
        String weekday =
                byMonthDay ? "?" : pick("*", "SUN", "MON-FRI", "FRI-MON", "7", "SUNL", "1L", "SAT#4", "1#5", "L", "2,4,6", "SUN#1");
        String month = pick("*", "*", "MAR,OCT", "3-11", "NOV-APR", "*/3");
        String year = pick("", "", " 2026", " 2011-2030", " *");
        return seconds + " " + minutes + " " + hours + " " + monthDay + " " + month + " " + weekday + year;
    }

    private String pick(String... choices) {
        return choices[random.nextInt(choices.length)];
    }

    @Test
    void hoursOfAnEverySecondJobTakeNoTime() {
        DefinitionText text = DefinitionText.read("{\"trigger\":{\"cron\":\"* * * * * ?\"}}");
        long from = Instant.parse("2026-06-01T00:00:00Z").toEpochMilli();
        assertThat(text.due(from, from + Duration.ofHours(6).toMillis())).hasSize(6 * 3_600);
    }
}
