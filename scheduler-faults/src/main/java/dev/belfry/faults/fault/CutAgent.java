package dev.belfry.faults.fault;

import dev.belfry.faults.cluster.AgentJvm;
import dev.belfry.faults.cluster.Cluster;
import dev.belfry.faults.cluster.Server;
import dev.belfry.faults.machine.Network;
import dev.belfry.faults.machine.Waiting;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Random;

/** An agent and servers that no longer hear each other; nobody is told, no connection breaks by itself. */
record CutAgent(String name, Whom whom, Side side, boolean allServers) implements Fault {

    /** What gets lost. */
    enum Side {
        BOTH,
        TO_SERVER,
        FROM_SERVER
    }

    @Override
    public String whyNot(Cluster cluster) {
        return cluster.network().whyWhole();
    }

    @Override
    public Struck strike(Cluster cluster, Random random) throws IOException {
        AgentJvm agent = whom.of(cluster, random);
        List<Server> servers = cluster.ensemble().servers().stream()
                .filter(server -> allServers || server.hasClient(agent.place().host()))
                .toList();
        Network network = cluster.network();
        Struck struck = Struck.now(agent + " and " + servers);
        for (Server server : servers) {
            if (side != Side.FROM_SERVER) {
                network.cut(agent.place(), server.place());
            }
            if (side != Side.TO_SERVER) {
                network.cut(server.place(), agent.place());
            }
        }
        Waiting.pass(Duration.ofSeconds(15));
        for (Server server : servers) {
            if (side != Side.FROM_SERVER) {
                network.mend(agent.place(), server.place());
            }
            if (side != Side.TO_SERVER) {
                network.mend(server.place(), agent.place());
            }
        }
        return struck;
    }
}
