package dev.belfry.history.export;

import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.journal.FireJournal;
import dev.belfry.core.journal.JournalCounts;
import dev.belfry.core.journal.JournalCounts.Cell;
import dev.belfry.core.ledger.FireId;
import dev.belfry.core.record.Paths;
import dev.belfry.core.run.Outcome;
import dev.belfry.store.Transaction;
import dev.belfry.store.Znode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Journals written, shortened and merged step by step, as agents and master do it. */
final class HandMadeJournal {
    static final Instant NOON = Instant.parse("2026-11-02T12:00:00Z");

    private final JournalAccess access;
    private final Map<String, TreeMap<Long, List<FireEntry>>> journals = new TreeMap<>();
    private final Map<String, Long> last = new TreeMap<>();
    /** Everything that was ever written, final or not. */
    final List<FireEntry> written = new ArrayList<>();

    private int fires;

    HandMadeJournal(JournalAccess access) {
        this.access = access;
        for (String path : Paths.skeleton()) {
            if (access.read(path).isEmpty()) {
                access.commit(Transaction.at("test").create(path, new byte[0]).build());
            }
        }
    }

    List<String> writers() {
        return List.copyOf(journals.keySet());
    }

    int entries(String writer) {
        return journals.get(writer).size();
    }

    void begin(String writer) {
        journals.put(writer, new TreeMap<>());
        last.put(writer, 0L);
        commit(Transaction.at("test").create(Paths.journal(writer), new byte[0]));
    }

    void register(String writer) {
        commit(Transaction.at("test").createEphemeral(Paths.agent(writer), new byte[0]));
    }

    private void commit(Transaction.Builder transaction) {
        if (!access.commit(transaction.build())) {
            throw new AssertionError("refused: " + transaction.build());
        }
    }

    private FireEntry line() {
        Instant due = NOON.plusSeconds(60L * fires++);
        Outcome outcome = fires % 3 == 0 ? Outcome.FAILED : Outcome.SUCCEEDED;
        boolean started = fires % 5 == 0;
        FireEntry line = new FireEntry(
                started ? FireEntry.Kind.STARTED : FireEntry.Kind.FINAL,
                "job-" + fires % 3,
                1,
                "0",
                fires % 7 == 0 ? FireId.requested("c-" + fires, due) : FireId.scheduled(due),
                due,
                1,
                1,
                fires,
                due,
                started ? Instant.EPOCH : due.plusMillis(5),
                started ? Outcome.UNKNOWN : outcome,
                "");
        written.add(line);
        return line;
    }

    private List<FireEntry> lines(int count) {
        List<FireEntry> lines = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            lines.add(line());
        }
        return lines;
    }

    /** A new entry; numbers may be left out, as by an agent whose write was refused. */
    void entry(String writer, int lines, int skipped) {
        long number = last.merge(writer, 1L + skipped, Long::sum);
        List<FireEntry> fresh = lines(lines);
        journals.get(writer).put(number, fresh);
        commit(Transaction.at("test").create(Paths.journalEntry(writer, number), FireJournal.encode(fresh)));
    }

    void extend(String writer, int lines) {
        Map.Entry<Long, List<FireEntry>> end = journals.get(writer).lastEntry();
        List<FireEntry> all = new ArrayList<>(end.getValue());
        all.addAll(lines(lines));
        journals.get(writer).put(end.getKey(), all);
        commit(Transaction.at("test").put(Paths.journalEntry(writer, end.getKey()), FireJournal.encode(all), -1));
    }

    /** Turns the oldest entries into counts. */
    void fold(String writer, int entries) {
        Znode parent = access.read(Paths.journal(writer)).orElseThrow();
        JournalCounts counts = JournalCounts.decode(parent.path(), parent.data());
        Transaction.Builder transaction = Transaction.at("test");
        for (int i = 0; i < entries; i++) {
            Map.Entry<Long, List<FireEntry>> oldest = journals.get(writer).pollFirstEntry();
            if (access.read(Paths.journalEntry(writer, oldest.getKey())).isPresent()) {
                oldest.getValue().forEach(counts::add);
                transaction.delete(Paths.journalEntry(writer, oldest.getKey()), -1);
            }
        }
        commit(transaction.put(parent.path(), counts.encode(), parent.version()));
    }

    /** Adds the counts of a journal to the total and removes it. */
    void merge(String writer) {
        fold(writer, entries(writer));
        Znode parent = access.read(Paths.journal(writer)).orElseThrow();
        Znode root = access.read(Paths.JOURNAL).orElseThrow();
        JournalCounts total = JournalCounts.decode(root.path(), root.data());
        total.addAll(JournalCounts.decode(parent.path(), parent.data()));
        commit(Transaction.at("test")
                .put(root.path(), total.encode(), root.version())
                .delete(parent.path(), parent.version()));
        journals.remove(writer);
    }

    /** Something that is no entry. */
    void garbage(String writer) {
        long number = last.merge(writer, 1L, Long::sum);
        commit(Transaction.at("test")
                .create(Paths.journalEntry(writer, number), "garbage".getBytes(StandardCharsets.UTF_8)));
    }

    static Map<Cell, Long> cells(List<FireEntry> lines) {
        Map<Cell, Long> cells = new TreeMap<>();
        for (FireEntry line : lines) {
            JournalCounts one = new JournalCounts();
            one.add(line);
            one.cells().forEach((cell, count) -> cells.merge(cell, count, Long::sum));
        }
        return cells;
    }
}
