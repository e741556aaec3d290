package dev.belfry.core.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.core.schedule.DstPolicy.Gap;
import dev.belfry.core.schedule.DstPolicy.Overlap;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Brute force over every local second around a clock change is the oracle; the policy is written here a second time. */
class CronAcrossClockChangesTest {
    private static final String[] ZONES = {
        "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Sao_Paulo", "Pacific/Apia", "Asia/Tehran",
        "Africa/Casablanca", "Asia/Kathmandu", "Europe/Moscow", "America/Caracas", "Antarctica/Troll", "Asia/Pyongyang",
        "Africa/Monrovia", "Pacific/Kwajalein", "Asia/Gaza", "Europe/Dublin", "America/St_Johns", "Africa/Cairo",
    };
    private static final Duration AROUND = Duration.ofHours(6);

    @Test
    void everyPolicyAgreesWithBruteForceAroundChangesOfManyZones() {
        long seed = 42;
        Random random = new Random(seed);
        long fires = 0;
        for (int round = 0; round < 360; round++) {
            ZoneId zone = ZoneId.of(ZONES[round % ZONES.length]);
            ZoneOffsetTransition change = anyChange(random, zone.getRules());
            RandomCron cron = RandomCron.next(random, new RandomCron.Shape(false, true));
            DstPolicy policy = round % 3 == 0
                    ? DstPolicy.AUTO
                    : DstPolicy.of(Gap.values()[random.nextInt(3)], Overlap.values()[random.nextInt(4)]);
            fires += compare(cron, zone, change, policy, "seed " + seed + ", round " + round);
        }
        assertThat(fires).isGreaterThan(10_000);
    }

    @Test
    void sparseExpressionsAgreeWithBruteForceOverManyChanges() {
        long seed = 77;
        Random random = new Random(seed);
        for (int round = 0; round < 150; round++) {
            RandomCron cron = RandomCron.next(random, new RandomCron.Shape(false, false));
            while (!cron.text().trim().matches("\\d+\\s+\\d+\\s+\\d+\\s.*")) {
                cron = RandomCron.next(random, new RandomCron.Shape(false, false));
            }
            String[] fields = cron.text().trim().split("\\s+");
            LocalTime time =
                    LocalTime.of(Integer.parseInt(fields[2]), Integer.parseInt(fields[1]), Integer.parseInt(fields[0]));
            ZoneId zone = ZoneId.of(ZONES[round % ZONES.length]);
            LocalDate first = LocalDate.of(1971 + random.nextInt(100), 1, 1);
            TreeSet<Instant> expected = new TreeSet<>();
            for (LocalDate date = first; date.isBefore(first.plusYears(25)); date = date.plusDays(1)) {
                addFires(expected, date.atTime(time), cron, zone.getRules(), DstPolicy.AUTO);
            }
            Instant from = first.plusDays(2).atStartOfDay(ZoneOffset.UTC).toInstant();
            Instant to = first.plusYears(25)
                    .minusDays(2)
                    .atStartOfDay(ZoneOffset.UTC)
                    .toInstant();
            Trigger trigger = new CronTrigger(CronExpression.parse(cron.text()), TriggerOptions.DEFAULT.withZone(zone));
            assertThat(Schedule.of(trigger).between(from, to, Integer.MAX_VALUE))
                    .as("seed %d, round %d: \"%s\" in %s", seed, round, cron.text(), zone)
                    .containsExactlyElementsOf(expected.subSet(from, false, to, true));
        }
    }

    @Test
    void noZoneHasChangesSoCloseTogetherThatTheirGapsOrOverlapsTouch() {
        for (String id : ZoneId.getAvailableZoneIds()) {
            ZoneRules rules = ZoneId.of(id).getRules();
            List<ZoneOffsetTransition> changes = changes(rules);
            for (int i = 1; i < changes.size(); i++) {
                Duration apart = Duration.between(
                        changes.get(i - 1).getInstant(), changes.get(i).getInstant());
                Duration jumps = changes.get(i - 1)
                        .getDuration()
                        .abs()
                        .plus(changes.get(i).getDuration().abs());
                assertThat(apart).as("%s, %s", id, changes.get(i)).isGreaterThan(jumps);
            }
        }
    }

