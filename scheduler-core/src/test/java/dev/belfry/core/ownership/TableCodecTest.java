package dev.belfry.core.ownership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.record.CorruptRecordException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TableCodecTest {
    private static final Generation G = Generation.of(7, 42);
    private static final List<Integer> ALL =
            IntStream.range(0, Buckets.COUNT).boxed().toList();

    @Test
    void everyTableComesBackFromItsBuckets() {
        for (long seed = 0; seed < 300; seed++) {
            AssignmentTable table = randomTable(new Random(seed));
            TableBuilder read = AssignmentTable.empty().toBuilder();
            BucketCodec.encode(table, ALL, G)
                    .forEach((bucket, bytes) ->
                            assertThat(BucketCodec.decode(bucket, bytes, read)).isEqualTo(G));
            assertThat(read.build()).as("seed %d", seed).isEqualTo(table);
        }
    }

    @Test
    void readingABucketReplacesItsRowsAndNoOthers() {
        AssignmentTable table = randomTable(new Random(5));
        AssignmentTable other = randomTable(new Random(6));
        TableBuilder builder = other.toBuilder();
        BucketCodec.encode(table, ALL, G).forEach((bucket, bytes) -> BucketCodec.decode(bucket, bytes, builder));
        assertThat(builder.build()).isEqualTo(table);
        TableBuilder one = other.toBuilder();
        int empty = ALL.stream()
                .filter(b -> BucketCodec.encode(other, List.of(b), G).get(b).length < 13)
                .findFirst()
                .orElseThrow();
        BucketCodec.decode(empty, BucketCodec.encode(other, List.of(empty), G).get(empty), one);
        assertThat(one.build()).isEqualTo(other);
    }

    @Test
    void encodingIsThatOfTheGoldenFiles() throws IOException {
        AssignmentTable table = goldenTable();
        int bucket = Buckets.of(new ShardKey("index@1", 2, 0));
        byte[] bytes = BucketCodec.encode(table, List.of(bucket), G).get(bucket);
        assertThat(HexFormat.of().formatHex(bytes)).isEqualTo(golden("assignment-bucket-1.hex"));
        AssignmentVector vector = AssignmentVector.initial().with(table, List.of(bucket), G);
        assertThat(HexFormat.of().formatHex(vector.encode())).isEqualTo(golden("assignment-vector-1.hex"));
    }

    @Test
    void goldenFilesAreRead() throws IOException {
        int bucket = Buckets.of(new ShardKey("index@1", 2, 0));
        TableBuilder builder = AssignmentTable.empty().toBuilder();
        byte[] bytes = HexFormat.of().parseHex(golden("assignment-bucket-1.hex"));
        assertThat(BucketCodec.decode(bucket, bytes, builder)).isEqualTo(G);
        assertThat(builder.build()).isEqualTo(goldenTable());
        AssignmentVector vector = AssignmentVector.decode(HexFormat.of().parseHex(golden("assignment-vector-1.hex")));
        assertThat(vector.generation(bucket)).isEqualTo(G);
        assertThat(vector.mayName(Incarnation.of("indexer-1", 0x1000a2b3c0001L)))
                .contains(bucket);
    }

    @Test
    void everyTruncatedOrGarbledBucketIsRefusedOrReadWithoutHarm() {
        int bucket = Buckets.of(new ShardKey("index@1", 2, 0));
        byte[] bytes = BucketCodec.encode(goldenTable(), List.of(bucket), G).get(bucket);
        for (int length = 0; length < bytes.length; length++) {
            byte[] shorter = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> decode(bucket, shorter))
                    .isInstanceOf(CorruptRecordException.class)
                    .hasMessageContaining("assignment bucket " + bucket);
        }
        Random random = new Random(3);
        for (int i = 0; i < 20_000; i++) {
            byte[] garbled = bytes.clone();
            garbled[random.nextInt(garbled.length)] = (byte) random.nextInt(256);
            try {
                decode(bucket, garbled);
            } catch (CorruptRecordException e) {
                assertThat(e).hasMessageContaining("bucket " + bucket);
            }
        }
    }

    @Test
    void newerSchemaIsRefusedWithWhatToDo() {
        byte[] bytes =
                BucketCodec.encode(AssignmentTable.empty(), List.of(3), G).get(3);
        bytes[0] = 2;
        assertThatThrownBy(() -> decode(3, bytes))
                .isInstanceOf(CorruptRecordException.class)
                .hasMessageContaining("schema 2")
                .hasMessageContaining("Upgrade this process");
    }

    @Test
    void rowsOfAnotherBucketAreRefused() {
        int bucket = Buckets.of(new ShardKey("index@1", 2, 0));
        byte[] bytes = BucketCodec.encode(goldenTable(), List.of(bucket), G).get(bucket);
        assertThatThrownBy(() -> decode(bucket == 0 ? 1 : 0, bytes)).hasMessageContaining("belongs into bucket");
    }

    @Test
    void bucketAboveTheCapNamesTheJob() {
        TableBuilder builder = AssignmentTable.empty().toBuilder();
        int bucket = Buckets.of(new ShardKey("huge", 0, 0));
        int jobs = 0;
        for (int layout = 0; jobs < 20; layout++) {
            LayoutKey key = new LayoutKey("huge", layout);
            if (Buckets.of(key.shard(0)) == bucket) {
                jobs++;
                for (int shard = 0; shard < Buckets.BLOCK; shard++) {
                    builder.grant(key.shard(shard), Incarnation.of("a" + shard, shard + 1), Generation.of(1, shard));
                }
            }
        }
        AssignmentTable table = builder.build();
        assertThatThrownBy(() -> BucketCodec.encode(table, List.of(bucket), G))
                .isInstanceOf(BucketTooLargeException.class)
                .hasMessageContaining("job huge");
    }

    @Test
    void aShardTakesAboutEightBytesInALargeTable() {
        TableBuilder builder = AssignmentTable.empty().toBuilder();
        Random random = new Random(1);
        for (int job = 0; job < 10; job++) {
            for (int shard = 0; shard < 10_240; shard++) {
                int agent = random.nextInt(100);
                builder.grant(
                        new ShardKey("job" + job, 1, shard),
                        Incarnation.of("agent-" + agent, agent + 1),
                        Generation.of(1, random.nextInt(50)));
            }
        }
        SortedMap<Integer, byte[]> buckets = BucketCodec.encode(builder.build(), ALL, G);
        long bytes = buckets.values().stream().mapToLong(b -> b.length).sum();
        assertThat(bytes / 102_400.0).isLessThan(8);
    }

    @Test
    void bloomNeverOverlooksAnOwnerOrSuccessor() {
        for (long seed = 0; seed < 100; seed++) {
            AssignmentTable table = randomTable(new Random(seed));
            AssignmentVector vector = AssignmentVector.decode(
                    AssignmentVector.initial().with(table, ALL, G).encode());
            table.forEach((key, row) -> {
                assertThat(vector.mayName(Buckets.of(key), row.owner())).isTrue();
                if (row.next() instanceof Successor.Named named) {
                    assertThat(vector.mayName(named.incarnation())).contains(Buckets.of(key));
                }
            });
        }
        assertThat(AssignmentVector.initial().mayName(Incarnation.of("a", 1))).isEmpty();
    }

    @Test
    void vectorNamesTheBucketsThatChanged() {
        AssignmentVector first = AssignmentVector.initial().with(goldenTable(), List.of(3, 9), Generation.of(1, 1));
        AssignmentVector second = first.with(goldenTable(), List.of(9, 12), Generation.of(1, 2));
        assertThat(second.changedSince(first)).containsExactly(9, 12);
        assertThatThrownBy(() -> AssignmentVector.decode(new byte[] {1, 5})).hasMessageContaining("5 buckets");
    }

    private static void decode(int bucket, byte[] bytes) {
        BucketCodec.decode(bucket, bytes, AssignmentTable.empty().toBuilder());
    }

    private static AssignmentTable goldenTable() {
        TableBuilder builder = AssignmentTable.empty().toBuilder();
        Incarnation one = Incarnation.of("indexer-1", 0x1000a2b3c0001L);
        Incarnation two = Incarnation.of("indexer-2", 0x2000a2b3c0007L);
        LayoutKey key = new LayoutKey("index@1", 2);
        for (int shard = 0; shard < 6; shard++) {
            builder.grant(key.shard(shard), shard < 3 ? one : two, Generation.of(6, 1 + shard / 3));
        }
        builder.next(key.shard(1), Successor.of(two)).next(key.shard(5), Successor.WITHDRAW);
        builder.grant(key.shard(9), one, Generation.of(7, 0)).drop(key.shard(4));
        return builder.build();
    }

    private static AssignmentTable randomTable(Random random) {
        TableBuilder builder = AssignmentTable.empty().toBuilder();
        int jobs = random.nextInt(6);
        for (int job = 0; job < jobs; job++) {
            LayoutKey key = new LayoutKey("job" + random.nextInt(4), random.nextInt(3));
            int shards = random.nextInt(3000);
            int sticky = 1 + random.nextInt(5);
            for (int shard = 0; shard < shards; shard++) {
                if (random.nextInt(10) > 0) {
                    builder.put(key.shard(shard), randomRow(random, shard / sticky));
                }
            }
        }
        return builder.build();
    }

    private static Tenancy randomRow(Random random, int run) {
        Incarnation owner = Incarnation.of("agent" + run % 7, (run % 7) * 0x1_0000_0001L - 3);
        Successor next = switch (random.nextInt(8)) {
            case 0 -> Successor.WITHDRAW;
            case 1 -> Successor.of(Incarnation.of("other", 5));
            default -> Successor.NONE;
        };
        Generation since = Generation.of(1 + run % 3, run % 5);
        // The same for all rows of one generation.
        Optional<Instant> doubt =
                since.n() % 2 == 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(since.value()));
        return new Tenancy(owner, since, next, doubt);
    }

    private static String golden(String name) throws IOException {
        try (InputStream in = TableCodecTest.class.getResourceAsStream("/golden/" + name)) {
            assertThat(in).as("golden file %s", name).isNotNull();
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII).strip();
        }
    }
}
