package dev.belfry.core.schedule;

/** A duration that {@link Durations#parse} cannot read. */
public final class DurationSyntaxException extends ScheduleSyntaxException {
    private static final long serialVersionUID = 1L;

    DurationSyntaxException(String text, int position, String reason, String hint) {
        super("duration", text, new Complaint(position, reason, hint));
    }
}
