package dev.belfry.faults.fault;

import dev.belfry.faults.cluster.AgentJvm;
import dev.belfry.faults.cluster.Cluster;
import dev.belfry.faults.machine.Waiting;
import java.io.IOException;
import java.time.Duration;
import java.util.Random;

/** The wall clock of one agent is stepped, and set right after a while. */
record StepClock(String name, Duration least, Duration most) implements Fault {
    @Override
    public String whyNot(Cluster cluster) {
        return cluster.shims().whyNot();
    }

    @Override
    public Struck strike(Cluster cluster, Random random) throws IOException {
        AgentJvm agent = cluster.anyAgent(random);
        long range = most.minus(least).toMillis();
        Duration by = least.plusMillis((long) (random.nextDouble() * range));
        Struck struck = Struck.now(agent + " by " + by.toMillis() + " ms");
        agent.stepClock(by);
        Waiting.pass(Duration.ofSeconds(15));
        agent.stepClock(Duration.ZERO);
        return struck;
    }
}
