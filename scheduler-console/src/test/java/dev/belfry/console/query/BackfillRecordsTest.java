package dev.belfry.console.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.agent.client.Journal;
import dev.belfry.core.job.Job;
import dev.belfry.core.job.Placement;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.journal.JournalCounts;
import dev.belfry.core.ledger.FireId;
import dev.belfry.core.run.Outcome;
import dev.belfry.core.version.Author;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.JobVersion;
import dev.belfry.core.workflow.Backfill.Recorded;
import dev.belfry.core.workflow.BackfillId;
import dev.belfry.core.workflow.BackfillRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is recorded of an instant: the latest run of it that ran. */
class BackfillRecordsTest {
    private static final Instant NOON = Instant.parse("2026-06-01T12:00:00Z");
    private static final JobRecord JOB = new JobRecord(
            "load",
            "load~1",
            List.of(new JobVersion(
                    1,
                    NOON.minus(Duration.ofDays(9)),
                    NOON,
                    1,
                    Job.named("load")
                            .placement(Placement.QUEUED)
                            .cron("0 0 * * * ?")
                            .build(),
                    false,
                    new Author(Author.Origin.OPERATOR, "ada", ""))),
            List.of(),
            Optional.empty());

    private final List<Journal.Line> lines = new ArrayList<>();

    private void line(String uid, FireId fire, Instant last, long count, Outcome outcome) {
        Instant ended = NOON.plusSeconds(100 + lines.size());
        FireEntry entry =
                new FireEntry(FireEntry.Kind.FINAL, uid, 0, "0", fire, last, count, 1, 1, NOON, ended, outcome, "");
        lines.add(new Journal.Line("queue-1", lines.size(), entry));
    }

    private Journal journal(Map<String, JournalCounts> counts) {
        return new Journal(lines, counts, List.of(), Set.of(), List.of());
    }

    private Recorded at(Instant due, Set<String> members) {
        return new BackfillRecords(JOB, members).with(journal(Map.of())).at(due);
    }

    private Recorded at(Instant due) {
        return at(due, Set.of("load~1"));
    }

    @Test
    void theLatestRunThatRanCounts() {
        BackfillId backfill = BackfillId.of("load~1", "k1");
        assertThat(at(NOON)).isEqualTo(new Recorded.Nothing());
        line("load~1", FireId.scheduled(NOON), NOON, 1, Outcome.FAILED);
        assertThat(at(NOON)).isEqualTo(new Recorded.Settled(Outcome.FAILED));
        line("load~1", backfill.fire("load~1", NOON), NOON, 1, Outcome.SUCCEEDED);
        line("load~1", BackfillId.of("load~1", "k2").fire("load~1", NOON), NOON, 1, Outcome.SKIPPED);
        line("load~2", FireId.scheduled(NOON), NOON, 1, Outcome.LOST);
        assertThat(at(NOON)).isEqualTo(new Recorded.Settled(Outcome.SUCCEEDED));
        line("load~1", FireId.requested("load~1!again", NOON), NOON, 1, Outcome.TIMED_OUT);
        assertThat(at(NOON)).isEqualTo(new Recorded.Settled(Outcome.TIMED_OUT));
    }

    @Test
    void everyInstantOfAStretchHasItsOutcome() {
        Instant last = NOON.plus(Duration.ofHours(5));
        line("load~1", FireId.scheduled(NOON), last, 6, Outcome.MISSED);
        assertThat(at(NOON.plus(Duration.ofHours(3)))).isEqualTo(new Recorded.Settled(Outcome.MISSED));
        assertThat(at(last.plus(Duration.ofHours(1)))).isEqualTo(new Recorded.Nothing());
    }

    @Test
    void ofAWorkflowTheWholeRunCountsWithTheLastAttemptOfEachJob() {
        Set<String> members = Set.of("load~1", "end~1");
        String run = "load~1@" + NOON;
        line("load~1", FireId.scheduled(NOON), NOON, 1, Outcome.SUCCEEDED);
        line("end~1", FireId.requested(run + ":end:1", NOON), NOON, 1, Outcome.FAILED);
        assertThat(at(NOON, members)).isEqualTo(new Recorded.Settled(Outcome.FAILED));
        line("end~1", FireId.requested(run + ":end:2", NOON), NOON, 1, Outcome.SUCCEEDED);
        assertThat(at(NOON, members)).isEqualTo(new Recorded.Settled(Outcome.SUCCEEDED));
        String filled = "load~1!k1@" + NOON;
        line("load~1", FireId.requested(filled + ":load:1", NOON), NOON, 1, Outcome.FAILED);
        line("end~1", FireId.requested(filled + ":end:1", NOON), NOON, 1, Outcome.UPSTREAM_FAILED);
        assertThat(at(NOON, members)).isEqualTo(new Recorded.Settled(Outcome.FAILED));
    }

    @Test
    void whatIsOnlyCountedIsNotKnown() {
        JournalCounts counts = new JournalCounts();
        line("load~1", FireId.scheduled(NOON), NOON, 1, Outcome.SUCCEEDED);
        counts.add(lines.remove(0).entry());
        Journal journal = journal(Map.of("queue-1", counts));
        BackfillRecords records = new BackfillRecords(JOB, Set.of("load~1"));
        BackfillRequest day = BackfillRequest.of(NOON.minus(Duration.ofHours(2)), NOON);
        assertThat(records.unknown(JOB, journal, day, Optional.empty()))
                .hasValueSatisfying(why -> assertThat(why).contains("counted"));
        BackfillRequest later = BackfillRequest.of(NOON.plus(Duration.ofHours(2)), NOON.plus(Duration.ofHours(3)));
        assertThat(records.unknown(JOB, journal, later, Optional.empty())).isEmpty();
        assertThat(records.unknown(JOB, journal(Map.of()), day, Optional.of(NOON)))
                .hasValueSatisfying(why -> assertThat(why).contains("is not kept any more"));
    }
}
