package dev.belfry.faults.fault;

import dev.belfry.faults.cluster.Cluster;
import dev.belfry.faults.cluster.Server;
import dev.belfry.faults.machine.Waiting;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** SIGKILL of two or three servers, so that there is no quorum, until they are started again. */
record LoseServers(String name, int count, Duration length) implements Fault {
    @Override
    public Struck strike(Cluster cluster, Random random) throws IOException {
        List<Server> servers = new ArrayList<>(cluster.ensemble().servers());
        Collections.shuffle(servers, random);
        List<Server> lost = servers.subList(0, count);
        lost.forEach(server -> server.process().kill());
        Waiting.pass(length);
        Struck struck = Struck.now(lost.toString());
        for (Server server : lost) {
            server.restart();
        }
        cluster.ensemble().awaitServing();
        return struck;
    }
}
