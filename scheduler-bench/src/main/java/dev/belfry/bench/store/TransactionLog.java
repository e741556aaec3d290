package dev.belfry.bench.store;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.zookeeper.ZooDefs.OpCode;
import org.apache.zookeeper.server.persistence.FileTxnLog;
import org.apache.zookeeper.server.persistence.TxnLog;
import org.apache.zookeeper.txn.MultiTxn;
import org.apache.zookeeper.txn.SetDataTxn;
import org.apache.zookeeper.txn.Txn;
import org.apache.zookeeper.txn.TxnHeader;

/** The log that a ZooKeeper server writes of all changes, read while it runs or after. */
public final class TransactionLog {
    private static final String HEARTBEATS = "/heartbeats/";

    private final Path directory;

    TransactionLog(Path directory) {
        this.directory = directory;
    }

    /** Takes one transaction; says whether to go on. */
    private interface Reader {
        boolean take(TxnHeader header, org.apache.jute.Record transaction);
    }

    private void read(long from, Reader reader) throws IOException {
        FileTxnLog log = new FileTxnLog(directory.toFile());
        try (TxnLog.TxnIterator transactions = log.read(from)) {
            while (transactions.getHeader() != null
                    && reader.take(transactions.getHeader(), transactions.getTxn())
                    && transactions.next()) {
                // Taken.
            }
        } finally {
            log.close();
        }
    }

    /**
     * What the transactions after {@code from} up to {@code to} did: {@code writes} (each create, delete and set, those inside
     * a multi one by one), {@code checks}, {@code refused} (transactions that changed nothing) and {@code session} (sessions
     * opened and closed).
     */
    public SortedMap<String, Double> counts(long from, long to) throws IOException {
        SortedMap<String, Double> counts = new TreeMap<>();
        read(from + 1, (header, transaction) -> {
            if (header.getZxid() > to) {
                return false;
            }
            if (transaction instanceof MultiTxn multi) {
                multi.getTxns().forEach(part -> count(counts, OpNames.of(part.getType())));
            } else {
                count(counts, OpNames.of(header.getType()));
            }
            return true;
        });
        return counts;
    }

    private static void count(SortedMap<String, Double> counts, String operation) {
        String kind = OpNames.WRITES.contains(operation)
                ? "writes"
                : switch (operation) {
                    case "check" -> "checks";
                    case "error" -> "refused";
                    default -> "session";
                };
        counts.merge(kind, 1.0, Double::sum);
    }

    /**
     * The end of a session, by the server's clock.
     *
     * @param at when the server closed it
     * @param heartbeat when its owner wrote its last heartbeat; empty for one that writes none
     */
    public record SessionEnd(Instant at, Optional<Instant> heartbeat) {}

    /** The first session that ended at or after an instant, in milliseconds; empty if none has. */
    public Optional<SessionEnd> firstEnd(Instant after) throws IOException {
        Map<Long, Instant> heartbeats = new HashMap<>();
        Map<Long, SessionEnd> found = new HashMap<>();
        read(1, (header, transaction) -> {
            Instant at = Instant.ofEpochMilli(header.getTime());
            if (header.getType() == OpCode.closeSession && !at.isBefore(after)) {
                found.put(0L, new SessionEnd(at, Optional.ofNullable(heartbeats.get(header.getClientId()))));
            } else if (isHeartbeat(header, transaction)) {
                heartbeats.put(header.getClientId(), at);
            }
            return found.isEmpty();
        });
        return found.values().stream().findFirst();
    }

    private static boolean isHeartbeat(TxnHeader header, org.apache.jute.Record transaction) {
        if (transaction instanceof SetDataTxn set) {
            return set.getPath().contains(HEARTBEATS);
        }
        if (header.getType() != OpCode.multi || !(transaction instanceof MultiTxn multi)) {
            return false;
        }
        List<Txn> parts = multi.getTxns();
        return parts.stream().anyMatch(part -> part.getType() == OpCode.setData && namesHeartbeat(part));
    }

    /** The path of a set comes first in it, after the four bytes of its length. */
    private static boolean namesHeartbeat(Txn part) {
        return new String(part.getData(), java.nio.charset.StandardCharsets.ISO_8859_1).contains(HEARTBEATS);
    }
}
