package dev.belfry.core.workflow;

import dev.belfry.core.ledger.FireId;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The id of a backfill: {@code <job, cut after 40 letters>~<8 letters>+<command>}. No id of a run has a plus sign before its key.
 *
 * <p>Its runs have the ids {@code <job uid>!<command>@<instant>}, and its workflow runs the same with the name cut: these are no
 * fires of the schedule, whose ids have no exclamation mark, and nothing that anybody can submit, since no key has a colon.
 *
 * @param prefix what the workflow runs of the job have in front
 * @param token of the command that asked for it
 */
public record BackfillId(String prefix, String token) {
    /** Letters of the prefix that are of the name of the job. */
    private static final int NAME_LETTERS = 40;

    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9._~-]{1,40}");
    private static final Pattern FORM = Pattern.compile("([a-z0-9._-]+~[^+~!@/]+)\\+(" + TOKEN + ")");
    private static final Pattern RUN = Pattern.compile("([a-z0-9._-]+~[^+~!@/]+)!(" + TOKEN + ")@([0-9T:.+-]+Z)(:.*)?");

    /** The one that a command asks for. */
    public static BackfillId of(String jobUid, String command) {
        String token = TOKEN.matcher(command).matches()
                ? command
                : UUID.nameUUIDFromBytes(command.getBytes(StandardCharsets.UTF_8))
                        .toString();
        return new BackfillId(prefix(jobUid), token);
    }

    /** What the ids of the workflow runs of a job begin with. */
    public static String prefix(String jobUid) {
        int end = jobUid.lastIndexOf('~');
        int letters = end < 0 ? jobUid.length() : end;
        return jobUid.substring(0, Math.min(letters, NAME_LETTERS)) + jobUid.substring(letters);
    }

    /** Reads an id; empty if it is none. */
    public static Optional<BackfillId> parse(String text) {
        Matcher form = FORM.matcher(text);
        return form.matches() ? Optional.of(new BackfillId(form.group(1), form.group(2))) : Optional.empty();
    }

    /** The backfill of which a run is, or the workflow run of which it is a part. */
    public static Optional<BackfillId> ofRun(String runId) {
        Matcher form = RUN.matcher(runId);
        return form.matches() ? Optional.of(new BackfillId(prefix(form.group(1)), form.group(2))) : Optional.empty();
    }

    /** The id of the run of a job that is in no workflow. */
    public String run(String jobUid, Instant due) {
        return jobUid + "!" + token + "@" + due;
    }

    /** The fire for which a run stands. */
    public FireId fire(String jobUid, Instant due) {
        return FireId.requested(run(jobUid, due), due);
    }

    /** The id of the workflow run of an instant. */
    public String workflowRun(Instant due) {
        return prefix + "!" + token + "@" + due;
    }

    @Override
    public String toString() {
        return prefix + "+" + token;
    }
}
