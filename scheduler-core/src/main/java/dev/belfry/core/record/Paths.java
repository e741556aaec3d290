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

    /** The queue of runs that the master dispatches: its rules, and counts that people look at. */
    public static final String QUEUE = "/queue";

    /** How long tasks took, for the next master. */
    public static final String DURATIONS = "/queue/durations";

    /** The rules of the queue as they were applied. Exists from the first on. */
    public static final String QUEUE_RULES = "/queue/rules";

    /** Whether runs are taken in; its version changes whenever that does. */
    public static final String GATE = "/queue/gate";

    public static final String SUBMITTERS = "/queue/submitters";
    public static final String SEGMENTS = "/queue/segments";
    /** Pages of idempotency keys of runs that are settled. */
    public static final String KEYS = "/queue/keys";

    /** Up to which instant the fires of queued jobs were queued. */
    public static final String QUEUED_FIRES = "/queue/fires";

    /** Runs that have failed for good, until they are run again or forgotten. */
    public static final String DEAD_LETTERS = "/queue/dead";

    /** Backfills that are under way, and the last of those that are over. */
    public static final String BACKFILLS = "/queue/backfills";

    /** Below: the workflow runs that are under way, and the last of those that are over. */
    public static final String WORKFLOWS = "/workflows";

    /** Runs that are split into sub-tasks, while they are under way. */
    public static final String SPLITS = "/splits";

    public static final String INBOX = "/inbox";
    public static final String OUTBOX = "/outbox";

    /** Number of buckets below {@code /queue/segments} and {@code /queue/submitters}. */
    public static final int QUEUE_BUCKETS = 16;

    /** Number of hash buckets below {@code /jobs}, {@code /ledger} and {@code /assignments}. */
    public static final int BUCKETS = 256;

    /** Shards per ledger parent; above it a job's ledger has one parent per block. */
    public static final int BLOCK = 1_024;

    private static final String QUEUE_JOURNALS = "queue-";

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

    /** The name under which a master writes outcomes of queued tasks in a term. */
    public static String queueJournal(long term) {
        return QUEUE_JOURNALS + term;
    }

    /** Whether the journal of this writer holds outcomes of queued tasks: an incarnation has a tilde in its name. */
    public static boolean isQueueJournal(String writer) {
        return writer.startsWith(QUEUE_JOURNALS) && writer.indexOf('~') < 0;
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

    /** The parent of the segments of the submitter of this name. */
    public static String segments(String submitter) {
        return SEGMENTS + '/' + queueBucket(submitter);
    }

    /** The bucket, one hex digit, of everything that the submitter of this name writes. */
    public static String queueBucket(String submitter) {
        return hash(submitter).substring(1);
    }

    /** What a submitter counts its segments in. */
    public static String submitter(String submitter) {
        return SUBMITTERS + '/' + queueBucket(submitter) + '/' + submitter;
    }

    /** Segment {@code n} of a submitter, from 1. */
    public static String segment(String submitter, long n) {
        return segments(submitter) + '/' + submitter + '-' + n;
    }

    /** What became of the runs of the segment at {@code segment}. */
    public static String segmentState(String segment) {
        return segment + ":state";
    }

    public static String keys(long number) {
        return KEYS + '/' + number;
    }

    /** Up to which instant the fires of a queued job were queued. */
    public static String queuedFires(String jobUid) {
        return QUEUED_FIRES + '/' + jobUid;
    }

    /** A page of runs that have failed for good. */
    public static String deadLetters(long number) {
        return DEAD_LETTERS + '/' + number;
    }

    public static String backfill(String id) {
        return BACKFILLS + '/' + id;
    }

    public static String workflow(String workflowRun) {
        return WORKFLOWS + '/' + workflowRun;
    }

    /** A run that is split: its id, of which a name in a path can have no slash. */
    public static String split(String runId) {
        return SPLITS + '/' + runId.replace('/', '+');
    }

    public static String splitPage(String runId, int page) {
        return split(runId) + '/' + page;
    }

    public static String inbox(String incarnation) {
        return INBOX + '/' + incarnation;
    }

    public static String outbox(String incarnation) {
        return OUTBOX + '/' + incarnation;
    }

    /** A checkpoint or an output that the attempt with this number left. */
    public static String outboxItem(String incarnation, String item) {
        return outbox(incarnation) + '/' + item;
    }

    /** Sub-tasks that the attempt with this number hands in, page by page from 0. */
    public static String handedPage(String incarnation, long number, int page) {
        return outboxItem(incarnation, number + "." + page);
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

    /** Subtrees that every namespace has from its first start on, parents first; where the last is, all are that its version knew. */
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
                QUEUE,
                GATE,
                SUBMITTERS,
                SEGMENTS,
                KEYS,
                QUEUED_FIRES,
                DEAD_LETTERS,
                BACKFILLS,
                INBOX,
                OUTBOX,
                WORKFLOWS,
                SPLITS,
                COMMANDS);
    }
}
