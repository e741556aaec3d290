package dev.belfry.scripts;

import dev.belfry.core.agent.AgentFacts;
import dev.belfry.core.agent.AgentFactsCodec;
import dev.belfry.core.agent.Capacity;
import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.command.Command;
import dev.belfry.core.command.CommandCodec;
import dev.belfry.core.cost.Budget;
import dev.belfry.core.cost.Quantity;
import dev.belfry.core.job.Job;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.journal.FireJournal;
import dev.belfry.core.journal.JournalCounts;
import dev.belfry.core.journal.TableEntry;
import dev.belfry.core.ledger.CheckpointRecord;
import dev.belfry.core.ledger.FireId;
import dev.belfry.core.ledger.LedgerCodec;
import dev.belfry.core.ledger.LedgerRecord;
import dev.belfry.core.ledger.Mark;
import dev.belfry.core.ledger.Reasons;
import dev.belfry.core.ledger.RecentOutcome;
import dev.belfry.core.ledger.Span;
import dev.belfry.core.overdue.RaisedRecord;
import dev.belfry.core.overdue.Stretch;
import dev.belfry.core.ownership.AssignmentTable;
import dev.belfry.core.ownership.AssignmentVector;
import dev.belfry.core.ownership.BucketCodec;
import dev.belfry.core.ownership.Buckets;
import dev.belfry.core.ownership.Drains;
import dev.belfry.core.ownership.Epoch;
import dev.belfry.core.ownership.Generation;
import dev.belfry.core.ownership.HandOver;
import dev.belfry.core.ownership.HeartbeatRecord;
import dev.belfry.core.ownership.LayoutKey;
import dev.belfry.core.ownership.Release;
import dev.belfry.core.ownership.ShardKey;
import dev.belfry.core.ownership.Successor;
import dev.belfry.core.ownership.TableBuilder;
import dev.belfry.core.record.Paths;
import dev.belfry.core.restore.CopyPart;
import dev.belfry.core.restore.RestoreRecord;
import dev.belfry.core.run.Outcome;
import dev.belfry.core.version.Author;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.JobRecordCodec;
import dev.belfry.core.version.JobVersion;
import dev.belfry.core.version.RunRequest;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A small namespace at work: one record of every kind, as the codecs write them, by path below the root. */
final class Samples {
    static final Instant NOON = Instant.parse("2026-11-02T12:00:00Z");
    static final long SESSION = 0x100a3c5d8e70001L;
    static final Incarnation FIRST = Incarnation.of("indexer-1", SESSION);
    static final Incarnation SECOND = Incarnation.of("indexer-2", 0x100a3c5d8e70002L);
    static final String UID = "index-6f1c2ab09d";
    private static final Generation SINCE = Generation.of(3, 7);
    private static final long TOKEN = (SINCE.value() << 20) + 12;

    private Samples() {}

    static Map<String, byte[]> all() {
        Map<String, byte[]> records = new LinkedHashMap<>();
        records.put(Paths.agent(FIRST.name()), agent());
        records.put(
                Paths.heartbeat(FIRST.name()),
                new HeartbeatRecord(4711, 88_120, 88_243, 8, 2, 0.42, NOON, Optional.empty(), 0.11, 0.57).encode());
        records.put(
                Paths.handover(FIRST.name()),
                HandOver.of(List.of(new Release(new ShardKey(UID, 1, 3), SINCE)))
                        .encode());
        records.put(
                "/master/latch/_c_2b7d0a52-5f0e-4b6c-9d35-0f3a4f1f7c11-latch-0000000007",
                FIRST.name().getBytes(StandardCharsets.UTF_8));
        records.put(Paths.EPOCH, new Epoch(3, FIRST.name(), Duration.ofSeconds(10)).encode());
        records.put(Paths.DRAINS, Drains.NONE.with("indexer-2", true).encode());
        records.put(
                Paths.overdue(UID),
                RaisedRecord.NONE
                        .with(new LayoutKey(UID, 1), List.of(new Stretch(NOON, NOON.plusSeconds(10))), "e-5d21")
                        .withRuns(new LayoutKey(UID, 1), List.of("nightly-41"))
                        .withCause(
                                new LayoutKey(UID, 1),
                                java.util.Optional.of(dev.belfry.core.overdue.Cause.begin(
                                        List.of("silent indexer-2"),
                                        NOON,
                                        NOON.plusSeconds(10),
                                        3,
                                        NOON.plusSeconds(75))))
                        .encode());
        table(records);
        records.put(Paths.job("index"), job());
        records.put(Paths.ledger(UID, 1, 8, 3), ledger());
        records.put(
                Paths.checkpoint(Paths.ledger(UID, 1, 8, 3)),
                new CheckpointRecord(
                                FireId.scheduled(NOON), TOKEN, "files=1200 of 1700".getBytes(StandardCharsets.UTF_8))
                        .encode());
        records.put(Paths.ledger("wide-1b", 1, 4_096, 2_050), ledger());
        records.put(
                Paths.checkpoint(Paths.ledger("wide-1b", 1, 4_096, 2_050)),
                new CheckpointRecord(FireId.scheduled(NOON), TOKEN, new byte[] {1, 2, 3}).encode());
        journal(records);
        records.putAll(QueueSamples.all());
        records.put(
                Paths.BUDGET,
                new Budget(
                                Map.of(Quantity.WRITES, 2_000L, Quantity.BYTES, 4L << 20, Quantity.ZNODES, 100_000L),
                                20,
                                "ada",
                                "half of what the ensemble bears")
                        .encode());
        records.put(
                Paths.restore(65_538),
                new RestoreRecord(65_538, NOON, NOON.plusSeconds(3_600), "ada@ops-1", SINCE.value(), 1).encode());
        records.put(
                Paths.restorePart(65_538, 0),
                new CopyPart(
                                List.of(new CopyPart.JournalEnd(FIRST.name(), 17, 1)),
                                List.of(new CopyPart.JobEnd(UID, 2, false)))
                        .encode());
        records.put(
                Paths.command("c-7f3a"),
                CommandCodec.encode(new Command(
                                "c-7f3a",
                                Command.Kind.TRIGGER,
                                "index",
                                Map.of("language", "de"),
                                "ada",
                                "a try",
                                Optional.empty())
                        .done(new Command.Result(true, "triggered", NOON, "c-7f3a"))));
        return records;
    }

