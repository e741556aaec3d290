package dev.belfry.agent;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * How an agent is doing at one instant.
 *
 * @param id its stable id
 * @param incarnation under which it is registered; empty while it is not
 * @param lease for how long it may act as owner; zero if it may not, because ZooKeeper has not answered for too long
 * @param shards that it holds
 * @param running attempts of user code
 * @param master whether it is the master too
 * @param overdueFires fires and requested runs that it has raised an event of since it started, as master; a fire is counted by one agent only
 * @param clockSteps how often its machine's wall clock was set since it started, by more than 5 s, as the monotonic clock tells; a
 *     suspended machine counts, too
 * @param silentUntil up to when shards that it holds are settled, if that lies in the future by more than a minute because clocks
 *     were set back: they fire nothing until then
 */
public record AgentStatus(
        String id,
        Optional<String> incarnation,
        Duration lease,
        int shards,
        int running,
        boolean master,
        long overdueFires,
        long clockSteps,
        Optional<Instant> silentUntil) {}
