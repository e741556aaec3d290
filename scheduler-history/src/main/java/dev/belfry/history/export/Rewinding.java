package dev.belfry.history.export;

import dev.belfry.core.journal.JournalCounts.Cell;
import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.core.record.Paths;
import dev.belfry.core.restore.CopyPart;
import dev.belfry.core.restore.CopyPart.JobEnd;
import dev.belfry.core.restore.CopyPart.JournalEnd;
import dev.belfry.core.restore.RestoreRecord;
import dev.belfry.history.FireRow;
import dev.belfry.history.HistoryRow;
import dev.belfry.history.HistoryStore;
import dev.belfry.history.JobGone;
import dev.belfry.history.JournalMark;
import dev.belfry.history.Restored;
import dev.belfry.history.Restored.Cut;
import dev.belfry.history.Restored.JobCut;
import dev.belfry.history.WriterEnd;
import dev.belfry.store.Znode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Puts what a history knows side by side with the copy to which the namespace was put back: what is beyond the copy, and where
 * the export goes on from. It is computed before anything of after the restore is exported. One use.
 */
final class Rewinding {
    private final JournalAccess access;
    private final HistoryStore store;
    private final Map<String, JournalEnd> ends = new HashMap<>();
    private final Map<String, JobEnd> jobs = new HashMap<>();
    private final Map<String, WriterEnd> listed = new HashMap<>();
    private final List<JournalMark> marks = new ArrayList<>();
    private final Restored restored;

    Rewinding(JournalAccess access, HistoryStore store, RestoreRecord record, List<CopyPart> parts) {
        this.access = access;
        this.store = store;
        for (CopyPart part : parts) {
            part.journals().forEach(end -> ends.put(end.writer(), end));
            part.jobs().forEach(end -> jobs.put(end.uid(), end));
        }
        store.writers().forEach(writer -> listed.put(writer.writer(), writer));
        this.restored = new Restored(
                record.term(),
                record.copied(),
                record.restored(),
                record.by(),
                record.generation(),
                Long.MAX_VALUE,
                cuts(record.copied()),
                jobCuts(record.copied()));
        rewind();
    }

    Restored restored() {
        return restored;
    }

    List<HistoryRow> rows() {
        List<HistoryRow> rows = new ArrayList<>();
        rows.add(restored.row());
        restored.cuts().forEach(cut -> rows.add(restored.row(cut)));
        restored.jobs().forEach(job -> rows.add(restored.row(job)));
        return rows;
    }

    /** Marks that have to move with that. */
    List<JournalMark> marks() {
        return marks;
    }

    /**
     * Writers that the history knows beyond the copy. One that the copy does not have was gone before it, a while before since
     * journals are kept for that long, or came after it.
     */
    private List<Cut> cuts(Instant copied) {
        List<Cut> cuts = new ArrayList<>();
        listed.forEach((writer, known) -> {
            JournalEnd end = ends.get(writer);
            if (end != null && known.entry() >= end.entry()) {
                cuts.add(new Cut(writer, end.entry(), end.lines()));
            } else if (end == null && !known.last().isBefore(copied)) {
                cuts.add(new Cut(writer, 0, 0));
            }
        });
        return cuts;
    }

    /** Likewise of jobs: one that the copy does not have was deleted a day and more before it, or made after it. */
    private List<JobCut> jobCuts(Instant copied) {
        List<JobCut> cuts = new ArrayList<>();
        Map<String, JobGone> gone = store.gone();
        store.knownJobs().forEach((uid, known) -> {
            JobEnd end = jobs.get(uid);
            Optional<Instant> over =
                    known.endedAt().or(() -> Optional.ofNullable(gone.get(uid)).map(JobGone::noticed));
            if (end != null && (known.version() > end.version() || (known.ended() && !end.deleted()))) {
                cuts.add(new JobCut(uid, end.version(), end.deleted()));
            } else if (end == null && over.filter(at -> at.isBefore(copied)).isEmpty()) {
                cuts.add(new JobCut(uid, 0, false));
            }
        });
        return cuts;
    }

    // --- where the export goes on from

    private void rewind() {
        Map<String, JournalMark> known = store.marks();
        for (JournalEnd end : ends.values()) {
            Optional<JournalMark> mark = Optional.ofNullable(known.get(end.writer()));
            mark.or(() -> lost(end)).ifPresent(before -> rewind(before, end));
        }
        for (JournalMark mark : known.values()) {
            boolean special = List.of(JournalMark.MASTERS, JournalMark.TOTAL, JournalMark.JOBS)
                    .contains(mark.writer());
            boolean came = restored.cuts().stream().anyMatch(cut -> cut.writer().equals(mark.writer()));
            boolean nothing =
                    !listed.containsKey(mark.writer()) && mark.counts().isEmpty();
            if (!special && !ends.containsKey(mark.writer()) && (came || nothing)) {
                marks.add(mark.ended());
            }
        }
        Optional.ofNullable(known.get(JournalMark.TOTAL)).ifPresent(this::rewindTotal);
    }

    /** The mark of a journal that had ended, and is back: what was exported of it is listed. */
    private Optional<JournalMark> lost(JournalEnd end) {
        if (!listed.containsKey(end.writer())) {
            return Optional.empty();
        }
        JournalMark mark = JournalMark.none(end.writer());
        for (FireRow row : store.fires(end.writer(), 1)) {
            if (!new Cut(end.writer(), end.entry(), end.lines()).covers(row.entry(), row.line())) {
                mark = mark.at(row.entry(), row.line() + 1);
            }
        }
        // Everything that was counted has been settled.
        return Optional.of(mark.counted(Long.MAX_VALUE, ""));
    }

    private void rewind(JournalMark mark, JournalEnd end) {
        boolean beyond = mark.entry() > end.entry() || (mark.entry() == end.entry() && mark.lines() > end.lines());
        JournalMark at = beyond ? mark.at(end.entry(), end.lines()) : mark;
        NavigableSet<Long> numbers = new TreeSet<>();
        access.children(Paths.journal(mark.writer())).stream()
                .filter(name -> name.matches("[0-9]{12,18}"))
                .forEach(name -> numbers.add(Long.parseLong(name)));
        String counts = text(Paths.journal(mark.writer()));
        long first = numbers.isEmpty() ? at.entry() + 1 : numbers.first();
        // Where less had become counts when they were last compared, the export finds out as ever.
        JournalMark next =
                mark.floor() > first || (mark.floor() == first && !mark.counts().equals(counts))
                        ? at.counted(first, counts)
                        : at;
        if (!next.equals(mark) || mark.revision() == 0) {
            marks.add(next);
        }
    }

    private void rewindTotal(JournalMark total) {
        String counts = text(Paths.JOURNAL);
        if (sum(total.counts()) > sum(counts)) {
            marks.add(total.counted(0, counts));
        }
    }

    private static long sum(String counts) {
        try {
            Map<Cell, Long> cells = Unlisted.cells(Paths.JOURNAL, counts);
            return cells.values().stream().mapToLong(Long::longValue).sum();
        } catch (CorruptRecordException e) {
            return 0; // said when they were to be compared
        }
    }

    private String text(String path) {
        return access.read(path)
                .map(Znode::data)
                .map(data -> new String(data, StandardCharsets.UTF_8))
                .orElse("");
    }
}
