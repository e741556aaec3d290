package dev.belfry.core.job;

/** A scalar's text that is not what it should be; thrown and caught within the reading of one scalar. */
final class Refused extends Exception {

    private static final long serialVersionUID = 1L;

    private final transient Complaint complaint;
    private final int index;

    Refused(String message) {
        this(Complaint.of(message), 0);
    }

    /** Points at the character at {@code index} of the text. */
    Refused(Complaint complaint, int index) {
        super(complaint.message(), null, false, false);
        this.complaint = complaint;
        this.index = index;
    }

    Complaint complaint() {
        return complaint;
    }

    int index() {
        return index;
    }
}
