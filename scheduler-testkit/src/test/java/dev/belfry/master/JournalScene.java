package dev.belfry.master;

import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.journal.FireJournal;
import dev.belfry.core.journal.JournalCounts;
import dev.belfry.core.journal.JournalCounts.Origin;
import dev.belfry.core.ledger.FireId;
import dev.belfry.core.record.Paths;
import dev.belfry.core.run.Outcome;
import dev.belfry.store.Commit;
import dev.belfry.store.Session;
import dev.belfry.store.SessionListener;
import dev.belfry.store.Store;
import dev.belfry.store.Transaction;
import dev.belfry.store.Znode;
import dev.belfry.testkit.cluster.SimLoop;
import dev.belfry.testkit.store.SimEnsemble;
import dev.belfry.testkit.store.SimOptions;
import dev.belfry.testkit.time.SimClock;
import dev.belfry.testkit.time.SimProcess;
import dev.belfry.testkit.time.SimScheduler;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Journals on a simulated ensemble, and masters that keep them within bounds. */
public final class JournalScene {
    public static final Instant NOON = Instant.parse("2026-06-01T12:00:00Z");
    private static final Duration SESSION = Duration.ofSeconds(6);

    public final SimScheduler scheduler;
    public final SimEnsemble ensemble;
    final Set<String> live = new TreeSet<>();
    private final Party planter;
    private long fires;

    public JournalScene(long seed) {
        scheduler = new SimScheduler(seed);
        ensemble = new SimEnsemble(scheduler, SimOptions.DEFAULT);
        planter = new Party("planter");
        Transaction.Builder skeleton = Transaction.at("plant");
        Paths.skeleton().forEach(path -> skeleton.create(path, new byte[0]));
        planter.commit(skeleton);
    }

    public void pass(Duration time) {
        scheduler.runUntil(scheduler.nanos() + time.toNanos());
    }

    // --- what there is

    /** A journal with entries of one scheduled fire an hour each, and a requested run in every third. */
    void journal(String writer, int entries, int padding) {
        planter.commit(Transaction.at("plant").create(Paths.journal(writer), new byte[0]));
        for (int n = 1; n <= entries; n++) {
            entry(writer, n, padding);
        }
    }

    void entry(String writer, int n, int padding) {
        Instant due = NOON.plus(Duration.ofHours(fires++ % 700));
        List<FireEntry> lines = new ArrayList<>();
        lines.add(line(FireId.scheduled(due), FireEntry.Kind.FINAL, padding));
        lines.add(line(FireId.scheduled(due), FireEntry.Kind.STARTED, 0));
        if (n % 3 == 0) {
            lines.add(line(FireId.requested("k" + fires, due), FireEntry.Kind.FINAL, 0));
        }
        planter.commit(Transaction.at("plant").create(Paths.journalEntry(writer, n), FireJournal.encode(lines)));
    }

    public static FireEntry line(FireId fire, FireEntry.Kind kind, int padding) {
        return new FireEntry(
                kind,
                "index~1",
                1,
                "0",
                fire,
                fire.due(),
                1,
                1,
                7,
                fire.due(),
                fire.due().plusMillis(3),
                Outcome.SUCCEEDED,
                "x".repeat(padding));
    }

    public void put(String path, String text) {
        planter.commit(Transaction.at("plant").put(path, text.getBytes(StandardCharsets.UTF_8), -1));
    }

    public void create(String path, byte[] data) {
        planter.commit(Transaction.at("plant").create(path, data));
    }

    /** How many outcomes are listed or counted, by where they come from. */
    public Map<Origin, Long> outcomes() {
        Map<Origin, Long> sum = new EnumMap<>(Origin.class);
        addCounts(Paths.JOURNAL, sum);
        for (String writer : writers()) {
            addCounts(Paths.journal(writer), sum);
            for (String entry : entries(writer)) {
                String path = Paths.journal(writer) + '/' + entry;
                for (FireEntry line : FireJournal.decode(path, data(path))) {
                    if (line.kind() == FireEntry.Kind.FINAL) {
                        Origin origin = line.fire().isScheduled() ? Origin.SCHEDULED : Origin.REQUESTED;
                        sum.merge(origin, line.count(), Long::sum);
                    }
                }
            }
        }
        return sum;
    }

    private void addCounts(String path, Map<Origin, Long> sum) {
        JournalCounts.decode(path, data(path))
                .cells()
                .forEach((cell, count) -> sum.merge(cell.origin(), count, Long::sum));
    }

    List<String> writers() {
        return ensemble.peekChildren(Paths.JOURNAL).stream()
                .filter(name -> !name.equals("master"))
                .toList();
    }

    public List<String> entries(String writer) {
        return ensemble.peekChildren(Paths.journal(writer));
    }

    public byte[] data(String path) {
        return ensemble.peek(path).map(Znode::data).orElseThrow();
    }

    /** Bytes of the entries of all agents' journals. */
    public long bytes() {
        return writers().stream()
                .flatMap(writer -> entries(writer).stream().map(entry -> Paths.journal(writer) + '/' + entry))
                .mapToLong(path -> data(path).length)
                .sum();
    }

    // --- who keeps it

    /** A master takes office: whoever was in office before is fenced from now on. */
    Keeper master(String name, JournalKeeper.Bounds bounds) {
        put(Paths.EPOCH, name);
        return new Keeper(name, bounds, ensemble.peek(Paths.EPOCH).orElseThrow().version());
    }

    /** A master as far as journals are concerned. */
    final class Keeper {
        final Party party;
        final JournalKeeper keeper;

        Keeper(String name, JournalKeeper.Bounds bounds, int epochVersion) {
            party = new Party(name);
            SimLoop loop = new SimLoop(party.process);
            keeper = new JournalKeeper(
                    loop,
                    party.store,
                    party.session(),
                    new JournalKeeper.Owner() {
                        @Override
                        public Set<String> live() {
                            return live;
                        }

                        @Override
                        public Transaction.Builder transaction(String site) {
                            return Transaction.at(site).atVersion(Paths.EPOCH, epochVersion);
                        }
                    },
                    bounds);
            keeper.start();
        }
    }

    /** A process with a session. */
    public final class Party implements SessionListener {
        public final SimProcess process;
        public final Store store;

        /** Run when a connection is there again. */
        public Runnable resumed = () -> {};

        @Nullable
        Session session;

        public Party(String name) {
            process = new SimProcess(scheduler, name, new SimClock(scheduler));
            store = ensemble.connect(process, SESSION).view(process);
            process.execute(() -> store.sessions(this));
        }

        @Override
        public void opened(Session fresh) {
            session = fresh;
        }

        @Override
        public void suspended(Session present) {}

        @Override
        public void resumed(Session present) {
            resumed.run();
        }

        @Override
        public void ended(Session present) {}

        public Session session() {
            for (int i = 0; session == null && i < 100_000; i++) {
                scheduler.step();
            }
            return java.util.Objects.requireNonNull(session, "no session");
        }

        public void commit(Transaction.Builder transaction) {
            List<Commit> answers = new ArrayList<>();
            store.commit(session(), transaction.build(), answers::add);
            while (answers.isEmpty()) {
                scheduler.step();
            }
            if (!(answers.get(0) instanceof Commit.Applied)) {
                throw new AssertionError("expected to be applied: " + answers);
            }
        }
    }
}
