package dev.belfry.agent.client;

import dev.belfry.core.agent.AgentFacts;
import dev.belfry.core.ownership.HeartbeatRecord;
import java.time.Instant;
import java.util.Optional;

/**
 * An agent that is registered.
 *
 * @param facts what its registration says: id, host, endpoint, handlers, labels, capacity, since when
 * @param heartbeat its last one, if it could be read
 * @param heartbeatAt when that was written, by the ensemble's clock; {@link Instant#EPOCH} if there is none
 * @param master whether it is the master
 * @param drained whether an operator has told it to hand over everything
 * @param restarting since when it says that it closes and comes back under the same id, by the ensemble's clock; empty if it
 *     does not
 */
public record AgentState(
        AgentFacts facts,
        Optional<HeartbeatRecord> heartbeat,
        Instant heartbeatAt,
        boolean master,
        boolean drained,
        Optional<Instant> restarting) {

    /** One that does not restart. */
    public AgentState(
            AgentFacts facts,
            Optional<HeartbeatRecord> heartbeat,
            Instant heartbeatAt,
            boolean master,
            boolean drained) {
        this(facts, heartbeat, heartbeatAt, master, drained, Optional.empty());
    }

    /** What the registration says, with {@code draining} also where an operator has said so. */
    public AgentFacts present() {
        return drained ? facts.withDraining(true) : facts;
    }

    /** The agent's stable id. */
    public String id() {
        return facts.incarnation().agentId();
    }
}
