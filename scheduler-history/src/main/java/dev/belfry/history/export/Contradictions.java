package dev.belfry.history.export;

import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.journal.TableEntry;
import dev.belfry.core.ownership.Generation;
import dev.belfry.core.record.Paths;
import dev.belfry.history.FireRow;
import dev.belfry.history.JournalMark;
import dev.belfry.history.Timelines;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Finds where the journal and the history contradict each other. A journal grows at its end and loses entries at its beginning,
 * in the transaction that counts them; everything else was somebody else. Not thread-safe.
 */
final class Contradictions {
    /** Clocks of those who write lines, and of those who export them, are apart by less than this. */
    private static final Duration SKEW = Duration.ofMinutes(1);

    /** Where a line is. */
    record Place(String writer, long entry, int line) implements Comparable<Place> {
        private static final Comparator<Place> ORDER = Comparator.comparing(Place::writer)
                .thenComparingLong(Place::entry)
                .thenComparingInt(Place::line);

        static Place of(FireRow row) {
            return new Place(row.writer(), row.entry(), row.line());
        }

        @Override
        public int compareTo(Place other) {
            return ORDER.compare(this, other);
        }

        @Override
        public String toString() {
            return Paths.journalEntry(writer, entry) + " line " + (line + 1);
        }
    }

    private final JournalImage image;
    private final Map<String, JournalMark> before;
    private final Map<String, JournalMark> marks;
    private final Optional<Instant> retainedSince;
    private final Timelines timelines;
    private final List<String> found = new ArrayList<>();

    /**
     * @param before how far journals were exported before the image was taken
     * @param marks how far they were exported after that
     * @param timelines what of the history is of before a restore, and need not be there
     */
    Contradictions(
            JournalImage image,
            Map<String, JournalMark> before,
            Map<String, JournalMark> marks,
            Optional<Instant> retainedSince,
            Timelines timelines) {
        this.image = image;
        this.before = before;
        this.marks = marks;
        this.retainedSince = retainedSince;
        this.timelines = timelines;
    }

    List<String> found() {
        return found;
    }

    /** A line that ZooKeeper has, and what the history has in its place. */
    void present(FireRow line, Optional<FireRow> known) {
        if (known.isPresent()) {
            if (!stored(known.get().writer(), known.get().event()).equals(stored(line.writer(), line.event()))) {
                found.add(Place.of(line) + " says " + text(line.event()) + ", but the history says "
                        + text(known.get().event()));
            }
            return;
        }
        JournalMark mark = of(marks, line.writer());
        if (isUpTo(mark, line) && !mayBeRemoved(recorded(line.event()))) {
            found.add(Place.of(line) + " says " + text(line.event())
                    + ", which is not in the history although that has everything up to " + mark.entry());
        }
    }

    /** A line that the history has. */
    void exported(FireRow row) {
        JournalImage.OfAgent journal = image.agents().get(row.writer());
        if (journal == null || !journal.atOnce() || journal.entries().isEmpty()) {
            return;
        }
        boolean within = row.entry() >= journal.entries().firstKey() && isUpTo(of(before, row.writer()), row);
        List<FireEntry> lines = journal.entries().get(row.entry());
        boolean unreadable = lines != null && lines.isEmpty();
        if (within && timelines.endOf(row).isEmpty() && !unreadable && (lines == null || row.line() >= lines.size())) {
            found.add(Place.of(row) + " was exported as " + text(row.event()) + " and is neither there nor counted");
        }
    }

    private static JournalMark of(Map<String, JournalMark> marks, String writer) {
        return marks.getOrDefault(writer, JournalMark.none(writer));
    }

    private static boolean isUpTo(JournalMark mark, FireRow row) {
        return row.entry() < mark.entry() || (row.entry() == mark.entry() && row.line() < mark.lines());
    }

    /** The masters' journal, as far as it was exported: of each term it loses its oldest entries only. */
    void exported(List<TableEntry> table) {
        Map<Long, Long> oldest = new HashMap<>();
        image.masters().forEach(entry -> oldest.merge(entry.term(), generation(entry), Math::min));
        Set<TableEntry> present = new HashSet<>();
        for (TableEntry entry : image.masters()) {
            if (!present.add(entry)) {
                found.add("the masters' journal has " + text(entry) + " twice");
            }
        }
        for (TableEntry entry : table) {
            long generation = generation(entry);
            boolean within = generation > oldest.getOrDefault(entry.term(), Long.MAX_VALUE)
                    && generation <= of(before, JournalMark.MASTERS).entry();
            if (within && !present.contains(entry) && !timelines.ended(generation)) {
                found.add("the masters' journal has lost, or changed, " + text(entry));
            }
        }
    }

    private static long generation(TableEntry entry) {
        return entry.generation() == 0 ? Generation.of(entry.term(), 0).value() : entry.generation();
    }

    private static String text(TableEntry entry) {
        return (entry.generation() == 0
                        ? "the change to the master of term " + entry.term()
                        : "version " + entry.generation() + " of the assignment")
                + " at " + entry.at();
    }

    /** A version of the table that ZooKeeper has and the history has not. */
    void notInHistory(TableEntry entry) {
        if (generation(entry) <= of(before, JournalMark.MASTERS).entry() && !mayBeRemoved(entry.at())) {
            found.add("the masters' journal has " + text(entry) + ", and the history has not, or otherwise");
        }
    }

    /** What a journal's counts have grown by, less the outcomes that left it. */
    void uncounted(String writer, Unlisted compared) {
        JournalMark mark = of(marks, writer);
        JournalImage.OfAgent journal = image.agents().get(writer);
        boolean allExported = journal != null
                && !journal.entries().isEmpty()
                && mark.floor() > 0
                && journal.entries().firstKey() <= mark.entry();
        if (allExported && retainedSince.isEmpty()) {
            compared.counts()
                    .forEach((cell, fires) -> found.add("the journal of " + writer + " counts " + fires + " more '"
                            + cell.outcome().text() + "' than ever left it"));
        }
        compared.uncounted()
                .forEach((cell, fires) -> found.add("from the journal of " + writer + ", " + fires + " exported "
                        + (fires == 1 ? "outcome" : "outcomes") + " '"
                        + cell.outcome().text()
                        + "' are gone, and are not counted there"));
    }

    void unreadable(String sentence) {
        found.add(sentence);
    }

    /** As it is once it was in a database, which takes no text that is not Unicode. */
    private static FireEntry stored(String writer, FireEntry event) {
        return FireRow.of(new FireRow(writer, 0, 0, "", event).row()).event();
    }

    private static Instant recorded(FireEntry event) {
        Instant at = event.ended().isAfter(event.started()) ? event.ended() : event.started();
        return at.isAfter(event.fire().due()) ? at : event.fire().due();
    }

    private boolean mayBeRemoved(Instant recorded) {
        return retainedSince
                .filter(since -> recorded.isBefore(since.plus(SKEW)))
                .isPresent();
    }

    private static String text(FireEntry event) {
        return event.kind() + " " + event.jobUid() + "/" + event.shard() + " due "
                + event.fire().due() + " token " + event.token() + " "
                + event.outcome().text();
    }
}
