package dev.belfry.faults.fault;

import dev.belfry.faults.cluster.AgentJvm;
import dev.belfry.faults.cluster.Cluster;
import dev.belfry.faults.machine.Waiting;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/** Agents join and leave in good order, while another is killed and comes back. */
record Churn(String name, int joining) implements Fault {
    private static final AtomicInteger NUMBERS = new AtomicInteger();
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Override
    public Struck strike(Cluster cluster, Random random) throws IOException {
        AgentJvm victim = Whom.AGENT.of(cluster, random);
        List<AgentJvm> joined = new ArrayList<>();
        for (int i = 0; i < joining; i++) {
            joined.add(cluster.join("guest-" + NUMBERS.incrementAndGet()));
            Waiting.pass(Duration.ofMillis(500 + random.nextInt(3_000)));
        }
        Struck struck = Struck.now(joined + " and " + victim);
        victim.kill();
        for (AgentJvm guest : joined) {
            Waiting.pass(Duration.ofMillis(500 + random.nextInt(3_000)));
            guest.askToStop();
        }
        victim.restart();
        for (AgentJvm guest : joined) {
            if (!guest.stopped(PATIENCE)) {
                throw new IOException(guest + " does not end within " + PATIENCE.toSeconds() + " s");
            }
            cluster.left(guest);
        }
        return struck;
    }
}
