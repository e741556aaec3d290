package dev.belfry.core.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CronDaysTest {
    @Test
    void everyDayOfTheDialectConvertsToItsDateAndBack() {
        for (long day = 0; day <= LocalDate.of(2099, 12, 31).toEpochDay(); day++) {
            LocalDate date = LocalDate.ofEpochDay(day);
            int civil = CronDays.civil(day);
            assertThat(LocalDate.of(civil >>> 9, (civil >>> 5) & 15, civil & 31))
                    .isEqualTo(date);
            assertThat(CronDays.dayNumber(date.getYear(), date.getMonthValue()))
                    .isEqualTo(date.withDayOfMonth(1).toEpochDay());
        }
    }

    @Test
    void everyDayRuleAgreesWithTestingEachDate() {
        long seed = 7;
        Random random = new Random(seed);
        for (int i = 0; i < 400; i++) {
            RandomCron cron = RandomCron.next(random, new RandomCron.Shape(false, false));
            CronExpression expression = CronExpression.parse(cron.text());
            LocalDate from = LocalDate.of(1970 + random.nextInt(130), 1 + random.nextInt(12), 1);
            for (LocalDate date = from; date.isBefore(from.plusYears(2)); date = date.plusDays(1)) {
                Instant midnight = date.atStartOfDay().toInstant(ZoneOffset.UTC);
                Optional<Instant> fire = expression.next(midnight.minusSeconds(1), ZoneOffset.UTC, DstPolicy.AUTO);
                boolean onThatDay = fire.isPresent() && fire.get().isBefore(midnight.plusSeconds(86_400));
                assertThat(onThatDay)
                        .as("seed %d: %s on %s", seed, cron.text(), date)
                        .isEqualTo(firesOn(cron, date));
                if (onThatDay) {
                    assertThat(cron.matches()).accepts(LocalDateTime.ofInstant(fire.get(), ZoneOffset.UTC));
                }
            }
        }
    }

    // Times and days are independent, so it is enough to find one time of the day that matches.
    private static boolean firesOn(RandomCron cron, LocalDate date) {
        LocalDateTime anyMatch = CronExpression.parse(timesOf(cron.text()))
                .next(Instant.EPOCH.minusSeconds(1), ZoneOffset.UTC, DstPolicy.AUTO)
                .map(at -> LocalDateTime.ofInstant(at, ZoneOffset.UTC))
                .orElseThrow();
        return cron.matches().test(date.atTime(anyMatch.toLocalTime()));
    }

    private static String timesOf(String text) {
        String[] fields = text.trim().split("\\s+");
        return fields[0] + " " + fields[1] + " " + fields[2] + " * * ?";
    }
}
