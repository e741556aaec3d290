package dev.belfry.testkit.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.store.Change;
import dev.belfry.store.Commit;
import dev.belfry.store.Failure;
import dev.belfry.store.Read;
import dev.belfry.store.Session;
import dev.belfry.store.Synced;
import dev.belfry.store.Transaction;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Each fault between a client and its server does what it says. */
class SimStoreTest extends SimScene {
    // ---- lost messages

    @Test
    void lostReplyIsIndeterminateAndTheWriteIsThere() {
        a.apply(tx().create("/t", bytes("1")));
        ensemble.faults().loseReply("flush");
        Commit commit = a.commit(Transaction.at("flush").put("/t", bytes("2"), 0));
        assertThat(commit).isInstanceOf(Commit.Indeterminate.class);
        assertThat(ensemble.peek("/t").orElseThrow().version()).isEqualTo(1);
        SiteCounts counts = ensemble.faults().count("flush");
        assertThat(counts).isEqualTo(new SiteCounts("flush", 1, 0, 1, 0, 0, 0, 1, 0));
        harness.await("the session resumes", () -> serverOf(a) >= 0);
        assertThat(a.sessionsOpened()).isEqualTo(1);
        a.sync();
        assertThat(a.text("/t")).isEqualTo("2");
    }

    @Test
    void lostRequestIsIndeterminateAndTheWriteNeverComes() {
        a.apply(tx().create("/t", bytes("1")));
        ensemble.faults().loseRequest("flush");
        Commit commit = a.commit(Transaction.at("flush").put("/t", bytes("2"), 0));
        assertThat(commit).isInstanceOf(Commit.Indeterminate.class);
        assertThat(ensemble.faults().count("flush").lostBefore()).isEqualTo(1);
        harness.await("the session resumes", () -> serverOf(a) >= 0);
        a.sync();
        assertThat(a.text("/t")).isEqualTo("1");
        assertThat(a.commit(Transaction.at("flush").put("/t", bytes("2"), 0))).isInstanceOf(Commit.Applied.class);
    }

    @Test
    void lostReplyOfARefusedTransactionIsIndeterminateToo() {
        ensemble.faults().loseReply("flush");
        Commit commit = a.commit(Transaction.at("flush").exists("/none"));
        assertThat(commit).isInstanceOf(Commit.Indeterminate.class);
    }

    @Test
    void requestsBehindALostOneAreLostWithIt() {
        List<Commit> answers = new ArrayList<>();
        ensemble.faults().loseRequest("first");
        a.store.commit(
                a.session(), Transaction.at("first").create("/x", bytes("")).build(), answers::add);
        a.store.commit(
                a.session(), Transaction.at("second").create("/y", bytes("")).build(), answers::add);
        harness.await("both answers", () -> answers.size() == 2);
        assertThat(answers).hasOnlyElementsOfType(Commit.Indeterminate.class);
        harness.pass(seconds(20));
        assertThat(ensemble.peekChildren("/")).isEmpty();
    }

    /** Of many clients that ask without a connection: each answer there is, and which of them the store has executed. */
    @Test
    void requestWithoutAConnectionIsRefusedAtOnceOrLateOrKeptAndIsAnsweredBeforeTheNextConnectionIsToldOf() {
        Set<String> answered = new TreeSet<>();
        for (int seed = 0; seed < 60; seed++) {
            SimHarness other = new SimHarness(seed);
            StoreClient client = new StoreClient(other, "a");
            String hex = client.session().hex();
            client.store.dropConnection(client.session());
            other.await(
                    "the connection drops",
                    () -> other.ensemble.serverOf(client.connection).isEmpty());
            if (seed % 4 == 0) {
                other.ensemble.killServer(1);
            } else if (seed % 4 == 1) {
                other.ensemble.expire(client.session());
            }
            long asked = other.scheduler.nanos();
            client.store.commit(client.session(), tx().create("/t", bytes("")).build(), commit -> {
                assertThat(client.told).as("seed " + other.scheduler.seed()).doesNotContain("resumed " + hex);
                String when = other.scheduler.nanos() == asked ? " at once" : " later";
                answered.add(commit.getClass().getSimpleName() + when);
                if (commit instanceof Commit.Applied || commit instanceof Commit.Unavailable) {
                    assertThat(other.ensemble.peek("/t").isPresent()).isEqualTo(commit instanceof Commit.Applied);
                }
                client.told.add("answer");
            });
            other.pass(seconds(20));
            assertThat(client.told).containsOnlyOnce("answer");
        }
        assertThat(answered)
                .contains(
                        "Unavailable at once",
                        "Unavailable later",
                        "Applied later",
                        "Indeterminate later",
                        "SessionOver later");
    }

    @Test
    void requestsWithoutAConnectionAreAnsweredInTheirOrder() {
        for (int seed = 0; seed < 40; seed++) {
            SimHarness other = new SimHarness(seed);
            StoreClient client = new StoreClient(other, "a");
            List<Integer> order = new ArrayList<>();
            Session session = client.session();
            client.store.read(session, "test", "/", read -> order.add(0));
            client.store.dropConnection(session);
            other.await(
                    "the connection drops",
                    () -> other.ensemble.serverOf(client.connection).isEmpty());
            for (int i = 1; i < 6; i++) {
                int n = i;
                client.store.read(session, "test", "/", read -> order.add(n));
            }
            other.pass(seconds(20));
            assertThat(order).as("seed " + seed).containsExactly(0, 1, 2, 3, 4, 5);
        }
    }

