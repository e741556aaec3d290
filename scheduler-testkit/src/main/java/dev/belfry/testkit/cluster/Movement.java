package dev.belfry.testkit.cluster;

import dev.belfry.core.agent.AgentFacts;
import dev.belfry.core.agent.AgentFactsCodec;
import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.job.Strategy;
import dev.belfry.core.ownership.Drains;
import dev.belfry.core.ownership.ShardKey;
import dev.belfry.core.ownership.Successor;
import dev.belfry.core.ownership.Tenancy;
import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.core.record.Paths;
import dev.belfry.core.version.JobRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Least movement (I9), from what is committed: a shard is offered away from an owner that may keep it only where that
 * levels the loads.
 *
 * <p>A master plans with what it knew, which may be older than what is committed. So an owner is looked at only if nothing
 * about it has changed for longer than any master stays ignorant; and a version of the table only if all shards weigh the
 * same, no rule but balance moves them, and the jobs have not changed either. There the table alone says what is right: it
 * cannot be older than the plan, because its write checks its version.
 */
final class Movement {
    /** Longer than a master lives that hears nothing. */
    private static final long KNOWN_NANOS = Duration.ofSeconds(20).toNanos();

    /** By agent id: when its registration or its drain changed last. */
    private final Map<String, Long> changed = new HashMap<>();

    /** By incarnation: whether it is registered as draining. */
    private final Map<String, Boolean> draining = new TreeMap<>();

    private Drains drains = Drains.NONE;
    private String jobs = "";
    private long jobsChanged;
    private boolean repaired;
    private long judged;

    /** How many offers have been found to be right. */
    long judged() {
        return judged;
    }

    void registered(String path, byte[] data, long now) {
        String name = Paths.name(path);
        try {
            AgentFacts facts = AgentFactsCodec.decode(path, name, data, Instant.EPOCH);
            draining.put(name, facts.draining());
        } catch (CorruptRecordException e) {
            draining.put(name, true);
        }
        changed.put(new Incarnation(name).agentId(), now);
    }

    void gone(String path, long now) {
        String name = Paths.name(path);
        draining.remove(name);
        changed.put(new Incarnation(name).agentId(), now);
    }

    void drainsWritten(byte[] data, long now) {
        Drains next = Drains.decode(Paths.DRAINS, data);
        drains.agents().stream().filter(id -> !next.agents().contains(id)).forEach(id -> changed.put(id, now));
        next.agents().stream().filter(id -> !drains.agents().contains(id)).forEach(id -> changed.put(id, now));
        drains = next;
    }

    void jobsWritten(CommittedJobs committed, long now) {
        StringBuilder shape = new StringBuilder();
        committed
                .all()
                .forEach(job -> shape.append(job.uid())
                        .append(job.newest().number())
                        .append(job.deletedAt())
                        .append(' '));
        if (!shape.toString().equals(jobs)) {
            jobs = shape.toString();
            jobsChanged = now;
        }
    }

    /** Rows that nobody can read have been dropped: grants may be held back from now on, which no table shows. */
    void repaired() {
        repaired = true;
    }

    /** A version of the table, after the one that had {@code before}. */
    void written(Map<ShardKey, Tenancy> before, Map<ShardKey, Tenancy> after, CommittedJobs committed, long now) {
        Map<ShardKey, Tenancy> offers = new TreeMap<>();
        after.forEach((key, row) -> {
            Tenancy was = before.get(key);
            boolean stayed =
                    was != null && was.since().equals(row.since()) && was.next().equals(Successor.NONE);
            if (stayed && row.next() instanceof Successor.Named) {
                offers.put(key, row);
            }
        });
        if (offers.isEmpty() || repaired || now - jobsChanged < KNOWN_NANOS || !comparable(after, committed)) {
            return;
        }
        if (!offers.values().stream().allMatch(row -> mayStay(row.owner(), now))) {
            return;
        }
        Map<Incarnation, Integer> loads = new HashMap<>();
        after.forEach((key, row) -> {
            boolean arrives = row.next() instanceof Successor.Named && !offers.containsKey(key);
            Incarnation bearer = arrives ? ((Successor.Named) row.next()).incarnation() : row.owner();
            loads.merge(bearer, 1, Integer::sum);
        });
        for (Map.Entry<ShardKey, Tenancy> offer : offers.entrySet()) {
            Tenancy row = offer.getValue();
            Incarnation taker = ((Successor.Named) row.next()).incarnation();
            int has = loads.getOrDefault(row.owner(), 0);
            int takes = loads.getOrDefault(taker, 0);
            if (has - takes < 2) {
                throw new InvariantViolation(
                        "I9",
                        offer.getKey() + " moves from " + row.owner() + " with " + has + " to " + taker + " with "
                                + takes + ", which levels nothing");
            }
            judged++;
        }
    }

    /** Whether every row is of a present layout whose shards go by balance alone and weigh the same. */
    private static boolean comparable(Map<ShardKey, Tenancy> rows, CommittedJobs committed) {
        for (JobRecord job : committed.all()) {
            JobDefinition definition = job.definition();
            boolean plain = definition.strategy() == Strategy.BALANCED
                    && definition.weight() == 1
                    && definition.requires().exclusive() == null
                    && definition.requires().spread() == null;
            if (job.deletedAt().isEmpty() && !plain) {
                return false;
            }
        }
        return rows.keySet().stream()
                .allMatch(key -> committed
                        .find(key.jobUid())
                        .filter(job -> job.deletedAt().isEmpty() && job.newest().layout() == key.layout())
                        .isPresent());
    }

    /** Whether every master knows that this owner is registered, alone of its id, and does not drain. */
    private boolean mayStay(Incarnation owner, long now) {
        long namesakes = draining.keySet().stream()
                .filter(name -> new Incarnation(name).agentId().equals(owner.agentId()))
                .count();
        return namesakes == 1
                && Boolean.FALSE.equals(draining.get(owner.name()))
                && !drains.agents().contains(owner.agentId())
                && now - changed.getOrDefault(owner.agentId(), 0L) > KNOWN_NANOS;
    }
}
