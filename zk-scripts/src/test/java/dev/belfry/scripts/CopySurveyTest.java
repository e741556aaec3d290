package dev.belfry.scripts;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.core.job.Job;
import dev.belfry.core.job.Placement;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.journal.FireJournal;
import dev.belfry.core.ledger.FireId;
import dev.belfry.core.record.Paths;
import dev.belfry.core.run.Outcome;
import dev.belfry.core.version.Author;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.JobRecordCodec;
import dev.belfry.core.version.JobVersion;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Lines of the journal, and the ledgers that a restore writes for them though they are not in the copy. */
class CopySurveyTest {
    private static final Instant NOON = Samples.NOON;

    private static CopySurvey survey() {
        JobVersion version = new JobVersion(
                1,
                NOON,
                NOON,
                1,
                Job.named("each")
                        .handler("work")
                        .every(Duration.ofSeconds(10))
                        .placement(Placement.BROADCAST)
                        .build(),
                false,
                new Author(Author.Origin.OPERATOR, "anna", ""));
        JobRecord job = new JobRecord("each", "each-1", List.of(version), List.of(), Optional.empty());
        CopySurvey survey = new CopySurvey(NOON);
        survey.see(new Copied(Paths.job("each"), JobRecordCodec.encode(job), List.of(), NOON));
        return survey;
    }

    private static Copied journal(String writer) {
        FireEntry line = new FireEntry(
                FireEntry.Kind.FINAL,
                "each-1",
                0,
                "host-1",
                FireId.scheduled(NOON),
                NOON,
                1,
                1,
                7,
                NOON,
                NOON.plusSeconds(1),
                Outcome.MISSED,
                "outcome-unknown");
        return new Copied(
                Paths.JOURNAL + '/' + writer + "/000000000001", FireJournal.encode(List.of(line)), List.of(), NOON);
    }

    @Test
    void anAgentThatTookPartAfterTheLedgersWereCopiedHasOne() {
        CopySurvey survey = survey();
        survey.see(journal("host-1~1"));
        assertThat(survey.ledgers()).containsExactly(Paths.broadcastLedger("each-1", "host-1"));
    }

    @Test
    void whatAnotherAgentSettledBringsNoPartBackThatIsRemoved() {
        CopySurvey survey = survey();
        survey.see(journal("host-2~1"));
        assertThat(survey.ledgers()).isEmpty();
    }
}
