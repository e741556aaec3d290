package dev.belfry.core.schedule;

import static java.time.temporal.ChronoUnit.DAYS;
import static java.time.temporal.TemporalAdjusters.firstDayOfMonth;
import static org.assertj.core.api.Assertions.assertThat;

import java.text.ParseException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.util.Date;
import java.util.Optional;
import java.util.Random;
import java.util.TimeZone;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Quartz is the oracle of the dialect, away from clock changes. */
class CronAgainstQuartzTest {
    private static final RandomCron.Shape SHAPE = new RandomCron.Shape(true, false);
    private static final Pattern NEAREST_WEEKDAY = Pattern.compile("[0-9lL][wW]");
    private static final long FAR = 3 * 86_400L;

    @Test
    void agreesWithQuartzInUtc() throws ParseException {
        assertThat(compared(20_261_122L, ZoneOffset.UTC, 40_000, 5)).isGreaterThan(150_000);
    }

    @Test
    void agreesWithQuartzInOtherZonesAwayFromClockChanges() throws ParseException {
        long compared = 0;
        String[] zones = {
            "Europe/Berlin",
            "America/New_York",
            "Asia/Kolkata",
            "Australia/Lord_Howe",
            "America/Sao_Paulo",
            "Asia/Tokyo"
        };
        for (String zone : zones) {
            compared += compared(zone.hashCode(), ZoneId.of(zone), 4_000, 3);
        }
        assertThat(compared).isGreaterThan(30_000);
    }

    @Test
    void mutilatedTextIsRefusedWithinItsBoundsOrAlsoAcceptedByQuartz() {
        long seed = 99;
        Random random = new Random(seed);
        String alphabet = "0123456789*/-,?LW#. MONFRIJANDEC@\u00e9\t";
        int accepted = 0;
        for (int i = 0; i < 60_000; i++) {
            StringBuilder text =
                    new StringBuilder(RandomCron.next(random, SHAPE).text());
            for (int change = random.nextInt(3); change >= 0 && text.length() > 0; change--) {
                int at = random.nextInt(text.length());
                char c = alphabet.charAt(random.nextInt(alphabet.length()));
                switch (random.nextInt(3)) {
                    case 0 -> text.setCharAt(at, c);
                    case 1 -> text.insert(at, c);
                    default -> text.deleteCharAt(at);
                }
            }
            try {
                CronExpression.parse(text.toString());
                accepted++;
                assertThat(org.quartz.CronExpression.isValidExpression(text.toString()))
                        .as("seed %d: \"%s\"", seed, text)
                        .isTrue();
            } catch (CronSyntaxException refused) {
                assertThat(refused.position()).as(refused.getMessage()).isBetween(0, text.length());
            }
        }
        assertThat(accepted).isGreaterThan(4_000);
    }

    private static long compared(long seed, ZoneId zone, int expressions, int steps) throws ParseException {
        Random random = new Random(seed);
        long compared = 0;
        for (int i = 0; i < expressions; i++) {
            RandomCron cron = RandomCron.next(random, SHAPE);
            CronExpression ours = CronExpression.parse(cron.text());
            org.quartz.CronExpression theirs = new org.quartz.CronExpression(cron.text());
            theirs.setTimeZone(TimeZone.getTimeZone(zone));
            Instant after = Instant.ofEpochSecond(random.nextInt(), random.nextInt(1000) * 1_000_000L)
                    .plusSeconds(2_500_000_000L - (1L << 30));
            boolean nearestWeekday = NEAREST_WEEKDAY.matcher(cron.text()).find();
            if (nearestWeekday) {
                // With W, Quartz carries the time of day it was asked at over to the day found, and forgets a day moved
                // forward past the one it was asked on. Asked for the first of a month on it does neither.
                after = after.atZone(zone)
                        .with(firstDayOfMonth())
                        .truncatedTo(DAYS)
                        .minusSeconds(1)
                        .toInstant();
            }
            for (int step = 0; step < (nearestWeekday ? 1 : steps) && after != null; step++) {
                Date answer = theirs.getTimeAfter(Date.from(after));
                Optional<Instant> expected =
                        Optional.ofNullable(answer).map(Date::toInstant).filter(at -> withinYears(at, zone));
                Optional<Instant> got = ours.next(after, zone, DstPolicy.AUTO);
                if (farFromChanges(after, expected, zone) && farFromChanges(after, got, zone)) {
                    assertThat(got)
                            .as("seed %d: \"%s\" in %s after %s", seed, cron.text(), zone, after)
                            .isEqualTo(expected);
                    compared++;
                }
                after = expected.orElse(null);
            }
        }
        return compared;
    }

    private static boolean withinYears(Instant at, ZoneId zone) {
        return LocalDateTime.ofInstant(at, zone).getYear() <= 2099;
    }

    private static boolean farFromChanges(Instant after, Optional<Instant> next, ZoneId zone) {
        ZoneOffsetTransition change = zone.getRules().nextTransition(after.minusSeconds(FAR));
        return change == null
                || next.isPresent() && change.getInstant().isAfter(next.get().plusSeconds(FAR));
    }
}
