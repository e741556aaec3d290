package dev.belfry.console.history;

import dev.belfry.agent.client.Journal;
import dev.belfry.console.proof.EndedPast;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.journal.JournalCounts;
import dev.belfry.history.Restored;
import dev.belfry.history.export.StreamedJournal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The lines of a past that a restore has ended: what it alone has, and what was in the copy. Not thread-safe. */
final class EndedLines implements EndedPast.Listed {
    private final StreamedJournal journal;
    private final Restored restored;
    private final Map<Shard, Long> outcomes = new HashMap<>();

    EndedLines(StreamedJournal journal, Restored restored) {
        this.journal = journal;
        this.restored = restored;
    }

    @Override
    public Set<Shard> shards() {
        return journal.shards().stream()
                .map(shard -> new Shard(shard.jobUid(), shard.layout(), shard.shard()))
                .collect(Collectors.toSet());
    }

    @Override
    public List<Journal.Line> of(Shard shard) {
        StreamedJournal.Shard asked = new StreamedJournal.Shard(shard.jobUid(), shard.layout(), shard.shard());
        List<Journal.Line> ended = journal.ended(asked, restored);
        if (ended.isEmpty()) {
            return List.of();
        }
        outcomes.put(
                shard,
                ended.stream()
                        .map(Journal.Line::entry)
                        .filter(line -> line.kind() == FireEntry.Kind.FINAL
                                && line.fire().isScheduled())
                        .mapToLong(FireEntry::count)
                        .sum());
        List<Journal.Line> all = new ArrayList<>(ended);
        // Nobody starts anything while a namespace is restored: what came after it is later by a lease.
        journal.lines(asked).stream()
                .filter(line -> recorded(line.entry()).isBefore(restored.restored()))
                .forEach(all::add);
        return all;
    }

    private static Instant recorded(FireEntry line) {
        return line.ended().isAfter(line.started()) ? line.ended() : line.started();
    }

    @Override
    public long outcomes() {
        return outcomes.values().stream().mapToLong(Long::longValue).sum();
    }

    @Override
    public Optional<Instant> firstOutcome(String jobUid) {
        return journal.firstOutcome(jobUid);
    }

    @Override
    public Collection<JournalCounts> counts() {
        return List.of();
    }

    @Override
    public List<String> problems() {
        return List.of();
    }
}
