package dev.belfry.bench.workload;

import dev.belfry.agent.BelfryClient;
import dev.belfry.agent.client.ClientException;
import dev.belfry.agent.client.Journal;
import dev.belfry.bench.evidence.Account;
import dev.belfry.bench.evidence.Fire;
import dev.belfry.bench.evidence.FireLog;
import dev.belfry.bench.peer.Contender;
import dev.belfry.bench.store.Store;
import dev.belfry.bench.worker.Handlers;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.run.Outcome;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What Belfry says of itself: who is master, and why a fire did not run that no handler noted. That a fire has run is not taken
 * from here.
 */
final class BelfryRecord implements AutoCloseable {
    private static final String NAMESPACE = "bench";

    private final BelfryClient client;
    private final Load load;

    private BelfryRecord(Store store, Load load) {
        client = BelfryClient.connect(store.address(), NAMESPACE);
        this.load = load;
    }

    static BelfryRecord of(Cluster cluster) throws IOException {
        return of(cluster.store(), cluster.load());
    }

    private static BelfryRecord of(Store store, Load load) throws IOException {
        BelfryRecord record = new BelfryRecord(store, load);
        try {
            record.client.awaitConnected();
            return record;
        } catch (ClientException e) {
            record.close();
            throw new IOException("the record of Belfry cannot be read", e);
        }
    }

    /**
     * What became of fires that were due: by the handlers' notes, and where there is none, by the record.
     *
     * @throws IOException if the record cannot be read, or a fire has no note and the record no longer lists all that did not run
     */
    static Account account(Cluster cluster, List<Fire.Key> due) throws IOException {
        List<Fire> notes = cluster.fires();
        if (!cluster.contender().name().equals(Contender.BELFRY)) {
            return Account.of(due, notes, Set.of());
        }
        try (BelfryRecord record = of(cluster)) {
            Journal journal = record.journal();
            Account account = Account.of(due, notes, record.settled(journal));
            if (account.lost() > 0 && !whole(journal)) {
                throw new IOException("of " + account.lost() + " fires nobody knows: the journal has made room");
            }
            return account;
        }
    }

    /**
     * The agent that is to be lost: of those that may be, the one that ran most of what was fired last.
     *
     * @param master whether it is to be Belfry's master, or not to be
     */
    static String victim(Cluster cluster, boolean master) throws IOException {
        Map<String, Long> parts = Aftermath.last(cluster, Instant.now()).values().stream()
                .collect(Collectors.groupingBy(Aftermath.Last::agent, TreeMap::new, Collectors.counting()));
        if (cluster.contender().name().equals(Contender.BELFRY)) {
            try (BelfryRecord record = of(cluster)) {
                String now = record.master();
                parts.keySet().removeIf(agent -> agent.equals(now) != master);
            }
        }
        return parts.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .map(Map.Entry::getKey)
                .orElseThrow(() -> new IOException("no agent that may be lost has run anything"));
    }

    /** The id of the agent that is master. */
    String master() throws IOException {
        try {
            String incarnation = client.epoch().incarnation();
            return incarnation.substring(0, incarnation.lastIndexOf('~'));
        } catch (ClientException e) {
            throw new IOException("nobody says who is master", e);
        }
    }

    /** The id of the agent that is master of those on a store. */
    static String master(Store store) throws IOException {
        try (BelfryRecord record = of(store, Load.idle(1, 1, 1))) {
            return record.master();
        }
    }

    /** Waits until no run is queued or with an agent any more, their outcomes recorded; how many segments of them are left if not. */
    static int awaitSettled(Store store, Duration patience) throws IOException {
        try (BelfryRecord record = of(store, Load.idle(1, 1, 1))) {
            Instant deadline = Instant.now().plus(patience);
            int left = record.client.queue().segments().size();
            while (left > 0 && Instant.now().isBefore(deadline)) {
                Pause.of(Duration.ofSeconds(1));
                left = record.client.queue().segments().size();
            }
            return left;
        } catch (ClientException e) {
            throw new IOException("the queue cannot be read", e);
        }
    }

    /** How many masters there have been. */
    long term() throws IOException {
        try {
            return client.epoch().term();
        } catch (ClientException e) {
            throw new IOException("nobody says who is master", e);
        }
    }

    private Journal journal() throws IOException {
        try {
            return client.journal();
        } catch (ClientException e) {
            throw new IOException("the journal cannot be read", e);
        }
    }

    /** With nobody to export it, the oldest of a long run is counted and no longer listed. What ran has its notes. */
    private static boolean whole(Journal journal) {
        return journal.problems().isEmpty()
                && journal.counts().values().stream()
                        .flatMap(counts -> counts.cells().keySet().stream())
                        .allMatch(cell -> cell.outcome() == Outcome.SUCCEEDED);
    }

    private Set<Fire.Key> settled(Journal journal) {
        Set<Fire.Key> settled = new HashSet<>();
        for (Journal.Line line : journal.fires()) {
            FireEntry entry = line.entry();
            if (entry.kind() == FireEntry.Kind.FINAL
                    && entry.outcome() != Outcome.SUCCEEDED
                    && entry.outcome() != Outcome.UNKNOWN) {
                add(settled, entry);
            }
        }
        return settled;
    }

    /** All that a line is about: one fire, or a range of them. */
    private void add(Set<Fire.Key> settled, FireEntry entry) {
        String job = entry.jobUid().substring(0, entry.jobUid().lastIndexOf('~'));
        for (Instant due = entry.fire().due(); !due.isAfter(entry.last()); due = due.plus(load.period())) {
            settled.add(new Fire.Key(FireLog.micros(due), Handlers.number(job), Integer.parseInt(entry.shard())));
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
