package dev.belfry.core.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belfry.core.schedule.TriggerOptions.Window;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ScheduleTest {
    private static final Instant START = Instant.parse("2026-11-22T10:00:00Z");
    private static final TriggerOptions PLAIN = TriggerOptions.DEFAULT;

    @Test
    void everyLiesOnAGridThroughItsAnchorOnBothSides() {
        Random random = new Random(1);
        for (int i = 0; i < 20_000; i++) {
            long step = 1 + random.nextInt(1 << random.nextInt(1, 30));
            Instant anchor = START.plusNanos(random.nextLong(-1L << 55, 1L << 55));
            EveryTrigger every = new EveryTrigger(Duration.ofMillis(step), anchor, PLAIN);
            Instant after = START.plusNanos(random.nextLong(-1L << 55, 1L << 55));
            Instant fire = Schedule.of(every).next(after).orElseThrow();
            assertThat(fire).isAfter(after).isBeforeOrEqualTo(after.plusMillis(step));
            assertThat(Duration.between(anchor, fire).toNanos() % (step * 1_000_000))
                    .isZero();
        }
    }

    @Test
    void everyIsAnchoredAtTheStartOfItsWindowWhichFiresItself() {
        Window window = new Window(START.plusSeconds(7), START.plusSeconds(37));
        Schedule schedule = Schedule.of(EveryTrigger.of(Duration.ofSeconds(10), PLAIN.withWindow(window)));
        assertThat(schedule.between(Instant.MIN, Instant.MAX, 100))
                .containsExactly(START.plusSeconds(7), START.plusSeconds(17), START.plusSeconds(27));
        assertThat(EveryTrigger.of(Duration.ofSeconds(10), PLAIN).anchor()).isEqualTo(Instant.EPOCH);
    }

    @Test
    void windowBoundsEveryKindOfTrigger() {
        TriggerOptions bounded = PLAIN.withWindow(new Window(START, START.plusSeconds(120)));
        Schedule cron = Schedule.of(new CronTrigger(CronExpression.parse("0 * * * * ?"), bounded));
        assertThat(cron.between(Instant.EPOCH, Instant.MAX, 10)).containsExactly(START, START.plusSeconds(60));
        Schedule at = Schedule.of(new AtTrigger(
                List.of(START.plusSeconds(120), START, START.minusNanos(1), START, START.plusSeconds(5)), bounded));
        assertThat(at.between(Instant.EPOCH, Instant.MAX, 10)).containsExactly(START, START.plusSeconds(5));
    }

    @Test
    void severalTriggersAtOneInstantAreOneFireAndTheUnionIsInOrder() {
        Schedule schedule = Schedule.of(
                new CronTrigger(CronExpression.parse("0/20 * * * * ?"), PLAIN),
                EveryTrigger.of(Duration.ofSeconds(30), PLAIN),
                new AtTrigger(List.of(START.plusSeconds(20), START.plusSeconds(33)), PLAIN),
                new ManualTrigger());
        assertThat(schedule.between(START, START.plusSeconds(60), 100))
                .containsExactly(
                        START.plusSeconds(20),
                        START.plusSeconds(30),
                        START.plusSeconds(33),
                        START.plusSeconds(40),
                        START.plusSeconds(60));
        assertThat(schedule.count(START, START.plusSeconds(60), 100)).isEqualTo(5);
        assertThat(schedule.count(START, START.plusSeconds(60), 3)).isEqualTo(3);
        assertThat(schedule.between(START, START.plusSeconds(60), 2)).hasSize(2);
        assertThat(schedule.manualOnly()).isFalse();
        assertThat(schedule.delay()).isEmpty();
    }

    @Test
    void latestAgreesWithEnumeration() {
        long seed = 3;
        Random random = new Random(seed);
        for (int i = 0; i < 300; i++) {
            List<Trigger> triggers = new ArrayList<>();
            for (int t = random.nextInt(3); t >= 0; t--) {
                triggers.add(anyTrigger(random));
            }
            Schedule schedule = new Schedule(triggers, Map.of());
            Instant after = START.plusMillis(random.nextInt(1_000_000_000));
            Instant upTo = after.plusMillis(random.nextInt(-1000, 20_000_000));
            List<Instant> all = schedule.between(after, upTo, Integer.MAX_VALUE);
            assertThat(schedule.latest(after, upTo))
                    .as("seed %d: %s in (%s, %s]", seed, schedule, after, upTo)
                    .isEqualTo(all.isEmpty() ? Optional.empty() : Optional.of(all.get(all.size() - 1)));
            assertThat(schedule.count(after, upTo, Long.MAX_VALUE)).isEqualTo(all.size());
            assertThat(new TreeSet<>(all)).hasSameSizeAs(all).containsExactlyElementsOf(all);
        }
    }

    private static Trigger anyTrigger(Random random) {
        return switch (random.nextInt(3)) {
            case 0 ->
                new CronTrigger(
                        CronExpression.parse(RandomCron.next(random, new RandomCron.Shape(false, true))
                                .text()),
                        PLAIN.withZone(ZoneId.of("Europe/Berlin")));
            case 1 -> EveryTrigger.of(Duration.ofMillis(1_000 + random.nextInt(10_000_000)), PLAIN);
            default ->
                new AtTrigger(
                        List.of(
                                START.plusMillis(random.nextInt(1_000_000_000)),
                                START.plusSeconds(random.nextInt(999_999))),
                        PLAIN);
        };
    }

    @Test
    void latestOfEverySecondOverSeventyYearsNeedsNoEnumeration() {
        Schedule schedule = Schedule.of(new CronTrigger(CronExpression.parse("* * * * * ?"), PLAIN));
        for (int i = 0; i < 1_000; i++) {
            Instant upTo = START.plusSeconds(86_400L * 365 * (i % 70)).plusMillis(i);
            assertThat(schedule.latest(Instant.EPOCH, upTo)).hasValue(Instant.ofEpochSecond(upTo.getEpochSecond()));
        }
        assertThat(schedule.latest(Instant.MIN, Instant.MAX)).hasValue(Instant.parse("2099-12-31T23:59:59Z"));
        assertThat(schedule.latest(START, START)).isEmpty();
        assertThat(schedule.latest(START, START.minusSeconds(1))).isEmpty();
    }

    @Test
    void delayCountsFromCompletionAndStandsAlone() {
        TriggerOptions bounded = PLAIN.withWindow(new Window(START, START.plusSeconds(100)));
        DelayTrigger trigger = new DelayTrigger(Duration.ofSeconds(30), bounded);
        Schedule schedule = Schedule.of(trigger);
        assertThat(schedule.delay()).hasValue(Duration.ofSeconds(30));
        assertThat(schedule.next(START)).isEmpty();
        assertThat(schedule.firstDelayed(START.minusSeconds(9))).isEqualTo(START);
        assertThat(schedule.nextAfterCompletion(START.plusMillis(1))).isEqualTo(START.plusMillis(30_001));
        assertThat(schedule.nextAfterCompletion(START.plusSeconds(70))).isEqualTo(Instant.MAX);
        assertThatThrownBy(() -> Schedule.of(trigger, new ManualTrigger()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cannot be combined");
        assertThatThrownBy(() -> Schedule.of(new ManualTrigger()).nextAfterCompletion(START))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void manualAloneNeverFires() {
        Schedule schedule = Schedule.of(new ManualTrigger());
        assertThat(schedule.manualOnly()).isTrue();
        assertThat(schedule.next(Instant.MIN)).isEmpty();
        assertThat(schedule.jittered(START, "job")).isEqualTo(START);
    }

    @Test
    void jitterOnlyDelaysKeepsOrderAndSpreads() {
        Schedule schedule = Schedule.of(
                EveryTrigger.of(Duration.ofSeconds(10), PLAIN.withJitter(Duration.ofMinutes(1))),
                new AtTrigger(List.of(START.plusSeconds(13)), PLAIN.withJitter(Duration.ofMillis(500))));
        Instant previous = Instant.MIN;
        Set<Duration> delays = new HashSet<>();
        for (Instant fire : schedule.between(START, START.plusSeconds(10_000), 1_000)) {
            Instant start = schedule.jittered(fire, "job-a");
            assertThat(start).isAfterOrEqualTo(fire).isAfter(previous).isBefore(fire.plusSeconds(10));
            assertThat(schedule.jittered(fire, "job-a")).isEqualTo(start);
            delays.add(Duration.between(fire, start));
            previous = start;
        }
        assertThat(delays).hasSizeGreaterThan(800);
        assertThat(schedule.jittered(START.plusSeconds(13), "x")).isBefore(START.plusMillis(13_500));
        assertThat(schedule.jittered(START.plusSeconds(11), "x")).isEqualTo(START.plusSeconds(11));
    }

    @Test
    void jitterOfOneInstantDiffersBetweenJobsAndIsEvenlySpread() {
        int[] tenths = new int[10];
        for (int i = 0; i < 10_000; i++) {
            tenths[(int) (Jitter.delay("job-" + i, START, 1_000) / 100)]++;
        }
        assertThat(Arrays.stream(tenths).boxed())
                .allSatisfy(count -> assertThat(count).isBetween(850, 1_150));
    }

    @Test
    void jitterIsTheSameInEveryVersion() {
        assertThat(Jitter.delay("3f2a", Instant.parse("2026-11-22T10:00:00Z"), 3_600_000))
                .isEqualTo(2_010_587);
        assertThat(Jitter.delay("", Instant.EPOCH, 1_000)).isEqualTo(483);
    }

    @Test
    void delayFiresAreJitteredToo() {
        Schedule schedule =
                Schedule.of(new DelayTrigger(Duration.ofSeconds(5), PLAIN.withJitter(Duration.ofSeconds(60))));
        assertThat(schedule.jittered(START, "a")).isBetween(START, START.plusSeconds(60));
        assertThat(schedule.jittered(START, "a")).isNotEqualTo(schedule.jittered(START, "b"));
    }

    @Test
    void impossibleSchedulesAreRefused() {
        assertThatThrownBy(() -> new Schedule(List.of(), Map.of())).hasMessageContaining("needs a trigger");
        assertThatThrownBy(() -> Schedule.of(EveryTrigger.of(Duration.ofSeconds(1), PLAIN.withCalendar("feasts"))))
                .hasMessageContaining("unknown calendar \"feasts\"");
        assertThatThrownBy(() -> EveryTrigger.of(Duration.ZERO, PLAIN)).hasMessageContaining("every");
        assertThatThrownBy(() -> EveryTrigger.of(Duration.ofNanos(1_500_000), PLAIN))
                .hasMessageContaining("millisecond");
        assertThatThrownBy(() -> new DelayTrigger(Duration.ofSeconds(-1), PLAIN))
                .hasMessageContaining("delay");
        assertThatThrownBy(() -> new AtTrigger(List.of(), PLAIN)).hasMessageContaining("at least one");
        assertThatThrownBy(() -> new AtTrigger(List.of(Instant.MAX), PLAIN)).hasMessageContaining("2099");
        assertThatThrownBy(() -> new Window(START, START)).hasMessageContaining("ends at");
        assertThatThrownBy(() -> PLAIN.withJitter(Duration.ofSeconds(-1))).hasMessageContaining("jitter");
    }

    @Test
    void schedulesAreEqualIfTheirTriggersAre() {
        Schedule one = Schedule.of(new CronTrigger(CronExpression.parse("0 0 9 ? * mon"), PLAIN));
        Schedule two = Schedule.of(new CronTrigger(CronExpression.parse("0 0 9 ? * MON"), PLAIN));
        assertThat(one).isEqualTo(two).hasSameHashCodeAs(two);
        assertThat(one).isNotEqualTo(Schedule.of(new ManualTrigger()));
    }
}
