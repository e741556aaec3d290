package dev.belfry.faults.fault;

import dev.belfry.faults.cluster.AgentJvm;
import dev.belfry.faults.cluster.Cluster;
import java.util.Random;

/** Which agent a fault meets. */
enum Whom {
    AGENT {
        @Override
        AgentJvm of(Cluster cluster, Random random) {
            AgentJvm master = cluster.master();
            AgentJvm agent = cluster.anyAgent(random);
            while (agent == master) {
                agent = cluster.anyAgent(random);
            }
            return agent;
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
