package dev.belfry.core.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belfry.core.job.Job;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.run.Outcome;
import dev.belfry.core.version.Author;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.JobVersion;
import dev.belfry.core.workflow.Backfill.Expansion;
import dev.belfry.core.workflow.Backfill.Fire;
import dev.belfry.core.workflow.Backfill.Recorded;
import dev.belfry.core.workflow.BackfillProgress.Turn;
import dev.belfry.core.workflow.BackfillRequest.Beside;
import dev.belfry.core.workflow.BackfillRequest.Order;
import dev.belfry.core.workflow.BackfillRequest.Reprocess;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BackfillTest {

    private static final Author AUTHOR = new Author(Author.Origin.OPERATOR, "me", "");

    private static Instant at(String time) {
        return Instant.parse("2026-11-" + time + ":00Z");
    }

    /** Hourly from the 20th on, paused on the 22nd, every two hours in a new layout from the 23rd on. */
    private static JobRecord job() {
        JobDefinition hourly = Job.named("load").cron("0 0 * * * ?").build();
        JobDefinition slower = Job.named("load").cron("0 0 0/2 * * ?").shards(2).build();
        return new JobRecord(
                "load",
                "load~1",
                List.of(
                        new JobVersion(4, at("20T00:30"), at("20T00:30"), 1, hourly, false, AUTHOR),
                        new JobVersion(5, at("22T00:00"), at("22T00:00"), 1, hourly, true, AUTHOR),
                        new JobVersion(6, at("23T00:00"), at("23T00:00"), 2, slower, false, AUTHOR)),
                List.of(),
                Optional.empty());
    }

    private static List<Fire> fires(BackfillRequest request, Backfill.Records records) {
        return ((Expansion.Fires) Backfill.expand(job(), request, records)).fires();
    }

    private static Recorded nothing(Instant due) {
        return new Recorded.Nothing();
    }

    @Test
    void everyInstantCountsUnderTheVersionInForceAlsoBeforeTheFirstAndWhilePaused() {
        List<Fire> fires = fires(BackfillRequest.of(at("19T22:00"), at("20T01:00")), BackfillTest::nothing);
        assertThat(fires)
                .extracting(Fire::due)
                .containsExactly(at("19T22:00"), at("19T23:00"), at("20T00:00"), at("20T01:00"));
        assertThat(fires).extracting(Fire::version).containsOnly(4);
        List<Fire> later = fires(BackfillRequest.of(at("22T22:00"), at("23T04:00")), BackfillTest::nothing);
        assertThat(later)
                .extracting(Fire::due)
                .containsExactly(at("22T22:00"), at("22T23:00"), at("23T00:00"), at("23T02:00"), at("23T04:00"));
        assertThat(later).extracting(Fire::version).containsExactly(5, 5, 6, 6, 6);
        assertThat(later).allMatch(Fire::runs).extracting(Fire::reason).containsOnly("has no record");
    }

    @Test
    void theFutureIsCountedUnderTheNewestVersionAcrossAClockChange() {
        JobRecord berlin = new JobRecord(
                "day",
                "day~1",
                List.of(new JobVersion(
                        1,
                        at("20T00:00"),
                        at("20T00:00"),
                        1,
                        Job.named("day")
                                .cron("0 30 2 * * ?")
                                .zone("Europe/Berlin")
                                .build(),
                        false,
                        AUTHOR)),
                List.of(),
                Optional.empty());
        Instant from = Instant.parse("2027-03-27T00:00:00Z");
        Expansion found =
                Backfill.expand(berlin, BackfillRequest.of(from, from.plus(Duration.ofDays(3))), BackfillTest::nothing);
        assertThat(((Expansion.Fires) found).toRun())
                .containsExactly(
                        Instant.parse("2027-03-27T01:30:00Z"),
                        Instant.parse("2027-03-28T01:00:00Z"),
                        Instant.parse("2027-03-29T00:30:00Z"));
    }

    @Test
    void whatIsRecordedDecidesWhetherAnInstantRunsAgain() {
        for (Reprocess reprocess : Reprocess.values()) {
            BackfillRequest request =
                    BackfillRequest.of(at("21T05:00"), at("21T05:00")).with(reprocess);
            Set<Outcome> again = new HashSet<>();
            for (Outcome outcome : Outcome.values()) {
                Fire fire = fires(request, due -> new Recorded.Settled(outcome)).get(0);
                assertThat(fire.reason()).isEqualTo("is recorded as " + outcome.text());
                if (fire.runs()) {
                    again.add(outcome);
                }
            }
            Set<Outcome> expected = new HashSet<>(Set.of(Outcome.MISSED, Outcome.SKIPPED, Outcome.SUPERSEDED));
            if (reprocess != Reprocess.NONE) {
                expected.addAll(Set.of(Outcome.values()));
            }
            if (reprocess == Reprocess.FAILED) {
                expected.remove(Outcome.SUCCEEDED);
            }
            assertThat(again).as("%s", reprocess).isEqualTo(expected);
            assertThat(fires(request, due -> new Recorded.UnderWay()).get(0))
                    .isEqualTo(new Fire(at("21T05:00"), 4, false, "is queued or under way"));
        }
    }

    @Test
    void newestFirstIsOldestFirstBackwards() {
        BackfillRequest request = BackfillRequest.of(at("20T00:00"), at("24T00:00"));
        List<Fire> backwards = new ArrayList<>(fires(request.with(Order.NEWEST_FIRST), BackfillTest::nothing));
        Collections.reverse(backwards);
        assertThat(backwards).isEqualTo(fires(request, BackfillTest::nothing)).hasSizeGreaterThan(70);
    }

    @Test
    void whatCannotBeDoneIsRefusedWithWhatToDo() {
        BackfillRequest day = BackfillRequest.of(at("20T00:00"), at("20T23:00")).withMost(10);
        assertThat(Backfill.expand(job(), day, BackfillTest::nothing))
                .isEqualTo(new Expansion.Refused(
                        "the range holds more than 10 fires: number 11 is due at 2026-11-20T10:00:00Z; end"
                                + " the range before it, or raise the bound"));
        assertThat(fires(day.withMost(24), BackfillTest::nothing)).hasSize(24);
        assertThat(Backfill.expand(only(Job.named("x").manual().build()), day, BackfillTest::nothing))
                .isEqualTo(new Expansion.Refused(
                        "the job x has no trigger but manual, so no instants: trigger it instead"));
        assertThat(Backfill.expand(
                        only(Job.named("x").delay(Duration.ofMinutes(1)).build()), day, BackfillTest::nothing))
                .isEqualTo(
                        new Expansion.Refused(
                                "the trigger of the job x is a delay, whose instants depend on when runs end: trigger it instead"));
        assertThat(Backfill.expand(job().deletedAt(at("24T00:00")), day, BackfillTest::nothing))
                .isEqualTo(new Expansion.Refused("the job load is deleted"));
        assertThatThrownBy(() -> BackfillRequest.of(at("21T00:00"), at("20T00:00")))
                .hasMessage("the range ends at 2026-11-20T00:00:00Z, before its start 2026-11-21T00:00:00Z");
        assertThatThrownBy(() -> day.withConcurrency(0)).hasMessageContaining("concurrency of 0");
    }

    private static JobRecord only(JobDefinition definition) {
        JobVersion version = new JobVersion(1, at("20T00:00"), at("20T00:00"), 1, definition, false, AUTHOR);
        return new JobRecord(definition.name(), "x~1", List.of(version), List.of(), Optional.empty());
    }

    @Test
    void everyInstantHasOneTurnInOrderWithinTheConcurrency() {
        for (long seed = 1; seed <= 500; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            BackfillRequest request = BackfillRequest.of(at("20T00:00"), at("22T00:00"))
                    .with(Beside.values()[random.nextInt(3)])
                    .withConcurrency(1 + random.nextInt(4));
            List<Instant> toRun = ((Expansion.Fires) Backfill.expand(job(), request, BackfillTest::nothing)).toRun();
            BackfillProgress progress = BackfillProgress.of(toRun);
            List<Instant> had = new ArrayList<>();
            for (int step = 0; !progress.finished(); step++) {
                assertThat(step).as("seed %d ends", seed).isLessThan(2_000);
                boolean others = random.nextInt(3) == 0;
                Turn turn = progress.turn(request, others);
                assertThat(turn.skip().isEmpty() || (others && request.overlap() == Beside.SKIP))
                        .isTrue();
                assertThat(turn.start().isEmpty() || !others || request.overlap() == Beside.ALLOW)
                        .isTrue();
                had.addAll(turn.start());
                had.addAll(turn.skip());
                progress = turn.next();
                assertThat(progress.underWay()).hasSizeLessThanOrEqualTo(request.concurrency());
                List<Instant> underWay = progress.underWay().stream().sorted().toList();
                if (!underWay.isEmpty()) {
                    Instant ended = underWay.get(random.nextInt(underWay.size()));
                    progress = progress.ended(ended);
                    assertThat(progress.ended(ended)).isEqualTo(progress);
                }
            }
            assertThat(had).as("seed %d", seed).isEqualTo(toRun);
        }
    }
}
