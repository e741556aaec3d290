package dev.belfry.bench.pure;

import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.job.Job;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.ledger.FireId;
import dev.belfry.core.ledger.LedgerRecord;
import dev.belfry.core.ledger.RecentOutcome;
import dev.belfry.core.ownership.AssignmentTable;
import dev.belfry.core.ownership.Buckets;
import dev.belfry.core.ownership.Generation;
import dev.belfry.core.ownership.LayoutKey;
import dev.belfry.core.ownership.ShardKey;
import dev.belfry.core.ownership.TableBuilder;
import dev.belfry.core.run.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the records are made of. */
final class Samples {
    private static final Instant DUE = Instant.parse("2026-11-22T10:00:00Z");
    private static final String AGENT = "agent-1~1000055226f0001";
    private static final LayoutKey JOB = new LayoutKey("job~00000001", 1);
    static final int BUCKET = Buckets.of(new ShardKey(JOB, 0));
    private static final int COMMIT = 50;
    private static final int AGENTS = 10;

    private Samples() {}

    static LedgerRecord ledger() {
        List<RecentOutcome> recent = new ArrayList<>();
        for (int i = 0; i < LedgerRecord.MAX_RECENT; i++) {
            Instant due = DUE.minusSeconds(i);
            recent.add(new RecentOutcome(due, 1, "", Outcome.SUCCEEDED, "", 1, due, due.plusMillis(20), AGENT));
        }
        return new LedgerRecord(
                AGENT, 4711, 1L << 21, DUE, List.of(), List.of(), recent, Optional.empty(), Optional.empty());
    }

    static List<FireEntry> lines() {
        List<FireEntry> lines = new ArrayList<>();
        for (int i = 0; i < COMMIT; i++) {
            lines.add(new FireEntry(
                    FireEntry.Kind.FINAL,
                    JOB.jobUid(),
                    1,
                    Integer.toString(i),
                    FireId.scheduled(DUE),
                    DUE,
                    1,
                    1,
                    1_048_576L + i,
                    DUE.plusMillis(2),
                    DUE.plusMillis(30),
                    Outcome.SUCCEEDED,
                    ""));
        }
        return lines;
    }

    static AssignmentTable table() {
        TableBuilder builder = AssignmentTable.empty().toBuilder();
        for (int shard = 0; shard < Buckets.BLOCK; shard++) {
            builder.grant(
                    new ShardKey(JOB, shard),
                    Incarnation.of("agent-" + shard * AGENTS / Buckets.BLOCK, 100 + shard * AGENTS / Buckets.BLOCK),
                    Generation.of(1, 1));
        }
        return builder.build();
    }

    static JobDefinition definition() {
        return Job.named("index")
                .description("rebuilds the search index")
                .handler("index")
                .cron("0/5 * * * * ?")
                .zone("Europe/Berlin")
                .jitter(Duration.ofSeconds(3))
                .shards(List.of("eu", "us", "asia"))
                .requireLabel("disk", "ssd")
                .spread("zone")
                .rejoinGrace(Duration.ofSeconds(30))
                .parameter("language", "en")
                .build();
    }
}
