package dev.belfry.faults;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import picocli.CommandLine;

/** A few seconds of it; the hour is a command. */
final class ChurnTest {
    @Test
    @Timeout(120)
    void threadsHeapZnodesAndWatchesStayLevelWhileSessionsEnd() {
        Churn churn = new Churn();
        int code = new CommandLine(churn)
                .execute("--for", "2s", "--every", "200ms", "--agents", "3", "--session-timeout", "1s");
        assertThat(churn.broken()).isEmpty();
        assertThat(code).isZero();
    }
}
