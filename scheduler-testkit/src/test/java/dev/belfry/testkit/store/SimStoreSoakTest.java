package dev.belfry.testkit.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.store.Commit;
import dev.belfry.store.ElectionListener;
import dev.belfry.store.Read;
import dev.belfry.store.Session;
import dev.belfry.store.SessionListener;
import dev.belfry.store.Store;
import dev.belfry.store.StoreConnection;
import dev.belfry.store.Synced;
import dev.belfry.store.Transaction;
import dev.belfry.testkit.time.SimProcess;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Many clients, every fault, many seeds: what the store promises holds throughout, and the same seed runs the same. */
class SimStoreSoakTest {
    private static final int SEEDS = Integer.getInteger("belfry.store.seeds", 150);
    /** A client that counts in one shared znode by compare-and-set, and knows what it does not know. */
    private static final class Counter implements SessionListener, ElectionListener {
        private final SimProcess process;
        private final StoreConnection connection;
        private final Store store;
        private @Nullable Session session;
        private boolean connected;
        private @Nullable String latch;
        private long asked;
        private long answered;
        private long applied;
        private long indeterminate;
        private long lastAnswered;

        /** Writes of which nobody knows whether they happened. */
        private final List<String> unknown = new ArrayList<>();

        /** Writes that a sync after the reconnection has settled: from then on they can happen no more. */
        private final Set<String> settled = new HashSet<>();

        Counter(SimEnsemble ensemble, SimProcess process) {
            this.process = process;
            this.connection = ensemble.connect(process, Duration.ofSeconds(6));
            this.store = connection.view(process);
            store.sessions(this);
            next();
        }

        private void next() {
            process.schedule(200_000_000L, this::count);
        }

        private void count() {
            next();
            Session current = session;
            if (current == null || !connected) {
                return;
            }
            asked++;
            long number = asked;
            store.read(current, "soak-read", "/counter", read -> {
                answer(number);
                if (read instanceof Read.Found found && current.equals(session)) {
                    increment(current, found.znode().version());
                } else if (read instanceof Read.Missing) {
                    increment(current, -1);
                }
            });
        }

        private void increment(Session current, int version) {
            asked++;
            long number = asked;
            String content = process.name() + " " + number;
            byte[] data = content.getBytes(StandardCharsets.UTF_8);
            Transaction.Builder write = Transaction.at("soak-write");
            if (version < 0) {
                write.create("/counter", data);
            } else {
                write.put("/counter", data, version);
            }
            store.commit(current, write.build(), commit -> {
                answer(number);
                if (commit instanceof Commit.Applied) {
                    applied++;
                } else if (commit instanceof Commit.Indeterminate) {
                    indeterminate++;
                    unknown.add(content);
                }
            });
        }

        private void answer(long number) {
            answered++;
            assertThat(number).as("answers of %s come in order", process.name()).isGreaterThan(lastAnswered);
            lastAnswered = number;
        }

        @Override
        public void opened(Session opened) {
            assertThat(session).as("one session at a time").isNull();
            session = opened;
            connected = true;
            assertThat(latch).as("leadership ends with its session").isNull();
            store.stand(opened, "/latch", process.name(), this);
        }

        @Override
        public void elected(String path) {
            assertThat(latch).isNull();
            latch = path;
        }

        @Override
        public void deposed() {
            assertThat(latch).isNotNull();
            latch = null;
        }

        @Override
        public void suspended(Session suspended) {
            assertThat(suspended).isEqualTo(session);
            connected = false;
        }

        @Override
        public void resumed(Session resumed) {
            assertThat(resumed).isEqualTo(session);
            assertThat(connected).isFalse();
            connected = true;
            List<String> open = List.copyOf(unknown);
            store.sync(resumed, "soak-sync", "/", synced -> {
                if (synced instanceof Synced.Done) {
                    settled.addAll(open);
                }
            });
        }

        @Override
        public void ended(Session ended) {
            assertThat(ended).isEqualTo(session);
            session = null;
            connected = false;
            // Whoever gives a session up without a server's word knows nothing of its last writes.
            unknown.clear();
        }
    }

    /** One run; answers the hash of its log. */
    private static final class Run {
        private final SimHarness harness;
        private final SimEnsemble ensemble;
        private final SplittableRandom random;
        private final List<Counter> counters = new ArrayList<>();
        private long lastZxid;

