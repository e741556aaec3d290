package dev.belfry.core.overdue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.core.ownership.LayoutKey;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** When somebody is told of an outage again, and what is remembered of it. */
class CauseTest {
    private static final Instant NOON = Instant.parse("2026-06-01T12:00:00Z");
    private static final List<String> SILENT = List.of("silent a");

    private static Cause begun() {
        return Cause.begin(SILENT, NOON.minusSeconds(60), NOON.minusSeconds(60), 1, NOON);
    }

    @Test
    void moreFiresOfOneReasonAreNotTold() {
        Cause cause = begun();
        assertThat(cause.telling(SILENT, NOON.plusSeconds(10))).isEqualTo(Telling.MORE);
        Cause more = cause.with(SILENT, NOON, NOON.plusSeconds(5), 2, Telling.MORE, NOON.plusSeconds(10));
        assertThat(more.fires()).isEqualTo(3);
        assertThat(more.first()).isEqualTo(NOON.minusSeconds(60));
        assertThat(more.last()).isEqualTo(NOON.plusSeconds(5));
        assertThat(more.nextReminder()).isEqualTo(cause.nextReminder());
    }

    @Test
    void reminderComesAfterTenMinutesThenAfterTwiceAsLongAndAtLeastOnceADay() {
        Cause cause = begun();
        Duration before = Duration.ZERO;
        for (int i = 0; i < 40; i++) {
            Instant next = cause.nextReminder();
            Duration wait = Duration.between(cause.told(), next);
            assertThat(wait).isEqualTo(i == 0 ? Cause.FIRST_REMINDER : min(before.multipliedBy(2), Cause.LONGEST));
            assertThat(cause.telling(SILENT, next.minusMillis(1))).isEqualTo(Telling.MORE);
            assertThat(cause.telling(SILENT, next)).isEqualTo(Telling.REMINDER);
            cause = cause.with(SILENT, cause.first(), cause.last(), 0, Telling.REMINDER, next);
            before = wait;
        }
    }

    private static Duration min(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    @Test
    void newReasonIsToldAtOnceAndTheRemindersBeginAnew() {
        Cause cause = begun().with(SILENT, NOON, NOON, 1, Telling.REMINDER, NOON.plusSeconds(600));
        List<String> both = List.of("silent a", "gone b");
        Instant later = NOON.plusSeconds(700);
        assertThat(cause.telling(both, later)).isEqualTo(Telling.BEGIN);
        Cause told = cause.with(both, NOON, NOON, 1, Telling.BEGIN, later);
        assertThat(told.telling(both, later)).isEqualTo(Telling.MORE);
        assertThat(told.telling(SILENT, later)).isEqualTo(Telling.MORE);
        assertThat(told.nextReminder()).isEqualTo(later.plus(Cause.FIRST_REMINDER));
    }

    @Test
    void whatIsOverdueAgainSoonHasTheSameCause() {
        assertThat(begun().rests(NOON.plusSeconds(60))).isFalse();
        assertThat(begun().rests(NOON.minusSeconds(60).plus(Cause.REST))).isTrue();
    }

    @Test
    void recordKeepsItAcrossMasters() {
        LayoutKey layout = new LayoutKey("index~1", 3);
        Cause cause = Cause.begin(List.of("silent a", "gone b"), NOON, NOON.plusSeconds(9), 137, NOON.plusSeconds(70))
                .with(List.of("nobody"), NOON, NOON, 0, Telling.REMINDER, NOON.plusSeconds(900));
        RaisedRecord record = RaisedRecord.NONE.withCause(layout, Optional.of(cause));
        assertThat(RaisedRecord.decode("/x", record.encode()).causeOf(layout)).contains(cause);
        assertThat(record.withCause(layout, Optional.empty()).causes()).isEmpty();
        assertThat(RaisedRecord.decode(
                                "/x",
                                "{\"v\":1,\"raised\":[],\"writes\":[]}"
                                        .getBytes(java.nio.charset.StandardCharsets.UTF_8))
                        .causes())
                .isEmpty();
    }
}
