package dev.belfry.faults.fault;

import dev.belfry.faults.cluster.Cluster;
import dev.belfry.faults.cluster.Server;
import dev.belfry.faults.machine.Waiting;
import java.io.IOException;
import java.time.Duration;
import java.util.Random;

/** Every fsync of one server takes so much longer, for a while. */
record SlowDisk(String name, Which which, Duration delay) implements Fault {
    @Override
    public String whyNot(Cluster cluster) {
        return cluster.shims().whyNot();
    }

    @Override
    public Struck strike(Cluster cluster, Random random) throws IOException {
        Server server = which.of(cluster.ensemble(), random);
        server.disk(Long.toString(delay.toMillis()));
        Waiting.pass(Duration.ofSeconds(15));
        Struck struck = Struck.now(server + ", " + delay.toMillis() + " ms");
        server.disk("");
        return struck;
    }
}
