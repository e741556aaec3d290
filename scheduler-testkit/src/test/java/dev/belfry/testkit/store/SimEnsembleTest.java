package dev.belfry.testkit.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belfry.store.Commit;
import dev.belfry.store.Read;
import dev.belfry.store.Session;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Each fault of the servers, of what is between them and of the whole ensemble does what it says. */
class SimEnsembleTest extends SimScene {
    // ---- servers and their leader

    @Test
    void followerCutOffFromItsLeaderStillAnswersReads() {
        int follower = apart();
        a.apply(tx().create("/t", bytes("old")).createEphemeral("/e", bytes("")));
        int other = 3 - follower - leader();
        ensemble.separate(name(follower), name(leader()));
        ensemble.separate(name(follower), name(other));
        harness.pass(seconds(1));
        b.apply(tx().put("/t", bytes("new"), 0));
        harness.await(
                "a's session expires at the leader", () -> ensemble.peek("/e").isEmpty());
        // Its session is over, and still the follower answers from what it has.
        assertThat(ensemble.isOpen(a.session())).isFalse();
        assertThat(a.text("/t")).isEqualTo("old");
        assertThat(a.text("/e")).isEmpty();
        assertThat(a.told).hasSize(1);
        harness.await("the follower gives up", () -> a.told.size() > 1);
        harness.await("a opens another session", () -> a.sessionsOpened() == 2);
        a.sync();
        assertThat(a.text("/t")).isEqualTo("new");
    }

    @Test
    void touchesAreLostWithAFollowerThatDies() {
        int follower = apart();
        ensemble.cut(name(follower), name(leader()));
        for (int i = 0; i < 3; i++) {
            if (i != follower) {
                ensemble.separate("a", name(i));
            }
        }
        Session session = a.session();
        harness.pass(seconds(5));
        assertThat(a.text("/")).isEmpty();
        ensemble.killServer(follower);
        harness.pass(seconds(4.5));
        // Less than a time-out since the follower heard of it.
        assertThat(ensemble.isOpen(session)).isFalse();
    }

    @Test
    void leaderLearnsOfTouchesLate() {
        int follower = apart();
        ensemble.cut(name(follower), name(leader()));
        harness.pass(seconds(5));
        ensemble.heal(name(follower), name(leader()));
        harness.pass(seconds(30));
        assertThat(ensemble.isOpen(a.session())).isTrue();
        assertThat(a.told).noneMatch(line -> line.startsWith("ended"));
    }

    @Test
    void requestSentBeforeTheSessionMovedIsNeverExecutedAfterwards() {
        int follower = apart();
        a.apply(tx().create("/t", bytes("1")));
        ensemble.cut(name(follower), name(leader()));
        List<Commit> answers = new ArrayList<>();
        a.store.commit(a.session(), tx().put("/t", bytes("late"), 0).build(), answers::add);
        harness.pass(seconds(0.5));
        a.store.dropConnection(a.session());
        harness.await("the session moves", () -> serverOf(a) >= 0 && serverOf(a) != follower);
        assertThat(answers).singleElement().isInstanceOf(Commit.Indeterminate.class);
        a.sync();
        assertThat(a.text("/t")).isEqualTo("1");
        ensemble.healAll();
        harness.pass(seconds(30));
        assertThat(ensemble.peek("/t").orElseThrow().version()).isZero();
        assertThat(a.sessionsOpened()).isEqualTo(1);
    }

    @Test
    void newLeaderGivesEverySessionAFullTimeout() {
        int follower = apart();
        Session session = a.session();
        for (int i = 0; i < 3; i++) {
            ensemble.separate("a", name(i));
        }
        harness.pass(seconds(5));
        ensemble.killServer(leader());
        harness.await("another leader", () -> ensemble.leader().isPresent());
        assertThat(leader()).isNotEqualTo(serverOf(b));
        harness.pass(seconds(5.5));
        assertThat(ensemble.isOpen(session)).isTrue();
        harness.pass(seconds(4));
        assertThat(ensemble.isOpen(session)).isFalse();
        assertThat(follower).isBetween(0, 2);
    }

