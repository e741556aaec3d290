package dev.belfry.scripts;

import dev.belfry.core.journal.JournalCounts;
import dev.belfry.core.ledger.CheckpointRecord;
import dev.belfry.core.ownership.AssignmentTable;
import dev.belfry.core.ownership.AssignmentVector;
import dev.belfry.core.ownership.BucketCodec;
import dev.belfry.core.ownership.Buckets;
import dev.belfry.core.ownership.Generation;
import dev.belfry.core.ownership.ShardKey;
import dev.belfry.core.ownership.Successor;
import dev.belfry.core.ownership.TableBuilder;
import dev.belfry.core.ownership.Tenancy;
import dev.belfry.core.record.Paths;
import dev.belfry.core.restore.RestoreRecord;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The records whose stored form is not what a person wants to read. */
final class Legible {

    private Legible() {}

    /** Rows of an assignment bucket, neighbours with the same row in one line. */
    static Object bucket(String name, byte[] data) {
        if (data.length == 0) {
            return "no rows";
        }
        TableBuilder builder = AssignmentTable.empty().toBuilder();
        Generation generation = BucketCodec.decode(Integer.parseInt(name, 16), data, builder);
        List<Map<String, Object>> rows = new ArrayList<>();
        Run run = new Run(rows);
        builder.build().forEach(run::add);
        run.end();
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("generation", generation);
        shown.put("rows", rows);
        return shown;
    }

    /** A stretch of shards with the same row, while it is collected. */
    private static final class Run {
        private final List<Map<String, Object>> rows;
        private final List<ShardKey> shards = new ArrayList<>();
        private final List<Tenancy> tenancies = new ArrayList<>();

        Run(List<Map<String, Object>> rows) {
            this.rows = rows;
        }

        void add(ShardKey shard, Tenancy row) {
            if (!shards.isEmpty()) {
                ShardKey last = shards.get(shards.size() - 1);
                if (!last.of().equals(shard.of())
                        || last.shard() + 1 != shard.shard()
                        || !tenancies.get(0).equals(row)) {
                    end();
                }
            }
            shards.add(shard);
            tenancies.add(row);
        }

        void end() {
            if (shards.isEmpty()) {
                return;
            }
            ShardKey first = shards.get(0);
            ShardKey last = shards.get(shards.size() - 1);
            Tenancy row = tenancies.get(0);
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("job", first.jobUid());
            line.put("layout", first.layout());
            line.put("shards", first.equals(last) ? "" + first.shard() : first.shard() + "-" + last.shard());
            line.put("owner", row.owner());
            line.put("since", row.since());
            if (row.next() instanceof Successor.Named next) {
                line.put("next", next.incarnation());
            } else if (row.next() instanceof Successor.Withdrawn) {
                line.put("next", "nobody: withdrawn");
            }
            rows.add(line);
            shards.clear();
            tenancies.clear();
        }
    }

    /** Generations of the buckets that were ever written. */
    static Object vector(byte[] data) {
        if (data.length == 0) {
            return "nothing was ever assigned";
        }
        AssignmentVector vector = AssignmentVector.decode(data);
        Map<String, Object> buckets = new LinkedHashMap<>();
        for (int bucket = 0; bucket < Buckets.COUNT; bucket++) {
            if (vector.generation(bucket).value() != 0) {
                buckets.put(Paths.bucketName(bucket), vector.generation(bucket));
            }
        }
        return Map.of("generations", buckets);
    }

    /** A checkpoint, with its data as text where it is text. */
    static Object checkpoint(String path, Node node) {
        CheckpointRecord checkpoint = CheckpointRecord.decode(path, node.data());
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("fire", checkpoint.fire());
        shown.put("token", Long.toString(checkpoint.token()));
        shown.put("bytes", checkpoint.data().length);
        shown.put("data", text(checkpoint.data()));
        return shown;
    }

    /** Bytes as text if they are printable text, else in Base64. */
    static String text(byte[] data) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(data))
                    .toString();
            boolean printable = text.chars().allMatch(c -> c == '\n' || c == '\t' || !Character.isISOControl(c));
            return printable ? text : "base64:" + Base64.getEncoder().encodeToString(data);
        } catch (CharacterCodingException e) {
            return "base64:" + Base64.getEncoder().encodeToString(data);
        }
    }

    /** Counts of an agent's journal. */
    static Object restore(String path, Node node) {
        return node.data().length == 0 ? "a restore is under way" : RestoreRecord.decode(path, node.data());
    }

    static Object counts(String path, byte[] data) {
        if (data.length == 0) {
            return "nothing was counted";
        }
        List<Map<String, Object>> cells = new ArrayList<>();
        JournalCounts counts = JournalCounts.decode(path, data);
        counts.cells().forEach((cell, count) -> {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("hour", cell.hour());
            line.put("lastHour", cell.lastHour());
            line.put("job", cell.jobUid());
            line.put("origin", cell.origin());
            line.put("outcome", cell.outcome());
            line.put("count", count);
            cells.add(line);
        });
        Map<String, Object> record = new LinkedHashMap<>();
        record.put("earlierUntil", counts.earlierUntil());
        record.put("counted", cells);
        return record;
    }
}
