package dev.belfry.console.cli;

import dev.belfry.agent.Agent;
import dev.belfry.core.job.Job;
import java.time.Duration;

/** An agent that fills its journal: job {@code tick} fires ten times a second on each of four shards, and does nothing. */
final class Ticking {
    private Ticking() {}

    static Agent start(String connect, String namespace) {
        Job tick =
                Job.named("tick").handler("work").every(Duration.ofMillis(100)).shards(4);
        return start(connect, namespace, tick);
    }

    static Agent start(String connect, String namespace, Job job) {
        return Agent.builder()
                .zookeeper(connect)
                .namespace(namespace)
                .id("a")
                .sessionTimeout(Duration.ofSeconds(4))
                .shutdownHook(false)
                .handler("work", context -> {})
                .job(job)
                .start();
    }
}
