package dev.belfry.core.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belfry.core.journal.JournalCounts.Cell;
import dev.belfry.core.journal.JournalCounts.Origin;
import dev.belfry.core.ledger.FireId;
import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.core.run.Outcome;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

class JournalCountsTest {
    private static final Instant NOON = Instant.parse("2026-06-01T12:00:00Z");
    private static final Duration HOUR = Duration.ofHours(1);

    private static FireEntry line(String uid, FireId fire, Instant last, long count, Outcome outcome) {
        return new FireEntry(
                FireEntry.Kind.FINAL,
                uid,
                1,
                "0",
                fire,
                last,
                count,
                0,
                0,
                Instant.EPOCH,
                last.plusMillis(7),
                outcome,
                "");
    }

    private static FireEntry fire(String uid, Instant due) {
        return line(uid, FireId.scheduled(due), due, 1, Outcome.SUCCEEDED);
    }

    private static long sum(JournalCounts counts) {
        return counts.cells().values().stream().mapToLong(Long::longValue).sum();
    }

    private static JournalCounts sample() {
        JournalCounts counts = new JournalCounts();
        counts.add(fire("index~1", NOON.plusSeconds(5)));
        counts.add(fire("index~1", NOON.plusSeconds(10)));
        counts.add(line("index~1", FireId.requested("k1", NOON.plusMillis(3)), NOON.plusMillis(3), 1, Outcome.FAILED));
        Instant last = NOON.plus(HOUR.multipliedBy(3)).minusMillis(1);
        counts.add(line("report~2", FireId.scheduled(NOON.plusSeconds(1)), last, 40, Outcome.MISSED));
        return counts;
    }

    @Test
    void firesAreCountedByHoursJobOriginAndOutcome() {
        assertThat(sample().cells())
                .containsEntry(new Cell(NOON, NOON, "index~1", Origin.SCHEDULED, Outcome.SUCCEEDED), 2L)
                .containsEntry(new Cell(NOON, NOON, "index~1", Origin.REQUESTED, Outcome.FAILED), 1L)
                .containsEntry(
                        new Cell(NOON, NOON.plus(HOUR.multipliedBy(2)), "report~2", Origin.SCHEDULED, Outcome.MISSED),
                        40L)
                .hasSize(3);
    }

    @Test
    void startsAndAttemptsThatWereTriedAgainAreNotCounted() {
        JournalCounts counts = new JournalCounts();
        FireEntry last = fire("index~1", NOON);
        counts.add(new FireEntry(
                FireEntry.Kind.ENDED,
                last.jobUid(),
                1,
                "0",
                last.fire(),
                NOON,
                1,
                1,
                1,
                NOON,
                NOON,
                Outcome.FAILED,
                ""));
        assertThat(counts.cells()).isEmpty();
    }

    @Test
    void encodingIsGolden() throws IOException {
        String golden;
        try (InputStream file =
                Objects.requireNonNull(getClass().getResourceAsStream("/golden/journal-counts-1.json"))) {
            golden = new String(file.readAllBytes(), StandardCharsets.UTF_8).strip();
        }
        assertThat(new String(sample().encode(), StandardCharsets.UTF_8)).isEqualTo(golden);
        JournalCounts read = JournalCounts.decode("/journal/a~1", golden.getBytes(StandardCharsets.UTF_8));
        assertThat(read.cells()).isEqualTo(sample().cells());
        assertThat(read.earlierUntil()).isEqualTo(Instant.EPOCH);
    }

    @Test
    void whatIsTooMuchLosesItsHourAndNothingElse() {
        long seed = Long.getLong("belfry.seed", 11);
        Random random = new Random(seed);
        for (String uid : new String[] {"a~1", "x".repeat(128) + "~1f"}) {
            JournalCounts counts = new JournalCounts();
            long requested = 0;
            for (int i = 0; i < 5_000; i++) {
                Instant due = NOON.plus(HOUR.multipliedBy(random.nextInt(2_000)));
                boolean asked = random.nextInt(3) == 0;
                FireId fire = asked ? FireId.requested("k" + i, due) : FireId.scheduled(due);
                counts.add(line(uid, fire, due, 1, asked ? Outcome.FAILED : Outcome.SUCCEEDED));
                requested += asked ? 1 : 0;
            }
            assertThat(sum(counts)).as("seed " + seed).isEqualTo(5_000);
            assertThat(counts.encode()).hasSizeLessThan(60 * 1_024);
            assertThat(counts.cells()).hasSizeLessThanOrEqualTo(JournalCounts.MAX_CELLS);
            assertThat(counts.cells().entrySet().stream()
                            .filter(cell -> cell.getKey().origin() == Origin.REQUESTED)
                            .mapToLong(cell -> cell.getValue())
                            .sum())
                    .isEqualTo(requested);
            Instant oldestKept = counts.cells().keySet().stream()
                    .filter(cell -> !cell.isEarlier())
                    .map(Cell::hour)
                    .findFirst()
                    .orElseThrow();
            assertThat(counts.earlierUntil()).isBeforeOrEqualTo(oldestKept).isAfter(NOON);
            JournalCounts read = JournalCounts.decode("/journal/a~1", counts.encode());
            assertThat(read.cells()).isEqualTo(counts.cells());
            assertThat(read.earlierUntil()).isEqualTo(counts.earlierUntil());
        }
    }

    @Test
    void countsOfTwoJournalsAddUp() {
        JournalCounts total = sample();
        total.addAll(sample());
        assertThat(sum(total)).isEqualTo(2 * sum(sample()));
        assertThat(total.cells().keySet()).isEqualTo(sample().cells().keySet());
    }

    @Test
    void recordThatCannotBeReadSaysWhere() {
        String text = new String(sample().encode(), StandardCharsets.UTF_8).replace("requested", "wished");
        assertThatThrownBy(() -> JournalCounts.decode("/journal/a~1", text.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(CorruptRecordException.class)
                .hasMessageContaining("/journal/a~1")
                .hasMessageContaining("'wished'");
    }
}
