package dev.belfry.core.dispatch;

import dev.belfry.core.agent.AgentFacts;
import dev.belfry.core.agent.Eligibility;
import dev.belfry.core.agent.Incarnation;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The agents, what is free on them, and which of them takes a task. */
final class Room {
    private Rules rules;
    private final TreeMap<Incarnation, AgentRoom> agents = new TreeMap<>();
    private final ArrayList<@Nullable AgentRoom> byIndex = new ArrayList<>();
    private final BitSet taken = new BitSet();
    private final Map<Kind.Key, Kind> kinds = new HashMap<>();
    private boolean ordered;
    private List<AgentRoom> inOrder = List.of();

    /** Agents that take something in this round, and the most that any of them had free when it began. */
    private final BitSet open = new BitSet();

    private Needs mostFree = Needs.NONE;
    private long round;

    Room(Rules rules) {
        this.rules = rules;
    }

    Rules rules() {
        return rules;
    }

    void rules(Rules changed) {
        rules = changed;
    }

    /** In the order of their incarnations, those that are gone included. */
    Iterable<AgentRoom> all() {
        return agents.values();
    }

    @Nullable
    AgentRoom find(Incarnation incarnation) {
        return agents.get(incarnation);
    }

    /** The agent, with nothing known of it if it is new. */
    AgentRoom get(Incarnation incarnation) {
        AgentRoom known = agents.get(incarnation);
        if (known != null) {
            return known;
        }
        AgentRoom agent = new AgentRoom(incarnation, taken.nextClearBit(0));
        taken.set(agent.index);
        while (byIndex.size() <= agent.index) {
            byIndex.add(null);
        }
        byIndex.set(agent.index, agent);
        agents.put(incarnation, agent);
        ordered = false;
        return agent;
    }

    void update(AgentState state) {
        AgentRoom agent = get(state.facts().incarnation());
        boolean same = state.facts().equals(agent.facts);
        agent.take(state);
        if (!same) {
            refresh(agent);
        }
    }

    void leave(Incarnation incarnation) {
        AgentRoom agent = agents.get(incarnation);
        if (agent != null) {
            agent.leave();
            refresh(agent);
            forget(agent);
        }
    }

    /** Drops an agent that is gone and has no tasks any more. */
    void forget(AgentRoom agent) {
        if (agent.facts == null && agent.running.isEmpty()) {
            agents.remove(agent.incarnation);
            byIndex.set(agent.index, null);
            taken.clear(agent.index);
            ordered = false;
        }
    }

    private void refresh(AgentRoom agent) {
        List<AgentFacts> live = new ArrayList<>();
        for (AgentRoom each : agents.values()) {
            if (each.facts != null) {
                live.add(each.facts);
            }
        }
        Set<Incarnation> duplicates = Eligibility.duplicates(live);
        for (AgentRoom each : agents.values()) {
            boolean duplicate = duplicates.contains(each.incarnation);
            if (each == agent || duplicate != each.duplicate) {
                each.duplicate = duplicate;
                kinds.values().forEach(kind -> kind.update(each));
            }
        }
    }

    /** The kind of these tasks; to be given back. */
    Kind kind(Kind.Key key) {
        Kind kind = kinds.get(key);
        if (kind == null) {
            kind = new Kind(key);
            agents.values().forEach(kind::update);
            kinds.put(key, kind);
        }
        kind.users++;
        return kind;
    }

    void giveBack(Kind kind) {
        if (--kind.users == 0) {
            kinds.remove(kind.key);
        }
    }

    /** Begins a round of decisions at {@code now}. */
    void open(long now, long number) {
        round = number;
        open.clear();
        long slots = 0;
        long cpu = 0;
        long memory = 0;
        for (AgentRoom agent : agents.values()) {
            Needs free = agent.free();
            boolean kept = agent.reservation != null && agent.reservation.holds();
            if (!kept && free.slots() > 0 && agent.closed(rules, now) == null) {
                open.set(agent.index);
                slots = Math.max(slots, free.slots());
                cpu = Math.max(cpu, free.cpuMillis());
                memory = Math.max(memory, free.memory());
            }
        }
        mostFree = new Needs(slots, cpu, memory);
        order();
    }

    private void order() {
        if (!ordered) {
            inOrder = List.copyOf(agents.values());
            for (int i = 0; i < inOrder.size(); i++) {
                inOrder.get(i).position = i;
            }
            ordered = true;
        }
    }

    /** Nothing more goes to an agent in this round, but for the lane for which it is reserved. */
    void close(AgentRoom agent) {
        open.clear(agent.index);
    }

    /** The agent for the first task of a lane, or null if none has room. */
    @Nullable
    AgentRoom place(Lane lane, Entry head, long now) {
        Needs needs = lane.job.needs;
        Choice choice = new Choice(lane, head, this);
        Reservation held = lane.job.queue.reservation;
        if (held != null && held.lane == lane && held.holds() && offers(held.agent, lane, now)) {
            if (held.agent.has(needs) && admits(held.agent, lane, head)) {
                choice.offer(held.agent);
            }
        }
        if (needs.fitsInto(mostFree) && !lane.kind.hasFailed(needs, round)) {
            boolean roomy = false;
            BitSet eligible = lane.kind.eligible;
            for (int i = eligible.nextSetBit(0); i >= 0; i = eligible.nextSetBit(i + 1)) {
                AgentRoom agent = open.get(i) ? byIndex.get(i) : null;
                if (agent != null && agent.has(needs)) {
                    roomy = true;
                    if (admits(agent, lane, head)) {
                        choice.offer(agent);
                    }
                }
            }
            if (!roomy) {
                lane.kind.fail(needs, round);
            }
        }
        return choice.best();
    }

    private boolean offers(AgentRoom agent, Lane lane, long now) {
        return lane.kind.eligible.get(agent.index) && agent.closed(rules, now) == null;
    }

    private boolean admits(AgentRoom agent, Lane lane, Entry head) {
        return agent.takes(head.task.bytes(), rules)
                && !lane.bars(agent)
                && agent.excludedBy(lane.job.terms) == null
                && !lane.job.meetsItself(agent);
    }

    /** The agents that may run a lane by what they registered. */
    Iterable<AgentRoom> eligible(Lane lane) {
        List<AgentRoom> eligible = new ArrayList<>();
        lane.kind.eligible.stream()
                .mapToObj(byIndex::get)
                .filter(Objects::nonNull)
                .forEach(eligible::add);
        return eligible;
    }

    /** Whether an agent could run tasks of a lane if nothing else ran there. */
    boolean couldRun(AgentRoom agent, Lane lane, long now) {
        return offers(agent, lane, now) && lane.job.needs.fitsInto(agent.whole()) && !lane.bars(agent);
    }

    /** How many agents come after the last one, going round, before this one; without a last one from a hash on. */
    int distance(@Nullable String last, long hash, AgentRoom agent) {
        int size = inOrder.size();
        int start = (int) Math.floorMod(hash, (long) size);
        if (last != null) {
            start = 0;
            int end = size;
            while (start < end) {
                int middle = (start + end) >>> 1;
                if (inOrder.get(middle).id.compareTo(last) > 0) {
                    end = middle;
                } else {
                    start = middle + 1;
                }
            }
        }
        return Math.floorMod(agent.position - start, size);
    }
}
