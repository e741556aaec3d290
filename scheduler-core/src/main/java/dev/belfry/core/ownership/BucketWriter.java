package dev.belfry.core.ownership;

import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.record.RecordWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Encodes one bucket; the format is described at {@link BucketCodec}. */
final class BucketWriter {
    private final AssignmentTable table;
    private final Generation generation;
    private final RecordWriter out = new RecordWriter();
    private final Map<Integer, Integer> incarnationCode = new HashMap<>();
    private final Map<Long, Integer> sinceCode = new HashMap<>();
    private final Map<String, Integer> bytesOfJob = new TreeMap<>();

    BucketWriter(AssignmentTable table, Generation generation) {
        this.table = table;
        this.generation = generation;
    }

    byte[] write(int bucket, List<BucketCodec.Block> all) {
        List<BucketCodec.Block> blocks = all.stream().filter(b -> !b.isEmpty()).toList();
        out.u8(BucketCodec.SCHEMA).varint(generation.value());
        writeDictionaries(blocks);
        writeJobs(blocks);
        writeDoubts();
        if (out.size() > BucketCodec.MOST_BYTES) {
            String largest = bytesOfJob.entrySet().stream()
                    .max(Map.Entry.comparingByValue())
                    .map(Map.Entry::getKey)
                    .orElse("");
            throw new BucketTooLargeException(bucket, out.size(), largest);
        }
        return out.toByteArray();
    }

    private void writeDictionaries(List<BucketCodec.Block> blocks) {
        TreeSet<Long> sinces = new TreeSet<>();
        boolean[] used = new boolean[table.dictionary().size()];
        for (BucketCodec.Block block : blocks) {
            for (int shard = block.from(); shard < block.to(); shard++) {
                note(block.rows(), shard, used, sinces);
            }
        }
        TreeMap<Incarnation, Integer> names = new TreeMap<>();
        for (int i = 0; i < used.length; i++) {
            if (used[i]) {
                names.put(table.dictionary().get(i), i);
            }
        }
        out.varint(names.size());
        String previous = "";
        for (Map.Entry<Incarnation, Integer> name : names.entrySet()) {
            incarnationCode.put(name.getValue(), incarnationCode.size());
            out.textAfter(previous, name.getKey().agentId())
                    .fixed64(name.getKey().sessionId());
            previous = name.getKey().agentId();
        }
        out.varint(sinces.size());
        long last = 0;
        for (long since : sinces) {
            sinceCode.put(since, sinceCode.size());
            out.varint(since - last);
            last = since;
        }
    }

    private static void note(LayoutRows rows, int shard, boolean[] used, Set<Long> sinces) {
        if (rows.owner(shard) != LayoutRows.NONE) {
            used[rows.owner(shard)] = true;
            sinces.add(rows.since(shard));
            if (rows.next(shard) >= 0) {
                used[rows.next(shard)] = true;
            }
        }
    }

    private void writeJobs(List<BucketCodec.Block> blocks) {
        TreeMap<String, List<BucketCodec.Block>> jobs = new TreeMap<>();
        blocks.forEach(block -> jobs.computeIfAbsent(block.key().jobUid(), uid -> new ArrayList<>())
                .add(block));
        out.varint(jobs.size());
        String previous = "";
        for (Map.Entry<String, List<BucketCodec.Block>> job : jobs.entrySet()) {
            int start = out.size();
            out.textAfter(previous, job.getKey()).varint(job.getValue().size());
            for (BucketCodec.Block block : job.getValue()) {
                out.varint(block.key().layout()).varint(block.number());
                writeRuns(block);
            }
            bytesOfJob.put(job.getKey(), out.size() - start);
            previous = job.getKey();
        }
    }

    private void writeDoubts() {
        TreeMap<Integer, Instant> known = new TreeMap<>();
        table.doubts().forEach((since, until) -> {
            Integer code = sinceCode.get(since);
            if (code != null) {
                known.put(code, until);
            }
        });
        if (!known.isEmpty()) {
            out.varint(known.size());
            known.forEach((code, until) -> out.varint(code).varint(Math.max(0, until.toEpochMilli())));
        }
    }

    private void writeRuns(BucketCodec.Block block) {
        RecordWriter runs = out;
        List<int[]> stretches = new ArrayList<>();
        for (int shard = block.from(); shard < block.to(); ) {
            int end = shard + 1;
            while (end < block.to() && sameRow(block.rows(), shard, end)) {
                end++;
            }
            if (block.rows().owner(shard) != LayoutRows.NONE) {
                stretches.add(new int[] {shard, end});
            }
            shard = end;
        }
        runs.varint(stretches.size());
        int position = block.from();
        for (int[] stretch : stretches) {
            writeRun(block.rows(), stretch, stretch[0] - position);
            position = stretch[1];
        }
    }

    private void writeRun(LayoutRows rows, int[] stretch, int gap) {
        int shard = stretch[0];
        int next = rows.next(shard);
        out.varint((stretch[1] - shard) * 4L + (gap > 0 ? 2 : 0) + (next != LayoutRows.NONE ? 1 : 0));
        if (gap > 0) {
            out.varint(gap);
        }
        out.varint(code(rows.owner(shard)));
        out.varint(sinceCode.getOrDefault(rows.since(shard), 0));
        if (next != LayoutRows.NONE) {
            out.varint(next == LayoutRows.WITHDRAW ? 0 : code(next) + 1);
        }
    }

    private int code(int incarnation) {
        return incarnationCode.getOrDefault(incarnation, 0);
    }

    private static boolean sameRow(LayoutRows rows, int a, int b) {
        return rows.owner(a) == rows.owner(b) && rows.since(a) == rows.since(b) && rows.next(a) == rows.next(b);
    }
}
