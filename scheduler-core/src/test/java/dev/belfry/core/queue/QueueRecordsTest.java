package dev.belfry.core.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belfry.core.job.QueueCost;
import dev.belfry.core.job.QueueOrder;
import dev.belfry.core.job.QueueRules;
import dev.belfry.core.ledger.FireId;
import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.core.run.Outcome;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What is stored of queued runs is read as it was written; what is damaged is refused with the place of the damage. */
class QueueRecordsTest {
    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");

    @Test
    void everySegmentIsReadAsItWasWritten() {
        Random random = new Random(1);
        for (int i = 0; i < 500; i++) {
            List<Submission> runs = new ArrayList<>();
            for (int run = 0; run <= random.nextInt(4); run++) {
                runs.add(submission(random, run));
            }
            Segment segment = new Segment(runs);
            int size =
                    Segment.FRAME_BYTES + runs.stream().mapToInt(Segment::size).sum();
            assertThat(segment.encode().length).isBetween(size - 10 * (runs.size() + 1), size);
            assertThat(Segment.decode("/queue", segment.encode()))
                    .as("segment " + i)
                    .isEqualTo(segment);
        }
    }

    private static Submission submission(Random random, int number) {
        return new Submission(
                "s1-" + number,
                "job-" + random.nextInt(3),
                1 + random.nextInt(3),
                random.nextBoolean() ? Optional.of(NOON.plusMillis(random.nextInt(1_000))) : Optional.empty(),
                random.nextBoolean() ? Map.of("b", "2", "a", "\"1\"") : Map.of(),
                new Submission.Options(
                        random.nextBoolean() ? OptionalInt.of(random.nextInt(10)) : OptionalInt.empty(),
                        random.nextBoolean() ? NOON : Instant.EPOCH,
                        random.nextBoolean() ? "key" : "",
                        random.nextBoolean() ? Map.of("team", "search") : Map.of(),
                        limit(random),
                        limit(random),
                        limit(random),
                        random.nextBoolean() ? Optional.of(NOON) : Optional.empty()),
                "ada");
    }

    private static Duration limit(Random random) {
        return random.nextBoolean() ? Duration.ofMillis(1 + random.nextInt(100_000)) : null;
    }

    @Test
    void aPlainRunTakesFewBytes() {
        Submission run = new Submission(
                "s5f3a0c2d4e5f607-42", "index-6f1c2ab09d", 1, Optional.empty(), Map.of(), Submission.USUAL, "ada");
        assertThat(new Segment(List.of(run, run)).encode().length - new Segment(List.of(run)).encode().length)
                .isLessThan(80);
    }

