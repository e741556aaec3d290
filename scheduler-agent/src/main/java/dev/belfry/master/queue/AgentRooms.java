package dev.belfry.master.queue;

import dev.belfry.core.agent.AgentFacts;
import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.dispatch.AgentState;
import dev.belfry.core.dispatch.TaskQueue;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The agents as the queue knows them: what they registered, what their shards take, how loaded they are. */
final class AgentRooms {
    /** Above every threshold. */
    private static final double CLOSED = 1_000;

    private static final Load UNKNOWN = new Load(-1, -1);

    /** What a heartbeat says: per processor, and the share of the memory; negative if unknown. */
    private record Load(double busy, double memory) {}

    private final TaskQueue lines;
    private final Map<Incarnation, AgentState> agents = new HashMap<>();
    private final Map<Incarnation, Load> loads = new HashMap<>();
    private final Set<Incarnation> full = new HashSet<>();

    AgentRooms(TaskQueue lines) {
        this.lines = lines;
    }

    boolean has(Incarnation agent) {
        return agents.containsKey(agent);
    }

    /** Who is there now, and what the shards of each take. */
    void present(Collection<AgentFacts> live, StickyRoom sticky) {
        Set<Incarnation> gone = new HashSet<>(agents.keySet());
        for (AgentFacts facts : live) {
            Incarnation agent = facts.incarnation();
            gone.remove(agent);
            Load said = loads.getOrDefault(agent, UNKNOWN);
            AgentState state = AgentState.of(facts)
                    .withSticky(sticky.needs(agent), sticky.groups(agent))
                    .withLoad(said.busy(), said.memory());
            if (!state.equals(agents.put(agent, state))) {
                lines.agent(state);
            }
        }
        for (Incarnation agent : gone) {
            agents.remove(agent);
            loads.remove(agent);
            full.remove(agent);
            lines.agentGone(agent);
        }
    }

    /**
     * What a heartbeat says.
     *
     * @param busy load for each processor; negative if unknown
     * @param memory share in use; negative if unknown
     */
    void load(Incarnation agent, double busy, double memory) {
        AgentState state = agents.get(agent);
        if (state == null) {
            return;
        }
        loads.put(agent, new Load(busy, memory));
        agents.put(agent, state.withLoad(busy, memory));
        lines.load(agent, busy, memory);
    }

    /** The inbox of this agent takes nothing more in this round. */
    void full(Incarnation agent) {
        full.add(agent);
        lines.load(agent, CLOSED, -1);
    }

    /** Inboxes that were full may have room again. */
    void round() {
        for (Incarnation agent : List.copyOf(full)) {
            Load said = loads.getOrDefault(agent, UNKNOWN);
            lines.load(agent, said.busy(), said.memory());
        }
        full.clear();
    }
}