        Run(long seed) {
            harness = new SimHarness(seed);
            ensemble = harness.ensemble;
            random = new SplittableRandom(~seed);
            ensemble.history((zxid, session, site, writes) -> {
                assertThat(zxid).as("zxids rise").isGreaterThan(lastZxid);
                lastZxid = zxid;
                for (Transaction.Write write : site.equals("soak-write") ? writes : List.<Transaction.Write>of()) {
                    String content = content(write);
                    for (Counter counter : counters) {
                        assertThat(counter.settled).as("settled writes").doesNotContain(content);
                    }
                }
            });
            for (int i = 0; i < 4; i++) {
                counters.add(new Counter(ensemble, harness.process("c" + i)));
            }
        }

        private static String content(Transaction.Write write) {
            byte[] data = write instanceof Transaction.Put put ? put.data() : ((Transaction.Create) write).data();
            return new String(data, StandardCharsets.UTF_8);
        }

        long run() {
            for (int i = 0; i < 30; i++) {
                fault();
                harness.pass(Duration.ofMillis(random.nextLong(3000)));
            }
            heal();
            harness.pass(Duration.ofSeconds(40));
            long before = counters.stream().mapToLong(c -> c.applied).sum();
            harness.pass(Duration.ofSeconds(5));
            check(before);
            return harness.scheduler.logHash();
        }

        private void heal() {
            ensemble.healAll();
            ensemble.faults().stop();
            for (int s = 0; s < 3; s++) {
                ensemble.resumeServer(s);
            }
            ensemble.startAll();
            counters.forEach(c -> c.process.resume());
        }

        private void fault() {
            String server = "s" + random.nextInt(3);
            String other = random.nextInt(2) == 0 ? "s" + random.nextInt(3) : "c" + random.nextInt(4);
            Counter counter = counters.get(random.nextInt(4));
            int number = random.nextInt(3);
            switch (random.nextInt(14)) {
                case 0 -> ensemble.separate(server, other);
                case 1 -> ensemble.cut(server, other);
                case 2 -> ensemble.cut(other, server);
                case 3, 4 -> heal();
                case 5 -> ensemble.killServer(number);
                case 6 -> ensemble.startServer(number);
                case 7 -> ensemble.pauseServer(number);
                case 8 -> ensemble.resumeServer(number);
                case 9 -> counter.process.pause();
                case 10 -> counter.process.resume();
                case 11 -> ensemble.faults().lose(0.02, 0.02);
                case 12 -> ensemble.delay(server, Duration.ofMillis(random.nextLong(2000)), Duration.ofSeconds(5));
                default -> {
                    if (counter.session != null) {
                        ensemble.expire(counter.session);
                    }
                }
            }
        }

        private static String lowest(List<String> latches) {
            return latches.stream()
                    .min(Comparator.comparing(name -> name.substring(name.length() - 10)))
                    .orElse("none");
        }

        private void check(long before) {
            long applied = 0;
            long unknown = 0;
            for (Counter counter : counters) {
                assertThat(counter.session)
                        .as("%s has a session", counter.process.name())
                        .isNotNull();
                assertThat(counter.connected).isTrue();
                assertThat(counter.asked - counter.answered).as("open requests").isBetween(0L, 2L);
                applied += counter.applied;
                unknown += counter.indeterminate;
            }
            long count = ensemble.peek("/counter").orElseThrow().version() + 1L;
            assertThat(count).as("what was acknowledged is there").isBetween(applied, applied + unknown + 4);
            assertThat(applied).as("it goes on after the faults").isGreaterThan(before);
            String first = "/latch/" + lowest(ensemble.peekChildren("/latch"));
            assertThat(counters)
                    .filteredOn(c -> c.latch != null)
                    .extracting(c -> c.latch)
                    .containsExactly(first);
            assertThat(ensemble.peekChildren("/latch")).as("one place for each").hasSize(4);
            counters.forEach(c -> c.process.kill());
            harness.pass(Duration.ofSeconds(20));
            assertThat(ensemble.sessions.values()).as("sessions of the dead").allMatch(session -> session.over);
            for (SimServer server : ensemble.servers) {
                assertThat(server.applied).as(server.endpoint.name).isEqualTo(ensemble.log.size());
                assertThat(server.tree.read("/counter"))
                        .isEqualTo(ensemble.servers.get(0).tree.read("/counter"));
            }
        }
    }

    @Test
    void promisesHoldUnderEveryFault() {
        for (long seed = 1; seed <= SEEDS; seed++) {
            try {
                new Run(seed).run();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
            }
        }
    }

    @Test
    void sameSeedRunsTheSame() {
        for (long seed = 1; seed <= 10; seed++) {
            assertThat(new Run(seed).run()).as("seed %d", seed).isEqualTo(new Run(seed).run());
        }
        assertThat(new Run(1).run()).isNotEqualTo(new Run(2).run());
    }
}
