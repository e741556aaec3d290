package dev.belfry.faults.fault;

import dev.belfry.faults.cluster.AgentJvm;
import dev.belfry.faults.cluster.Cluster;
import dev.belfry.faults.machine.Waiting;
import java.io.IOException;
import java.time.Duration;
import java.util.Random;

/** SIGKILL of an agent's JVM at a random point of an attempt; restarted when the others have had time to take over. */
record KillAgent(String name, Whom whom) implements Fault {
    private static final int TRIES = 6;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Override
    public Struck strike(Cluster cluster, Random random) throws IOException {
        for (int i = 0; i < TRIES; i++) {
            AgentJvm agent = whom.of(cluster, random);
            Struck struck = killInFlight(cluster, agent, random);
            boolean met = cluster.testimony().inFlight(agent.life());
            Waiting.pass(cluster.session().multipliedBy(2));
            agent.restart();
            if (met) {
                return struck;
            }
            Waiting.require(
                    "agents are back",
                    () -> cluster.registered() == cluster.agents().size(),
                    PATIENCE);
        }
        throw new IOException(name + " never met an attempt in flight");
    }

    private static Struck killInFlight(Cluster cluster, AgentJvm agent, Random random) {
        boolean running = Waiting.until(() -> cluster.testimony().inFlight(agent.life()), PATIENCE);
        Waiting.pass(Duration.ofMillis(random.nextInt(400)));
        if (running) {
            Waiting.until(() -> cluster.testimony().inFlight(agent.life()), PATIENCE);
        }
        Struck struck = Struck.now(agent.id());
        agent.kill();
        return struck;
    }
}
