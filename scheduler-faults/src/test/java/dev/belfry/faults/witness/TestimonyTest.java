package dev.belfry.faults.witness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belfry.faults.witness.Execution.End;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Evidence is read as it grows. */
final class TestimonyTest {
    @TempDir
    Path directory;

    private final Testimony testimony = new Testimony();
    private Life life;

    @BeforeEach
    void oneProcess() {
        life = new Life("agent-1", directory.resolve("1"));
        testimony.add(life);
    }

    private void written(String text) throws Exception {
        Files.writeString(life.file(), text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        testimony.read();
    }

    @Test
    void processThatHasWrittenNothingHasDoneNothing() {
        testimony.read();
        assertThat(testimony.executions()).isEmpty();
        assertThat(testimony.inFlight(life)).isFalse();
    }

    @Test
    void attemptIsInFlightFromItsBeginningToItsEnd() throws Exception {
        written("L 5 100\nS second 3 1000 77 10 50 1 0\nE second 3 10");
        assertThat(testimony.inFlight(life)).isTrue();
        assertThat(life.leaseHeld(104)).isTrue();
        assertThat(life.leaseHeld(105)).isFalse();
        written("00 77 30 40 ok\n");
        assertThat(testimony.inFlight(life)).isFalse();
        assertThat(testimony.executions()).singleElement().satisfies(execution -> {
            assertThat(execution.key()).isEqualTo(new Execution.Key("second", "3", 1_000, 77));
            assertThat(execution.start()).isEqualTo(10);
            assertThat(execution.end()).isEqualTo(30);
            assertThat(execution.how()).isEqualTo(End.OK);
        });
    }

    @Test
    void leaseThatIsOverHoldsNoMore() throws Exception {
        written("L 5 100\nL 50 0\n");
        assertThat(life.leaseHeld(40)).isTrue();
        assertThat(life.leaseHeld(60)).isFalse();
    }

    @Test
    void allAreFiringOnceTheLastShardHasBegunSomethingLaterDue() throws Exception {
        for (int shard = 0; shard < Jobs.SHARDS - 1; shard++) {
            written("S second " + shard + " 2000 1 " + (10 + shard) + " 50 1 0\n");
        }
        written("S second 5 1000 1 12 50 1 0\n");
        assertThat(testimony.allFiring(1_000)).isFalse();
        written("S second 5 2000 2 99 50 1 0\n");
        assertThat(testimony.allFiring(1_000)).isTrue();
    }

    @Test
    void latenessIsThatOfTheFirstAttemptOfEachFireInTheStretch() throws Exception {
        long zero = 5_000_000_000L;
        written("S second 0 999 1 900000000000 50 1 0\n"); // due before
        written("S second 1 1000 1 6500000000 50 1 0\n"); // 0.5 s late
        written("S second 2 1000 1 8500000000 50 1 0\n"); // 2.5 s late
        written("S second 2 1000 2 9500000000 50 2 0\n"); // the same once more
        written("S long 0 1000 1 19500000000 50 1 0\n"); // another job
        assertThat(testimony.lateness(1_000, 2_000, zero))
                .isEqualTo(new Testimony.Lateness(2_500_000_000L, 8_500_000_000L));
        assertThat(testimony.lateness(3_000, 4_000, zero)).isEqualTo(new Testimony.Lateness(0, Long.MIN_VALUE));
    }

    @Test
    void endWithoutABeginningIsAnError() {
        assertThatThrownBy(() -> written("E second 0 1000 1 30 40 ok\n"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no beginning of");
    }
}
