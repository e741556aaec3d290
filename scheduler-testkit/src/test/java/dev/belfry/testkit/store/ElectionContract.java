package dev.belfry.testkit.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.store.Candidacy;
import dev.belfry.store.Read;
import dev.belfry.store.Transaction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How elections go in every implementation of the store port. */
public abstract class ElectionContract {
    private static final String LATCH = "/master/latch";

    private StoreHarness harness;
    private StoreClient a;
    private StoreClient b;
    private final StoreClient.Told first = new StoreClient.Told();
    private final StoreClient.Told second = new StoreClient.Told();

    /** A harness with a fresh, empty store, for one test. */
    protected abstract StoreHarness harness();

    @BeforeEach
    void open() {
        harness = harness();
        a = new StoreClient(harness, "a");
        b = new StoreClient(harness, "b");
        a.apply(Transaction.at("test").create("/master", new byte[0]).create(LATCH, new byte[0]));
        b.sync();
    }

    @AfterEach
    void close() {
        harness.close();
    }

    private Candidacy standBoth() {
        Candidacy candidacy = a.store.stand(a.session(), LATCH, "a", first);
        harness.await("a is elected", first::isElected);
        b.store.stand(b.session(), LATCH, "b", second);
        // Two candidates stand in the queue before the first one leaves it.
        harness.await(
                "b stands",
                () -> a.children(LATCH) instanceof dev.belfry.store.Listing.Found found
                        && found.names().size() == 2);
        return candidacy;
    }

    @Test
    void firstCandidateIsElectedAndTheSecondWaits() {
        standBoth();
        assertThat(first.told).hasSize(1);
        assertThat(second.told).isEmpty();
    }

    @Test
    void latchIsAnEphemeralOfTheCandidatesSession() {
        standBoth();
        assertThat(first.latch()).startsWith(LATCH + "/");
        Read read = a.read(first.latch());
        assertThat(read)
                .isInstanceOfSatisfying(
                        Read.Found.class,
                        found -> assertThat(found.znode().ephemeralOwner())
                                .isEqualTo(a.session().id()));
    }

    @Test
    void leadershipPassesOnWhenTheLeaderWithdraws() {
        Candidacy candidacy = standBoth();
        String latch = first.latch();
        candidacy.withdraw();
        candidacy.withdraw();
        harness.await("b is elected", second::isElected);
        b.sync();
        assertThat(b.read(latch)).isInstanceOf(Read.Missing.class);
    }

    @Test
    void withdrawnCandidateHearsNothingMore() {
        Candidacy candidacy = standBoth();
        a.executor.execute(() -> {
            candidacy.withdraw();
            first.told.add("withdrawn");
        });
        harness.await("b is elected", second::isElected);
        harness.expire(a.session());
        harness.await("a has a new session", () -> a.sessionsOpened() == 2);
        assertThat(first.told).last().isEqualTo("withdrawn");
    }

    @Test
    void leadershipPassesOnWhenTheLeaderCloses() {
        standBoth();
        a.connection.close();
        harness.await("b is elected", second::isElected);
    }

    @Test
    void leadershipPassesOnWhenTheLeadersSessionExpires() {
        standBoth();
        String latch = first.latch();
        harness.expire(a.session());
        harness.await("b is elected", second::isElected);
        harness.await("a has a new session", () -> a.sessionsOpened() == 2);
        b.sync();
        assertThat(b.read(latch)).isInstanceOf(Read.Missing.class);
        assertThat(first.told).last().isEqualTo("deposed");
    }

    @Test
    void candidacyOfASessionThatIsOverNeverWins() {
        harness.expire(a.session());
        var old = a.session();
        harness.await("a has a new session", () -> a.sessionsOpened() == 2);
        a.store.stand(old, LATCH, "a", first);
        b.store.stand(b.session(), LATCH, "b", second);
        harness.await("b is elected", second::isElected);
        assertThat(first.told).doesNotContain("elected").noneMatch(line -> line.startsWith("elected"));
    }

    @Test
    void leaderThatLosesItsConnectionIsDeposedAndSomeoneIsElectedAgain() {
        a.store.stand(a.session(), LATCH, "a", first);
        harness.await("a is elected", first::isElected);
        a.store.dropConnection(a.session());
        harness.await("a is deposed", () -> first.told.contains("deposed"));
        harness.await("a is elected again", first::isElected);
        assertThat(a.sessionsOpened()).isEqualTo(1);
    }
}
