package dev.belfry.testkit.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.store.Change;
import dev.belfry.store.Commit;
import dev.belfry.store.Failure;
import dev.belfry.store.Listing;
import dev.belfry.store.Read;
import dev.belfry.store.Session;
import dev.belfry.store.Synced;
import dev.belfry.store.Transaction;
import dev.belfry.store.Znode;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What every implementation of the store port does. Extend it, supply the harness, and every test has to pass.
 * {@link ElectionContract} says the same of elections.
 *
 * <p>Longer than other files, so that whoever implements the port extends one class and cannot leave a part of it out.
 */
public abstract class StoreContract {
    private StoreHarness harness;
    private StoreClient a;

    /** A harness with a fresh, empty store, for one test. */
    protected abstract StoreHarness harness();

    @BeforeEach
    void open() {
        harness = harness();
        a = client("a");
    }

    @AfterEach
    void close() {
        harness.close();
    }

    private StoreClient client(String name) {
        return new StoreClient(harness, name);
    }

    private static Transaction.Builder tx() {
        return Transaction.at("test");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    private Znode found(StoreClient client, String path) {
        Read read = client.read(path);
        assertThat(read).isInstanceOf(Read.Found.class);
        return ((Read.Found) read).znode();
    }

    // ---- transactions

    @Test
    void appliedTransactionIsStampedWriteByWrite() {
        a.apply(tx().create("/gone", bytes("x")));
        List<Commit.Stamp> stamps = a.apply(tx().create("/t", bytes("1"))
                .create("/t/child", new byte[0])
                .put("/t", bytes("2"), 0)
                .delete("/gone", 0));

        assertThat(stamps).extracting(Commit.Stamp::version).containsExactly(0, 0, 1, -1);
        assertThat(stamps)
                .extracting(Commit.Stamp::zxid)
                .containsOnly(stamps.get(0).zxid());
        assertThat(stamps.get(3).modified()).isEqualTo(Instant.EPOCH);
        Znode znode = found(a, "/t");
        assertThat(znode.path()).isEqualTo("/t");
        assertThat(znode.data()).isEqualTo(bytes("2"));
        assertThat(znode.version()).isEqualTo(1);
        assertThat(znode.createdZxid()).isEqualTo(stamps.get(0).zxid());
        assertThat(znode.modifiedZxid()).isEqualTo(stamps.get(2).zxid());
        assertThat(znode.modified()).isEqualTo(stamps.get(2).modified()).isAfter(Instant.EPOCH);
        assertThat(znode.created()).isEqualTo(stamps.get(0).modified());
        assertThat(znode.ephemeralOwner()).isZero();
        assertThat(znode.children()).isEqualTo(1);
        assertThat(a.text("/gone")).isEqualTo("missing");
    }

    @Test
    void zxidsRiseFromTransactionToTransaction() {
        long first = a.apply(tx().create("/t", bytes("1"))).get(0).zxid();
        long second = a.apply(tx().put("/t", bytes("2"), 0)).get(0).zxid();
        assertThat(second).isGreaterThan(first);
    }

    @Test
    void transactionOfGuardsAloneIsAppliedWithoutStamps() {
        a.apply(tx().create("/g", bytes("1")));
        assertThat(a.apply(tx().exists("/g").atVersion("/g", 0))).isEmpty();
    }

    @Test
    void guardThatNamesAMissingZnodeFencesTheTransaction() {
        a.apply(tx().create("/g", bytes("1")));
        Commit commit = a.commit(tx().exists("/g").exists("/none").create("/t", bytes("1")));
        assertThat(commit).isEqualTo(new Commit.Fenced(1, "/none"));
        assertThat(a.text("/t")).isEqualTo("missing");
    }

    @Test
    void guardAtAnotherVersionFencesTheTransaction() {
        a.apply(tx().create("/g", bytes("1")));
        a.apply(tx().put("/g", bytes("2"), 0));
        Commit commit = a.commit(tx().atVersion("/g", 0).create("/t", bytes("1")));
        assertThat(commit).isEqualTo(new Commit.Fenced(0, "/g"));
        assertThat(a.commit(tx().atVersion("/none", 0).create("/t", bytes("1"))))
                .isEqualTo(new Commit.Fenced(0, "/none"));
        assertThat(a.commit(tx().atVersion("/g", 1).create("/t", bytes("1")))).isInstanceOf(Commit.Applied.class);
    }

    @Test
    void fencingComesBeforeConflicts() {
        Commit commit = a.commit(tx().exists("/none").put("/missing", bytes("1"), 0));
        assertThat(commit).isEqualTo(new Commit.Fenced(0, "/none"));
    }

    @Test
    void createOfAnExistingZnodeConflicts() {
        a.apply(tx().create("/g", bytes("1")).create("/t", bytes("1")));
        Commit commit = a.commit(tx().exists("/g").put("/g", bytes("2"), 0).create("/t", bytes("2")));
        assertThat(commit).isEqualTo(new Commit.Conflict(1, "/t", Commit.Reason.EXISTS));
        assertThat(a.text("/g")).isEqualTo("1");
    }

    @Test
    void createBelowAMissingParentConflicts() {
        Commit commit = a.commit(tx().create("/p", bytes("")).create("/none/t", bytes("")));
        assertThat(commit).isEqualTo(new Commit.Conflict(1, "/none/t", Commit.Reason.MISSING));
        assertThat(a.text("/p")).isEqualTo("missing");
    }

    @Test
    void putAtAnotherVersionConflicts() {
        a.apply(tx().create("/t", bytes("1")));
        Commit commit = a.commit(tx().put("/t", bytes("2"), 7));
        assertThat(commit).isEqualTo(new Commit.Conflict(0, "/t", Commit.Reason.VERSION));
        assertThat(a.text("/t")).isEqualTo("1");
    }

    @Test
    void putToAMissingZnodeConflicts() {
        Commit commit = a.commit(tx().put("/t", bytes("2"), 0));
        assertThat(commit).isEqualTo(new Commit.Conflict(0, "/t", Commit.Reason.MISSING));
    }

    @Test
    void deleteConflictsWithMissingOtherVersionAndChildren() {
        a.apply(tx().create("/t", bytes("1")).create("/t/c", bytes("1")));
        assertThat(a.commit(tx().delete("/none", 0))).isEqualTo(new Commit.Conflict(0, "/none", Commit.Reason.MISSING));
        assertThat(a.commit(tx().delete("/t/c", 3))).isEqualTo(new Commit.Conflict(0, "/t/c", Commit.Reason.VERSION));
        assertThat(a.commit(tx().delete("/t", 0))).isEqualTo(new Commit.Conflict(0, "/t", Commit.Reason.NOT_EMPTY));
        assertThat(a.commit(tx().delete("/t/c", -1).delete("/t", 0))).isInstanceOf(Commit.Applied.class);
    }

    @Test
    void writesOfOneTransactionSeeEachOther() {
        a.apply(tx().create("/t", bytes("1")).put("/t", bytes("2"), 0).put("/t", bytes("3"), 1));
        assertThat(a.text("/t")).isEqualTo("3");
        a.apply(tx().delete("/t", 2).create("/t", bytes("4")));
        assertThat(found(a, "/t").version()).isZero();
    }

    @Test
    void transactionOverTheSizeLimitIsRejectedAndTheSessionLivesOn() {
        a.apply(tx().create("/t", bytes("1")));
        assertThat(a.commit(tx().put("/t", new byte[2 << 20], 0))).isInstanceOf(Commit.Rejected.class);
        assertThat(a.commit(tx().put("/t", new byte[600 << 10], 0).create("/u", new byte[600 << 10])))
                .isInstanceOf(Commit.Rejected.class);
        assertThat(a.text("/t")).isEqualTo("1");
        assertThat(a.told).containsExactly("opened " + a.session().hex());
    }

    // ---- reads

    @Test
    void readsOfMissingZnodesSaySo() {
        assertThat(a.read("/none")).isEqualTo(new Read.Missing("/none"));
        assertThat(a.children("/none")).isEqualTo(new Listing.Missing("/none"));
    }

    @Test
    void listingsAreSortedAndCountChanges() {
        a.apply(tx().create("/p", bytes("")));
        assertThat(((Listing.Found) a.children("/p")).names()).isEmpty();
        int before = ((Listing.Found) a.children("/p")).childVersion();
        a.apply(tx().create("/p/c", bytes("")).create("/p/a", bytes("")).create("/p/b", bytes("")));
        a.apply(tx().create("/p/a/below", bytes("")));
        Listing.Found listing = (Listing.Found) a.children("/p");
        assertThat(listing.names()).containsExactly("a", "b", "c");
        assertThat(listing.childVersion()).isEqualTo(before + 3);
        a.apply(tx().delete("/p/b", 0));
        assertThat(a.children("/p")).isEqualTo(new Listing.Found(List.of("a", "c"), before + 4));
    }

    @Test
    void sessionReadsItsOwnWritesWithoutWaitingForThem() {
        List<String> answers = new CopyOnWriteArrayList<>();
        Session session = a.session();
        a.store.commit(session, tx().create("/t", bytes("1")).build(), c -> answers.add("created"));
        a.store.read(session, "test", "/t", r -> answers.add(StoreClient.text(r)));
        a.store.commit(session, tx().put("/t", bytes("2"), 0).build(), c -> answers.add("put"));
        a.store.read(session, "test", "/t", r -> answers.add(StoreClient.text(r)));
        harness.await("four answers", () -> answers.size() == 4);
        assertThat(answers).containsExactly("created", "1", "put", "2");
    }

    @Test
    void requestsOfASessionAreExecutedAndAnsweredInOrder() {
        a.apply(tx().create("/t", bytes("")));
        List<Integer> answers = new CopyOnWriteArrayList<>();
        for (int i = 0; i < 50; i++) {
            int n = i;
            a.store.commit(a.session(), tx().put("/t", bytes("v" + n), n).build(), c -> {
                if (c instanceof Commit.Applied) {
                    answers.add(n);
                }
            });
        }
        harness.await("fifty answers", () -> answers.size() == 50);
        assertThat(answers).isSorted();
        assertThat(a.text("/t")).isEqualTo("v49");
    }

    @Test
    void readAfterSyncSeesWhatOthersCommittedBefore() {
        StoreClient b = client("b");
        a.apply(tx().create("/t", bytes("0")));
        for (int i = 0; i < 20; i++) {
            a.apply(tx().put("/t", bytes("" + (i + 1)), i));
            assertThat(b.sync()).isInstanceOf(Synced.Done.class);
            assertThat(b.text("/t")).isEqualTo("" + (i + 1));
        }
    }

    // ---- watches

    @Test
    void followReportsWhatHappensInTheSubtreeAndNothingElse() {
        StoreClient b = client("b");
        a.apply(tx().create("/f", bytes("")).create("/other", bytes("")).create("/f/x", bytes("")));
        a.sync();
        b.sync();
        List<Change> changes = b.follow("/f");

        a.apply(tx().create("/f/y", bytes("1")));
        a.apply(tx().put("/f/x", bytes("2"), 0));
        a.apply(tx().create("/f/x/deep", bytes("3")));
        a.apply(tx().delete("/f/y", 0));
        a.apply(tx().put("/other", bytes("no"), 0));
        a.apply(tx().create("/foreign", bytes("no")));
        a.apply(tx().put("/f", bytes("end"), 0));
        harness.await(
                "the last change",
                () -> !changes.isEmpty()
                        && changes.get(changes.size() - 1).path().equals("/f"));

        assertThat(changes).extracting(Change::path).containsSubsequence("/f/x", "/f/x/deep", "/f/y", "/f");
        assertThat(changes).extracting(Change::path).allMatch(p -> p.equals("/f") || p.startsWith("/f/"));
        assertThat(kinds(changes, "/f/x")).containsExactly(Change.Kind.CHANGED);
        assertThat(kinds(changes, "/f/x/deep")).containsExactly(Change.Kind.CREATED);
        assertThat(kinds(changes, "/f/y")).endsWith(Change.Kind.DELETED);
        assertThat(kinds(changes, "/f")).containsExactly(Change.Kind.CHANGED);
    }

    private static List<Change.Kind> kinds(List<Change> changes, String path) {
        return changes.stream()
                .filter(c -> c.path().equals(path))
                .map(Change::kind)
                .toList();
    }

    @Test
    void followGoesOnAfterItsRootIsDeletedAndCreatedAgain() {
        a.apply(tx().create("/f", bytes("")));
        List<Change> changes = a.follow("/f");
        a.apply(tx().delete("/f", 0));
        a.apply(tx().create("/f", bytes("")));
        a.apply(tx().create("/f/x", bytes("")));
        harness.await("the change below", () -> !kinds(changes, "/f/x").isEmpty());
        assertThat(changes).extracting(Change::path).containsSubsequence("/f", "/f/x");
    }

    @Test
    void changeArrivesBeforeTheAnswerOfALaterRequest() {
        a.apply(tx().create("/f", bytes("")));
        List<String> seen = new CopyOnWriteArrayList<>();
        Synced armed = a.answer(
                "follow", t -> a.store.follow(a.session(), "test", "/f", c -> seen.add("change " + c.path()), t));
        assertThat(armed).isInstanceOf(Synced.Done.class);
        StoreClient b = client("b");
        b.apply(tx().create("/f/x", bytes("")));
        a.store.sync(a.session(), "test", "/f", s -> seen.add("synced"));
        a.store.commit(a.session(), tx().put("/f", bytes("1"), 0).build(), c -> seen.add("committed"));
        a.store.read(a.session(), "test", "/f/x", r -> seen.add("read"));
        harness.await("three answers", () -> seen.contains("read"));
        assertThat(seen).containsExactly("change /f/x", "synced", "change /f", "committed", "read");
    }

    // ---- sessions

    @Test
    void ephemeralsBelongToTheirSessionAndVanishWhenItIsClosed() {
        StoreClient b = client("b");
        a.apply(tx().createEphemeral("/e", bytes("1")).create("/p", bytes("2")));
        b.sync();
        assertThat(found(b, "/e").ephemeralOwner()).isEqualTo(a.session().id());
        List<Change> changes = b.follow("/e");
        a.connection.close();
        harness.await("the ephemeral vanishes", () -> !kinds(changes, "/e").isEmpty());
        assertThat(kinds(changes, "/e")).containsExactly(Change.Kind.DELETED);
        assertThat(b.text("/e")).isEqualTo("missing");
        assertThat(b.text("/p")).isEqualTo("2");
    }

    @Test
    void closingTwiceIsHarmless() {
        a.connection.close();
        a.connection.close();
        assertThat(a.commit(tx().create("/t", bytes("1")))).isInstanceOf(Commit.SessionOver.class);
    }

    @Test
    void ephemeralsVanishAllAtOnceWhenTheSessionExpires() {
        StoreClient b = client("b");
        a.apply(tx().createEphemeral("/e1", bytes("1")).createEphemeral("/e2", bytes("2")));
        b.sync();
        List<Change> changes = b.follow("/");
        harness.expire(a.session());
        harness.await(
                "both vanish",
                () -> !kinds(changes, "/e1").isEmpty() && !kinds(changes, "/e2").isEmpty());
        assertThat(b.text("/e1")).isEqualTo("missing");
        assertThat(b.text("/e2")).isEqualTo("missing");
        long zxid = changes.get(0).zxid();
        assertThat(changes).extracting(Change::zxid).containsOnly(zxid);
    }

    @Test
    void expiryEndsTheSessionAndOpensANewOneInThatOrder() {
        Session first = a.session();
        harness.expire(first);
        harness.await("a second session", () -> a.sessionsOpened() == 2);
        Session second = a.session();
        assertThat(second.id()).isNotEqualTo(first.id());
        assertThat(a.told)
                .filteredOn(line -> !line.startsWith("suspended ") && !line.startsWith("resumed "))
                .containsExactly("opened " + first.hex(), "ended " + first.hex(), "opened " + second.hex());
        assertThat(a.commit(tx().create("/t", bytes("1")))).isInstanceOf(Commit.Applied.class);
    }

    @Test
    void sessionThatIsGivenUpEndsAtOnceAndAnotherFollows() {
        StoreClient b = client("b");
        Session first = a.session();
        a.apply(tx().createEphemeral("/e", bytes("1")));
        b.sync();
        List<Change> changes = b.follow("/");
        a.store.giveUp(first);
        harness.await("a second session", () -> a.sessionsOpened() == 2);
        Session second = a.session();
        assertThat(second.id()).isNotEqualTo(first.id());
        assertThat(a.told)
                .filteredOn(line -> !line.startsWith("suspended ") && !line.startsWith("resumed "))
                .containsExactly("opened " + first.hex(), "ended " + first.hex(), "opened " + second.hex());
        harness.await("its ephemeral goes with it", () -> !kinds(changes, "/e").isEmpty());
        assertThat(b.text("/e")).isEqualTo("missing");
        assertEveryRequestFindsTheSessionOver(first);
        a.store.giveUp(first);
        assertThat(a.commit(tx().create("/t", bytes("1")))).isInstanceOf(Commit.Applied.class);
    }

    @Test
    void requestsOfAnExpiredSessionAreNeverExecutedInItsSuccessor() {
        Session first = a.session();
        harness.expire(first);
        harness.await("a second session", () -> a.sessionsOpened() == 2);
        assertEveryRequestFindsTheSessionOver(first);
        assertThat(a.text("/late")).isEqualTo("missing");
    }

    @Test
    void requestsAfterCloseFindTheSessionOver() {
        Session session = a.session();
        a.connection.close();
        assertEveryRequestFindsTheSessionOver(session);
    }

    private void assertEveryRequestFindsTheSessionOver(Session session) {
        assertThat(a.commit(session, tx().create("/late", bytes("1")))).isInstanceOf(Commit.SessionOver.class);
        Read read = a.answer("read", t -> a.store.read(session, "test", "/", t));
        assertThat(read)
                .isInstanceOfSatisfying(
                        Read.Failed.class, f -> assertThat(f.failure()).isInstanceOf(Failure.SessionOver.class));
        Listing listing = a.answer("children", t -> a.store.children(session, "test", "/", t));
        assertThat(listing)
                .isInstanceOfSatisfying(
                        Listing.Failed.class, f -> assertThat(f.failure()).isInstanceOf(Failure.SessionOver.class));
        Synced synced = a.answer("sync", t -> a.store.sync(session, "test", "/", t));
        Synced followed = a.answer("follow", t -> a.store.follow(session, "test", "/", c -> {}, t));
        for (Synced answer : List.of(synced, followed)) {
            assertThat(answer)
                    .isInstanceOfSatisfying(
                            Synced.Failed.class, f -> assertThat(f.failure()).isInstanceOf(Failure.SessionOver.class));
        }
    }

    @Test
    void droppedConnectionIsFoundAgainWithTheSameSession() {
        a.apply(tx().createEphemeral("/e", bytes("1")));
        String hex = a.session().hex();
        List<Change> changes = a.follow("/");
        a.store.dropConnection(a.session());
        harness.await("the session resumes", () -> a.told.contains("resumed " + hex));
        assertThat(a.told).containsExactly("opened " + hex, "suspended " + hex, "resumed " + hex);
        assertThat(found(a, "/e").ephemeralOwner()).isEqualTo(a.session().id());
        a.apply(tx().create("/seen", bytes("")));
        harness.await("the watch is armed again", () -> !kinds(changes, "/seen").isEmpty());
    }

    /** Whether they are made before the loss, before it is known here, or after: what was made first is answered first. */
    @Test
    void everythingAskedAroundALossIsAnsweredInOrderAndBeforeTheNextConnectionIsToldOf() {
        a.apply(tx().create("/t", bytes("")));
        Session session = a.session();
        AtomicInteger asked = new AtomicInteger();
        AtomicInteger beforeLoss = new AtomicInteger();
        harness.await("the session resumes", () -> {
            int n = asked.getAndIncrement();
            if (n == 3) {
                a.store.dropConnection(session);
            }
            if (n < 200 && !a.told.contains("suspended " + session.hex())) {
                beforeLoss.set(n + 1);
            }
            if (n < 200) {
                a.store.read(session, "test", "/t", read -> a.told.add("answer " + n));
                return false;
            }
            return a.told.contains("resumed " + session.hex());
        });
        harness.await("all answers", () -> answers().size() == 200);
        assertThat(answers())
                .containsExactlyElementsOf(
                        IntStream.range(0, 200).mapToObj(n -> "answer " + n).toList());
        assertThat(a.told.indexOf("resumed " + session.hex()))
                .isGreaterThan(a.told.indexOf("answer " + (beforeLoss.get() - 1)));
    }

    private List<String> answers() {
        return a.told.stream().filter(line -> line.startsWith("answer ")).toList();
    }

    @Test
    void transactionWithoutAConnectionIsUnavailableOnlyIfItIsNeverExecuted() {
        for (int i = 0; i < 5; i++) {
            Session session = a.session();
            int losses = Collections.frequency(a.told, "suspended " + session.hex());
            a.store.dropConnection(session);
            harness.await(
                    "the loss is known", () -> Collections.frequency(a.told, "suspended " + session.hex()) > losses);
            Commit commit = a.commit(session, tx().create("/t" + i, bytes("")));
            harness.await(
                    "the session resumes", () -> Collections.frequency(a.told, "resumed " + session.hex()) > losses);
            a.sync();
            boolean there = a.read("/t" + i) instanceof Read.Found;
            if (!(commit instanceof Commit.Indeterminate)) {
                assertThat(there).as(commit.toString()).isEqualTo(commit instanceof Commit.Applied);
            }
        }
    }

    @Test
    void laterViewIsToldOfThePresentSession() {
        List<String> told = new CopyOnWriteArrayList<>();
        SessionsTold listener = new SessionsTold(told, new CopyOnWriteArrayList<>());
        a.connection.view(a.executor).sessions(listener);
        harness.await("the view is told", () -> !told.isEmpty());
        assertThat(told).containsExactly("opened " + a.session().hex());
    }

    @Test
    void callbacksRunOnTheExecutorOfTheViewAndNeverWithinTheCall() {
        List<String> where = new CopyOnWriteArrayList<>();
        boolean[] calling = new boolean[1];
        ThreadLocal<Boolean> inside = ThreadLocal.withInitial(() -> false);
        var view = a.connection.view(task -> a.executor.execute(() -> {
            inside.set(true);
            task.run();
            inside.set(false);
        }));
        Session session = a.session();
        Session over = new Session(session.id() + 1, session.timeout());
        a.executor.execute(() -> {
            calling[0] = true;
            for (Session s : List.of(session, over)) {
                Runnable note = () -> where.add(inside.get() + " " + calling[0]);
                view.commit(s, tx().create("/t", bytes("")).build(), x -> note.run());
                view.commit(s, tx().create("/big", new byte[2 << 20]).build(), x -> note.run());
                view.read(s, "test", "/", x -> note.run());
                view.children(s, "test", "/", x -> note.run());
                view.sync(s, "test", "/", x -> note.run());
                view.follow(s, "test", "/nothing", c -> {}, x -> note.run());
            }
            calling[0] = false;
        });
        harness.await("all answers", () -> where.size() == 12);
        assertThat(where).containsOnly("true false");
    }
}
