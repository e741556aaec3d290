package dev.belfry.testkit.cluster;

import dev.belfry.core.ledger.FireId;
import dev.belfry.core.queue.Inbox;
import dev.belfry.core.queue.Outbox;
import dev.belfry.core.queue.OutboxItem;
import dev.belfry.core.record.Paths;
import dev.belfry.store.Session;
import dev.belfry.store.SessionListener;
import dev.belfry.store.Store;
import dev.belfry.store.Transaction;
import dev.belfry.testkit.time.SimClock;
import dev.belfry.testkit.time.SimProcess;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Hands tasks to agents as a master does, by writing their inboxes, and nothing else. */
final class Dispatcher {
    /** Of what it writes as a master would. */
    static final String SITE = "dispatcher";

    private static final long FIRST_NUMBER = 900L << 20;

    /** What may be said of a dispatch besides its job. */
    record Wish(int attempt, @Nullable Duration limit, boolean byTotal, Optional<OutboxItem> resumes) {
        static final Wish PLAIN = new Wish(1, null, false, Optional.empty());
    }

    private final SimCluster cluster;
    private final Store store;
    private @Nullable Session session;
    private final Map<String, TreeMap<Long, Inbox.Entry>> inboxes = new TreeMap<>();
    private long number = FIRST_NUMBER;
    private int runs;

    Dispatcher(SimCluster cluster) {
        this.cluster = cluster;
        SimProcess process = new SimProcess(cluster.scheduler(), "dispatcher", new SimClock(cluster.scheduler()));
        this.store = cluster.ensemble().connect(process, Duration.ofSeconds(6)).view(process);
        store.sessions(new SessionListener() {
            @Override
            public void opened(Session own) {
                session = own;
                Transaction.Builder places = Transaction.at(SITE);
                store.commit(own, places.create(Paths.INBOX, new byte[0]).build(), answer -> {});
            }

            @Override
            public void suspended(Session own) {}

            @Override
            public void resumed(Session own) {}

            @Override
            public void ended(Session own) {}
        });
        cluster.run(Duration.ofSeconds(1));
    }

    static String incarnation(SimAgent agent) {
        return agent.agent().incarnation().orElseThrow();
    }

    /** The number under which the agent is given a run of its own of the job. */
    long hand(SimAgent agent, String job) {
        return hand(incarnation(agent), uid(job), "run-" + ++runs, Wish.PLAIN);
    }

    long hand(SimAgent agent, String job, Wish wish) {
        return hand(incarnation(agent), uid(job), "run-" + ++runs, wish);
    }

    long hand(String incarnation, String uid, String runId, Wish wish) {
        Instant now = Instant.ofEpochMilli(cluster.now().toEpochMilli());
        Inbox.Entry entry = new Inbox.Entry(
                ++number,
                runId,
                FireId.requested(runId, now),
                new Inbox.Task(uid, 0, 1),
                new Inbox.Order(wish.attempt(), now, wish.limit(), wish.byTotal(), wish.resumes()),
                Map.of("asked", runId),
                "");
        inboxes.computeIfAbsent(incarnation, i -> new TreeMap<>()).put(entry.number(), entry);
        write(incarnation);
        return entry.number();
    }

    void cancel(String incarnation, long at, String why) {
        inboxes.get(incarnation).computeIfPresent(at, (n, entry) -> entry.cancelled(why));
        write(incarnation);
    }

    /** Takes the entry out of the inbox. */
    void settle(String incarnation, long at) {
        inboxes.get(incarnation).remove(at);
        write(incarnation);
    }

    /** Puts back an entry that was there before, as nobody should. */
    void putBack(String incarnation, long at, String uid) {
        Inbox.Entry entry = new Inbox.Entry(
                at,
                "again",
                FireId.requested("again", Instant.EPOCH),
                new Inbox.Task(uid, 0, 1),
                new Inbox.Order(1, Instant.EPOCH, null, false, Optional.empty()),
                Map.of(),
                "");
        inboxes.get(incarnation).put(at, entry);
        write(incarnation, Safety.ROGUE);
    }

    String uid(String job) {
        return cluster.safety().jobs().named(job).orElseThrow().uid();
    }

    private void write(String incarnation) {
        write(incarnation, SITE);
    }

    private void write(String incarnation, String site) {
        String path = Paths.inbox(incarnation);
        byte[] data = new Inbox(java.util.List.copyOf(inboxes.get(incarnation).values())).encode();
        Transaction.Builder transaction = Transaction.at(site);
        if (cluster.ensemble().peek(path).isPresent()) {
            transaction.put(path, data, -1);
        } else {
            transaction.create(path, data);
        }
        if (session == null) {
            throw new IllegalStateException("no session yet");
        }
        boolean[] done = {false};
        store.commit(session, transaction.build(), answer -> done[0] = true);
        cluster.runUntil(Duration.ofSeconds(10), () -> done[0]);
    }

    /** What the agent says, as it is stored. */
    Outbox outbox(String incarnation) {
        String path = Paths.outbox(incarnation);
        return cluster.ensemble()
                .peek(path)
                .map(znode -> Outbox.decode(path, znode.data()))
                .orElse(Outbox.EMPTY);
    }

    Optional<Outbox.Report> report(String incarnation, long at) {
        return outbox(incarnation).reports().stream()
                .filter(report -> report.number() == at)
                .findFirst();
    }

    /** The report once it has come to this stage; there is one within twenty seconds. */
    Outbox.Report await(String incarnation, long at, Outbox.Stage stage) {
        cluster.runUntil(
                Duration.ofSeconds(20),
                () -> report(incarnation, at).filter(r -> r.stage() == stage).isPresent());
        return report(incarnation, at)
                .filter(r -> r.stage() == stage)
                .orElseThrow(() -> new AssertionError("not " + stage + ": " + outbox(incarnation)));
    }
}
