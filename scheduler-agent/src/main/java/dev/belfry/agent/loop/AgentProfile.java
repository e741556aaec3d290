package dev.belfry.agent.loop;

import dev.belfry.core.agent.Capacity;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What an agent is, whatever its session.
 *
 * @param id stable id
 * @param handlers names of the handlers it runs
 * @param standby whether it is there only to become master
 * @param candidates how many agents stand for master at once
 */
public record AgentProfile(
        String id,
        String host,
        long pid,
        Optional<URI> endpoint,
        Set<String> handlers,
        Map<String, String> labels,
        Optional<String> zone,
        Capacity capacity,
        String tzdata,
        boolean standby,
        int candidates,
        Duration sessionTimeout) {

    public AgentProfile {
        handlers = Set.copyOf(handlers);
        labels = Map.copyOf(labels);
    }
}
