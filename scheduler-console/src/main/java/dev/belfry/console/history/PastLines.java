package dev.belfry.console.history;

import dev.belfry.agent.client.Journal;
import dev.belfry.console.proof.Lines;
import dev.belfry.core.journal.JournalCounts;
import dev.belfry.history.export.StreamedJournal;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Lines of the history and of ZooKeeper together, read shard by shard while a proof goes along. */
final class PastLines implements Lines {
    private final StreamedJournal journal;

    PastLines(StreamedJournal journal) {
        this.journal = journal;
    }

    @Override
    public Set<Shard> shards() {
        return journal.shards().stream()
                .map(shard -> new Shard(shard.jobUid(), shard.layout(), shard.shard()))
                .collect(Collectors.toSet());
    }

    @Override
    public List<Journal.Line> of(Shard shard) {
        return journal.lines(new StreamedJournal.Shard(shard.jobUid(), shard.layout(), shard.shard()));
    }

    @Override
    public List<Journal.Line> ended(Shard shard) {
        StreamedJournal.Shard asked = new StreamedJournal.Shard(shard.jobUid(), shard.layout(), shard.shard());
        return journal.restores().stream()
                .flatMap(restored -> journal.ended(asked, restored).stream())
                .toList();
    }

    @Override
    public Optional<Instant> firstOutcome(String jobUid) {
        return journal.firstOutcome(jobUid);
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
