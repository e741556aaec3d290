package dev.belfry.faults.fault;

import dev.belfry.faults.cluster.Cluster;
import dev.belfry.faults.cluster.Server;
import dev.belfry.faults.machine.Waiting;
import java.io.IOException;
import java.time.Duration;
import java.util.Random;

/** SIGSTOP of a server, and SIGCONT when the others have long done without it. */
record PauseServer(String name, Which which) implements Fault {
    @Override
    public Struck strike(Cluster cluster, Random random) throws IOException {
        Server server = which.of(cluster.ensemble(), random);
        Struck struck = Struck.now(server.toString());
        server.process().freeze();
        Waiting.pass(Duration.ofSeconds(15));
        server.process().thaw();
        cluster.ensemble().awaitServing();
        return struck;
    }
}
