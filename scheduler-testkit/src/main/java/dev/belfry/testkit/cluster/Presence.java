package dev.belfry.testkit.cluster;

import dev.belfry.agent.loop.AgentLoop;
import dev.belfry.core.ownership.Drains;
import dev.belfry.core.ownership.ShardKey;
import dev.belfry.core.ownership.Successor;
import dev.belfry.core.ownership.Tenancy;
import dev.belfry.core.record.Paths;
import dev.belfry.core.shard.ShardRef;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The stretches of true time in which a shard had an owner whom nothing hindered: one incarnation in charge under one
 * grant, registered, neither paused nor drained, with a lease that outlasted the next look, a wall clock that had been right for a while, and
 * no move of the shard shortly before. Two looks in a row that find the same say so of all the time between them.
 *
 * <p>It says of what an owner was bound to do; that it was not hindered is never concluded from what it has recorded.
 */
final class Presence {
    /** A lease of at least this holds until the next look. */
    private static final Duration OUTLASTS = Duration.ofMillis(700);
    /** A wall clock is right if it is off by less. */
    static final Duration RIGHT = Duration.ofMillis(60);
    /** After a change of its row, or of who is drained, every owner has heard of it by then. */
    private static final long HEARD_NANOS = Duration.ofSeconds(8).toNanos();

    /** From one look to another, in true time. */
    record Stretch(long from, long to) {}

    /** What has to stay the same for a stretch to go on. */
    private record Holder(String incarnation, long since, int steps, int pauses) {
        Holder under(long grant) {
            return new Holder(incarnation, grant, steps, pauses);
        }
    }

    private static final class Line {
        private final List<Stretch> over = new ArrayList<>();
        private @Nullable Holder holder;
        private long from;
        private long to;
    }

    private final SimCluster cluster;
    private final Map<ShardId, Line> lines = new HashMap<>();
    /** When the row of a shard was written last, other than as it was. */
    private final Map<ShardId, Long> moved = new HashMap<>();
    /** By agent id: when an operator drained it or took that back. */
    private final Map<String, Long> drainChanged = new HashMap<>();

    private record Steps(int count, long at) {}

    /** By agent id: steps of its clock, and when the last was seen. */
    private final Map<String, Steps> stepped = new HashMap<>();

    private Drains drains = Drains.NONE;
    private long lastLook;

    Presence(SimCluster cluster) {
        this.cluster = cluster;
    }

    void moved(ShardKey key, long now) {
        moved.put(ShardId.of(key), now);
    }

    void drainsWritten(byte[] data, long now) {
        Drains next = Drains.decode(Paths.DRAINS, data);
        drains.agents().stream().filter(id -> !next.agents().contains(id)).forEach(id -> drainChanged.put(id, now));
        next.agents().stream().filter(id -> !drains.agents().contains(id)).forEach(id -> drainChanged.put(id, now));
        drains = next;
    }

    /** For how long an agent has been drained by an operator; 0 if it is not. */
    long drainedFor(String agentId, long now) {
        return drains.agents().contains(agentId) ? now - drainChanged.getOrDefault(agentId, now) : 0;
    }

    /** Who is drained, as committed. */
    Drains drains() {
        return drains;
    }

    void look(Map<ShardKey, Tenancy> rows, long now) {
        for (SimAgent agent : cluster.agents()) {
            String incarnation = agent.agent().incarnation().orElse("");
            if (!incarnation.isEmpty() && acts(agent, now)) {
                Holder holder = new Holder(
                        incarnation,
                        0,
                        agent.process().clock().steps(),
                        agent.process().pauses());
                for (AgentLoop.ShardStatus shard : agent.agent().shards()) {
                    if (shard.inCharge() && isSettled(agent, shard.ref(), rows, now)) {
                        goesOn(ShardId.of(shard.ref()), holder.under(shard.since()), now);
                    }
                }
            }
        }
        lastLook = now;
    }

    private boolean acts(SimAgent agent, long now) {
        return agent.alive()
                && !agent.process().paused()
                && agent.agent().leaseRemaining().compareTo(OUTLASTS) > 0
                && agent.process().clock().offset().abs().compareTo(RIGHT) < 0
                && now - steppedAt(agent, now) >= HEARD_NANOS;
    }

    /** When the clock of an agent's machine was stepped last; until a heartbeat is answered it is misjudged. */
    private long steppedAt(SimAgent agent, long now) {
        int steps = agent.process().clock().steps();
        Steps before = stepped.get(agent.id());
        if (before == null || before.count() != steps) {
            before = new Steps(steps, steps == 0 ? -HEARD_NANOS : now);
            stepped.put(agent.id(), before);
        }
        return before.at();
    }

    private boolean isSettled(SimAgent agent, ShardRef shard, Map<ShardKey, Tenancy> rows, long now) {
        long damaged = cluster.safety().jobs().damagedUntil(shard.jobUid());
        if (damaged > now - HEARD_NANOS) {
            return false; // without its definition a shard is as without a lease
        }
        if (shard.isBroadcast()) {
            boolean told = now - drainChanged.getOrDefault(agent.id(), -HEARD_NANOS) >= HEARD_NANOS;
            return told && !drains.agents().contains(agent.id()) && !agent.leaving();
        }
        Tenancy row = rows.get(new ShardKey(shard.jobUid(), shard.layout(), shard.number()));
        return row != null
                && row.next().equals(Successor.NONE)
                && !agent.leaving()
                && now - moved.getOrDefault(ShardId.of(shard), -HEARD_NANOS) >= HEARD_NANOS;
    }

    private void goesOn(ShardId shard, Holder holder, long now) {
        Line line = lines.computeIfAbsent(shard, s -> new Line());
        boolean same = holder.equals(line.holder) && line.to == lastLook;
        if (!same) {
            if (line.holder != null) {
                line.over.add(new Stretch(line.from, line.to));
            }
            line.holder = holder;
            line.from = now;
        }
        line.to = now;
    }

    /** The stretches of a shard, oldest first. */
    List<Stretch> of(ShardId shard) {
        Line line = lines.get(shard);
        if (line == null || line.holder == null) {
            return List.of();
        }
        List<Stretch> all = new ArrayList<>(line.over);
        all.add(new Stretch(line.from, line.to));
        return all;
    }
}
