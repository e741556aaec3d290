package dev.belfry.console.query;

import dev.belfry.agent.client.AgentState;
import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.job.Placement;
import dev.belfry.core.ledger.LedgerRecord;
import dev.belfry.core.ledger.Released;
import dev.belfry.core.ownership.LayoutKey;
import dev.belfry.core.ownership.Successor;
import dev.belfry.core.ownership.Tenancy;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.JobVersion;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Who announced that it closes and comes back, as far as the store tells. A registration says so as long as it is there. Once
 * it is gone only ledgers tell: an owner that announced its restart has noted in them that it let go, although nobody is to
 * follow. It does so as soon as its attempts have ended, so that what they tell is the announcement or a little later.
 */
final class Restarts {
    private final Snapshot snapshot;
    private final Function<LayoutKey, Map<String, LedgerRecord>> ledgers;
    private final Set<Incarnation> registered;
    private final SortedMap<Incarnation, Instant> announced = new TreeMap<>();

    private Restarts(Snapshot snapshot, Function<LayoutKey, Map<String, LedgerRecord>> ledgers) {
        this.snapshot = snapshot;
        this.ledgers = ledgers;
        this.registered = snapshot.agents().stream()
                .map(agent -> agent.facts().incarnation())
                .collect(Collectors.toSet());
    }

    /**
     * By incarnation, since when.
     *
     * @param ledgers reads those of a layout; asked only where an owner is gone and the job waits for restarts
     */
    static SortedMap<Incarnation, Instant> of(
            Snapshot snapshot, Function<LayoutKey, Map<String, LedgerRecord>> ledgers) {
        Restarts restarts = new Restarts(snapshot, ledgers);
        for (AgentState agent : snapshot.agents()) {
            agent.restarting()
                    .ifPresent(since -> restarts.announced.put(agent.facts().incarnation(), since));
        }
        snapshot.jobs().forEach(job -> restarts.look(job.record()));
        return restarts.announced;
    }

    private void look(JobRecord job) {
        JobVersion version = job.at(snapshot.now());
        boolean waits = version.definition().placement() == Placement.STICKY
                && !job.deleted()
                && !grace(job).isZero();
        LayoutKey layout = new LayoutKey(job.uid(), version.layout());
        Map<Integer, Tenancy> left = new TreeMap<>();
        if (waits) {
            snapshot.table().forEach((shard, row) -> {
                if (shard.of().equals(layout)
                        && !registered.contains(row.owner())
                        && row.next().equals(Successor.NONE)) {
                    left.put(shard.shard(), row);
                }
            });
        }
        if (left.isEmpty()) {
            return;
        }
        Map<String, LedgerRecord> read = ledgers.apply(layout);
        left.forEach((shard, row) -> let(read, shard, row)
                .ifPresent(since -> announced.merge(row.owner(), since, (a, b) -> a.isBefore(b) ? a : b)));
    }

    private static Optional<Instant> let(Map<String, LedgerRecord> ledgers, int shard, Tenancy row) {
        return Optional.ofNullable(ledgers.get(Integer.toString(shard)))
                .filter(ledger -> ledger.writer().equals(row.owner().name()))
                .flatMap(LedgerRecord::released)
                .map(Released::at);
    }

    /** Until when the shards of a job that an incarnation has, or had, wait for it to come back; empty if they do not. */
    static Optional<Instant> until(Snapshot snapshot, JobRecord job, Incarnation owner) {
        return Optional.ofNullable(snapshot.restarting().get(owner))
                .map(since -> since.plus(grace(job)))
                .filter(end -> end.isAfter(snapshot.now()));
    }

    /** How long the shards of a job wait for a restart. */
    static Duration grace(JobRecord job) {
        return job.definition().rejoinGrace();
    }
}
