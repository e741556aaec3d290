package dev.belfry.history;

/**
 * How far a journal has been exported.
 *
 * @param writer an incarnation, {@link #MASTERS}, {@link #TOTAL} or {@link #JOBS}
 * @param entry number of the last entry of which something was exported; of the masters, the generation. 0 if none
 * @param lines how many lines of that entry; of the masters, how many entries of that generation
 * @param floor the least entry that was there when {@code counts} were read
 * @param counts the counts beside the journal as they were last taken into account, in their stored form
 * @param revision rises with every write; 0 if there is none yet. A batch whose marks have another revision is refused
 * @param over whether the journal is no more; such a mark is removed
 */
public record JournalMark(
        String writer, long entry, int lines, long floor, String counts, long revision, boolean over) {

    /** The journal of the masters. */
    public static final String MASTERS = "/master";
    /** Counts of journals that are no more. */
    public static final String TOTAL = "/";

    /** No journal: when an exporter last looked at all jobs, in milliseconds of the epoch, as the number of an entry. */
    public static final String JOBS = "/jobs";

    /** The mark of a journal of which nothing was exported. */
    public static JournalMark none(String writer) {
        return new JournalMark(writer, 0, 0, 0, "", 0, false);
    }

    /** Exported up to {@code lines} of {@code entry}. */
    public JournalMark at(long entry, int lines) {
        return new JournalMark(writer, entry, lines, floor, counts, revision, over);
    }

    /** With what was counted up to now taken into account. */
    public JournalMark counted(long floor, String counts) {
        return new JournalMark(writer, entry, lines, floor, counts, revision, over);
    }

    /** The mark of a journal that is no more. */
    public JournalMark ended() {
        return new JournalMark(writer, entry, lines, floor, counts, revision, true);
    }

    /** As it is once it is written. */
    public JournalMark written() {
        return new JournalMark(writer, entry, lines, floor, counts, revision + 1, over);
    }
}
