package dev.belfry.core.ownership;

import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.record.RecordReader;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Decodes one bucket; the format is described at {@link BucketCodec}. Reads all before it changes anything. */
final class BucketReader {
    private static final long LATEST_MILLIS = 253_402_300_799_999L;

    private final int bucket;
    private final RecordReader in;
    private final List<Incarnation> incarnations = new ArrayList<>();
    private final List<Generation> sinces = new ArrayList<>();
    private final List<Run> runs = new ArrayList<>();
    private final Map<Generation, Instant> doubts = new LinkedHashMap<>();

    BucketReader(int bucket, byte[] bytes) {
        this.bucket = bucket;
        this.in = new RecordReader(bytes, "assignment bucket " + bucket);
    }

    Generation read(TableBuilder into) {
        in.schema(BucketCodec.SCHEMA);
        Generation generation = new Generation(in.varint());
        readIncarnations();
        readSinces();
        readJobs();
        if (!in.atEnd()) {
            readDoubts();
        }
        in.end();
        into.clearBucket(bucket);
        for (Run run : runs) {
            for (int shard = run.from; shard < run.from + run.length; shard++) {
                into.put(run.key.shard(shard), run.row);
            }
        }
        doubts.forEach(into::doubt);
        return generation;
    }

    private void readIncarnations() {
        int count = in.count("incarnations");
        String previous = "";
        for (int i = 0; i < count; i++) {
            String agentId = in.textAfter(previous);
            if (!Incarnation.isAgentId(agentId)) {
                throw in.corrupt("'" + agentId + "' is not an agent id");
            }
            incarnations.add(Incarnation.of(agentId, in.fixed64()));
            previous = agentId;
        }
    }

    private void readSinces() {
        int count = in.count("since values");
        long last = 0;
        for (int i = 0; i < count; i++) {
            last += in.varint();
            if (last < 0) {
                throw in.corrupt("a since value is beyond 63 bits");
            }
            sinces.add(new Generation(last));
        }
    }

    private void readJobs() {
        int jobs = in.count("jobs");
        String uid = "";
        for (int i = 0; i < jobs; i++) {
            uid = in.textAfter(uid);
            int blocks = in.count("blocks");
            for (int j = 0; j < blocks; j++) {
                readBlock(uid);
            }
        }
    }

    private void readDoubts() {
        int count = in.count("lost owners");
        for (int i = 0; i < count; i++) {
            Generation since = sinces.get(in.bounded(sinces.size() - 1, "since"));
            long until = in.varint();
            if (until > LATEST_MILLIS) {
                throw in.corrupt("a lease until " + until + " ms is beyond the year 9999");
            }
            doubts.put(since, Instant.ofEpochMilli(until));
        }
    }

    private void readBlock(String uid) {
        LayoutKey key = key(uid, in.bounded(Integer.MAX_VALUE, "layout"));
        int block = in.bounded(ShardKey.MOST_SHARDS / Buckets.BLOCK - 1, "block");
        if (Buckets.of(key, block) != bucket) {
            throw in.corrupt("block " + block + " of " + key + " belongs into bucket " + Buckets.of(key, block));
        }
        int count = in.bounded(Buckets.BLOCK, "number of runs");
        int position = block * Buckets.BLOCK;
        int end = position + Buckets.BLOCK;
        for (int i = 0; i < count; i++) {
            int head = in.bounded(Buckets.BLOCK * 4L + 3, "run length");
            int gap = (head & 2) != 0 ? in.bounded(Buckets.BLOCK, "gap") : 0;
            int length = head >> 2;
            if (length == 0 || position + gap + length > end) {
                throw in.corrupt("a run of " + length + " shards after a gap of " + gap + " leaves block " + block);
            }
            runs.add(new Run(key, position + gap, length, readRow((head & 1) != 0)));
            position += gap + length;
        }
    }

    private LayoutKey key(String uid, int layout) {
        try {
            return new LayoutKey(uid, layout);
        } catch (IllegalArgumentException e) {
            throw in.corrupt(String.valueOf(e.getMessage()));
        }
    }

    private Tenancy readRow(boolean moves) {
        Incarnation owner = incarnations.get(in.bounded(incarnations.size() - 1, "owner"));
        Generation since = sinces.get(in.bounded(sinces.size() - 1, "since"));
        if (!moves) {
            return new Tenancy(owner, since, Successor.NONE);
        }
        int next = in.bounded(incarnations.size(), "successor");
        return new Tenancy(owner, since, next == 0 ? Successor.WITHDRAW : Successor.of(incarnations.get(next - 1)));
    }

    private record Run(LayoutKey key, int from, int length, Tenancy row) {}
}
