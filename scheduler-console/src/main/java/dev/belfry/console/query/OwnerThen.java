package dev.belfry.console.query;

import dev.belfry.core.journal.TableEntry;
import dev.belfry.core.version.JobVersion;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * Who owned a shard at an instant of the past, as far as the masters' journal lists it.
 *
 * @param owner the incarnation
 * @param change the latest change of the shard up to then
 * @param at when that was written, by the master's clock
 */
record OwnerThen(String owner, TableEntry.Line change, Instant at) {

    /** By shard; without those of which no change up to then is listed, and those that nobody owned. */
    static Map<String, OwnerThen> of(Case facts, JobVersion version, Instant instant) {
        Map<String, OwnerThen> last = new HashMap<>();
        for (TableEntry entry : facts.journal().table()) {
            for (TableEntry.Line line : entry.changes()) {
                if (!entry.at().isAfter(instant)
                        && line.jobUid().equals(facts.job().uid())
                        && line.layout() == version.layout()) {
                    last.put(Integer.toString(line.shard()), new OwnerThen(line.owner(), line, entry.at()));
                }
            }
        }
        last.values()
                .removeIf(then ->
                        then.change().kind().equals("drop") || then.owner().isEmpty());
        return last;
    }
}
