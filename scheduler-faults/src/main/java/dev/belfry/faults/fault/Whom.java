package dev.belfry.faults.fault;

import dev.belfry.faults.cluster.AgentJvm;
import dev.belfry.faults.cluster.Cluster;
import dev.belfry.faults.machine.Waiting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Which agent a fault meets. */
enum Whom {
    /** One that owns shards and is not master. */
    AGENT {
        @Override
        AgentJvm of(Cluster cluster, Random random) {
            AgentJvm master = cluster.master();
            List<AgentJvm> owners = new ArrayList<>();
            Waiting.require(
                    "an agent that is not master owns shards",
                    () -> {
                        owners.addAll(cluster.owners());
                        owners.remove(master);
                        return !owners.isEmpty();
                    },
                    Duration.ofSeconds(60));
            return owners.get(random.nextInt(owners.size()));
        }
    },
    MASTER {
        @Override
        AgentJvm of(Cluster cluster, Random random) {
            return cluster.master();
        }
    };

    abstract AgentJvm of(Cluster cluster, Random random);
}