    @Test
    void requestsAreExecutedWhileTheirRepliesAreCutOff() {
        int server = serverOf(a);
        ensemble.cut(name(server), "a");
        Commit commit = a.commit(tx().create("/t", bytes("")));
        assertThat(commit).isInstanceOf(Commit.Indeterminate.class);
        assertThat(ensemble.peek("/t")).isPresent();
    }

    @Test
    void shortCutDelaysAndLosesNothing() {
        ensemble.separate("a", name(serverOf(a)));
        List<Commit> answers = new ArrayList<>();
        a.store.commit(a.session(), tx().create("/t", bytes("")).build(), answers::add);
        harness.pass(seconds(2));
        assertThat(answers).isEmpty();
        assertThat(ensemble.peek("/t")).isEmpty();
        ensemble.healAll();
        harness.await("the answer", () -> !answers.isEmpty());
        assertThat(answers.get(0)).isInstanceOf(Commit.Applied.class);
        assertThat(a.told).hasSize(1);
    }

    // ---- watches

    @Test
    void watchIsLateWhereItsServerIsLate() {
        int follower = apart();
        List<Change> late = a.follow("/");
        List<Change> soon = b.follow("/");
        ensemble.delay(name(follower), seconds(0.5), seconds(30));
        b.apply(tx().create("/t", bytes("")));
        harness.await("b hears of it", () -> !soon.isEmpty());
        harness.pass(seconds(0.4));
        assertThat(late).isEmpty();
        List<Integer> heardAtAnswer = new ArrayList<>();
        a.store.sync(a.session(), "test", "/", synced -> heardAtAnswer.add(late.size()));
        harness.await("the sync", () -> !heardAtAnswer.isEmpty());
        assertThat(heardAtAnswer).containsExactly(1);
    }

    @Test
    void whatHappensWhileDisconnectedIsNotReportedAfterwards() {
        List<Change> changes = a.follow("/");
        String hex = a.session().hex();
        for (int i = 0; i < 3; i++) {
            ensemble.separate("a", name(i));
        }
        harness.await("a is suspended", () -> a.told.contains("suspended " + hex));
        b.apply(tx().create("/missed", bytes("")));
        ensemble.healAll();
        harness.await("a resumes", () -> a.told.contains("resumed " + hex));
        b.apply(tx().create("/seen", bytes("")));
        harness.await("a change", () -> !changes.isEmpty());
        assertThat(changes).extracting(Change::path).containsExactly("/seen");
        assertThat(a.text("/missed")).isEmpty();
    }

    @Test
    void changesOfOneZnodeMayBeReportedAsOne() {
        int fewest = Integer.MAX_VALUE;
        for (int seed = 0; seed < 20; seed++) {
            SimHarness other = new SimHarness(seed);
            StoreClient client = new StoreClient(other, "a");
            client.apply(tx().create("/t", bytes("")));
            List<Change> changes = client.follow("/t");
            Transaction.Builder many = tx();
            for (int i = 0; i < 5; i++) {
                many.put("/t", bytes("" + i), i);
            }
            client.apply(many);
            assertThat(changes).isNotEmpty().hasSizeLessThanOrEqualTo(5);
            fewest = Math.min(fewest, changes.size());
        }
        assertThat(fewest).isLessThan(5);
    }

    // ---- client processes

    @Test
    void pausedProcessHearsEverythingInOneBurst() {
        List<Change> changes = a.follow("/");
        List<String> order = new ArrayList<>();
        harness.process("a").pause();
        a.store.read(a.session(), "test", "/", read -> order.add("read"));
        harness.process("a").schedule(seconds(1).toNanos(), () -> order.add("timer"));
        b.apply(tx().create("/t", bytes("")));
        harness.pass(seconds(2));
        assertThat(changes).isEmpty();
        assertThat(order).isEmpty();
        long before = harness.scheduler.nanos();
        harness.process("a").resume();
        harness.await("the burst", () -> order.size() == 2 && !changes.isEmpty());
        assertThat(harness.scheduler.nanos()).isEqualTo(before);
        assertThat(order).containsExactlyInAnyOrder("read", "timer");
        assertThat(a.told).hasSize(1);
    }

    @Test
    void processPausedForLongFindsItsSessionOver() {
        a.apply(tx().createEphemeral("/e", bytes("")));
        Session session = a.session();
        harness.process("a").pause();
        harness.await("the session expires", () -> !ensemble.isOpen(session));
        assertThat(ensemble.peek("/e")).isEmpty();
        assertThat(a.told).hasSize(1);
        harness.process("a").resume();
        harness.await("another session", () -> a.sessionsOpened() == 2);
        assertThat(a.told).contains("ended " + session.hex());
    }

