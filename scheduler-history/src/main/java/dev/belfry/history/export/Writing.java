package dev.belfry.history.export;

import dev.belfry.history.Batch;
import dev.belfry.history.HistoryRow;
import dev.belfry.history.HistoryStore;
import dev.belfry.history.JournalMark;
import dev.belfry.history.SegmentKind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Collects rows and marks until there are enough for a transaction. Knows the marks as they are in the history. */
final class Writing {
    private final HistoryStore store;
    private final ExportSettings settings;
    private final Tally tally;
    private final Runnable before;
    private final Map<String, JournalMark> marks;
    private final List<HistoryRow> rows = new ArrayList<>();
    private final Map<String, JournalMark> moved = new LinkedHashMap<>();

    /** @param before called before anything is written; may refuse with an exception */
    Writing(HistoryStore store, ExportSettings settings, Tally tally, Runnable before) {
        this.store = store;
        this.settings = settings;
        this.tally = tally;
        this.before = before;
        this.marks = new TreeMap<>(store.marks());
    }

    /** Somebody else has written to the history, or a restore is to be entered: all that is known of it has to be read again. */
    static final class StaleException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        StaleException() {
            super("the history was written by somebody else, or the namespace was restored; everything is read again");
        }
    }

    /** The mark of a journal, as it will be once everything collected is written. */
    JournalMark mark(String writer) {
        JournalMark pending = moved.get(writer);
        JournalMark known = pending == null ? marks.get(writer) : pending;
        return known == null ? JournalMark.none(writer) : known;
    }

    /** Everybody who has a mark. */
    List<String> writers() {
        return List.copyOf(marks.keySet());
    }

    /** Adds rows of events and moves the mark of the journal that they are from. */
    void add(List<HistoryRow> some, JournalMark mark) {
        rows.addAll(some);
        moved.put(mark.writer(), mark);
        if (rows.size() >= settings.batch()) {
            flush();
        }
    }

    /** Writes what was collected. */
    void flush() {
        if (moved.isEmpty()) {
            return;
        }
        append(SegmentKind.EVENTS, rows, List.copyOf(moved.values()));
        moved.forEach((writer, mark) -> {
            if (mark.over()) {
                marks.remove(writer);
            } else {
                marks.put(writer, mark.written());
            }
        });
        moved.clear();
        rows.clear();
    }

    /** Writes rows of definitions at once. */
    void definitions(List<HistoryRow> some) {
        for (int from = 0; from < some.size(); from += settings.batch()) {
            append(
                    SegmentKind.DEFINITIONS,
                    some.subList(from, Math.min(some.size(), from + settings.batch())),
                    List.of());
        }
    }

    private void append(SegmentKind kind, List<HistoryRow> some, List<JournalMark> with) {
        before.run();
        if (!store.append(new Batch(settings.name(), kind, some, with))) {
            throw new StaleException();
        }
        tally.wrote(some.size());
    }

    /** The mark as it is in the history now, if there is one. */
    @Nullable
    JournalMark written(String writer) {
        return marks.get(writer);
    }
}
