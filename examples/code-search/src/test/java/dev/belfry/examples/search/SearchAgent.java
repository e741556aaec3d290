package dev.belfry.examples.search;

import dev.belfry.agent.Agent;
import dev.belfry.agent.AgentBuilder;
import java.time.Duration;
import java.util.Map;

/** A process with an agent that has the handlers of the example, and ends when somebody kills it. */
final class SearchAgent {
    static final String NAMESPACE = "search";
    static final Duration SESSION = Duration.ofSeconds(4);

    private SearchAgent() {}

    /** Arguments: ensemble, id of the agent, corpus, work directory, files that are tokenised at once. */
    public static void main(String[] arguments) throws InterruptedException {
        AgentBuilder builder = Agent.builder()
                .zookeeper(arguments[0])
                .namespace(NAMESPACE)
                .id(arguments[1])
                .sessionTimeout(SESSION)
                // Other tests, and these processes themselves, fill the machine.
                .tellsLoad(false);
        new CodeSearch()
                .handlers(Map.of("corpus", arguments[2], "work", arguments[3], "batch", arguments[4]))
                .forEach(builder::handler);
        try (Agent agent = builder.start()) {
            agent.awaitTermination();
        }
    }
}
