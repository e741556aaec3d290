package dev.belfry.core.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.belfry.core.schedule.DstPolicy.Gap;
import dev.belfry.core.schedule.DstPolicy.Overlap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The examples of the page "Schedules" are true. */
class SchedulesPageTest {
    private static final Path PAGE = Path.of("../docs/schedules.md");
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
    private static final Pattern NIGHT =
            Pattern.compile("\\| `([^`]+)` \\| ([a-z -]+) \\| (2026-\\d\\d-\\d\\d) \\| ([0-9: ]+|none) \\|");
    private static final Pattern REFUSAL = Pattern.compile("cron \"([^\"]+)\", position (\\d+): ([^;]+); .*");

    @Test
    void firesOfBothNightsOfBerlinAreAsThePageSays() throws IOException {
        int rows = 0;
        for (String line : Files.readAllLines(PAGE)) {
            Matcher row = NIGHT.matcher(line);
            if (row.matches()) {
                assertThat(firesOfNight(row.group(1), policy(row.group(2)), LocalDate.parse(row.group(3))))
                        .as(line)
                        .isEqualTo(row.group(4));
                rows++;
            }
        }
        assertThat(rows).isEqualTo(16);
    }

    @Test
    void refusalsReadAsThePageSays() throws IOException {
        List<Matcher> refusals = Files.readAllLines(PAGE).stream()
                .map(REFUSAL::matcher)
                .filter(Matcher::matches)
                .toList();
        assertThat(refusals).hasSize(2);
        for (Matcher refusal : refusals) {
            assertThat(catchThrowable(() -> CronExpression.parse(refusal.group(1))))
                    .hasMessageStartingWith(refusal.group());
        }
    }

    private static String firesOfNight(String cron, DstPolicy policy, LocalDate night) {
        Instant from = night.atTime(LocalTime.of(0, 30)).atZone(BERLIN).toInstant();
        Instant to = night.atTime(LocalTime.of(4, 30)).atZone(BERLIN).toInstant();
        TriggerOptions options = TriggerOptions.DEFAULT.withZone(BERLIN).withDst(policy);
        List<Instant> fires = Schedule.of(new CronTrigger(CronExpression.parse(cron), options))
                .between(from, to, 100);
        return fires.isEmpty()
                ? "none"
                : fires.stream().map(fire -> fire.toString().substring(11, 16)).collect(Collectors.joining(" "));
    }

    private static DstPolicy policy(String text) {
        if (text.equals("auto")) {
            return DstPolicy.AUTO;
        }
        String[] words = text.split(" ");
        String name = words[1].toUpperCase(Locale.ROOT).replace('-', '_');
        return words[0].equals("gap")
                ? DstPolicy.of(Gap.valueOf(name), Overlap.AUTO)
                : DstPolicy.of(Gap.AUTO, Overlap.valueOf(name));
    }
}
