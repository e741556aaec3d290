package dev.belfry.store.zk;

import dev.belfry.store.Commit;
import dev.belfry.store.Commit.Reason;
import dev.belfry.store.Failure;
import dev.belfry.store.Transaction;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;

/** What ZooKeeper's result codes mean to the port. */
final class Answers {

    /** {@link Code#get} throws for a code that it does not know, which would leave a request without an answer. */
    private static final Map<Integer, Code> CODES =
            EnumSet.allOf(Code.class).stream().collect(Collectors.toMap(Code::intValue, code -> code));

    private Answers() {}

    /** The answer to a request for nothing but reading that failed. */
    static Failure failure(int rc, String path) {
        Code code = code(rc);
        return switch (code) {
            case SESSIONEXPIRED, AUTHFAILED -> new Failure.SessionOver(text(code, path));
            case NOAUTH, INVALIDACL, BADARGUMENTS, UNIMPLEMENTED ->
                new Failure.Rejected(text(code, path) + ". " + advice(code));
            default -> new Failure.Unavailable(text(code, path));
        };
    }

    /** The answer to a multi. */
    static Commit commit(Transaction transaction, int rc, @Nullable List<OpResult> results) {
        Code code = code(rc);
        if (code == Code.OK) {
            return new Commit.Applied(stamps(transaction, results == null ? List.of() : results));
        }
        int failed = results == null ? -1 : failedAt(results);
        return results == null || failed < 0
                ? failed(code, "the transaction " + transaction.site())
                : refused(transaction, failed, results);
    }

    private static Commit refused(Transaction transaction, int index, List<OpResult> results) {
        Code code = code(((OpResult.ErrorResult) results.get(index)).getErr());
        int guards = transaction.guards().size();
        boolean guard = index < guards;
        String path = guard
                ? transaction.guards().get(index).path()
                : transaction.writes().get(index - guards).path();
        if (guard && (code == Code.NONODE || code == Code.BADVERSION)) {
            return new Commit.Fenced(index, path);
        }
        int write = index - guards;
        return switch (code) {
            case BADVERSION -> new Commit.Conflict(write, path, Reason.VERSION);
            case NODEEXISTS -> new Commit.Conflict(write, path, Reason.EXISTS);
            case NONODE -> new Commit.Conflict(write, path, Reason.MISSING);
            case NOTEMPTY -> new Commit.Conflict(write, path, Reason.NOT_EMPTY);
            // A session that is really over is told so by the end of its connection; this server talks to it, and the
            // leader
            // does not know it.
            case SESSIONEXPIRED -> new Commit.Rejected(text(code, path) + ". " + advice(code));
            default -> failed(code, path);
        };
    }

    private static Commit failed(Code code, String what) {
        return switch (code) {
            case NOAUTH,
                    INVALIDACL,
                    NOCHILDRENFOREPHEMERALS,
                    EPHEMERALONLOCALSESSION,
                    QUOTAEXCEEDED,
                    BADARGUMENTS,
                    UNIMPLEMENTED -> new Commit.Rejected(text(code, what) + ". " + advice(code));
            case SESSIONEXPIRED, AUTHFAILED -> new Commit.SessionOver(text(code, what));
            case NOTREADONLY, THROTTLEDOP -> new Commit.Unavailable(text(code, what));
            // SESSIONMOVED too: the server drops the connection, the session itself goes on.
            default -> new Commit.Indeterminate(text(code, what));
        };
    }

    /** The operation that made the multi fail: those before it report OK, those after it RUNTIMEINCONSISTENCY. */
    private static int failedAt(List<OpResult> results) {
        for (int i = 0; i < results.size(); i++) {
            if (results.get(i) instanceof OpResult.ErrorResult error
                    && error.getErr() != Code.OK.intValue()
                    && error.getErr() != Code.RUNTIMEINCONSISTENCY.intValue()) {
                return i;
            }
        }
        return -1;
    }

    /**
     * One stamp per write. ZooKeeper tells zxid and time only of the znodes that were put; they are the same for all
     * writes of a multi.
     */
    private static List<Commit.Stamp> stamps(Transaction transaction, List<OpResult> results) {
        Stat any = null;
        for (OpResult result : results) {
            if (result instanceof OpResult.SetDataResult put) {
                any = put.getStat();
            }
        }
        long zxid = any == null ? -1 : any.getMzxid();
        Instant at = any == null ? Instant.EPOCH : Instant.ofEpochMilli(any.getMtime());
        List<Commit.Stamp> stamps = new ArrayList<>();
        int guards = transaction.guards().size();
        for (int i = 0; i < transaction.writes().size(); i++) {
            Transaction.Write write = transaction.writes().get(i);
            if (results.get(guards + i) instanceof OpResult.SetDataResult put) {
                stamps.add(new Commit.Stamp(put.getStat().getVersion(), zxid, at));
            } else if (write instanceof Transaction.Create) {
                stamps.add(new Commit.Stamp(0, zxid, at));
            } else {
                stamps.add(new Commit.Stamp(-1, zxid, Instant.EPOCH));
            }
        }
        return stamps;
    }

    /** Whether the request may not have been answered by the server at all. */
    static boolean connectionTrouble(Code code) {
        return switch (code) {
            case CONNECTIONLOSS, OPERATIONTIMEOUT, REQUESTTIMEOUT, SESSIONEXPIRED, SESSIONMOVED, AUTHFAILED -> true;
            default -> false;
        };
    }

    static String advice(Code code) {
        return switch (code) {
            case NOAUTH ->
                "The ACL does not let this process: check its ZooKeeper user, password or certificate, and the ACL with zkCli's getAcl";
            case INVALIDACL ->
                "The server did not accept the ids of the ACL: this connection is not authenticated, or the server does not know the scheme";
            case NONODE -> "The parent does not exist; does the chroot in the connect string?";
            case SESSIONEXPIRED, EPHEMERALONLOCALSESSION ->
                "If that goes on the servers give local sessions, which own no ephemeral znodes: set localSessionsUpgradingEnabled=true on each of them, or localSessionsEnabled=false";
            case QUOTAEXCEEDED -> "A quota is set on this part of the tree";
            default -> "This is not expected; the server's log says more";
        };
    }

    private static String text(Code code, String what) {
        return "ZooKeeper answered " + code + " for " + what;
    }

    /** The code of a result. One that this client does not know, from a newer server, means as much as an internal error. */
    static Code code(int rc) {
        return CODES.getOrDefault(rc, Code.SYSTEMERROR);
    }
}
