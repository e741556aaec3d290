package dev.belfry.core.record;

import com.google.common.hash.Hashing;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Where everything lies below the root of a namespace.
 *
 * <p>{@code <hash>} is one of 256 fixed buckets, two hex digits, so that no parent has more than a thousand children at
 * any planned size.
 */
public final class Paths {

    public static final String AGENTS = "/agents";
    public static final String HEARTBEATS = "/heartbeats";
    public static final String HANDOVER = "/handover";
    public static final String MASTER = "/master";
    public static final String LATCH = "/master/latch";
    public static final String EPOCH = "/master/epoch";
    public static final String DRAINS = "/master/drains";
    /** Fires of which an event was raised, until they are settled. Exists from the first such event on. */
    public static final String OVERDUE = "/master/overdue";

    public static final String JOBS = "/jobs";
    public static final String ASSIGNMENTS = "/assignments";
    public static final String LEDGER = "/ledger";
    public static final String JOURNAL = "/journal";
    public static final String MASTER_JOURNAL = "/journal/master";
    public static final String COMMANDS = "/commands";
    /** Whoever takes the journal to the history database. */
    public static final String EXPORTER = "/exporter";

    /** What the definitions of the namespace may cost together. Exists from the first budget on. */
    public static final String BUDGET = "/budget";

    /** Restores of the namespace, by term. Exists from the first on. */
    public static final String RESTORES = "/restores";

    /** Number of hash buckets below {@code /jobs}, {@code /ledger} and {@code /assignments}. */
    public static final int BUCKETS = 256;

    /** Shards per ledger parent; above it a job's ledger has one parent per block. */
    public static final int BLOCK = 1_024;

    private Paths() {}

    /** Two hex digits that spread {@code key} over the buckets, the same on every machine and in every version. */
    public static String hash(String key) {
        return bucketName(Hashing.murmur3_32_fixed()
                        .hashString(key, StandardCharsets.UTF_8)
                        .asInt()
                & 0xff);
    }

    /** The name of bucket {@code index}. */
    public static String bucketName(int index) {
        return Integer.toHexString(0x100 | index).substring(1);
    }

    public static String agent(String incarnation) {
        return AGENTS + '/' + incarnation;
    }

    public static String heartbeat(String incarnation) {
        return HEARTBEATS + '/' + incarnation;
    }

    public static String handover(String incarnation) {
        return HANDOVER + '/' + incarnation;
    }

    public static String jobBucket(String job) {
        return JOBS + '/' + hash(job);
    }

    public static String job(String job) {
        return jobBucket(job) + '/' + job;
    }

    /** One bucket of the assignment table. */
    public static String assignments(int bucket) {
        return ASSIGNMENTS + '/' + bucketName(bucket);
    }

    public static String ledgerBucket(String jobUid) {
        return LEDGER + '/' + hash(jobUid);
    }

    /** The parent of the ledgers of one layout of a job. */
    public static String ledgers(String jobUid, int layout) {
        return ledgerBucket(jobUid) + '/' + jobUid + '.' + layout;
    }

    /** The ledger of one shard of a layout of {@code shards} shards. */
    public static String ledger(String jobUid, int layout, int shards, int shard) {
        String parent = ledgers(jobUid, layout);
        return shards <= BLOCK ? parent + '/' + shard : parent + "/b" + shard / BLOCK + '/' + shard;
    }

    /** The ledger of a broadcast job on the agent with the stable id {@code agentId}. */
    public static String broadcastLedger(String jobUid, String agentId) {
        return ledgers(jobUid, 0) + '/' + agentId;
    }

    /** The checkpoint that belongs to the ledger at {@code ledger}. */
    public static String checkpoint(String ledger) {
        return ledger + ":checkpoint";
    }

    /** What was raised of the jobs whose uids have the hash of this one. */
    public static String overdue(String jobUid) {
        return OVERDUE + '/' + hash(jobUid);
    }

    public static String journal(String writer) {
        return JOURNAL + '/' + writer;
    }

    /** Entry {@code n} of a writer's journal. */
    public static String journalEntry(String writer, long n) {
        String digits = Long.toString(n);
        return journal(writer) + '/' + "0".repeat(Math.max(0, 12 - digits.length())) + digits;
    }

    public static String command(String id) {
        return COMMANDS + '/' + id;
    }

    /** The restore that raised the term to {@code term}. */
    public static String restore(long term) {
        return RESTORES + '/' + term;
    }

    /** Part {@code part} of what is known of the copy that was put back then, from 0. */
    public static String restorePart(long term, int part) {
        return restore(term) + '/' + part;
    }

    /** The last part of a path. */
    public static String name(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /** The path without its last part. */
    public static String parent(String path) {
        int slash = path.lastIndexOf('/');
        return slash <= 0 ? "/" : path.substring(0, slash);
    }

    /** Subtrees that every namespace has from its first start on, parents first. */
    public static List<String> skeleton() {
        return List.of(
                AGENTS,
                HEARTBEATS,
                HANDOVER,
                MASTER,
                LATCH,
                EPOCH,
                DRAINS,
                JOBS,
                ASSIGNMENTS,
                LEDGER,
                JOURNAL,
                MASTER_JOURNAL,
                COMMANDS);
    }
}
