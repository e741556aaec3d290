package dev.belfry.console.proof;

import dev.belfry.agent.client.Journal;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.journal.JournalCounts;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The lines of a journal, by shard. */
final class LinesInMemory implements Lines {
    private final Journal journal;
    private final Map<Shard, List<Journal.Line>> byShard = new HashMap<>();
    private final Map<String, Instant> firsts = new HashMap<>();

    LinesInMemory(Journal journal) {
        this.journal = journal;
        for (Journal.Line line : journal.fires()) {
            FireEntry entry = line.entry();
            byShard.computeIfAbsent(
                            new Shard(entry.jobUid(), entry.layout(), entry.shard()), shard -> new ArrayList<>())
                    .add(line);
            if (ShardProof.isScheduledOutcome(entry)) {
                firsts.merge(entry.jobUid(), entry.fire().due(), (a, b) -> a.isBefore(b) ? a : b);
            }
        }
    }

    @Override
    public Set<Shard> shards() {
        return byShard.keySet();
    }

    @Override
    public List<Journal.Line> of(Shard shard) {
        return byShard.getOrDefault(shard, List.of());
    }

    @Override
    public Optional<Instant> firstOutcome(String jobUid) {
        return Optional.ofNullable(firsts.get(jobUid));
    }

    @Override
    public Collection<JournalCounts> counts() {
        return journal.counts().values();
    }

    @Override
    public List<String> problems() {
        return journal.problems();
    }
}
