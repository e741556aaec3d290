package dev.belfry.core.overdue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belfry.core.job.Job;
import dev.belfry.core.ownership.LayoutKey;
import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.core.version.Author;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.JobVersion;
import dev.belfry.core.version.VersionedDueSet;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class LayoutFiresTest {
    private static final Instant START = Instant.parse("2026-06-01T12:00:00Z");
    private static final LayoutKey LAYOUT = new LayoutKey("index~1", 1);

    private static Instant at(int fire) {
        return START.plusSeconds(10L * fire);
    }

    private static Stretch stretch(int first, int last) {
        return new Stretch(at(first), at(last));
    }

    private static VersionedDueSet due() {
        var job = Job.named("index").every(Duration.ofSeconds(10)).build();
        var author = new Author(Author.Origin.OPERATOR, "anna", "");
        return VersionedDueSet.of(
                new JobRecord(
                        "index",
                        "index~1",
                        List.of(new JobVersion(1, START, START, 1, job, false, author)),
                        List.of(),
                        Optional.empty()),
                1);
    }

    private static TreeSet<Instant> fires(List<Stretch> stretches) {
        TreeSet<Instant> all = new TreeSet<>();
        stretches.forEach(one -> all.addAll(due().between(one.first().minusMillis(1), one.last(), 1_000)));
        return all;
    }

    @Test
    void fireOfADelayIsNotToldOfAgainWithThoseThatFollowItUnderALaterVersion() {
        Stretch ofTheDelay = new Stretch(at(1).plusMillis(257), at(1).plusMillis(257));
        LayoutFires first = new LayoutFires(due(), true);
        first.add(List.of(ofTheDelay));
        List<Stretch> raised = first.remembered(List.of(), first.fresh(List.of()), START);
        assertThat(raised).containsExactly(ofTheDelay);
        LayoutFires second = new LayoutFires(due(), true);
        second.add(List.of(new Stretch(ofTheDelay.first(), at(4))));
        assertThat(second.fresh(raised)).containsExactly(stretch(2, 4));
        assertThat(second.count(second.fresh(raised))).isEqualTo(3);
        assertThat(second.fresh(List.of())).containsExactly(ofTheDelay, stretch(2, 4));
        assertThat(second.count(second.fresh(List.of()))).isEqualTo(4);
        List<Stretch> all = second.remembered(raised, second.fresh(raised), START);
        LayoutFires third = new LayoutFires(due(), true);
        third.add(List.of(new Stretch(ofTheDelay.first(), at(6))));
        assertThat(third.fresh(all)).containsExactly(stretch(5, 6));
    }

    @Test
    void fireIsToldOfOnceForAllItsShards() {
        LayoutFires fires = new LayoutFires(due(), false);
        fires.add(List.of(stretch(1, 3)));
        fires.add(List.of(stretch(2, 5), stretch(8, 8)));
        List<Stretch> fresh = fires.fresh(List.of(stretch(1, 2)));
        assertThat(fresh).containsExactly(stretch(3, 5), stretch(8, 8));
        assertThat(fires.count(fresh)).isEqualTo(4);
        assertThat(fires.remembered(List.of(stretch(1, 2)), fresh, at(0)))
                .containsExactly(stretch(1, 5), stretch(8, 8));
        assertThat(fires.remembered(List.of(stretch(1, 2)), fresh, at(5))).containsExactly(stretch(8, 8));
    }

    @Test
    void instantsOfAFixedDelayAreToldOfOneByOne() {
        LayoutFires fires = new LayoutFires(due(), true);
        Instant one = START.plusMillis(1_234);
        Instant other = START.plusMillis(5_678);
        fires.add(List.of(new Stretch(one, one)));
        fires.add(List.of(new Stretch(other, other)));
        fires.add(List.of(new Stretch(one, one)));
        assertThat(fires.count(fires.fresh(List.of()))).isEqualTo(2);
        assertThat(fires.fresh(List.of(new Stretch(one, one)))).containsExactly(new Stretch(other, other));
    }

    /** Round after round with drawn shards: the events together speak of each fire that ever was overdue, once. */
    @Test
    void eventsOfManyRoundsSpeakOfEachFireOnce() {
        for (long seed = 0; seed < 300; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            List<Stretch> raised = List.of();
            List<Instant> told = new ArrayList<>();
            TreeSet<Instant> ever = new TreeSet<>();
            for (int round = 1; round < 15; round++) {
                LayoutFires fires = new LayoutFires(due(), false);
                for (int shard = 0; shard < 3; shard++) {
                    List<Stretch> overdue = new ArrayList<>();
                    int from = 1 + random.nextInt(3);
                    while (from <= round * 2) {
                        int to = Math.min(round * 2, from + random.nextInt(4));
                        overdue.add(stretch(from, to));
                        from = to + 2 + random.nextInt(3);
                    }
                    ever.addAll(fires(overdue));
                    fires.add(overdue);
                }
                List<Stretch> fresh = fires.fresh(raised);
                assertThat(fires.count(fresh)).isEqualTo(fires(fresh).size());
                told.addAll(fires(fresh));
                raised = fires.remembered(raised, fresh, START);
            }
            assertThat(told).as("seed %d", seed).doesNotHaveDuplicates();
            assertThat(new TreeSet<>(told)).as("seed %d", seed).isEqualTo(ever);
        }
    }

    @Test
    void recordOfWhatWasRaisedIsReadAsItWasWritten() {
        RaisedRecord record = RaisedRecord.NONE
                .with(LAYOUT, List.of(stretch(1, 3), stretch(5, 5)), "e1")
                .with(new LayoutKey("other~2", 3), List.of(stretch(2, 2)), "e2");
        assertThat(RaisedRecord.decode("/x", record.encode())).isEqualTo(record);
        assertThat(new String(
                        RaisedRecord.NONE
                                .with(LAYOUT, List.of(stretch(1, 3)), "e1")
                                .encode(),
                        StandardCharsets.UTF_8))
                .isEqualTo("{\"v\":1,\"raised\":[[\"index~1\",1,1780315210000,1780315230000]],\"writes\":[\"e1\"]}");
        assertThat(record.with(LAYOUT, List.of()).layouts()).hasSize(1);
        RaisedRecord withRuns = record.withRuns(LAYOUT, List.of("r1", "r2")).writtenFor("e3");
        assertThat(RaisedRecord.decode("/x", withRuns.encode())).isEqualTo(withRuns);
        assertThat(withRuns.runsOf(LAYOUT)).containsExactly("r1", "r2");
        assertThat(withRuns.with(LAYOUT, List.of()).runsOf(LAYOUT)).hasSize(2);
        assertThat(withRuns.withRuns(LAYOUT, List.of()).runs()).isEmpty();
        byte[] turned = "{\"v\":1,\"raised\":[[\"index~1\",1,2,1]],\"writes\":[]}".getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> RaisedRecord.decode("/x", turned)).isInstanceOf(CorruptRecordException.class);
    }

    @Test
    void fullRecordStaysBelowTheLimitOfAZnode() {
        RaisedRecord record = RaisedRecord.NONE;
        String longest = "j".repeat(128) + "~0123abcd";
        for (int i = 0; i < RaisedRecord.MOST_STRETCHES; i++) {
            record = record.with(
                    new LayoutKey(longest, i), List.of(stretch(1, 2)), longest + "." + i + "@" + at(1) + "/1");
        }
        assertThat(record.overfull()).isFalse();
        assertThat(record.writes()).hasSize(RaisedRecord.MOST_WRITES);
        assertThat(record.encode()).hasSizeLessThan(64 * 1024);
        assertThat(record.with(LAYOUT, List.of(stretch(1, 1))).overfull()).isTrue();
        assertThat(record.withRuns(LAYOUT, List.of("r")).overfull()).isTrue();
        assertThat(new TreeMap<>(record.layouts())).hasSize(RaisedRecord.MOST_STRETCHES);
    }
}
