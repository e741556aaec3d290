package dev.belfry.store.zk;

import dev.belfry.store.Transaction;
import java.util.List;

/** Sizes above which nothing is sent, so that ZooKeeper's own limit, which breaks the connection, is never met. */
final class Limits {
    /** Bytes of content of one znode. */
    static final int ZNODE = 64 * 1024;

    /** Bytes of one transaction, and of the names in one listing. */
    static final int TRANSACTION = 512 * 1024;

    /** What the client accepts in one answer, so that a listing too large is refused and not a broken connection. */
    static final int ANSWER = 4 * 1024 * 1024;

    private Limits() {}

    /** Why the transaction is too large, or an empty string. */
    static String refusal(Transaction transaction) {
        for (Transaction.Write write : transaction.writes()) {
            if (write.size() > ZNODE) {
                return "the content of " + write.path() + " has " + write.size() + " bytes, more than the " + ZNODE
                        + " that a znode may hold; nothing was sent";
            }
        }
        int size = transaction.size();
        return size <= TRANSACTION
                ? ""
                : "the transaction " + transaction.site() + " has " + size + " bytes, more than the " + TRANSACTION
                        + " that may be sent at once; nothing was sent. Split it";
    }

    /** Why the listing is too large, or an empty string. */
    static String refusal(String path, List<String> names) {
        long size = names.stream().mapToLong(name -> name.length() + 4L).sum();
        return size <= TRANSACTION
                ? ""
                : "the names of the " + names.size() + " children of " + path + " are " + size
                        + " bytes, more than the " + TRANSACTION + " that one listing may have";
    }
}
