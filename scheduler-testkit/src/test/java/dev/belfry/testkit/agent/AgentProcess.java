package dev.belfry.testkit.agent;

import dev.belfry.agent.Agent;
import java.time.Duration;

/** A process with an agent in it, which ends when it is told to. Its session would live on for a minute without it. */
final class AgentProcess {
    private AgentProcess() {}

    public static void main(String[] arguments) throws InterruptedException {
        Agent agent = Agent.builder()
                .zookeeper(arguments[0])
                .namespace("test")
                .sessionTimeout(Duration.ofMinutes(1))
                .handler("index", context -> {})
                .start();
        agent.awaitTermination();
    }
}
