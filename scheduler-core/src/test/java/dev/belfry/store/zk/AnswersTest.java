package dev.belfry.store.zk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.store.Commit;
import dev.belfry.store.Commit.Reason;
import dev.belfry.store.Failure;
import dev.belfry.store.Transaction;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.data.Stat;
import org.junit.jupiter.api.Test;

final class AnswersTest {
    private static final Transaction TRANSACTION = Transaction.at("test")
            .exists("/agents/a")
            .atVersion("/master/epoch", 3)
            .create("/new", new byte[0])
            .put("/t", new byte[0], 7)
            .delete("/old", 1)
            .build();

    /** As ZooKeeper reports it: OK before the operation that failed, RUNTIMEINCONSISTENCY after it. */
    private static Commit failing(int index, Code code) {
        List<OpResult> results = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            Code each = i < index ? Code.OK : i == index ? code : Code.RUNTIMEINCONSISTENCY;
            results.add(new OpResult.ErrorResult(each.intValue()));
        }
        return Answers.commit(TRANSACTION, code.intValue(), results);
    }

    @Test
    void guardThatDoesNotHoldFences() {
        assertThat(failing(0, Code.NONODE)).isEqualTo(new Commit.Fenced(0, "/agents/a"));
        assertThat(failing(1, Code.BADVERSION)).isEqualTo(new Commit.Fenced(1, "/master/epoch"));
        assertThat(failing(1, Code.NONODE)).isEqualTo(new Commit.Fenced(1, "/master/epoch"));
    }

    @Test
    void writeThatFindsSomethingElseIsAConflictAndNeverAFence() {
        assertThat(failing(2, Code.NODEEXISTS)).isEqualTo(new Commit.Conflict(0, "/new", Reason.EXISTS));
        assertThat(failing(2, Code.NONODE)).isEqualTo(new Commit.Conflict(0, "/new", Reason.MISSING));
        assertThat(failing(3, Code.BADVERSION)).isEqualTo(new Commit.Conflict(1, "/t", Reason.VERSION));
        assertThat(failing(4, Code.NOTEMPTY)).isEqualTo(new Commit.Conflict(2, "/old", Reason.NOT_EMPTY));
    }

    @Test
    void refusalByAclIsRejectedWhereverItComesFrom() {
        for (int i = 0; i < 5; i++) {
            assertThat(failing(i, Code.NOAUTH)).isInstanceOf(Commit.Rejected.class);
        }
        assertThat(failing(2, Code.INVALIDACL)).isInstanceOf(Commit.Rejected.class);
    }

    @Test
    void lostAnswerIsIndeterminateAndTheEndOfASessionIsNot() {
        for (Code code : List.of(
                Code.CONNECTIONLOSS, Code.OPERATIONTIMEOUT, Code.REQUESTTIMEOUT, Code.SESSIONMOVED, Code.SYSTEMERROR)) {
            assertThat(Answers.commit(TRANSACTION, code.intValue(), null)).isInstanceOf(Commit.Indeterminate.class);
        }
        assertThat(Answers.commit(TRANSACTION, 12345, null)).isInstanceOf(Commit.Indeterminate.class);
        for (Code code : List.of(Code.SESSIONEXPIRED, Code.AUTHFAILED)) {
            assertThat(Answers.commit(TRANSACTION, code.intValue(), null)).isInstanceOf(Commit.SessionOver.class);
            assertThat(Answers.failure(code.intValue(), "/t")).isInstanceOf(Failure.SessionOver.class);
        }
    }

    @Test
    void readsFailByMeaning() {
        assertThat(Answers.failure(Code.CONNECTIONLOSS.intValue(), "/t")).isInstanceOf(Failure.Unavailable.class);
        assertThat(Answers.failure(Code.SESSIONMOVED.intValue(), "/t")).isInstanceOf(Failure.Unavailable.class);
        assertThat(Answers.failure(Code.NOAUTH.intValue(), "/t")).isInstanceOf(Failure.Rejected.class);
    }

    @Test
    void stampsTakeZxidAndTimeFromWhateverWasPut() {
        Stat stat = new Stat();
        stat.setVersion(8);
        stat.setMzxid(99);
        stat.setMtime(1234);
        List<OpResult> results = List.of(
                new OpResult.CheckResult(),
                new OpResult.CheckResult(),
                new OpResult.CreateResult("/new"),
                new OpResult.SetDataResult(stat),
                new OpResult.DeleteResult());
        Instant at = Instant.ofEpochMilli(1234);
        assertThat(Answers.commit(TRANSACTION, 0, results))
                .isEqualTo(new Commit.Applied(List.of(
                        new Commit.Stamp(0, 99, at),
                        new Commit.Stamp(8, 99, at),
                        new Commit.Stamp(-1, 99, Instant.EPOCH))));
    }

    @Test
    void stampsOfATransactionThatPutsNothingAdmitThatTheyDoNotKnow() {
        Transaction create = Transaction.at("test").create("/new", new byte[0]).build();
        assertThat(Answers.commit(create, 0, List.of(new OpResult.CreateResult("/new"))))
                .isEqualTo(new Commit.Applied(List.of(new Commit.Stamp(0, -1, Instant.EPOCH))));
    }
}
