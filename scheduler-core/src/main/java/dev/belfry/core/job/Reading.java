package dev.belfry.core.job;

import dev.belfry.core.schedule.BusinessCalendar;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** The reading of one text or one job: collects what is wrong. Used by one thread. */
final class Reading {

    /** So that a file of pure garbage is answered with a page, not with a million lines. */
    static final int MOST_ERRORS = 1000;

    private final String file;
    private final List<DefinitionError> errors = new ArrayList<>();
    private final Map<String, Map<String, Optional<BusinessCalendar>>> calendars = new HashMap<>();
    private final boolean stored;
    private int found;

    Reading(String file) {
        this(file, false);
    }

    private Reading(String file, boolean stored) {
        this.file = file;
        this.stored = stored;
    }

    /**
     * The reading of a definition that was accepted before. What a built-in handler takes is not checked again: a version
     * that takes less must not lose the job, whose runs will say what is wrong.
     */
    static Reading ofStored() {
        return new Reading("definition", true);
    }

    /** Whether it is of a definition that was accepted before. */
    boolean stored() {
        return stored;
    }

    void report(Position at, String path, Complaint complaint) {
        found++;
        if (errors.size() < MOST_ERRORS) {
            errors.add(error(at, path, complaint));
        }
    }

    /** Reports what another reading has found, in place of what was reported of the same paths. */
    void replace(Reading other) {
        Set<String> paths = new HashSet<>();
        other.errors.forEach(error -> paths.add(error.path()));
        int before = errors.size();
        errors.removeIf(error -> paths.contains(error.path()));
        found -= before - errors.size();
        for (DefinitionError error : other.errors) {
            report(
                    new Position(error.line(), error.column()),
                    error.path(),
                    new Complaint(error.message(), error.expected(), error.hint()));
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

    /**
     * Makes calendars known to everything within a place.
     *
     * @param scope the path of the place, empty for the whole text
     * @param named the calendars that are declared; empty for those that are wrong, so that their users are not blamed
     */
    void declare(String scope, Map<String, Optional<BusinessCalendar>> named) {
        calendars.put(scope, named);
    }

    /** The names of the calendars known at a path. */
    Set<String> calendarNames(String path) {
        return calendarsAt(path).keySet();
    }

    /** The calendars known at a path that are right; those declared nearer come first. */
    Map<String, BusinessCalendar> calendars(String path) {
        Map<String, BusinessCalendar> sound = new TreeMap<>();
        calendarsAt(path).forEach((name, calendar) -> calendar.ifPresent(each -> sound.put(name, each)));
        return sound;
    }

    private Map<String, Optional<BusinessCalendar>> calendarsAt(String path) {
        Map<String, Optional<BusinessCalendar>> known = new TreeMap<>(calendars.getOrDefault("", Map.of()));
        for (int end = 0; end <= path.length(); end++) {
            if (end == path.length() || path.charAt(end) == '.') {
                known.putAll(calendars.getOrDefault(path.substring(0, end), Map.of()));
            }
        }
        return known;
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
