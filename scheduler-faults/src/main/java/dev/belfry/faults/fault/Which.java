package dev.belfry.faults.fault;

import dev.belfry.faults.cluster.Ensemble;
import dev.belfry.faults.cluster.Server;
import java.util.Random;

/** Which server a fault meets. */
enum Which {
    LEADER {
        @Override
        Server of(Ensemble ensemble, Random random) {
            return ensemble.leader();
        }
    },
    FOLLOWER {
        @Override
        Server of(Ensemble ensemble, Random random) {
            return ensemble.follower(random);
        }
    };

    abstract Server of(Ensemble ensemble, Random random);
}
