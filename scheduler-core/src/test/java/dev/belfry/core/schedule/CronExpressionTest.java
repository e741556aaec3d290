package dev.belfry.core.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.core.schedule.DstPolicy.Gap;
import dev.belfry.core.schedule.DstPolicy.Overlap;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CronExpressionTest {
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0 0 0 30 2 ?",
                "0 0 0 31 4 ?",
                "0 0 0 31 2,4,6,9,11 ?",
                "0 0 0 29 2 ? 2027",
                "0 0 0 29 2 ? 2001-2003",
                "0 0 0 ? 2 MON#5 2026",
                "0 0 0 L-30 2 ?",
                "0 0 0 30W 2 ?",
                "* * * L-30 4,6,9,11 ? *",
            })
    void expressionThatNeverFiresSaysSoAndAnswersAtOnce(String text) {
        CronExpression cron = CronExpression.parse(text);
        assertThat(cron.neverFires()).isTrue();
        for (int i = 0; i < 1_000_000; i++) {
            assertThat(cron.next(Instant.EPOCH, BERLIN, DstPolicy.AUTO).isEmpty())
                    .isTrue();
        }
    }

    @Test
    void yearsInThePastLeaveNoFire() {
        CronExpression cron = CronExpression.parse("0 0 0 * * ? 1999,2001-2005");
        assertThat(cron.neverFires()).isFalse();
        assertThat(next(cron, "2005-12-30T23:00:00Z", BERLIN)).isEqualTo("none");
    }

    @Test
    void nothingFiresAfter2099OfTheLocalCalendar() {
        CronExpression cron = CronExpression.parse("59 59 23 * * ?");
        assertThat(next(cron, "2099-12-31T00:00:00Z", ZoneOffset.UTC)).isEqualTo("2099-12-31T23:59:59Z");
        assertThat(next(cron, "2099-12-31T23:59:59Z", ZoneOffset.UTC)).isEqualTo("none");
        assertThat(next(cron, "2099-12-31T23:59:59Z", ZoneOffset.ofHours(-12))).isEqualTo("2100-01-01T11:59:59Z");
        assertThat(next(cron, Instant.MAX.toString(), BERLIN)).isEqualTo("none");
    }

    @Test
    void nothingFiresBefore1970OfTheLocalCalendar() {
        CronExpression cron = CronExpression.parse("0 0 0 * * ?");
        assertThat(cron.next(Instant.MIN, ZoneOffset.UTC, DstPolicy.AUTO)).hasValue(Instant.EPOCH);
        assertThat(cron.next(Instant.MIN, ZoneOffset.ofHours(14), DstPolicy.AUTO))
                .hasValue(Instant.parse("1969-12-31T10:00:00Z"));
    }

    @Test
    void nextIsStrictlyAfterAlsoWithinASecond() {
        CronExpression cron = CronExpression.parse("* * * * * ?");
        assertThat(next(cron, "2026-01-01T00:00:00Z", BERLIN)).isEqualTo("2026-01-01T00:00:01Z");
        assertThat(next(cron, "2026-01-01T00:00:00.999999999Z", BERLIN)).isEqualTo("2026-01-01T00:00:01Z");
        assertThat(next(cron, "2025-12-31T23:59:59.5Z", BERLIN)).isEqualTo("2026-01-01T00:00:00Z");
    }

    @Test
    void springInBerlinRunsAFixedTimeAtTheEndOfTheGapOnce() {
        String fixed = "0 0,30 2 * * ?";
        assertThat(fires(fixed, "2026-03-28T12:00:00Z", "2026-03-29T12:00:00Z", DstPolicy.AUTO))
                .containsExactly("2026-03-29T01:00:00Z");
        assertThat(fires(fixed, "2026-03-28T12:00:00Z", "2026-03-29T12:00:00Z", DstPolicy.of(Gap.SKIP, Overlap.AUTO)))
                .isEmpty();
        assertThat(fires("0 0 * * * ?", "2026-03-28T23:30:00Z", "2026-03-29T02:30:00Z", DstPolicy.AUTO))
                .containsExactly("2026-03-29T00:00:00Z", "2026-03-29T01:00:00Z", "2026-03-29T02:00:00Z");
        assertThat(fires("0 */30 2 * * ?", "2026-03-28T12:00:00Z", "2026-03-29T12:00:00Z", DstPolicy.AUTO))
                .isEmpty();
    }

    @Test
    void autumnInBerlinRunsAFixedTimeInTheFirstPassAndAnIntervalInBoth() {
        String fixed = "0 30 2 * * ?";
        String from = "2026-10-24T12:00:00Z";
        String to = "2026-10-25T12:00:00Z";
        assertThat(fires(fixed, from, to, DstPolicy.AUTO)).containsExactly("2026-10-25T00:30:00Z");
        assertThat(fires(fixed, from, to, DstPolicy.of(Gap.AUTO, Overlap.LAST)))
                .containsExactly("2026-10-25T01:30:00Z");
        assertThat(fires(fixed, from, to, DstPolicy.of(Gap.AUTO, Overlap.BOTH)))
                .containsExactly("2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z");
        assertThat(fires("0 0 * * * ?", "2026-10-24T23:30:00Z", "2026-10-25T02:30:00Z", DstPolicy.AUTO))
                .containsExactly("2026-10-25T00:00:00Z", "2026-10-25T01:00:00Z", "2026-10-25T02:00:00Z");
    }

    @Test
    void hourlyInNewYorkHasNoHoleInAutumn() {
        CronExpression hourly = CronExpression.parse("0 0 * * * ?");
        assertThat(next(hourly, "2026-11-01T04:30:00Z", ZoneId.of("America/New_York")))
                .isEqualTo("2026-11-01T05:00:00Z");
    }

    @Test
    void midnightGapInSaoPauloRunsAtOneOClockAndTheLostDayOfApiaAtTheNextMidnight() {
        CronExpression midnight = CronExpression.parse("0 0 0 * * ?");
        assertThat(next(midnight, "2018-11-03T12:00:00Z", ZoneId.of("America/Sao_Paulo")))
                .isEqualTo("2018-11-04T03:00:00Z");
        CronExpression friday = CronExpression.parse("0 0 10 ? * FRI");
        assertThat(next(friday, "2011-12-29T12:00:00Z", ZoneId.of("Pacific/Apia")))
                .isEqualTo("2011-12-30T10:00:00Z");
    }

    @Test
    void halfHourShiftOfLordHoweRepeatsHalfAnHour() {
        ZoneId zone = ZoneId.of("Australia/Lord_Howe"); // 2026-04-05 02:00 +11 becomes 01:30 +10:30
        CronExpression everyTenMinutes = CronExpression.parse("0 0/10 1 * * ?");
        Instant at = Instant.parse("2026-04-04T13:59:59Z");
        List<Instant> fires = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            at = everyTenMinutes.next(at, zone, DstPolicy.AUTO).orElseThrow();
            fires.add(at);
        }
        assertThat(fires)
                .extracting(fire -> fire.toString().substring(11, 16))
                .containsExactly("14:00", "14:10", "14:20", "14:30", "14:40", "14:50", "15:00", "15:10", "15:20");
    }

    @Test
    void textIsKeptAndCaseDoesNotMatterForEquality() {
        CronExpression cron = CronExpression.parse(" 0 0 9 ? jan-mar mon ");
        assertThat(cron.text()).isEqualTo(" 0 0 9 ? jan-mar mon ");
        assertThat(cron).hasToString(cron.text());
        assertThat(cron).isEqualTo(CronExpression.parse(" 0 0 9 ? JAN-MAR MON "));
        assertThat(cron).hasSameHashCodeAs(CronExpression.parse(" 0 0 9 ? JAN-MAR MON "));
        assertThat(cron).isNotEqualTo(CronExpression.parse("0 0 9 ? JAN-MAR TUE"));
    }

    @Test
    void intervalLikeLooksAtSecondsMinutesAndHoursOnly() {
        assertThat(CronExpression.parse("0 0 0 * * ? *").intervalLike()).isFalse();
        assertThat(CronExpression.parse("0 0 8-18 */2 * ?").intervalLike()).isFalse();
        assertThat(CronExpression.parse("0 0 8/2 1 1 ?").intervalLike()).isTrue();
        assertThat(CronExpression.parse("* 0 8 1 1 ?").intervalLike()).isTrue();
        assertThat(CronExpression.parse("0 *,5 8 1 1 ?").intervalLike()).isTrue();
    }

    private static String next(CronExpression cron, String after, ZoneId zone) {
        return cron.next(Instant.parse(after), zone, DstPolicy.AUTO)
                .map(Instant::toString)
                .orElse("none");
    }

    private static List<String> fires(String text, String from, String to, DstPolicy dst) {
        Trigger trigger = new CronTrigger(
                CronExpression.parse(text),
                TriggerOptions.DEFAULT.withZone(BERLIN).withDst(dst));
        return Schedule.of(trigger).between(Instant.parse(from), Instant.parse(to), 100).stream()
                .map(Instant::toString)
                .toList();
    }
}
