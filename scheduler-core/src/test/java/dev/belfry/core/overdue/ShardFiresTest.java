package dev.belfry.core.overdue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.core.job.Job;
import dev.belfry.core.job.Timeouts;
import dev.belfry.core.ledger.LedgerRecord;
import dev.belfry.core.ledger.Mark;
import dev.belfry.core.ledger.RequestedRun;
import dev.belfry.core.ledger.Span;
import dev.belfry.core.run.Outcome;
import dev.belfry.core.version.Author;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.JobVersion;
import dev.belfry.core.version.RunRequest;
import dev.belfry.core.version.VersionedDueSet;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ShardFiresTest {
    private static final Instant START = Instant.parse("2026-06-01T12:00:00Z");
    private static final Author AUTHOR = new Author(Author.Origin.OPERATOR, "anna", "");
    private static final Mark.Final DONE = new Mark.Final(Outcome.SUCCEEDED, "");
    private static final String OWNER = "a~1";

    private static Instant at(int seconds) {
        return START.plusSeconds(seconds);
    }

    private static VersionedDueSet due(Job job) {
        return VersionedDueSet.of(
                new JobRecord(
                        "index",
                        "index~1",
                        List.of(new JobVersion(1, START, START, 1, job.build(), false, AUTHOR)),
                        List.of(),
                        Optional.empty()),
                1);
    }

    /** Due every ten seconds. */
    private static VersionedDueSet due() {
        return due(Job.named("index").every(Duration.ofSeconds(10)));
    }

    private static LedgerRecord ledger(Instant mark, Span... above) {
        return new LedgerRecord(
                OWNER, 1, 1, mark, List.of(above), List.of(), List.of(), Optional.empty(), Optional.empty());
    }

    private static Span started(int seconds, String by) {
        return Span.of(at(seconds), new Mark.Started(1, 7, at(seconds), by));
    }

    private static List<Stretch> overdue(LedgerRecord ledger, Tolerance tolerance, int now) {
        return new ShardFires(due(), ledger, OWNER).overdue(tolerance, at(now));
    }

    private static Stretch stretch(int first, int last) {
        return new Stretch(at(first), at(last));
    }

    private static final Tolerance MINUTE = new Tolerance(Duration.ofMinutes(1), null);

    @Test
    void fireIsOverdueWhenItsToleranceIsOverAndNotBefore() {
        assertThat(overdue(ledger(at(5)), MINUTE, 69)).isEmpty();
        assertThat(overdue(ledger(at(5)), MINUTE, 70)).containsExactly(stretch(10, 10));
        assertThat(overdue(ledger(at(5)), MINUTE, 95)).containsExactly(stretch(10, 30));
        assertThat(overdue(ledger(at(30)), MINUTE, 95)).isEmpty();
    }

    private static RunRequest asked(String id, int seconds) {
        return new RunRequest(id, at(seconds), Map.of(), AUTHOR);
    }

    private static LedgerRecord withRuns(LedgerRecord ledger, RequestedRun... runs) {
        return new LedgerRecord(
                OWNER,
                1,
                1,
                ledger.mark(),
                ledger.above(),
                List.of(runs),
                List.of(),
                Optional.empty(),
                Optional.empty());
    }

    @Test
    void runThatWasAskedForIsOverdueWhenItsToleranceIsOverAndNotBefore() {
        List<RunRequest> asked = List.of(asked("done", 1), asked("open", 3), asked("young", 30));
        ShardFires shard =
                new ShardFires(due(), withRuns(ledger(at(60)), new RequestedRun("done", at(1), DONE)), OWNER);
        assertThat(shard.unsettled(asked)).extracting(RunRequest::runId).containsExactly("open", "young");
        assertThat(shard.overdue(asked, MINUTE, at(62))).isEmpty();
        assertThat(shard.overdue(asked, MINUTE, at(63)))
                .extracting(RunRequest::runId)
                .containsExactly("open");
        assertThat(shard.overdue(asked, MINUTE, at(90)))
                .extracting(RunRequest::runId)
                .containsExactly("open", "young");
    }

    @Test
    void runThatItsOwnerIsAtHasTheTimeOfOneThatRuns() {
        List<RunRequest> asked = List.of(asked("open", 3));
        RequestedRun running = new RequestedRun("open", at(3), new Mark.Started(1, 7, at(3), OWNER));
        ShardFires shard = new ShardFires(due(), withRuns(ledger(at(60)), running), OWNER);
        assertThat(shard.overdue(asked, MINUTE, at(1_000))).isEmpty();
        Tolerance two = new Tolerance(Duration.ofMinutes(1), Duration.ofMinutes(2));
        assertThat(shard.overdue(asked, two, at(122))).isEmpty();
        assertThat(shard.overdue(asked, two, at(123))).hasSize(1);
        // What a lost owner had begun counts as not begun.
        assertThat(new ShardFires(due(), shard.ledger(), "b~2").overdue(asked, MINUTE, at(63)))
                .hasSize(1);
    }

    @Test
    void whatIsFinalAboveTheMarkIsNotOverdue() {
        LedgerRecord ledger = ledger(at(5), new Span(at(20), at(30), 2, DONE), Span.of(at(50), DONE));
        assertThat(overdue(ledger, MINUTE, 125)).containsExactly(stretch(10, 10), stretch(40, 40), stretch(60, 60));
    }

    @Test
    void whatItsOwnerRunsIsOverdueOnlyIfThatHasALimit() {
        LedgerRecord ledger = ledger(at(5), started(10, OWNER));
        assertThat(overdue(ledger, MINUTE, 500)).isEmpty();
        Tolerance limited = new Tolerance(Duration.ofMinutes(1), Duration.ofMinutes(5));
        assertThat(overdue(ledger, limited, 309)).isEmpty();
        assertThat(overdue(ledger, limited, 310)).containsExactly(stretch(10, 10));
        LedgerRecord asked = new LedgerRecord(
                OWNER,
                1,
                1,
                at(5),
                List.of(),
                List.of(new RequestedRun("r", at(6), new Mark.Started(1, 7, at(6), OWNER))),
                List.of(),
                Optional.empty(),
                Optional.empty());
        assertThat(overdue(asked, MINUTE, 500))
                .as("behind a run that was asked for")
                .isEmpty();
    }

    @Test
    void whatAFormerOwnerBeganWaitsLikeWhatNobodyBegan() {
        assertThat(overdue(ledger(at(5), started(10, "b~2")), MINUTE, 75)).containsExactly(stretch(10, 10));
    }

    @Test
    void toleranceBeginsWithTheStartThatJitterGives() {
        VersionedDueSet due = due(Job.named("index").every(Duration.ofHours(1)).jitter(Duration.ofMinutes(10)));
        Instant fire = due.next(START).orElseThrow();
        Instant start = due.jittered(fire);
        assertThat(start).isAfter(fire);
        ShardFires fires = new ShardFires(due, ledger(START), OWNER);
        assertThat(fires.overdue(MINUTE, start.plusSeconds(60).minusMillis(1))).isEmpty();
        assertThat(fires.overdue(MINUTE, start.plusSeconds(60))).containsExactly(new Stretch(fire, fire));
    }

    @Test
    void nextInstantOfAFixedDelayIsWhatTheLedgerAnnounces() {
        VersionedDueSet due = due(Job.named("index").delay(Duration.ofSeconds(30)));
        LedgerRecord ledger = new LedgerRecord(
                OWNER, 1, 1, at(40), List.of(), List.of(), List.of(), Optional.of(at(77)), Optional.empty());
        ShardFires fires = new ShardFires(due, ledger, OWNER);
        assertThat(fires.overdue(MINUTE, at(136))).isEmpty();
        assertThat(fires.overdue(MINUTE, at(137))).containsExactly(stretch(77, 77));
    }

    @Test
    void toleranceIsThatOfTheJobElseAMinuteBeyondItsTimeOut() {
        Job job = Job.named("index").manual();
        Timeouts none = Timeouts.NONE;
        Timeouts hour = new Timeouts(null, Duration.ofHours(1), null, null, none.action(), none.cancelGrace());
        assertThat(Tolerance.of(job.build())).isEqualTo(MINUTE);
        assertThat(Tolerance.of(job.timeouts(hour).build()))
                .isEqualTo(new Tolerance(Duration.ofMinutes(1), Duration.ofMinutes(61)));
        Duration said = Duration.ofSeconds(90);
        assertThat(Tolerance.of(job.tolerance(said).build())).isEqualTo(new Tolerance(said, said));
    }

    /** Fire by fire, against drawn ledgers. */
    @Test
    void overdueFiresAreThoseThatAreDueNotFinalAndPastTheirTolerance() {
        for (long seed = 0; seed < 500; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            List<Span> above = new ArrayList<>();
            TreeSet<Instant> open = new TreeSet<>();
            int mark = random.nextInt(5);
            for (int fire = mark + 1; fire < 30; fire++) {
                int draw = random.nextInt(3);
                if (draw == 0) {
                    above.add(Span.of(at(fire * 10), DONE));
                } else {
                    if (draw == 1 && random.nextInt(4) == 0) {
                        above.add(started(fire * 10, "gone~9"));
                    }
                    open.add(at(fire * 10));
                }
            }
            int now = random.nextInt(355);
            open.removeIf(fire -> fire.isAfter(at(now - 60)));
            TreeSet<Instant> found = new TreeSet<>();
            for (Stretch one : overdue(ledger(at(mark * 10), above.toArray(Span[]::new)), MINUTE, now)) {
                found.addAll(due().between(one.first().minusMillis(1), one.last(), 100));
            }
            assertThat(found).as("seed %d", seed).isEqualTo(open);
        }
    }
}
