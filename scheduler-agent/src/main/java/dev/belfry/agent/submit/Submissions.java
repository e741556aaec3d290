package dev.belfry.agent.submit;

import dev.belfry.core.job.DefinitionError;
import dev.belfry.core.job.HandlerParameters;
import dev.belfry.core.job.Placement;
import dev.belfry.core.queue.Submission;
import dev.belfry.core.version.JobRecord;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Makes a run of what somebody wants to have run, or says why there is none. Pure. */
public final class Submissions {
    private static final Pattern KEY = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._~-]{0,99}");

    /** A run, or why there is none. */
    public sealed interface Answer {}

    /** It can be submitted. */
    public record Run(Submission run) implements Answer {}

    /** It cannot, for this reason, which says what to do. */
    public record Refused(String why) implements Answer {}

    private Submissions() {}

    /**
     * The run of a job.
     *
     * @param found the job as it was read, if it was there
     * @param number unique among the runs that are submitted without a key
     * @param now by the clock of whoever submits
     */
    public static Answer of(
            String job,
            Optional<JobRecord> found,
            Map<String, String> parameters,
            SubmitOptions options,
            String number,
            Instant now) {
        Optional<String> problem = problem(job, found, parameters, options);
        if (problem.isPresent()) {
            return new Refused(problem.get());
        }
        JobRecord record = found.orElseThrow();
        String key = options.choice().key();
        String runId = record.uid() + "!" + (key.isEmpty() ? number : key);
        if (runId.length() > Submission.LONGEST_ID) {
            return new Refused("the key of a run of job '" + job + "' has at most "
                    + (Submission.LONGEST_ID - record.uid().length() - 1) + " characters, not " + key.length());
        }
        return new Run(new Submission(
                runId,
                record.uid(),
                record.definition().shards().count(),
                Optional.empty(),
                parameters,
                options.stored(now),
                options.by()));
    }

    private static Optional<String> problem(
            String job, Optional<JobRecord> found, Map<String, String> parameters, SubmitOptions options) {
        if (found.isEmpty() || found.get().deleted()) {
            return Optional.of("there is no job '" + job + "'; 'belfry get jobs' lists those that are there");
        }
        Placement placement = found.get().definition().placement();
        if (placement != Placement.QUEUED) {
            return Optional.of("job '" + job + "' has placement: "
                    + placement.name().toLowerCase(Locale.ROOT)
                    + ", so the owners of its shards run it: trigger it instead, or apply it with placement: queued");
        }
        String key = options.choice().key();
        if (!key.isEmpty() && !KEY.matcher(key).matches()) {
            return Optional.of("not a key: '" + key + "'; 1 to 100 letters, digits, '.', '_', '~' or '-'");
        }
        List<DefinitionError> problems = HandlerParameters.problems(found.get().definition(), parameters);
        return problems.isEmpty()
                ? Optional.empty()
                : Optional.of("the run cannot work: "
                        + problems.stream().map(DefinitionError::render).collect(Collectors.joining("; ")));
    }
}
