package dev.belfry.faults;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import picocli.CommandLine;

/** The scenarios in small, on clusters of real processes: minutes instead of an hour. */
final class ScenariosFaultsTest {
    @Test
    @Timeout(600)
    void rollingRestartMissesNothingAndMovesAShardTwiceAtMost() {
        RollingRestart restart = new RollingRestart();
        int code = new CommandLine(restart).execute("--agents", "4", "--shards", "12");
        assertThat(restart.broken()).isEmpty();
        assertThat(code).isZero();
    }

    @Test
    @Timeout(600)
    void mastersThatAreKilledUnderLoadMakeNothingLateAndMoveNothing() {
        MasterKills kills = new MasterKills();
        int code = new CommandLine(kills).execute("--kills", "4");
        assertThat(kills.broken()).isEmpty();
        assertThat(code).isZero();
    }

    @Test
    @Timeout(120)
    void threadsHeapZnodesAndWatchesStayLevelWhileSessionsEnd() {
        Churn churn = new Churn();
        int code = new CommandLine(churn)
                .execute("--for", "20s", "--every", "200ms", "--agents", "3", "--session-timeout", "1s");
        assertThat(churn.broken()).isEmpty();
        assertThat(code).isZero();
    }
}