    @Test
    void whatWasCommittedSurvivesTheLeader() {
        a.apply(tx().create("/t", bytes("1")));
        for (int round = 0; round < 5; round++) {
            int victim = leader();
            ensemble.killServer(victim);
            harness.await("another leader", () -> ensemble.leader().isPresent());
            ensemble.startServer(victim);
            harness.await("both are connected", () -> serverOf(a) >= 0 && serverOf(b) >= 0);
            b.sync();
            assertThat(b.text("/t")).isEqualTo("1");
        }
        assertThat(a.sessionsOpened()).isEqualTo(1);
    }

    @Test
    void nothingIsCommittedWithoutAQuorum() {
        int follower = apart();
        ensemble.separate(name(leader()), name(follower));
        ensemble.cut(name(leader()), name(3 - follower - leader()));
        List<Commit> answers = new ArrayList<>();
        b.store.commit(b.session(), tx().create("/t", bytes("")).build(), answers::add);
        harness.pass(seconds(3));
        assertThat(answers).isEmpty();
        assertThat(ensemble.peek("/t")).isEmpty();
        harness.await("the leader steps down", () -> ensemble.leader().isEmpty());
        harness.await("b knows nothing", () -> !answers.isEmpty());
        assertThat(answers.get(0)).isInstanceOf(Commit.Indeterminate.class);
    }

    @Test
    void pausedLeaderIsReplacedAndCommitsNothingMore() {
        apart();
        int old = leader();
        ensemble.pauseServer(old);
        b.store.commit(b.session(), tx().create("/stale", bytes("")).build(), commit -> {});
        harness.await("another leader", () -> ensemble.leader().isPresent() && leader() != old);
        harness.await("a is back", () -> serverOf(a) >= 0);
        a.apply(tx().create("/fresh", bytes("")));
        ensemble.resumeServer(old);
        harness.pass(seconds(30));
        assertThat(ensemble.peekChildren("/")).containsExactly("fresh");
        assertThat(leader()).isNotEqualTo(old);
    }

    // ---- the whole ensemble

    @Test
    void restartKeepsSessionsAndData() {
        a.apply(tx().create("/t", bytes("1")).createEphemeral("/e", bytes("")));
        ensemble.killAll();
        harness.await("a is suspended", () -> serverOf(a) < 0);
        ensemble.startAll();
        harness.await("a is back", () -> serverOf(a) >= 0);
        assertThat(a.sessionsOpened()).isEqualTo(1);
        assertThat(a.text("/t")).isEqualTo("1");
        assertThat(a.text("/e")).isEmpty();
    }

    @Test
    void restartWithoutTheLastTransactionsTakesThemBackUnderTheSameSession() {
        a.apply(tx().create("/t", bytes("1")).createEphemeral("/gone", bytes("")));
        a.apply(tx().put("/t", bytes("2"), 0).delete("/gone", 0));
        ensemble.killAll();
        ensemble.startAllWithout(1);
        harness.await("a lost its connection", () -> serverOf(a) < 0);
        harness.await("a is back", () -> serverOf(a) >= 0);
        assertThat(a.sessionsOpened()).isEqualTo(1);
        assertThat(a.text("/t")).isEqualTo("1");
        assertThat(((Read.Found) a.read("/gone")).znode().ephemeralOwner())
                .isEqualTo(a.session().id());
        a.connection.close();
        harness.await("its ephemeral vanishes", () -> ensemble.peek("/gone").isEmpty());
    }

    @Test
    void restartWithoutDataEndsEverySession() {
        Session session = a.session();
        a.apply(tx().create("/t", bytes("1")));
        ensemble.killAll();
        ensemble.startAllWithout(Integer.MAX_VALUE);
        harness.await("another session", () -> a.sessionsOpened() == 2);
        assertThat(a.session().id()).isNotEqualTo(session.id());
        assertThat(a.text("/t")).isEqualTo("missing");
        assertThat(ensemble.isOpen(session)).isFalse();
    }

    @Test
    void restoringWhileAServerIsUpIsRefused() {
        ensemble.killServer(0);
        assertThatThrownBy(() -> ensemble.startAllWithout(1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("kill all servers first");
    }
}
