package dev.belfry.core.workflow;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The id of a job's run within a workflow run: {@code <workflow run id>:<job>:<attempt>}. Ids of other runs do not look so: the key
 * of a submission has no colon, and no instant ends with a colon and a number.
 *
 * @param workflowRun the workflow run id
 * @param job its name
 * @param attempt which start of the job in that workflow run it is, from 1
 */
public record JobRunId(String workflowRun, String job, int attempt) {

    private static final Pattern FORM =
            Pattern.compile("([A-Za-z0-9._:@~!-]+):([a-z0-9][a-z0-9._-]*):([1-9][0-9]{0,8})");

    /** What a run id says, if it is that of a run within a workflow run. */
    public static Optional<JobRunId> parse(String runId) {
        Matcher form = FORM.matcher(runId);
        return form.matches()
                ? Optional.of(new JobRunId(form.group(1), form.group(2), Integer.parseInt(form.group(3))))
                : Optional.empty();
    }

    /** The run id. */
    @Override
    public String toString() {
        return workflowRun + ":" + job + ":" + attempt;
    }
}
