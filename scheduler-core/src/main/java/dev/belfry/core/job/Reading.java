package dev.belfry.core.job;

import java.util.ArrayList;
import java.util.List;

/** The reading of one text or one job: collects what is wrong. Used by one thread. */
final class Reading {

    /** So that a file of pure garbage is answered with a page, not with a million lines. */
    static final int MOST_ERRORS = 1000;

    private final String file;
    private final List<DefinitionError> errors = new ArrayList<>();
    private int found;

    Reading(String file) {
        this.file = file;
    }

    void report(Position at, String path, Complaint complaint) {
        found++;
        if (errors.size() < MOST_ERRORS) {
            errors.add(error(at, path, complaint));
        }
    }

    DefinitionError error(Position at, String path, Complaint complaint) {
        return new DefinitionError(
                file, at.line(), at.column(), path, complaint.message(), complaint.expected(), complaint.hint());
    }

    /** The number of errors up to now, listed or not; reading that did not raise it was free of errors. */
    int found() {
        return found;
    }

    /** The errors in the order of the text; if there were too many, the last says how many are not listed. */
    List<DefinitionError> errors() {
        List<DefinitionError> sorted = new ArrayList<>(errors);
        sorted.sort(DefinitionError.BY_POSITION);
        if (found > errors.size()) {
            Position last = new Position(
                    sorted.get(sorted.size() - 1).line(),
                    sorted.get(sorted.size() - 1).column());
            sorted.add(error(last, "", Complaint.of((found - errors.size()) + " more errors are not listed")));
        }
        return List.copyOf(sorted);
    }
}
