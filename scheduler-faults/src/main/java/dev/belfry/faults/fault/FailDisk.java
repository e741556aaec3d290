package dev.belfry.faults.fault;

import dev.belfry.faults.cluster.Cluster;
import dev.belfry.faults.cluster.Server;
import dev.belfry.faults.machine.Waiting;
import java.io.IOException;
import java.time.Duration;
import java.util.Random;

/**
 * Every fsync of one server fails, until its disk is well again and it is restarted. What such a server has left on its disk
 * may not fit together; if it refuses to start from that, it is started empty, as an operator would.
 */
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
        Waiting.until(() -> server.serves() || !server.process().alive(), Duration.ofSeconds(30));
        boolean emptied = !server.serves();
        if (emptied) {
            server.restartEmpty();
        }
        cluster.ensemble().awaitServing();
        return emptied ? new Struck(server + ", restarted empty", struck.from(), struck.nanos()) : struck;
    }
}
