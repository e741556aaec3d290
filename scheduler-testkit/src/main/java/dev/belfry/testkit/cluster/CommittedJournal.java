package dev.belfry.testkit.cluster;

import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.journal.FireJournal;
import dev.belfry.core.record.Paths;
import dev.belfry.store.Transaction;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Every final outcome that the agents' journals have ever said, in the order of the commits. */
final class CommittedJournal {
    private final Map<String, Integer> known = new HashMap<>();
    private final Map<ShardId, List<FireEntry>> finals = new HashMap<>();
    private final Consumer<FireEntry> added;

    /** @param added told of each new line */
    CommittedJournal(Consumer<FireEntry> added) {
        this.added = added;
    }

    void written(Transaction.Write write) {
        String path = write.path();
        if (Paths.parent(path).equals(Paths.MASTER_JOURNAL)
                || Paths.parent(path).equals(Paths.JOURNAL)) {
            return;
        }
        byte[] data = write instanceof Transaction.Create create
                ? create.data()
                : write instanceof Transaction.Put put ? put.data() : new byte[0];
        if (data.length == 0) {
            return;
        }
        List<FireEntry> lines = FireJournal.decode(path, data);
        int before = known.getOrDefault(path, 0);
        known.put(path, lines.size());
        for (FireEntry line : lines.subList(before, lines.size())) {
            if (line.kind() == FireEntry.Kind.FINAL) {
                finals.computeIfAbsent(ShardId.of(line), s -> new ArrayList<>()).add(line);
            }
            added.accept(line);
        }
    }

    List<FireEntry> finals(ShardId shard) {
        return finals.getOrDefault(shard, List.of());
    }
}