    @Test
    void killedProcessHearsNothingAndItsSessionExpiresInDueCourse() {
        a.apply(tx().createEphemeral("/e", bytes("")));
        Session session = a.session();
        harness.process("a").kill();
        harness.pass(seconds(5.5));
        assertThat(ensemble.peek("/e")).isPresent();
        harness.pass(seconds(5));
        assertThat(ensemble.peek("/e")).isEmpty();
        assertThat(ensemble.isOpen(session)).isFalse();
        assertThat(a.told).hasSize(1);
    }

    @Test
    void clientGivesItsSessionUpOneTimeoutAfterItWasSuspended() {
        Session session = a.session();
        long[] told = new long[2];
        for (int i = 0; i < 3; i++) {
            ensemble.separate("a", name(i));
        }
        harness.await("a is suspended", () -> a.told.contains("suspended " + session.hex()));
        told[0] = harness.scheduler.nanos();
        harness.await("a gives up", () -> a.told.contains("ended " + session.hex()));
        told[1] = harness.scheduler.nanos();
        assertThat(told[1] - told[0]).isEqualTo(session.timeout().toNanos());
        ensemble.healAll();
        harness.await("another session", () -> a.sessionsOpened() == 2);
    }

    // ---- the rest

    @Test
    void slowDisksDelayEveryTransaction() {
        ensemble.slowDisks(Duration.ofMillis(700));
        long before = harness.scheduler.nanos();
        a.apply(tx().create("/t", bytes("")));
        assertThat(harness.scheduler.nanos() - before).isGreaterThan(700_000_000L);
    }

    @Test
    void deniedPathsAreRejected() {
        a.apply(tx().create("/p", bytes("")).create("/private", bytes("")));
        ensemble.denyWrites("/p");
        ensemble.denyReads("/private");
        assertThat(a.commit(tx().create("/p/x", bytes("")))).isInstanceOf(Commit.Rejected.class);
        assertThat(a.commit(tx().put("/private", bytes("1"), 0))).isInstanceOf(Commit.Applied.class);
        assertThat(a.read("/private"))
                .isInstanceOfSatisfying(
                        Read.Failed.class, f -> assertThat(f.failure()).isInstanceOf(Failure.Rejected.class));
        Synced followed = a.answer("follow", t -> a.store.follow(a.session(), "test", "/private", c -> {}, t));
        assertThat(followed).isInstanceOf(Synced.Failed.class);
        ensemble.allowAll();
        assertThat(a.commit(tx().create("/p/x", bytes("")))).isInstanceOf(Commit.Applied.class);
    }

    @Test
    void listingTooLargeForOneAnswerLosesTheConnection() {
        a.apply(tx().create("/p", bytes("")));
        String longName = "n".repeat(1000);
        for (int batch = 0; batch < 11; batch++) {
            Transaction.Builder many = tx();
            for (int i = 0; i < 100; i++) {
                many.create("/p/" + longName + batch + "-" + i, bytes(""));
            }
            a.apply(many);
        }
        assertThat(a.children("/p").toString()).contains("Unavailable");
    }

    @Test
    void writesAreStampedByTheClockOfTheLeader() {
        a.apply(tx().create("/t", bytes("")));
        Instant before = ensemble.peek("/t").orElseThrow().modified();
        ensemble.clock(leader()).step(Duration.ofHours(-1));
        Instant after = a.apply(tx().put("/t", bytes("1"), 0)).get(0).modified();
        assertThat(Duration.between(before, after)).isBetween(Duration.ofMinutes(-60), Duration.ofMinutes(-59));
    }

    @Test
    void historyTellsOfEveryTransactionAndOfTheEndOfSessions() {
        List<String> seen = new ArrayList<>();
        ensemble.history((zxid, session, site, writes) -> {
            assertThat(ensemble.peek("/t").orElseThrow().modifiedZxid()).isLessThanOrEqualTo(zxid);
            seen.add(site + " " + Long.toHexString(session) + " " + writes.size());
        });
        a.apply(Transaction.at("one").create("/t", bytes("")).createEphemeral("/e", bytes("")));
        a.commit(Transaction.at("refused").exists("/none").put("/t", bytes(""), 0));
        a.connection.close();
        harness.await("the ephemeral vanishes", () -> ensemble.peek("/e").isEmpty());
        String hex = a.session().hex();
        assertThat(seen).containsExactly("one " + hex + " 2", CommitListener.SESSION_END + " " + hex + " 1");
    }

    @Test
    void sessionTimeoutsAreGrantedBetweenTwoAndTwentyTicks() {
        List<Session> opened = new ArrayList<>();
        for (int seconds : new int[] {1, 30, 100}) {
            var connection = ensemble.connect(harness.process("p" + seconds), Duration.ofSeconds(seconds));
            connection.view(harness.process("p" + seconds)).sessions(new SessionsTold(new ArrayList<>(), opened));
        }
        harness.await("three sessions", () -> opened.size() == 3);
        assertThat(opened)
                .extracting(Session::timeout)
                .containsExactlyInAnyOrder(Duration.ofSeconds(4), Duration.ofSeconds(30), Duration.ofSeconds(40));
    }
}
