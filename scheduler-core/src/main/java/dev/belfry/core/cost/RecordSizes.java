package dev.belfry.core.cost;

import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.job.Placement;
import dev.belfry.core.job.Recovery;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.journal.FireJournal;
import dev.belfry.core.ledger.FireId;
import dev.belfry.core.ledger.LedgerCodec;
import dev.belfry.core.ledger.LedgerRecord;
import dev.belfry.core.ledger.Mark;
import dev.belfry.core.ledger.RecentOutcome;
import dev.belfry.core.ledger.Span;
import dev.belfry.core.ownership.Generation;
import dev.belfry.core.record.Paths;
import dev.belfry.core.run.Outcome;
import dev.belfry.core.version.Author;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.JobRecordCodec;
import dev.belfry.core.version.JobVersion;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * Bytes of the records that a job brings with it, as the codecs write them: of a shard that has run for a while, and whose
 * runs succeed.
 *
 * @param uid of the job, or one as long
 */
record RecordSizes(JobDefinition job, String uid, Assumptions assumptions) {
    private static final int LAYOUT = 1;
    private static final int ATTEMPT = 1;
    private static final long BATCH = 100_000;
    private static final long SINCE = Generation.of(3, 40).value();
    private static final int LINE_OVERHEAD = FireJournal.encode(List.of()).length;

    static RecordSizes of(JobDefinition job, Assumptions assumptions) {
        return new RecordSizes(job, job.name() + "~0a1b2c3d", assumptions);
    }

    private boolean broadcast() {
        return job.placement() == Placement.BROADCAST;
    }

    /** A part of a broadcast job counts its tenancies by the second of the registration. */
    private long since() {
        return broadcast() ? assumptions.from().getEpochSecond() : SINCE;
    }

    private long token() {
        return (since() << 20) + 1_000;
    }

    private String agentId() {
        return assumptions
                .incarnation()
                .substring(0, Math.max(1, assumptions.incarnation().lastIndexOf('~')));
    }

    private String shard() {
        return broadcast() ? agentId() : Integer.toString(job.shards().count() / 2);
    }

    private String ledgerPath() {
        return broadcast()
                ? Paths.broadcastLedger(uid, agentId())
                : Paths.ledger(uid, LAYOUT, job.shards().count(), job.shards().count() / 2);
    }

    /** The definition's znode with one version. */
    int definition() {
        JobVersion version = new JobVersion(
                1,
                assumptions.from(),
                assumptions.from(),
                LAYOUT,
                job,
                false,
                new Author(Author.Origin.OPERATOR, "operator", ""));
        JobRecord record = new JobRecord(job.name(), uid, List.of(version), List.of(), Optional.empty());
        return JobRecordCodec.encode(record).length;
    }

    /** A ledger whose shard does not run. */
    int ledgerAtRest() {
        return ledger(List.of());
    }

    /** A ledger whose shard runs. */
    int ledgerRunning() {
        Instant now = assumptions.from();
        Mark mark = job.recovery() == Recovery.SKIP
                ? new Mark.Claimed(ATTEMPT, token(), now, assumptions.incarnation())
                : new Mark.Started(ATTEMPT, token(), now, assumptions.incarnation());
        return ledger(List.of(Span.of(now, mark)));
    }

    private int ledger(List<Span> above) {
        Instant now = assumptions.from();
        RecentOutcome outcome =
                new RecentOutcome(now, 1, "", Outcome.SUCCEEDED, "", ATTEMPT, now, now, assumptions.incarnation());
        return LedgerCodec.encode(new LedgerRecord(
                        assumptions.incarnation(),
                        BATCH,
                        since(),
                        now,
                        above,
                        List.of(),
                        Collections.nCopies(LedgerRecord.MAX_RECENT, outcome),
                        job.schedule().delay().map(delay -> now),
                        Optional.empty()))
                .length;
    }

    /** The path of a ledger, which every write of it carries. */
    int path() {
        return ledgerPath().length();
    }

    /** The path of an entry of a journal, which every write of it carries. */
    int journalPath() {
        return Paths.journalEntry(assumptions.incarnation(), 1).length();
    }

    /** A journal's line for a start. */
    int startLine() {
        return line(FireEntry.Kind.STARTED, Instant.EPOCH, Outcome.UNKNOWN);
    }

    /** A journal's line for an outcome. */
    int endLine() {
        return line(FireEntry.Kind.FINAL, assumptions.from(), Outcome.SUCCEEDED);
    }

    private int line(FireEntry.Kind kind, Instant ended, Outcome outcome) {
        FireEntry line = entry(kind, ended, outcome);
        // And the comma before the next.
        return FireJournal.encode(List.of(line)).length - LINE_OVERHEAD + 1;
    }

    private FireEntry entry(FireEntry.Kind kind, Instant ended, Outcome outcome) {
        Instant now = assumptions.from();
        return new FireEntry(
                kind, uid, LAYOUT, shard(), FireId.scheduled(now), now, 1, ATTEMPT, token(), now, ended, outcome, "");
    }

    /** What a line counts for when lines are parted into entries. */
    int lineAtMost() {
        return entry(FireEntry.Kind.FINAL, assumptions.from(), Outcome.SUCCEEDED)
                .mostBytes();
    }

    /** The job's rows of the assignment table, if no two neighbouring shards have one owner; none for a broadcast job. */
    int tableRows() {
        if (broadcast()) {
            return 0;
        }
        int owners = Math.min(assumptions.agents(), job.shards().count());
        int blocks = (job.shards().count() + Paths.BLOCK - 1) / Paths.BLOCK;
        return blocks * (uid.length() + 8)
                + owners * blocks * (agentId().length() + 9)
                + 4 * job.shards().count();
    }
}
