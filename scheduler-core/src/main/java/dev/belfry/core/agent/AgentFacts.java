package dev.belfry.core.agent;

import static java.util.Objects.requireNonNull;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What an agent's registration says. Immutable; sets and maps are copied and sorted.
 *
 * @param incarnation who registered
 * @param host the machine's name, as the agent sees it
 * @param pid the process id
 * @param endpoint an address that the service publishes for others, if any
 * @param handlers names of the handlers it can run
 * @param labels free labels that selectors match
 * @param zone the failure zone, if stated
 * @param capacity what it can run at once
 * @param draining it takes nothing new and hands over what it has
 * @param sessionTimeout the session time-out negotiated with ZooKeeper, positive
 * @param schemaMin the oldest schema of stored records that it reads
 * @param schemaMax the newest
 * @param tzdata the version of its time-zone data
 * @param registeredAt when the registration was created, by the ensemble's clock
 * @param standby it is there only to become master, and owns nothing
 */
public record AgentFacts(
        Incarnation incarnation,
        String host,
        long pid,
        Optional<URI> endpoint,
        Set<String> handlers,
        Map<String, String> labels,
        Optional<String> zone,
        Capacity capacity,
        boolean draining,
        Duration sessionTimeout,
        int schemaMin,
        int schemaMax,
        String tzdata,
        Instant registeredAt,
        boolean standby) {

    /** Copies; throws {@link IllegalArgumentException} when the session time-out or the range of schemas is impossible. */
    public AgentFacts {
        requireNonNull(incarnation);
        requireNonNull(host);
        requireNonNull(endpoint);
        requireNonNull(zone);
        requireNonNull(capacity);
        requireNonNull(tzdata);
        requireNonNull(registeredAt);
        if (sessionTimeout.isZero() || sessionTimeout.isNegative()) {
            throw new IllegalArgumentException(incarnation + ": session time-out must be positive: " + sessionTimeout);
        }
        if (schemaMin < 1 || schemaMax < schemaMin) {
            throw new IllegalArgumentException(
                    incarnation + ": impossible range of schemas " + schemaMin + " to " + schemaMax);
        }
        handlers = Collections.unmodifiableSortedSet(new TreeSet<>(handlers));
        labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
    }

    /** The same facts with the draining flag as given. */
    public AgentFacts withDraining(boolean drain) {
        return new AgentFacts(
                incarnation,
                host,
                pid,
                endpoint,
                handlers,
                labels,
                zone,
                capacity,
                drain,
                sessionTimeout,
                schemaMin,
                schemaMax,
                tzdata,
                registeredAt,
                standby);
    }
}
