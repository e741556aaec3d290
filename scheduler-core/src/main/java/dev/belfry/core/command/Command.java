package dev.belfry.core.command;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * What somebody asked for.
 *
 * @param id unique; a command sent again under the same id is the same command
 * @param kind what is to be done
 * @param target the job; the agent id for a drain; the id of a workflow run to rerun or to cancel it, of a backfill to cancel it, or of a
 *     run that has failed for good to run it again or forget it
 * @param parameters of a triggered run; of a cancel, {@link #RUN}; of a rerun, {@link #JOB} or nothing
 * @param by who asked
 * @param reason why; may be empty
 * @param result set once the master has consumed it
 */
public record Command(
        String id,
        Kind kind,
        String target,
        Map<String, String> parameters,
        String by,
        String reason,
        Optional<Result> result) {

    /** The parameter of a cancel: the id of the run, or the instant at which it was due, ISO 8601. */
    public static final String RUN = "run";

    /** The parameter of a rerun: the one job of the workflow run that is to run again, with what follows it. */
    public static final String JOB = "job";

    /** What can be asked for. */
    public enum Kind {
        /** Run the job once, now. */
        TRIGGER,
        /** Cancel the run of the job that {@link Command#RUN} names, on every shard. */
        CANCEL,
        /** Let nothing be due any more until it is resumed. */
        PAUSE,
        RESUME,
        /** Delete the job. */
        DELETE,
        /** Let the agent hand over everything and take nothing. */
        DRAIN,
        UNDRAIN,
        /**
         * Let a workflow run go on from the jobs that failed, or from the one that {@link Command#JOB} names; or run a dead letter
         * again.
         */
        RERUN,
        /** Let go of a dead letter. */
        FORGET,
        /** Run the instants of the job's schedule in a range: {@link dev.belfry.core.workflow.BackfillOrder} says which. */
        BACKFILL,
        /** A kind that only a newer version knows. */
        UNKNOWN
    }

    /**
     * What became of it.
     *
     * @param accepted whether it had its effect
     * @param text what was done, or why not
     * @param at when, by the clock of the ensemble
     * @param runId the run that a trigger started or a cancel stops; empty otherwise
     */
    public record Result(boolean accepted, String text, Instant at, String runId) {}

    public Command {
        parameters = Map.copyOf(parameters);
    }

    /**
     * Asks for a run to be cancelled.
     *
     * @param run its id, {@code <job uid>@<instant>} or as the trigger answered it, or the instant at which it was due
     */
    public static Command cancel(String id, String job, String run, String by, String reason) {
        return new Command(id, Kind.CANCEL, job, Map.of(RUN, run), by, reason, Optional.empty());
    }

    /** Asks for a workflow run to be cancelled as a whole. */
    public static Command cancelWorkflow(String id, String workflowRun, String by, String reason) {
        return new Command(id, Kind.CANCEL, workflowRun, Map.of(RUN, workflowRun), by, reason, Optional.empty());
    }

    /**
     * Asks for a workflow run to go on.
     *
     * @param job the job that is to run again with all that follows it; empty for those that failed
     */
    public static Command rerun(String id, String workflowRun, Optional<String> job, String by, String reason) {
        Map<String, String> parameters = job.map(name -> Map.of(JOB, name)).orElse(Map.of());
        return new Command(id, Kind.RERUN, workflowRun, parameters, by, reason, Optional.empty());
    }

    /** Whether its target is a workflow run: no name of a job has these letters. */
    public boolean concernsWorkflowRun() {
        return kind == Kind.RERUN || (kind == Kind.CANCEL && (target.contains("@") || target.contains("!")));
    }

    /** Whether it is to cancel a backfill: no name of a job has these letters. */
    public boolean cancelsBackfill() {
        return kind == Kind.CANCEL && target.contains("+");
    }

    /** The command with its result. */
    public Command done(Result outcome) {
        return new Command(id, kind, target, parameters, by, reason, Optional.of(outcome));
    }
}
