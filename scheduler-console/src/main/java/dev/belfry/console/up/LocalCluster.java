package dev.belfry.console.up;

import dev.belfry.console.local.ChildJvm;
import dev.belfry.console.local.LocalZooKeeper;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * Agents in JVMs of their own on this machine, beside local ZooKeeper servers.
 *
 * <p>Not thread-safe.
 */
final class LocalCluster {

    private final Path logs;
    private final LocalZooKeeper zookeeper;
    private final String namespace;
    private final List<String> agentArguments;
    private final List<ChildJvm> agents = new ArrayList<>();

    /**
     * @param providerSettings configuration of handlers that are found on the class path
     * @param more further arguments of every agent
     */
    LocalCluster(
            Path logs,
            LocalZooKeeper zookeeper,
            String namespace,
            Map<String, String> providerSettings,
            List<String> more) {
        this.logs = logs;
        this.zookeeper = zookeeper;
        this.namespace = namespace;
        List<String> arguments = new ArrayList<>(more);
        providerSettings.forEach((key, value) -> {
            arguments.add("--set");
            arguments.add(key + "=" + value);
        });
        this.agentArguments = List.copyOf(arguments);
    }

    void startAgents(int count) throws IOException {
        for (int i = 1; i <= count; i++) {
            List<String> arguments = new ArrayList<>(List.of(
                    "agent",
                    "--zookeeper",
                    zookeeper.connectString(),
                    "--namespace",
                    namespace,
                    "--id",
                    "agent-" + i,
                    "--session-timeout",
                    "6s"));
            arguments.addAll(agentArguments);
            agents.add(ChildJvm.start(
                    "agent-" + i,
                    logs,
                    List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
                    "dev.belfry.console.cli.Belfry",
                    arguments));
        }
    }

    List<ChildJvm> agents() {
        return Collections.unmodifiableList(agents);
    }

    /** Whether agents were started and none of them runs any more. */
    boolean allEnded() {
        return !agents.isEmpty() && agents.stream().noneMatch(ChildJvm::alive);
    }

    /** How each agent ended that does not run any more, with the end of its log. */
    String ends() {
        StringBuilder text = new StringBuilder();
        for (ChildJvm agent : agents) {
            if (!agent.alive()) {
                text.append("\n")
                        .append(agent.name())
                        .append(" ended with exit code ")
                        .append(agent.exitCode());
                text.append("; its log ends with:\n")
                        .append(agent.lastWords().indent(2).stripTrailing());
            }
        }
        return text.toString();
    }

    /**
     * Ends every agent in good order, side by side, then the servers; what has not ended after {@code patience} is killed.
     *
     * @param between done when no agent runs any more and the servers still do
     */
    void stop(Duration patience, Runnable between) {
        agents.forEach(ChildJvm::askToStop);
        long deadline = System.nanoTime() + patience.toNanos();
        agents.forEach(agent -> agent.ended(Duration.ofNanos(Math.max(0, deadline - System.nanoTime()))));
        between.run();
        zookeeper.stop();
    }
}