    private static long compare(
            RandomCron cron, ZoneId zone, ZoneOffsetTransition change, DstPolicy policy, String seed) {
        Duration around = AROUND.plus(change.getDuration().abs());
        Instant from = change.getInstant().minus(around);
        Instant to = change.getInstant().plus(around);
        TreeSet<Instant> expected = bruteForce(cron, zone.getRules(), from, to, policy);
        List<Instant> got = new ArrayList<>();
        CronExpression expression = CronExpression.parse(cron.text());
        Instant at = expression.next(from, zone, policy).orElse(to.plusSeconds(1));
        while (!at.isAfter(to)) {
            got.add(at);
            at = expression.next(at, zone, policy).orElse(to.plusSeconds(1));
        }
        String what = seed + ": \"" + cron.text() + "\" in " + zone + " at " + change + " with " + policy;
        assertThat(got).as(what).containsExactlyElementsOf(expected);
        // Also from instants that are not fires themselves, in particular within both passes of an overlap.
        Random random = new Random(seed.hashCode());
        for (int i = 0; i < 50; i++) {
            Instant after = change.getInstant().plusMillis(random.nextInt(14_400_000) - 7_200_000);
            Instant following = expected.higher(after);
            if (following != null) {
                assertThat(expression.next(after, zone, policy))
                        .as(what + " after " + after)
                        .hasValue(following);
            }
        }
        return expected.size();
    }

    private static TreeSet<Instant> bruteForce(
            RandomCron cron, ZoneRules rules, Instant from, Instant to, DstPolicy policy) {
        TreeSet<Instant> fires = new TreeSet<>();
        LocalDateTime end = LocalDateTime.ofInstant(to, ZoneOffset.UTC).plusDays(1);
        LocalDateTime local =
                LocalDateTime.ofInstant(from, ZoneOffset.UTC).minusDays(1).withNano(0);
        for (; local.isBefore(end); local = local.plusSeconds(1)) {
            addFires(fires, local, cron, rules, policy);
        }
        return new TreeSet<>(fires.subSet(from, false, to, true));
    }

    private static void addFires(
            TreeSet<Instant> fires, LocalDateTime local, RandomCron cron, ZoneRules rules, DstPolicy policy) {
        if (!cron.matches().test(local)) {
            return;
        }
        boolean runAtGapEnd = policy.gap() == Gap.RUN_AT_GAP_END || policy.gap() == Gap.AUTO && !cron.interval();
        boolean first = policy.overlap() != Overlap.LAST;
        boolean last = policy.overlap() == Overlap.LAST
                || policy.overlap() == Overlap.BOTH
                || policy.overlap() == Overlap.AUTO && cron.interval();
        List<ZoneOffset> offsets = rules.getValidOffsets(local);
        if (offsets.isEmpty() && runAtGapEnd) {
            fires.add(rules.getTransition(local).getInstant());
        } else if (offsets.size() == 1) {
            fires.add(local.toInstant(offsets.get(0)));
        } else if (offsets.size() == 2) {
            Instant one = local.toInstant(offsets.get(0));
            Instant two = local.toInstant(offsets.get(1));
            if (first) {
                fires.add(one.isBefore(two) ? one : two);
            }
            if (last) {
                fires.add(one.isBefore(two) ? two : one);
            }
        }
    }

    private static ZoneOffsetTransition anyChange(Random random, ZoneRules rules) {
        List<ZoneOffsetTransition> changes = changes(rules);
        return changes.get(random.nextInt(changes.size()));
    }

    private static List<ZoneOffsetTransition> changes(ZoneRules rules) {
        List<ZoneOffsetTransition> changes = new ArrayList<>();
        ZoneOffsetTransition change = rules.nextTransition(Instant.parse("1970-01-10T00:00:00Z"));
        while (change != null && change.getInstant().isBefore(Instant.parse("2099-12-01T00:00:00Z"))) {
            changes.add(change);
            change = rules.nextTransition(change.getInstant());
        }
        return changes;
    }
}
