package dev.belfry.scripts;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.core.job.Job;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.ledger.FireId;
import dev.belfry.core.ledger.LedgerRecord;
import dev.belfry.core.ledger.Mark;
import dev.belfry.core.ledger.Span;
import dev.belfry.core.run.Outcome;
import dev.belfry.core.version.Author;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.JobVersion;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A ledger and lines that are newer than it. */
class LedgerReplayTest {
    private static final Instant NOON = Samples.NOON;
    private static final String WRITER = "a~1";

    private static JobRecord job(Job definition) {
        JobVersion version = new JobVersion(
                1, NOON, NOON, 1, definition.build(), false, new Author(Author.Origin.OPERATOR, "anna", ""));
        return new JobRecord("tick", "tick-1", List.of(version), List.of(), Optional.empty());
    }

    private static JobRecord ticking() {
        return job(Job.named("tick").handler("work").every(Duration.ofSeconds(10)));
    }

    private static Instant at(int seconds) {
        return NOON.plusSeconds(seconds);
    }

    private static FireEntry line(FireEntry.Kind kind, int due, long token, Outcome outcome) {
        boolean over = kind != FireEntry.Kind.STARTED;
        return new FireEntry(
                kind,
                "tick-1",
                1,
                "0",
                FireId.scheduled(at(due)),
                at(due),
                1,
                1,
                token,
                at(due),
                over ? at(due + 1) : Instant.EPOCH,
                outcome,
                "");
    }

    private static LedgerRecord replayed(JobRecord job, LedgerRecord before, FireEntry... lines) {
        LedgerReplay replay = new LedgerReplay(job, 1, before);
        List.of(lines).forEach(line -> replay.line(WRITER, line));
        return replay.replayed();
    }

    @Test
    void theMarkMovesOverWhatIsFinalByTheLines() {
        LedgerRecord after = replayed(
                ticking(),
                LedgerRecord.fresh(at(10)),
                line(FireEntry.Kind.STARTED, 10, 6, Outcome.UNKNOWN),
                line(FireEntry.Kind.FINAL, 10, 6, Outcome.SUCCEEDED),
                line(FireEntry.Kind.STARTED, 20, 7, Outcome.UNKNOWN),
                line(FireEntry.Kind.FINAL, 20, 7, Outcome.SUCCEEDED),
                line(FireEntry.Kind.FINAL, 30, 8, Outcome.FAILED));
        assertThat(after.mark()).isEqualTo(at(30));
        assertThat(after.above()).isEmpty();
    }

    @Test
    void whatHasBegunHasBegunAndWhatNobodyTellsOfIsOwed() {
        LedgerRecord after = replayed(
                ticking(),
                LedgerRecord.fresh(at(10)),
                line(FireEntry.Kind.STARTED, 20, 7, Outcome.UNKNOWN),
                line(FireEntry.Kind.FINAL, 40, 9, Outcome.SUCCEEDED),
                line(FireEntry.Kind.FINAL, 50, 9, Outcome.SUCCEEDED));
        assertThat(after.mark()).isEqualTo(at(10));
        assertThat(after.above())
                .containsExactly(
                        Span.of(at(20), new Mark.Started(1, 7, at(20), WRITER)),
                        new Span(at(40), at(50), 2, new Mark.Final(Outcome.SUCCEEDED, "")));
    }

    @Test
    void oldLinesChangeNothing() {
        LedgerRecord before = new LedgerRecord(
                WRITER,
                4,
                2,
                at(20),
                List.of(Span.of(at(30), new Mark.Started(2, 9, at(31), WRITER, 1, at(30)))),
                List.of(),
                List.of(),
                Optional.empty(),
                Optional.empty());
        assertThat(replayed(
                        ticking(),
                        before,
                        line(FireEntry.Kind.FINAL, 20, 7, Outcome.SUCCEEDED),
                        line(FireEntry.Kind.STARTED, 30, 8, Outcome.UNKNOWN),
                        line(FireEntry.Kind.ENDED, 30, 8, Outcome.FAILED)))
                .isEqualTo(before);
    }

    @Test
    void theNextFireOfADelayFollowsFromTheLine() {
        JobRecord job = job(Job.named("tick").handler("work").delay(Duration.ofSeconds(60)));
        LedgerRecord before = new LedgerRecord(
                WRITER, 4, 2, at(60), List.of(), List.of(), List.of(), Optional.of(at(120)), Optional.empty());
        LedgerRecord after = replayed(job, before, line(FireEntry.Kind.FINAL, 120, 7, Outcome.SUCCEEDED));
        assertThat(after.mark()).isEqualTo(at(120));
        assertThat(after.delayNext()).contains(at(181));
    }
}
