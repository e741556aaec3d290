package dev.belfry.faults.fault;

import dev.belfry.faults.cluster.AgentJvm;
import dev.belfry.faults.cluster.Cluster;
import dev.belfry.faults.machine.Waiting;
import java.io.IOException;
import java.time.Duration;
import java.util.Random;

/** SIGSTOP of an agent's JVM, and SIGCONT when its session is long over. */
record PauseAgent(String name, Whom whom) implements Fault {
    private static final Duration LENGTH = Duration.ofSeconds(15);

    @Override
    public Struck strike(Cluster cluster, Random random) throws IOException {
        AgentJvm agent = whom.of(cluster, random);
        Struck struck = Struck.now(agent.id());
        agent.process().freeze();
        Waiting.pass(LENGTH);
        agent.process().thaw();
        return struck;
    }
}
