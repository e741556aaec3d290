package dev.belfry.history.export;

import dev.belfry.agent.client.Journal;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.journal.JournalCounts;
import dev.belfry.history.FireQuery;
import dev.belfry.history.FireRow;
import dev.belfry.history.HistoryStore;
import dev.belfry.history.Restored;
import dev.belfry.history.ShardLines;
import dev.belfry.history.Timelines;
import dev.belfry.store.StoreConnection;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * What {@link WholeJournal} says, with the lines of one shard in memory at a time: a proof of a long history goes by it. What
 * ZooKeeper lists is held all the time; that is bounded. Not thread-safe; to be used while the store is open.
 */
public final class StreamedJournal {

    /**
     * One shard of one layout of a job.
     *
     * @param layout 0 for a broadcast job
     * @param shard its number as text, or the agent id
     */
    public record Shard(String jobUid, int layout, String shard) {}

    /** What there is beside lines. */
    record Beside(Map<String, JournalCounts> counts, List<String> problems, List<String> altered) {}

    private final HistoryStore store;
    private final FireQuery query;
    private final Beside beside;
    private final Map<Shard, List<FireRow>> present = new HashMap<>();
    private final Map<Shard, ShardLines> exported = new HashMap<>();
    private final Timelines timelines;

    StreamedJournal(HistoryStore store, FireQuery query, List<FireRow> present, Beside beside) {
        this.store = store;
        this.query = query;
        this.beside = beside;
        this.timelines = new Timelines(store.restores());
        for (FireRow row : present) {
            FireEntry event = row.event();
            this.present
                    .computeIfAbsent(
                            new Shard(event.jobUid(), event.layout(), event.shard()), shard -> new ArrayList<>())
                    .add(row);
        }
    }

    /**
     * Reads what there is about fires due in [{@code from}, {@code to}), but for the lines of the history.
     *
     * @param connection stays open; not needed any more afterwards
     * @throws dev.belfry.history.HistoryException if the database does not answer
     * @throws IllegalStateException if ZooKeeper does not
     */
    public static StreamedJournal read(StoreConnection connection, HistoryStore store, Instant from, Instant to) {
        FireQuery query = FireQuery.between(from, to);
        StreamedJournal read = new Looks(connection, store, query, from)
                .read(Merging::stream, StreamedJournal::altered, StreamedJournal::altered);
        for (ShardLines lines : store.shards(from, to)) {
            read.exported.put(new Shard(lines.jobUid(), lines.layout(), lines.shard()), lines);
        }
        return read;
    }

    /**
     * Restores of the namespace that the history does not know of, by the terms to which they raised: until an exporter has entered
     * them, what the history lists of before them contradicts ZooKeeper.
     *
     * @throws IllegalStateException if ZooKeeper does not answer
     */
    public static List<Long> restoresNotEntered(StoreConnection connection, HistoryStore store) {
        try (JournalAccess access = new JournalAccess(connection, "belfry-restores")) {
            access.sync();
            Set<Long> known = store.restores().stream().map(Restored::term).collect(Collectors.toSet());
            return Restores.unknown(access, known);
        } catch (AwayException e) {
            throw new IllegalStateException("the restores cannot be read: " + e.getMessage(), e);
        }
    }

    StreamedJournal altered(List<String> always) {
        StreamedJournal same = new StreamedJournal(
                store, query, List.of(), new Beside(beside.counts(), beside.problems(), List.copyOf(always)));
        same.present.putAll(present);
        return same;
    }

    /** As {@link WholeJournal#altered}. */
    public List<String> altered() {
        return beside.altered();
    }

    /** As {@link Journal#counts}. */
    public Map<String, JournalCounts> counts() {
        return beside.counts();
    }

    /** As {@link Journal#problems}. */
    public List<String> problems() {
        return beside.problems();
    }

    /** All shards that have lines. */
    public Set<Shard> shards() {
        Set<Shard> all = new java.util.HashSet<>(exported.keySet());
        all.addAll(present.keySet());
        return all;
    }

    /** The restores of the namespace that the history knows, the first one first. */
    public List<Restored> restores() {
        return timelines.restores();
    }

    /**
     * The lines of one of them, by writer and then in the order in which they were written; without those of before a restore
     * that its copy did not have.
     */
    public List<Journal.Line> lines(Shard shard) {
        return lines(shard, row -> timelines.endOf(row).isEmpty());
    }

    /** What {@link #lines} leaves out because of a restore. */
    public List<Journal.Line> ended(Shard shard, Restored restored) {
        return lines(shard, row -> timelines.endOf(row).filter(restored::equals).isPresent());
    }

    private List<Journal.Line> lines(Shard shard, Predicate<FireRow> which) {
        Map<Contradictions.Place, FireRow> rows = new TreeMap<>();
        ShardLines listed = exported.get(shard);
        if (listed != null) {
            store.fires(listed, query.from(), query.to(), row -> rows.put(Contradictions.Place.of(row), row));
        }
        // What was exported since it was read is in both.
        present.getOrDefault(shard, List.of()).forEach(row -> rows.putIfAbsent(Contradictions.Place.of(row), row));
        List<Journal.Line> lines = new ArrayList<>(rows.size());
        rows.values().stream()
                .filter(which)
                .forEach(row -> lines.add(new Journal.Line(row.writer(), lines.size(), row.event())));
        return lines;
    }

    /** When the first scheduled fire of a job was due of which an outcome is listed. */
    public Optional<Instant> firstOutcome(String jobUid) {
        TreeSet<Instant> firsts = new TreeSet<>();
        exported.forEach((shard, lines) -> {
            if (shard.jobUid().equals(jobUid)) {
                lines.firstOutcome().ifPresent(firsts::add);
            }
        });
        present.forEach((shard, rows) -> {
            if (shard.jobUid().equals(jobUid)) {
                rows.stream()
                        .map(FireRow::event)
                        .filter(event -> event.kind() == FireEntry.Kind.FINAL
                                && event.fire().isScheduled())
                        .forEach(event -> firsts.add(event.fire().due()));
            }
        });
        return firsts.isEmpty() ? Optional.empty() : Optional.of(firsts.first());
    }
}
