package dev.belfry.testkit.cluster;

import dev.belfry.store.Candidacy;
import dev.belfry.store.Change;
import dev.belfry.store.Commit;
import dev.belfry.store.ElectionListener;
import dev.belfry.store.Listing;
import dev.belfry.store.Read;
import dev.belfry.store.Session;
import dev.belfry.store.SessionListener;
import dev.belfry.store.Store;
import dev.belfry.store.Synced;
import dev.belfry.store.Transaction;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** A store that counts what is asked of it, and by whom, and answers no read any more once it is told so. */
record CountedStore(Store store, Counts counts) implements Store {

    /**
     * What transactions of one site came to.
     *
     * @param writes creations, changes and deletions in them
     * @param bytes contents and paths of these
     */
    record Traffic(long transactions, long writes, long bytes) {
        static final Traffic NONE = new Traffic(0, 0, 0);

        static Traffic of(Transaction transaction) {
            long bytes = 0;
            for (Transaction.Write write : transaction.writes()) {
                bytes += write.size() + write.path().length();
            }
            return new Traffic(1, transaction.writes().size(), bytes);
        }

        Traffic plus(Traffic other) {
            return new Traffic(transactions + other.transactions, writes + other.writes, bytes + other.bytes);
        }
    }

    /** Requests of all sessions, reads and writes apart. */
    static final class Counts {
        private final TreeMap<String, Traffic> traffic = new TreeMap<>();
        private final Map<Long, TreeMap<String, Integer>> reads = new TreeMap<>();
        private final Map<Long, TreeMap<String, Integer>> writes = new TreeMap<>();
        private final Map<Long, TreeMap<String, Integer>> follows = new TreeMap<>();
        private boolean silent;

        private static void count(Map<Long, TreeMap<String, Integer>> where, Session session, String what) {
            where.computeIfAbsent(session.id(), id -> new TreeMap<>()).merge(what, 1, Integer::sum);
        }

        /** Forgets what was counted so far, but not what is followed. */
        void restart() {
            reads.clear();
            writes.clear();
            traffic.clear();
        }

        /** From now on reads are counted and never answered. */
        void answerNoReads() {
            silent = true;
        }

        private boolean read(Session session, String site) {
            count(reads, session, site);
            return !silent;
        }

        /** Reads of a session by site: of a znode, of children, of everything below, and syncs. */
        Map<String, Integer> reads(long session) {
            return reads.getOrDefault(session, new TreeMap<>());
        }

        /** Transactions of a session by site. */
        Map<String, Integer> writes(long session) {
            return writes.getOrDefault(session, new TreeMap<>());
        }

        /** What was written from these sites, by whomever. */
        Traffic traffic(String... sites) {
            return Stream.of(sites)
                    .map(site -> traffic.getOrDefault(site, Traffic.NONE))
                    .reduce(Traffic.NONE, Traffic::plus);
        }

        /** Everything that was written, by whomever. */
        Traffic traffic() {
            return traffic.values().stream().reduce(Traffic.NONE, Traffic::plus);
        }

        /** Subtrees that a session follows, and how often it has asked for each. */
        Map<String, Integer> follows(long session) {
            return follows.getOrDefault(session, new TreeMap<>());
        }
    }

    @Override
    public void sessions(SessionListener sessions) {
        store.sessions(sessions);
    }

    @Override
    public void commit(Session session, Transaction transaction, Consumer<Commit> then) {
        Counts.count(counts.writes, session, transaction.site());
        counts.traffic.merge(transaction.site(), Traffic.of(transaction), Traffic::plus);
        store.commit(session, transaction, then);
    }

    @Override
    public void read(Session session, String site, String path, Consumer<Read> then) {
        if (counts.read(session, site)) {
            store.read(session, site, path, then);
        }
    }

    @Override
    public void children(Session session, String site, String path, Consumer<Listing> then) {
        if (counts.read(session, site)) {
            store.children(session, site, path, then);
        }
    }

    @Override
    public void sync(Session session, String site, String path, Consumer<Synced> then) {
        if (counts.read(session, site)) {
            store.sync(session, site, path, then);
        }
    }

    @Override
    public void follow(Session session, String site, String path, Consumer<Change> changes, Consumer<Synced> then) {
        Counts.count(counts.follows, session, path);
        if (counts.read(session, site)) {
            store.follow(session, site, path, changes, then);
        }
    }

    @Override
    public void dropConnection(Session session) {
        store.dropConnection(session);
    }

    @Override
    public void giveUp(Session session) {
        store.giveUp(session);
    }

    @Override
    public Candidacy stand(Session session, String path, String candidate, ElectionListener elections) {
        return store.stand(session, path, candidate, elections);
    }
}
