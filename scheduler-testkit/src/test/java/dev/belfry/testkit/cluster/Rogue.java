package dev.belfry.testkit.cluster;

import dev.belfry.core.record.Paths;
import dev.belfry.store.Session;
import dev.belfry.store.SessionListener;
import dev.belfry.store.Store;
import dev.belfry.store.Transaction;
import dev.belfry.testkit.time.SimClock;
import dev.belfry.testkit.time.SimProcess;
import java.time.Duration;
import java.util.function.UnaryOperator;

/** Somebody with write access and no manners. Each deed has a session of its own, which lasts. */
final class Rogue {
    private Rogue() {}

    /** Deletes the latch znode of a session, so that another is elected although the session lives. */
    static void deleteLatch(SimCluster cluster, long session) {
        commit(cluster, transaction -> {
            for (String name : cluster.ensemble().peekChildren(Paths.LATCH)) {
                String path = Paths.LATCH + "/" + name;
                if (cluster.ensemble().peek(path).orElseThrow().ephemeralOwner() == session) {
                    transaction.delete(path, -1);
                }
            }
            return transaction;
        });
    }

    /** Writes as soon as it has a session; {@code deed} is asked then. */
    static void commit(SimCluster cluster, UnaryOperator<Transaction.Builder> deed) {
        SimProcess process = new SimProcess(cluster.scheduler(), "rogue", new SimClock(cluster.scheduler()));
        Store store = cluster.ensemble().connect(process, Duration.ofSeconds(6)).view(process);
        store.sessions(new SessionListener() {
            @Override
            public void opened(Session own) {
                Transaction transaction =
                        deed.apply(Transaction.at(Safety.ROGUE)).build();
                store.commit(own, transaction, answer -> cluster.story().add("rogue: " + answer));
            }

            @Override
            public void suspended(Session own) {}

            @Override
            public void resumed(Session own) {}

            @Override
            public void ended(Session own) {}
        });
    }
}