    @Test
    void durationsAreReadAsTheyWereWrittenThoseOfTheJobsThatEndedLast() {
        DurationBook book = new DurationBook();
        for (int job = 0; job < 1_000; job++) {
            for (int i = 0; i <= job % 70; i++) {
                book.took("a-job-with-a-name-of-a-hundred-characters-".repeat(3) + job, Duration.ofMillis(100L * i));
            }
        }
        byte[] stored = book.encode();
        assertThat(stored.length).isLessThan(DurationBook.MOST_BYTES + 100);
        DurationBook read = DurationBook.decode("/queue/durations", stored);
        String last = "a-job-with-a-name-of-a-hundred-characters-".repeat(3) + 999;
        assertThat(read.of(last)).isEqualTo(book.of(last));
        assertThat(read.of(last).count()).isEqualTo(20);
        assertThat(read.of(last.replace("999", "1")).count()).isZero();
        assertThat(read.encode()).isEqualTo(stored);
        assertThatThrownBy(() ->
                        DurationBook.decode("/queue/durations", "{\"schema\":1}".getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(CorruptRecordException.class);
    }

    @Test
    void declaredRulesAreReadAsTheyWereWritten() {
        DeclaredRules rules = DeclaredRules.NONE
                .with(
                        Map.of(
                                "nightly",
                                new QueueRules(QueueOrder.SHORTEST_JOB_FIRST, QueueCost.SPACE, Duration.ofSeconds(30))),
                        Map.of("db", 4, "mail", 0),
                        "ada")
                .withLimits(200, 5_000, "ada");
        assertThat(DeclaredRules.decode("/queue/rules", rules.encode())).isEqualTo(rules);
        assertThat(DeclaredRules.decode("/queue/rules", DeclaredRules.NONE.encode()))
                .isEqualTo(DeclaredRules.NONE);
        assertThat(rules.with(Map.of(), Map.of("db", 5), "eve").pools()).isEqualTo(Map.of("db", 5, "mail", 0));
        assertThat(rules.sameAs(rules.withLimits(200, 5_000, "eve"))).isTrue();
    }

    @Test
    void declaredRulesThatAreDamagedAreRefusedWithTheirPlace() {
        for (String damaged : List.of(
                "{\"v\":1,\"queues\":[[\"a\",\"lifo\",\"time\",1000]],\"by\":\"\"}",
                "{\"v\":1,\"pools\":[[\"db\",-1]],\"by\":\"\"}",
                "{\"v\":1,\"bound\":0,\"by\":\"\"}")) {
            assertThatThrownBy(() -> DeclaredRules.decode("/queue/rules", damaged.getBytes(StandardCharsets.UTF_8)))
                    .isInstanceOf(CorruptRecordException.class)
                    .hasMessageContaining("/queue/rules");
        }
    }

    @Test
    void everyStateIsReadAsItWasWritten() {
        Random random = new Random(2);
        for (int i = 0; i < 500; i++) {
            int tasks = 1 + random.nextInt(300);
            Map<Outcome, BitSet> settled = new EnumMap<>(Outcome.class);
            Map<Integer, TaskHistory> histories = new TreeMap<>();
            for (int task = 0; task < tasks; task++) {
                int what = random.nextInt(4);
                if (what < 2) {
                    settled.computeIfAbsent(what == 0 ? Outcome.SUCCEEDED : Outcome.FAILED, o -> new BitSet())
                            .set(task);
                } else if (what == 2) {
                    histories.put(
                            task,
                            new TaskHistory(
                                    3,
                                    1,
                                    1,
                                    NOON,
                                    NOON.minusSeconds(9),
                                    "indexer-1",
                                    random.nextBoolean(),
                                    item(random)));
                }
            }
            SegmentState state = new SegmentState(settled, histories);
            assertThat(SegmentState.decode("/queue", state.encode(), tasks))
                    .as("state " + i)
                    .isEqualTo(state);
        }
    }

    @Test
    void noStateOfASegmentIsLargerThanAZnodeMayBe() {
        int tasks = Segment.MOST_TASKS;
        assertThat(SegmentState.mostBytes(0, tasks)).isLessThan(64 * 1_024);
        Outcome[] outcomes = Outcome.values();
        Random random = new Random(5);
        for (int i = 0; i < 2_000; i++) {
            double open = i % 3 == 0 ? 1 : random.nextDouble();
            Map<Outcome, BitSet> settled = new EnumMap<>(Outcome.class);
            Map<Integer, TaskHistory> histories = new TreeMap<>();
            int over = 0;
            for (int task = 0; task < tasks; task++) {
                if (random.nextDouble() < open) {
                    histories.put(task, longest(random));
                } else {
                    over++;
                    settled.computeIfAbsent(outcomes[random.nextInt(outcomes.length)], o -> new BitSet())
                            .set(task);
                }
            }
            assertThat(new SegmentState(settled, histories).encode().length)
                    .as("state " + i)
                    .isLessThanOrEqualTo(SegmentState.mostBytes(over, histories.size()))
                    .isLessThan(64 * 1_024);
        }
    }

    /** As long as the types of its parts allow, or nearly. */
    private static TaskHistory longest(Random random) {
        String agent = "Z".repeat(64 - random.nextInt(2));
        int lost = random.nextInt(2) * 1_000_000_000;
        return new TaskHistory(
                Integer.MAX_VALUE,
                1_000_000_000,
                lost,
                Instant.ofEpochMilli(Long.MAX_VALUE - random.nextInt(9)),
                Instant.ofEpochMilli(random.nextBoolean() ? Long.MAX_VALUE : Long.MIN_VALUE),
                agent,
                random.nextBoolean(),
                Optional.of(new OutboxItem(agent + "~" + "f".repeat(16), Long.MAX_VALUE)));
    }

    @Test
    void aSegmentThatRanInOrderHasAShortState() {
        BitSet first = new BitSet();
        first.set(0, 299);
        SegmentState state = new SegmentState(Map.of(Outcome.SUCCEEDED, first), Map.of());
        assertThat(new String(state.encode(), StandardCharsets.UTF_8))
                .isEqualTo("{\"v\":1,\"settled\":{\"succeeded\":\"0-298\"}}");
    }

    @Test
    void aStateOfAnotherSegmentIsRefused() {
        byte[] stored = "{\"v\":1,\"settled\":{\"succeeded\":\"0-3\"}}".getBytes(StandardCharsets.UTF_8);
        assertThat(SegmentState.decode("/queue/a", stored, 4).settled()).containsKey(Outcome.SUCCEEDED);
        assertThatThrownBy(() -> SegmentState.decode("/queue/a", stored, 3))
                .isInstanceOf(CorruptRecordException.class)
                .hasMessageContaining("/queue/a")
                .hasMessageContaining("no tasks 0-3");
    }

    @Test
    void everyInboxAndOutboxIsReadAsItWasWritten() {
        Random random = new Random(3);
        for (int i = 0; i < 500; i++) {
            List<Inbox.Entry> entries = new ArrayList<>();
            List<Outbox.Report> reports = new ArrayList<>();
            long number = 1L << 41;
            for (int entry = 0; entry < random.nextInt(5); entry++) {
                number += 1 + random.nextInt(5);
                entries.add(entry(random, number));
                Outbox.Stage[] stages = Outbox.Stage.values();
                reports.add(new Outbox.Report(
                        number,
                        stages[random.nextInt(stages.length)],
                        NOON,
                        NOON.plusMillis(5),
                        random.nextBoolean(),
                        Outbox.Left.values()[random.nextInt(3)],
                        "said \"so\""));
            }
            Inbox inbox = new Inbox(entries);
            Outbox outbox = new Outbox(reports);
            assertThat(Inbox.decode("/inbox", inbox.encode())).isEqualTo(inbox);
            assertThat(Outbox.decode("/outbox", outbox.encode())).isEqualTo(outbox);
        }
    }

    private static Inbox.Entry entry(Random random, long number) {
        int shards = 1 + random.nextInt(2);
        boolean scheduled = random.nextBoolean();
        return new Inbox.Entry(
                number,
                scheduled ? "job-1@" + NOON : "s1-4",
                scheduled ? FireId.scheduled(NOON) : FireId.requested("s1-4", NOON),
                new Inbox.Task("job-1", shards - 1, shards),
                order(random),
                random.nextBoolean() ? Map.of("a", "1") : Map.of(),
                random.nextBoolean() ? "operator" : "");
    }

    private static Inbox.Order order(Random random) {
        Duration limit = limit(random);
        boolean byTotal = limit != null && random.nextBoolean();
        return new Inbox.Order(
                1 + random.nextInt(3), NOON, limit, byTotal, item(random), random.nextInt(2) * 7, Optional.empty());
    }

    private static Optional<OutboxItem> item(Random random) {
        return random.nextBoolean() ? Optional.of(new OutboxItem("indexer-1~5f", 1L << 41)) : Optional.empty();
    }

    @Test
    void anEntryThatGoesOnFromNothingThatCouldBeIsRefused() {
        Inbox.Order order = new Inbox.Order(2, NOON, null, false, Optional.of(new OutboxItem("a~1", 7)));
        Inbox.Entry plain = entry(new Random(4), 9);
        Inbox.Entry entry = new Inbox.Entry(9, plain.runId(), plain.fire(), plain.task(), order, Map.of(), "");
        String stored = new String(new Inbox(List.of(entry)).encode(), StandardCharsets.UTF_8);
        for (String damaged : List.of("a~1", "/7", "a~1/x")) {
            byte[] bytes = stored.replace("a~1/7", damaged).getBytes(StandardCharsets.UTF_8);
            assertThatThrownBy(() -> Inbox.decode("/inbox/a~1", bytes))
                    .as(damaged)
                    .isInstanceOf(CorruptRecordException.class);
        }
    }

    @Test
    void numbersOfAnInboxRise() {
        Inbox.Entry entry = entry(new Random(4), 7);
        assertThatThrownBy(() -> new Inbox(List.of(entry, entry))).hasMessage("number 7 after 7");
        byte[] stored = new String(new Inbox(List.of(entry)).encode(), StandardCharsets.UTF_8)
                .replace("\"n\":7", "\"n\":0")
                .getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> Inbox.decode("/inbox/a~1", stored))
                .isInstanceOf(CorruptRecordException.class)
                .hasMessageContaining("/inbox/a~1");
    }

    @Test
    void aGateIsReadAsItWasWritten() {
        Gate gate = new Gate(false, 100_000, 100_004);
        assertThat(Gate.decode("/queue/gate", gate.encode())).isEqualTo(gate);
    }
}
