package dev.belfry.faults.fault;

import dev.belfry.faults.cluster.Cluster;
import dev.belfry.faults.cluster.Server;
import dev.belfry.faults.machine.Network;
import dev.belfry.faults.machine.Waiting;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Random;

/** A server that no longer hears its peers, nor they it, while its clients reach it as before. */
record CutServer(String name, Which which) implements Fault {
    @Override
    public String whyNot(Cluster cluster) {
        return cluster.network().whyWhole();
    }

    @Override
    public Struck strike(Cluster cluster, Random random) throws IOException {
        Server server = which.of(cluster.ensemble(), random);
        List<Server> peers = cluster.ensemble().servers().stream()
                .filter(other -> other != server)
                .toList();
        Network network = cluster.network();
        Struck struck = Struck.now(server.toString());
        for (Server peer : peers) {
            network.cut(server.place(), peer.place());
            network.cut(peer.place(), server.place());
        }
        Waiting.pass(Duration.ofSeconds(15));
        for (Server peer : peers) {
            network.mend(server.place(), peer.place());
            network.mend(peer.place(), server.place());
        }
        cluster.ensemble().awaitServing();
        return struck;
    }
}
