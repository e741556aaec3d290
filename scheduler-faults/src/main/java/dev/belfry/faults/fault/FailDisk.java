package dev.belfry.faults.fault;

import dev.belfry.faults.cluster.Cluster;
import dev.belfry.faults.cluster.Server;
import dev.belfry.faults.machine.Waiting;
import java.io.IOException;
import java.time.Duration;
import java.util.Random;

/** Every fsync of one server fails, until its disk is well again and it is restarted. */
record FailDisk(String name, String error) implements Fault {
    @Override
    public String whyNot(Cluster cluster) {
        return cluster.shims().whyNot();
    }

    @Override
    public Struck strike(Cluster cluster, Random random) throws IOException {
        Server server = Which.values()[random.nextInt(Which.values().length)].of(cluster.ensemble(), random);
        Struck struck = Struck.now(server.toString());
        server.disk(error);
        Waiting.require(server + " gives up", () -> !server.serves(), Duration.ofSeconds(30));
        Waiting.pass(Duration.ofSeconds(6));
        server.restart();
        cluster.ensemble().awaitServing();
        return struck;
    }
}
