package dev.belfry.faults;

import dev.belfry.console.proof.Proof;
import dev.belfry.faults.check.Findings;
import java.time.Duration;
import java.util.List;

/**
 * What became of a round.
 *
 * @param violations broken promises, one sentence each; none if all is well
 */
public record RoundReport(
        List<Recovery> recoveries, List<Skipped> skipped, List<String> violations, Findings findings, Proof proof) {
    public RoundReport {
        recoveries = List.copyOf(recoveries);
        skipped = List.copyOf(skipped);
        violations = List.copyOf(violations);
    }

    /**
     * A fault that was overcome.
     *
     * @param time from the blow, or from the healing where the cluster cannot overcome it alone, to the moment at which the last
     *     late fire of the job that fires every second began; zero if none was late by over a second
     * @param late how late the latest fire of that job began, of those due while the fault was there
     */
    public record Recovery(String fault, String met, Duration time, Duration late) {}

    /** A fault that could not be made here. */
    public record Skipped(String fault, String why) {}

    /** In one paragraph. */
    public String summary() {
        return findings.executions() + " attempts, " + proof.due() + " fires of shards due, " + proof.pairs()
                + " recorded as run again after an unknown outcome, " + findings.doubled() + " run to their end twice, "
                + findings.unsure() + " run to their end and recorded as unknown, "
                + findings.overrun() + " attempts beside an older one whose lease was over, outcomes "
                + findings.outcomes() + ", " + proof.counted() + " counted and not listed; "
                + (violations.isEmpty() ? "every promise kept" : violations.size() + " BROKEN PROMISES");
    }
}
