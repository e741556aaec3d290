package dev.belfry.core.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belfry.core.schedule.BusinessCalendar.DailyWindow;
import dev.belfry.core.schedule.ExcludedDays.DateRange;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BusinessCalendarTest {
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
    private static final LocalDate SATURDAY = LocalDate.of(2026, 10, 10);
    private static final TriggerOptions OPTIONS =
            TriggerOptions.DEFAULT.withZone(BERLIN).withCalendar("work");
    private static final BusinessCalendar WORK = BusinessCalendar.named("work");
    private static final ExcludedDays WEEKENDS = ExcludedDays.NONE.withWeekdays(DayOfWeek.SATURDAY, DayOfWeek.SUNDAY);

    @Test
    void excludedDatesAnniversariesWeekdaysAndRangesDoNotFire() {
        BusinessCalendar calendar = WORK.withDays(WEEKENDS.withDates(LocalDate.of(2026, 12, 24))
                .withAnnual(MonthDay.of(12, 25), MonthDay.of(1, 1))
                .withRanges(new DateRange(LocalDate.of(2026, 12, 28), LocalDate.of(2026, 12, 30))));
        assertThat(dates("0 0 9 * * ?", calendar, "2026-12-22T12:00:00Z", 4))
                .containsExactly("2026-12-23", "2026-12-31", "2027-01-04", "2027-01-05");
    }

    @Test
    void makeUpDayLiftsTheExclusionAndBehavesLikeItsWeekdayForCron() {
        BusinessCalendar calendar = WORK.withDays(WEEKENDS).withMakeUp(SATURDAY, DayOfWeek.FRIDAY);
        String from = "2026-10-08T12:00:00Z";
        assertThat(dates("0 0 9 ? * MON-FRI", calendar, from, 3))
                .containsExactly("2026-10-09", "2026-10-10", "2026-10-12");
        assertThat(dates("0 0 9 ? * FRI", calendar, from, 3)).containsExactly("2026-10-09", "2026-10-10", "2026-10-16");
        assertThat(dates("0 0 9 ? * MON", calendar, from, 1)).containsExactly("2026-10-12");
        assertThat(dates("0 0 9 ? * SAT", calendar, from, 1)).isEmpty();
        assertThat(dates("0 0 9 ? * FRI#3", calendar, from, 1)).containsExactly("2026-10-16");
        assertThat(dates("0 0 9 10 * ?", calendar, from, 2)).containsExactly("2026-10-10", "2026-11-10");
        assertThat(dates("0 0 9 * * ?", calendar, from, 3)).containsExactly("2026-10-09", "2026-10-10", "2026-10-12");
    }

    @Test
    void makeUpDayWithoutAWeekdayKeepsItsOwn() {
        BusinessCalendar calendar = WORK.withDays(WEEKENDS).withMakeUp(SATURDAY);
        assertThat(dates("0 0 9 ? * SAT", calendar, "2026-10-08T12:00:00Z", 5)).containsExactly("2026-10-10");
        assertThat(dates("0 0 9 ? * MON-FRI", calendar, "2026-10-09T12:00:00Z", 1))
                .containsExactly("2026-10-12");
    }

    @Test
    void dailyWindowsApplyOnMakeUpDaysTooAndMayPassMidnight() {
        BusinessCalendar calendar = WORK.withDays(WEEKENDS)
                .withMakeUp(SATURDAY, DayOfWeek.FRIDAY)
                .withWindows(new DailyWindow(LocalTime.of(22, 0), LocalTime.of(6, 0), null));
        Schedule schedule = schedule("0 0 * * * ?", calendar);
        Instant saturday = SATURDAY.atStartOfDay(BERLIN).toInstant();
        List<Instant> fires = schedule.between(saturday, saturday.plus(Duration.ofDays(1)), 100);
        assertThat(fires).hasSize(16);
        assertThat(LocalDateTime.ofInstant(fires.get(0), BERLIN)).isEqualTo(SATURDAY.atTime(6, 0));
        assertThat(LocalDateTime.ofInstant(fires.get(15), BERLIN)).isEqualTo(SATURDAY.atTime(21, 0));
    }

    @Test
    void windowInItsOwnZoneIsReadThere() {
        BusinessCalendar calendar = WORK.withWindows(
                new DailyWindow(LocalTime.of(9, 30), LocalTime.of(16, 0), ZoneId.of("America/New_York")));
        Schedule schedule = schedule("0 0/30 * * * ?", calendar);
        assertThat(schedule.next(Instant.parse("2026-11-23T14:10:00Z")))
                .hasValue(Instant.parse("2026-11-23T21:00:00Z"));
        assertThat(schedule.next(Instant.parse("2026-11-23T13:50:00Z")))
                .hasValue(Instant.parse("2026-11-23T14:00:00Z"));
    }

    @Test
    void jumpingOverExclusionsAgreesWithAskingEveryInstant() {
        long seed = 11;
        Random random = new Random(seed);
        for (int round = 0; round < 60; round++) {
            BusinessCalendar calendar = anyCalendar(random);
            Instant from = Instant.parse(round % 2 == 0 ? "2026-10-23T20:00:00Z" : "2026-03-27T20:00:00Z");
            Instant to = from.plus(Duration.ofDays(4));
            EveryTrigger every = EveryTrigger.of(Duration.ofMinutes(5), OPTIONS);
            List<Instant> all = Schedule.of(EveryTrigger.of(Duration.ofMinutes(5), TriggerOptions.DEFAULT))
                    .between(from, to, 10_000);
            List<Instant> expected = all.stream()
                    .filter(fire -> !calendar.excludes(fire, BERLIN))
                    .toList();
            assertThat(new Schedule(List.of(every), Map.of("work", calendar)).between(from, to, 10_000))
                    .as("seed %d, round %d: %s", seed, round, calendar)
                    .isEqualTo(expected);
        }
    }

    private static BusinessCalendar anyCalendar(Random random) {
        LocalTime from = LocalTime.of(random.nextInt(24), random.nextInt(4) * 15);
        LocalTime to = from.plusMinutes(15L + random.nextInt(300));
        return WORK.withDays(ExcludedDays.NONE.withWeekdays(DayOfWeek.of(1 + random.nextInt(7))))
                .withWindows(
                        new DailyWindow(from, to, null),
                        new DailyWindow(LocalTime.of(1, 30), LocalTime.of(2, 45), ZoneId.of("Europe/London")))
                .withMakeUp(LocalDate.of(2026, 10, 24), DayOfWeek.MONDAY);
    }

    @Test
    void everySecondOverExcludedYearsAnswersByJumping() {
        ExcludedDays decades =
                ExcludedDays.NONE.withRanges(new DateRange(LocalDate.of(2026, 1, 1), LocalDate.of(2098, 12, 31)));
        Schedule schedule = schedule("* * * * * ?", WORK.withDays(decades));
        assertThat(schedule.next(Instant.parse("2026-05-05T00:00:00Z")))
                .hasValue(Instant.parse("2098-12-31T23:00:00Z"));
        Schedule never = schedule("* * * * * ?", WORK.withDays(ExcludedDays.NONE.withWeekdays(DayOfWeek.values())));
        assertThat(never.next(Instant.EPOCH)).isEmpty();
    }

    @Test
    void delayWaitsForTheEndOfAnExclusion() {
        DelayTrigger delay = new DelayTrigger(Duration.ofHours(1), OPTIONS);
        Schedule schedule = new Schedule(List.of(delay), Map.of("work", WORK.withDays(WEEKENDS)));
        assertThat(schedule.nextAfterCompletion(Instant.parse("2026-10-09T21:30:00Z")))
                .isEqualTo(Instant.parse("2026-10-11T22:00:00Z"));
    }

    @Test
    void calendarsRefuseWhatMakesNoSense() {
        assertThatThrownBy(() -> BusinessCalendar.named(" ")).hasMessageContaining("name");
        assertThatThrownBy(() -> new DailyWindow(LocalTime.NOON, LocalTime.NOON, null))
                .hasMessageContaining("empty");
        assertThatThrownBy(() -> new DateRange(SATURDAY, SATURDAY.minusDays(1)))
                .hasMessageContaining("before its start");
        assertThat(WORK.withValidUntil(SATURDAY).validUntil()).isEqualTo(SATURDAY);
    }

    private static Schedule schedule(String cron, BusinessCalendar calendar) {
        return new Schedule(
                List.of(new CronTrigger(CronExpression.parse(cron), OPTIONS)), Map.of(calendar.name(), calendar));
    }

    private static List<String> dates(String cron, BusinessCalendar calendar, String after, int limit) {
        return schedule(cron, calendar).between(Instant.parse(after), Instant.MAX, limit).stream()
                .map(fire -> LocalDate.ofInstant(fire, BERLIN).toString())
                .toList();
    }
}