    static byte[] agent() {
        return AgentFactsCodec.encode(new AgentFacts(
                FIRST,
                "host-1",
                4242,
                Optional.of(URI.create("http://10.0.0.7:8080")),
                Set.of("index", "tokenise"),
                Map.of("disk", "ssd"),
                Optional.of("eu-1a"),
                new Capacity(16, 4, 8L << 30),
                false,
                Duration.ofSeconds(10),
                1,
                1,
                "2026b",
                NOON,
                false));
    }

    private static void table(Map<String, byte[]> records) {
        TableBuilder builder = AssignmentTable.empty().toBuilder();
        for (int shard = 0; shard < 8; shard++) {
            builder.grant(new ShardKey(UID, 1, shard), shard < 4 ? FIRST : SECOND, SINCE);
        }
        builder.next(new ShardKey(UID, 1, 3), Successor.of(SECOND));
        AssignmentTable table = builder.build();
        int bucket = Buckets.of(new ShardKey(UID, 1, 0));
        Generation generation = Generation.of(3, 9);
        records.put(
                Paths.ASSIGNMENTS,
                AssignmentVector.initial()
                        .with(table, List.of(bucket), generation)
                        .encode());
        BucketCodec.encode(table, List.of(bucket), generation)
                .forEach((b, data) -> records.put(Paths.assignments(b), data));
    }

    static byte[] job() {
        Author ada = new Author(Author.Origin.OPERATOR, "ada", "twice as often");
        JobVersion first = new JobVersion(
                1, NOON.minusSeconds(7_200), NOON.minusSeconds(7_200), 1, definition("0/10 * * * * ?"), false, ada);
        JobVersion second = new JobVersion(
                2, NOON.minusSeconds(60), NOON.minusSeconds(70), 1, definition("0/5 * * * * ?"), false, ada);
        RunRequest request = new RunRequest("c-7f3a", NOON, Map.of("language", "de"), ada);
        return JobRecordCodec.encode(
                new JobRecord("index", UID, List.of(first, second), List.of(request), Optional.empty()));
    }

    private static dev.belfry.core.job.JobDefinition definition(String cron) {
        return Job.named("index")
                .description("rebuilds the search index")
                .cron(cron)
                .zone("Europe/Berlin")
                .shards(8)
                .build();
    }

    static byte[] ledger() {
        return LedgerCodec.encode(new LedgerRecord(
                FIRST.name(),
                318,
                SINCE.value(),
                NOON.minusSeconds(5),
                List.of(
                        Span.of(NOON, new Mark.Started(1, TOKEN, NOON.plusMillis(2), FIRST.name())),
                        new Span(
                                NOON.plusSeconds(5),
                                NOON.plusSeconds(15),
                                3,
                                new Mark.Final(Outcome.SKIPPED, Reasons.OVERLAP))),
                List.of(),
                List.of(new RecentOutcome(
                        NOON.minusSeconds(5),
                        1,
                        "",
                        Outcome.SUCCEEDED,
                        "",
                        1,
                        NOON.minusMillis(4_998),
                        NOON.minusMillis(3_100),
                        FIRST.name())),
                Optional.empty(),
                Optional.empty()));
    }

    private static void journal(Map<String, byte[]> records) {
        records.put(
                "/journal/master/t000000000003",
                new TableEntry(3, FIRST.name(), 0, NOON.minusSeconds(300), List.of()).encode());
        records.put(
                "/journal/master/g%020d-00".formatted(SINCE.value()),
                new TableEntry(
                                3,
                                FIRST.name(),
                                SINCE.value(),
                                NOON.minusSeconds(299),
                                List.of(new TableEntry.Line("grant", UID, 1, 3, FIRST.name(), "", "nobody owned it")))
                        .encode());
        FireEntry line = new FireEntry(
                FireEntry.Kind.FINAL,
                UID,
                1,
                "3",
                FireId.scheduled(NOON.minusSeconds(5)),
                NOON.minusSeconds(5),
                1,
                1,
                TOKEN - 1,
                NOON.minusMillis(4_998),
                NOON.minusMillis(3_100),
                Outcome.SUCCEEDED,
                "");
        JournalCounts counts = new JournalCounts();
        counts.add(line);
        records.put(Paths.EXPORTER, "console-1".getBytes(StandardCharsets.UTF_8));
        records.put(Paths.JOURNAL, counts.encode());
        records.put(Paths.journal(FIRST.name()), counts.encode());
        records.put(Paths.journalEntry(FIRST.name(), 17), FireJournal.encode(List.of(line)));
    }
}
