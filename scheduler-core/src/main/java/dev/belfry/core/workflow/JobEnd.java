package dev.belfry.core.workflow;

import dev.belfry.core.run.Outcome;
import dev.belfry.core.value.Output;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The end of a job's run within a workflow.
 *
 * @param job its name
 * @param attempt the attempt that {@link Effect.Start} named; the end of an earlier one changes nothing
 * @param outcome of the run, over all its shards
 * @param output what it handed on, for the conditions of the jobs that follow; looked at only if it succeeded. Empty beside a
 *     {@code reference} where nobody has read it yet: the conditions wait for {@link WorkflowRun#read}
 * @param reference where the output is kept, at most {@link #LONGEST_REFERENCE} characters; likewise
 */
public record JobEnd(String job, int attempt, Outcome outcome, Optional<Output> output, Optional<String> reference) {

    /** The longest address of an output, in characters. */
    public static final int LONGEST_REFERENCE = 104;

    private static final Pattern REFERENCE = Pattern.compile("[A-Za-z0-9._:/@~-]{1," + LONGEST_REFERENCE + "}");

    private static final List<Outcome> WORST_FIRST = List.of(
            Outcome.FAILED,
            Outcome.TIMED_OUT,
            Outcome.LOST,
            Outcome.UNKNOWN,
            Outcome.CANCELLED,
            Outcome.UPSTREAM_FAILED,
            Outcome.SUPERSEDED,
            Outcome.MISSED,
            Outcome.SKIPPED,
            Outcome.SUCCEEDED);

    public JobEnd {
        Objects.requireNonNull(job, "job");
        Objects.requireNonNull(outcome, "outcome");
        Objects.requireNonNull(output, "output");
        reference.ifPresent(JobEnd::checkReference);
    }

    /** An end without output. */
    public static JobEnd of(String job, int attempt, Outcome outcome) {
        return new JobEnd(job, attempt, outcome, Optional.empty(), Optional.empty());
    }

    /**
     * The outcome of a run over all its shards: it succeeded only if every shard did; else the worst counts, from failed down to
     * skipped.
     *
     * @throws IllegalArgumentException if there are none
     */
    public static Outcome combined(Collection<Outcome> shards) {
        return WORST_FIRST.stream()
                .filter(shards::contains)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("a run without shards has no outcome"));
    }

    static void checkReference(String reference) {
        if (!REFERENCE.matcher(reference).matches()) {
            throw new IllegalArgumentException("not the address of an output: \"" + reference + "\" (expected 1 to "
                    + LONGEST_REFERENCE + " letters, digits and . _ : / @ ~ -)");
        }
    }
}
