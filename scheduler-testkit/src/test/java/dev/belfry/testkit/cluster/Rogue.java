package dev.belfry.testkit.cluster;

import dev.belfry.core.record.Paths;
import dev.belfry.store.Session;
import dev.belfry.store.SessionListener;
import dev.belfry.store.Store;
import dev.belfry.store.Transaction;
import dev.belfry.testkit.time.SimClock;
import dev.belfry.testkit.time.SimProcess;
import java.time.Duration;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;

/** Somebody with write access and no manners. */
final class Rogue {
    private Rogue() {}

    /** Deletes the latch znode of a session, so that another is elected although the session lives. */
    static void deleteLatch(SimCluster cluster, long session) {
        connect(cluster, (store, own) -> {
            for (String name : cluster.ensemble().peekChildren(Paths.LATCH)) {
                String path = Paths.LATCH + "/" + name;
                if (cluster.ensemble().peek(path).orElseThrow().ephemeralOwner() == session) {
                    delete(store, own, path);
                }
            }
        });
    }

    /** Deletes a znode. */
    static void delete(SimCluster cluster, String path) {
        connect(cluster, (store, own) -> delete(store, own, path));
    }

    /** Writes whatever it likes, as soon as it has a session; {@code deed} is asked then. */
    static void commit(SimCluster cluster, UnaryOperator<Transaction.Builder> deed) {
        connect(cluster, (store, own) -> {
            Transaction transaction = deed.apply(Transaction.at(Safety.ROGUE)).build();
            store.commit(own, transaction, answer -> {});
        });
    }

    private static void delete(Store store, Session own, String path) {
        Transaction delete = Transaction.at("rogue").delete(path, -1).build();
        store.commit(own, delete, answer -> {});
    }

    private static void connect(SimCluster cluster, BiConsumer<Store, Session> deed) {
        SimProcess process = new SimProcess(cluster.scheduler(), "rogue", new SimClock(cluster.scheduler()));
        Store store = cluster.ensemble().connect(process, Duration.ofSeconds(6)).view(process);
        store.sessions(new SessionListener() {
            @Override
            public void opened(Session own) {
                deed.accept(store, own);
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
