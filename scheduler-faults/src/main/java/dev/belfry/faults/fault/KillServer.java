package dev.belfry.faults.fault;

import dev.belfry.faults.cluster.Cluster;
import dev.belfry.faults.cluster.Server;
import dev.belfry.faults.machine.Waiting;
import java.io.IOException;
import java.time.Duration;
import java.util.Random;

/** SIGKILL of a server, restarted after a while. */
record KillServer(String name, Which which) implements Fault {
    @Override
    public Struck strike(Cluster cluster, Random random) throws IOException {
        Server server = which.of(cluster.ensemble(), random);
        Struck struck = Struck.now(server.toString());
        server.process().kill();
        Waiting.pass(Duration.ofSeconds(6));
        server.restart();
        cluster.ensemble().awaitServing();
        return struck;
    }
}
