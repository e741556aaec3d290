package dev.belfry.core.schedule;

/** A cron expression that is not of the dialect that {@link CronExpression} reads. */
public final class CronSyntaxException extends ScheduleSyntaxException {
    private static final long serialVersionUID = 1L;

    CronSyntaxException(String text, int position, String reason, String hint) {
        super("cron", text, new Complaint(position, reason, hint));
    }
}
