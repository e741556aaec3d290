package dev.belfry.core.schedule;

/** A text of a schedule that cannot be read: where, why, and what to write instead. */
public abstract sealed class ScheduleSyntaxException extends IllegalArgumentException
        permits CronSyntaxException, DurationSyntaxException {
    private static final long serialVersionUID = 1L;
    private static final int SHOWN = 80;

    private final int position;
    private final String reason;
    private final String hint;

    ScheduleSyntaxException(String what, String text, Complaint complaint) {
        super(what + " \"" + shown(text) + "\", position " + complaint.position() + ": " + complaint.reason() + "; "
                + complaint.hint());
        this.position = complaint.position();
        this.reason = complaint.reason();
        this.hint = complaint.hint();
    }

    /** Index of the offending character in the text as given, from 0; the text's length if something is missing at its end. */
    public int position() {
        return position;
    }

    /** What is wrong, without the position. */
    public String reason() {
        return reason;
    }

    /** What to write instead. */
    public String hint() {
        return hint;
    }

    // A megabyte of text must not become a megabyte of log.
    private static String shown(String text) {
        return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "...";
    }

    /** One finding of a parser. */
    record Complaint(int position, String reason, String hint) {}
}
