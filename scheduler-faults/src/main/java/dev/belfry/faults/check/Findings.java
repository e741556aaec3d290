package dev.belfry.faults.check;

import dev.belfry.core.run.Outcome;
import java.util.List;
import java.util.Map;

/**
 * What the comparison of evidence and record has found.
 *
 * @param violations broken promises, one sentence each
 * @param executions attempts that the handlers have seen
 * @param outcomes of all fires of shards, by job
 * @param doubled fires of at-least-once jobs that ran to their end twice, and whose record says why
 * @param traceless fires of at-least-once jobs that ran to their end twice, of which the first attempt left no line: its agent
 *     ran it under its lease while no server answered, and the next owner could not know
 * @param unclaimed fires of the broadcast job around the end of an incarnation that nobody accounts for: their agent ran them while
 *     no server answered, or was between two sessions
 * @param overrun attempts that went on for a while after their lease had ended and another had begun
 */
public record Findings(
        List<String> violations,
        int executions,
        Map<String, Map<Outcome, Long>> outcomes,
        int doubled,
        int traceless,
        long unclaimed,
        int overrun) {
    public Findings {
        violations = List.copyOf(violations);
    }
}
