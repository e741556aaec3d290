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
 * @param unsure fires that ran to their end and are recorded as what may have run: their agent ran them under its lease while
 *     no server answered, and was lost before it could record them
 * @param overrun attempts that went on for a while after their lease had ended and another had begun
 */
public record Findings(
        List<String> violations,
        int executions,
        Map<String, Map<Outcome, Long>> outcomes,
        int doubled,
        int unsure,
        int overrun) {
    public Findings {
        violations = List.copyOf(violations);
    }
}
