package dev.belfry.faults;

import dev.belfry.agent.BelfryClient;
import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.journal.TableEntry;
import dev.belfry.core.ownership.ShardKey;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** How often each shard went to another agent, by the journal of the masters. Not thread-safe. */
final class Moves {
    private final long generation;
    private final Map<String, String> owners = new TreeMap<>();
    private final Map<String, Integer> moves = new TreeMap<>();

    /** Counts from the table as it is now. */
    Moves(BelfryClient client) {
        this.generation =
                entries(client).stream().mapToLong(TableEntry::generation).max().orElse(0);
        client.shards().table().forEach((key, row) -> {
            owners.put(name(key), row.owner().agentId());
            moves.put(name(key), 0);
        });
    }

    private static String name(ShardKey key) {
        return key.jobUid() + " " + key.layout() + "/" + key.shard();
    }

    private static List<TableEntry> entries(BelfryClient client) {
        return client.journal().table();
    }

    /** Follows the journal up to now; by shard, how often it moved. */
    Map<String, Integer> count(BelfryClient client) {
        entries(client).stream()
                .filter(entry -> entry.generation() > generation)
                .sorted(Comparator.comparingLong(TableEntry::generation))
                .flatMap(entry -> entry.changes().stream())
                .filter(line -> line.kind().equals("grant"))
                .forEach(line -> {
                    String shard = line.jobUid() + " " + line.layout() + "/" + line.shard();
                    String agent = new Incarnation(line.owner()).agentId();
                    String before = owners.put(shard, agent);
                    if (before != null && !before.equals(agent)) {
                        moves.merge(shard, 1, Integer::sum);
                    }
                });
        return moves;
    }
}
