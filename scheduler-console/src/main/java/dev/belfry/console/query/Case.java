package dev.belfry.console.query;

import dev.belfry.agent.client.Journal;
import dev.belfry.core.job.Placement;
import dev.belfry.core.ledger.LedgerRecord;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.JobVersion;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What an explanation goes by.
 *
 * @param ledgers of the layout in force at the instant asked for, by shard
 */
record Case(Snapshot snapshot, Journal journal, JobRecord job, Map<String, LedgerRecord> ledgers) {

    Instant now() {
        return snapshot.now();
    }

    Optional<LedgerRecord> ledger(String shard) {
        return Optional.ofNullable(ledgers.get(shard));
    }

    static boolean isBroadcast(JobVersion version) {
        return version.definition().placement() == Placement.BROADCAST;
    }

    List<String> shards(JobVersion version) {
        if (isBroadcast(version)) {
            return List.copyOf(ledgers.keySet());
        }
        List<String> shards = new ArrayList<>();
        for (int shard = 0; shard < version.definition().shards().count(); shard++) {
            shards.add(Integer.toString(shard));
        }
        return shards;
    }

    /** What the journal lists of one scheduled fire of a shard. */
    List<Journal.Line> lines(Instant fire, JobVersion version, String shard) {
        int layout = isBroadcast(version) ? 0 : version.layout();
        return journal.fires().stream()
                .filter(line -> line.entry().jobUid().equals(job.uid())
                        && line.entry().layout() == layout
                        && line.entry().shard().equals(shard)
                        && line.entry().fire().isScheduled()
                        && !line.entry().fire().due().isAfter(fire)
                        && !line.entry().last().isBefore(fire))
                .toList();
    }
}
