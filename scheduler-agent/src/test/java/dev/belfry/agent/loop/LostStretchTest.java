package dev.belfry.agent.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.core.ledger.Attendance;
import dev.belfry.core.ledger.LedgerRecord;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LostStretchTest {
    private static final Instant MARK = Instant.parse("2026-01-01T00:00:26Z");
    private static final Instant END = MARK.plusSeconds(18);
    private static final LedgerRecord LEDGER = LedgerRecord.fresh(MARK);
    private static final long SECOND_LEADER = 2L << 32;
    private static final long THIRD_LEADER = 3L << 32;

    @Test
    void underOneLeaderNothingIsKnownBesideTheLedger() {
        assertThat(LostStretch.of(LEDGER, SECOND_LEADER + 5, END, SECOND_LEADER + 90))
                .isEmpty();
    }

    @Test
    void aNewLeaderLetsTheIncarnationLiveUntilItsCertainEnd() {
        assertThat(LostStretch.of(LEDGER, SECOND_LEADER + 5, END, THIRD_LEADER + 1))
                .contains(new Attendance(MARK, END));
    }

    @Test
    void aServerWithoutAnEnsembleMayHaveBeenAway() {
        assertThat(LostStretch.of(LEDGER, 5, END, 90)).contains(new Attendance(MARK, END));
    }

    @Test
    void whatWaitedBeforeIsStillOwed() {
        Attendance waited = new Attendance(MARK.minusSeconds(3), MARK.plusSeconds(1));
        LedgerRecord ledger = LEDGER.attended(Optional.of(waited));
        assertThat(LostStretch.of(ledger, SECOND_LEADER, END, SECOND_LEADER + 1))
                .contains(waited);
        assertThat(LostStretch.of(ledger, SECOND_LEADER, END, THIRD_LEADER))
                .contains(new Attendance(waited.from(), END));
    }

    @Test
    void anEndBeforeTheMarkLeavesNothingOpen() {
        assertThat(LostStretch.of(LEDGER, SECOND_LEADER, MARK, THIRD_LEADER)).isEmpty();
    }
}
