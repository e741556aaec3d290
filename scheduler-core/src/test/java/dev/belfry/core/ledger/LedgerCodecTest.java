package dev.belfry.core.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Records of every form that was ever written are read; what a mark does not say has its meaning, too. */
class LedgerCodecTest {
    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");

    @Test
    void anAttemptKeepsTheStartOfTheFirstOne() {
        Mark.Started third = new Mark.Started(3, 77, NOON.plusSeconds(9), "a~1", 0, NOON);
        Mark.Started failed = new Mark.Started(2, 78, NOON.plusSeconds(9), "a~1", 1, NOON);
        Mark.Started first = new Mark.Started(1, 79, NOON, "a~1");
        for (Mark.Started mark : List.of(third, failed, first)) {
            assertThat(read(LedgerCodec.encode(with(mark)))).isEqualTo(mark);
        }
        assertThat(new String(LedgerCodec.encode(with(first)), StandardCharsets.UTF_8))
                .as("what says nothing new is left out")
                .contains("\"a~1\"]");
    }

    @Test
    void ofAnOlderRecordTheTimeCountsFromTheLastStart() {
        String old = new String(
                LedgerCodec.encode(with(new Mark.Started(4, 77, NOON, "a~1", 2, NOON))), StandardCharsets.UTF_8);
        assertThat(old).as("without a first start, as it was written before").contains("\"a~1\",2]");
        assertThat(read(old.getBytes(StandardCharsets.UTF_8)).first()).isEqualTo(NOON);
    }

    @Test
    void aStretchInWhichAnAgentWasThereIsKept() {
        Optional<Attendance> there = Optional.of(new Attendance(NOON, NOON.plusSeconds(7)));
        LedgerRecord record = new LedgerRecord(
                "a~1", 1, 1, NOON, List.of(), List.of(), List.of(), Optional.empty(), Optional.empty(), there);
        assertThat(LedgerCodec.decode("/ledger", LedgerCodec.encode(record))).isEqualTo(record);
    }

    private static LedgerRecord with(Mark mark) {
        return new LedgerRecord(
                "a~1",
                1,
                1,
                NOON.minusSeconds(1),
                List.of(Span.of(NOON, mark)),
                List.of(),
                List.of(),
                Optional.empty(),
                Optional.empty());
    }

    private static Mark.Started read(byte[] stored) {
        return (Mark.Started)
                LedgerCodec.decode("/ledger", stored).above().get(0).mark();
    }
}
