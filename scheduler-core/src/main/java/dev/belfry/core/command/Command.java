package dev.belfry.core.command;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * What somebody asked for.
 *
 * @param id unique; a command sent again under the same id is the same command
 * @param kind what is to be done
 * @param target the job, or the agent id for a drain
 * @param parameters of a triggered run; of a cancel, {@link #RUN}
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

    /** The command with its result. */
    public Command done(Result outcome) {
        return new Command(id, kind, target, parameters, by, reason, Optional.of(outcome));
    }
}
