package dev.belfry.core.workflow;

import dev.belfry.core.job.DefinitionError;
import dev.belfry.core.job.HandlerParameters;
import dev.belfry.core.job.JobDefinition;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What a workflow run was given when it began, besides its instant.
 *
 * @param parameters over those of the definitions of its jobs
 * @param asOf its jobs go by the definitions in force then; empty for the instant of the run
 */
public record RunGiven(Map<String, String> parameters, Optional<Instant> asOf) {

    /** Bytes of parameters, at most: the submission of each root has them, too, and its entry in an inbox. */
    static final int MOST_BYTES = 48 * 1024;

    /** Nothing. */
    public static final RunGiven NOTHING = new RunGiven(Map.of(), Optional.empty());

    public RunGiven {
        parameters = Collections.unmodifiableMap(new TreeMap<>(parameters));
    }

    /**
     * The parameters that reach a job of the run: all of them; those that the job declares itself, if its handler comes with the
     * agent and would refuse what it does not know.
     */
    public Map<String, String> reaching(JobDefinition job) {
        Map<String, String> reaching = new TreeMap<>(parameters);
        if (HandlerParameters.isBuiltIn(job.handler())) {
            reaching.keySet().retainAll(job.parameters().keySet());
        }
        return reaching;
    }

    /** Why a workflow cannot be given these parameters; empty if nothing speaks against it. */
    public Optional<String> refusal(Workflow workflow) {
        if (parameters.isEmpty()) {
            return Optional.empty();
        }
        int most = WorkflowRunCodec.mostBytes(workflow, this);
        int own = most - WorkflowRunCodec.mostBytes(workflow);
        if (own > MOST_BYTES) {
            return Optional.of(String.format(
                    Locale.ROOT,
                    "its parameters take %,d bytes, and %,d is the most: hand large values over by reference",
                    own,
                    MOST_BYTES));
        }
        if (most > WorkflowRunCodec.MOST_BYTES) {
            return Optional.of(String.format(
                    Locale.ROOT,
                    "with these parameters its run could take %,d bytes as stored, and %,d is the most: hand large values"
                            + " over by reference",
                    most,
                    WorkflowRunCodec.MOST_BYTES));
        }
        for (JobDefinition job : workflow.jobs()) {
            List<DefinitionError> problems = HandlerParameters.problems(job, reaching(job));
            if (!problems.isEmpty()) {
                return Optional.of("job " + job.name() + " cannot work with these parameters: "
                        + problems.stream().map(DefinitionError::render).collect(Collectors.joining("; ")));
            }
        }
        return Optional.empty();
    }
}
