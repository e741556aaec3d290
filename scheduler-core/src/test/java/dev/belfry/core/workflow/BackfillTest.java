package dev.belfry.core.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belfry.core.job.Job;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.job.Placement;
import dev.belfry.core.run.Outcome;
import dev.belfry.core.version.Author;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.JobVersion;
import dev.belfry.core.workflow.Backfill.Expansion;
import dev.belfry.core.workflow.Backfill.Fire;
import dev.belfry.core.workflow.Backfill.Recorded;
import dev.belfry.core.workflow.BackfillRequest.Beside;
import dev.belfry.core.workflow.BackfillRequest.Order;
import dev.belfry.core.workflow.BackfillRequest.Reprocess;
import dev.belfry.core.workflow.BackfillRun.Phase;
import dev.belfry.core.workflow.BackfillRun.Situation;
import dev.belfry.core.workflow.BackfillRun.Turn;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
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
        JobDefinition hourly = Job.named("load")
                .placement(Placement.QUEUED)
                .cron("0 0 * * * ?")
                .build();
        JobDefinition slower = Job.named("load")
                .placement(Placement.QUEUED)
                .cron("0 0 0/2 * * ?")
                .shards(2)
                .build();
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
    void everyInstantIsThatOfTheNewestVersionAlsoBeforeTheFirstAndWhilePaused() {
        List<Fire> fires = fires(BackfillRequest.of(at("19T22:00"), at("20T01:00")), BackfillTest::nothing);
        assertThat(fires).extracting(Fire::due).containsExactly(at("19T22:00"), at("20T00:00"));
        List<Fire> later = fires(BackfillRequest.of(at("22T22:00"), at("23T04:00")), BackfillTest::nothing);
        assertThat(later)
                .extracting(Fire::due)
                .containsExactly(at("22T22:00"), at("23T00:00"), at("23T02:00"), at("23T04:00"));
        assertThat(later).allMatch(Fire::runs).extracting(Fire::reason).containsOnly("has no record");
    }

    @Test
    void theFutureIsCountedAcrossAClockChange() {
        JobRecord berlin = new JobRecord(
                "day",
                "day~1",
                List.of(new JobVersion(
                        1,
                        at("20T00:00"),
                        at("20T00:00"),
                        1,
                        Job.named("day")
                                .placement(Placement.QUEUED)
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
                    BackfillRequest.of(at("21T04:00"), at("21T04:00")).with(reprocess);
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
                    .isEqualTo(new Fire(at("21T04:00"), false, "is queued or under way"));
        }
    }

    @Test
    void newestFirstIsOldestFirstBackwards() {
        BackfillRequest request = BackfillRequest.of(at("20T00:00"), at("24T00:00"));
        List<Fire> backwards = new ArrayList<>(fires(request.with(Order.NEWEST_FIRST), BackfillTest::nothing));
        Collections.reverse(backwards);
        assertThat(backwards).isEqualTo(fires(request, BackfillTest::nothing)).hasSizeGreaterThan(40);
    }

    @Test
    void whatCannotBeDoneIsRefusedWithWhatToDo() {
        BackfillRequest day = BackfillRequest.of(at("20T00:00"), at("20T23:00")).withMost(10);
        assertThat(Backfill.expand(job(), day, BackfillTest::nothing))
                .isEqualTo(new Expansion.Refused(
                        "the range holds more than 10 fires: number 11 is due at 2026-11-20T20:00:00Z; end"
                                + " the range before it, or raise the bound"));
        assertThat(fires(day.withMost(12), BackfillTest::nothing)).hasSize(12);
        assertThat(Backfill.expand(
                        only(Job.named("x").placement(Placement.QUEUED).manual().build()), day, BackfillTest::nothing))
                .isEqualTo(new Expansion.Refused(
                        "the job x has no trigger but manual, so no instants: trigger it instead"));
        assertThat(Backfill.expand(
                        only(Job.named("x")
                                .placement(Placement.QUEUED)
                                .delay(Duration.ofMinutes(1))
                                .build()),
                        day,
                        BackfillTest::nothing))
                .isEqualTo(
                        new Expansion.Refused(
                                "the trigger of the job x is a delay, whose instants depend on when runs end: trigger it instead"));
        assertThat(Backfill.expand(job().deletedAt(at("24T00:00")), day, BackfillTest::nothing))
                .isEqualTo(new Expansion.Refused("the job load is deleted"));
        assertThat(Backfill.expand(only(Job.named("x").cron("0 0 * * * ?").build()), day, BackfillTest::nothing))
                .extracting(found -> ((Expansion.Refused) found).reason())
                .asString()
                .startsWith("the job x is sticky")
                .endsWith("give it placement: queued, or trigger it");
        assertThatThrownBy(() -> BackfillRequest.of(at("21T00:00"), at("20T00:00")))
                .hasMessage("the range ends at 2026-11-20T00:00:00Z, before its start 2026-11-21T00:00:00Z");
        assertThatThrownBy(() -> day.withConcurrency(0)).hasMessageContaining("concurrency of 0");
    }

    private static JobRecord only(JobDefinition definition) {
        JobVersion version = new JobVersion(1, at("20T00:00"), at("20T00:00"), 1, definition, false, AUTHOR);
        return new JobRecord(definition.name(), "x~1", List.of(version), List.of(), Optional.empty());
    }

    private static final BackfillId ID = BackfillId.of("load~1", "k1");

    private static BackfillRun run(BackfillRequest request, Chosen chosen) {
        return BackfillRun.begin(
                ID,
                new BackfillRun.Target("load~1", "load", 6, at("23T00:00")),
                new BackfillOrder(request, 6, chosen),
                new BackfillRun.Asked("ada", at("23T00:00")));
    }

    @Test
    void everyChosenInstantHasOneTurnInOrderWithinTheConcurrency() {
        for (long seed = 1; seed <= 500; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            BackfillRequest request = BackfillRequest.of(at("20T00:00"), at("22T00:00"))
                    .with(Beside.values()[random.nextInt(3)])
                    .with(Order.values()[random.nextInt(2)])
                    .withMost(BackfillRequest.MOST)
                    .withConcurrency(1 + random.nextInt(4));
            List<Instant> instants = Backfill.instants(job().definition(), request, 1_000);
            BitSet places = new BitSet();
            for (int i = 0; i < instants.size(); i++) {
                places.set(i, random.nextInt(4) > 0);
            }
            Chosen chosen = Chosen.of(instants.size(), places);
            List<Instant> expected = new ArrayList<>();
            places.stream().forEach(place -> expected.add(instants.get(place)));
            if (request.order() == Order.NEWEST_FIRST) {
                Collections.reverse(expected);
            }
            assertThat(played(run(request, chosen), instants, random))
                    .as("seed %d", seed)
                    .isEqualTo(expected);
        }
    }

    private static List<Instant> played(BackfillRun first, List<Instant> instants, SplittableRandom random) {
        BackfillRun run = first;
        List<Instant> had = new ArrayList<>();
        List<Instant> open = new ArrayList<>();
        for (int step = 0; !run.phase().over(); step++) {
            assertThat(step).isLessThan(3_000);
            boolean others = random.nextInt(3) == 0;
            Set<Instant> underWay =
                    random.nextInt(5) == 0 ? Set.of(instants.get(random.nextInt(instants.size()))) : Set.of();
            Optional<Turn> turn =
                    run.turn(instants, new Situation(open.size(), random.nextInt(4), others, underWay), at("24T00:00"));
            if (turn.isPresent()) {
                Turn taken = turn.get();
                assertThat(taken.start()).noneMatch(underWay::contains);
                assertThat(taken.start().isEmpty() || !others || run.isBeside()).isTrue();
                List<Instant> both = new ArrayList<>(taken.start());
                both.addAll(taken.skip());
                both.sort(run.request().order() == Order.OLDEST_FIRST ? null : Collections.reverseOrder());
                had.addAll(both);
                open.addAll(taken.start());
                assertThat(open).hasSizeLessThanOrEqualTo(run.request().concurrency());
                run = BackfillRunCodec.decode("/queue/backfills/x", BackfillRunCodec.encode(taken.next()));
                assertThat(run).isEqualTo(taken.next());
            }
            if (!open.isEmpty() && random.nextBoolean()) {
                open.remove(random.nextInt(open.size()));
            }
        }
        assertThat(run.phase()).isEqualTo(Phase.ENDED);
        assertThat(run.left()).isZero();
        assertThat(open).isEmpty();
        return had;
    }

    @Test
    void stoppedBackfillQueuesNothingMoreAndIsOverWithItsLastRun() {
        BackfillRequest request =
                BackfillRequest.of(at("20T00:00"), at("21T00:00")).withConcurrency(2);
        List<Instant> instants = Backfill.instants(job().definition(), request, 1_000);
        BackfillRun running = run(request, Chosen.all(instants.size()));
        BackfillRun stopped = running.stop("asked for by ada");
        assertThat(stopped.stop("again")).isEqualTo(stopped);
        assertThat(stopped.turn(instants, new Situation(1, 5, false, Set.of()), at("24T00:00")))
                .isEmpty();
        BackfillRun over = stopped.turn(instants, new Situation(0, 5, false, Set.of()), at("24T00:00"))
                .orElseThrow()
                .next();
        assertThat(over.phase()).isEqualTo(Phase.CANCELLED);
        assertThat(over.turn(instants, new Situation(0, 5, false, Set.of()), at("24T01:00")))
                .isEmpty();
    }

    @Test
    void theLargestBackfillTakesLittleRoom() {
        BitSet every = new BitSet();
        for (int i = 0; i < BackfillRequest.MOST; i += 2) {
            every.set(i);
        }
        BackfillRequest request = BackfillRequest.of(at("20T00:00"), at("21T00:00"));
        assertThat(BackfillRunCodec.encode(run(request, Chosen.of(BackfillRequest.MOST, every))).length)
                .isLessThan(18_000);
    }

    @Test
    void whatIsAskedForIsReadAsItWasWritten() {
        BitSet places = new BitSet();
        places.set(1, 5);
        BackfillOrder order = new BackfillOrder(
                BackfillRequest.of(at("20T00:00"), at("21T00:00"))
                        .with(Reprocess.FAILED)
                        .with(Beside.ALLOW)
                        .with(Order.NEWEST_FIRST)
                        .withConcurrency(7)
                        .withMost(BackfillRequest.MOST),
                3,
                Chosen.of(9, places));
        assertThat(BackfillOrder.parse(order.parameters())).isEqualTo(order);
        Map<String, String> wrong = new HashMap<>(order.parameters());
        wrong.put("order", "sideways");
        assertThatThrownBy(() -> BackfillOrder.parse(wrong)).hasMessageContaining("order 'sideways'");
    }

    @Test
    void runsOfABackfillNameIt() {
        String longName = "a".repeat(100) + "~12345678";
        BackfillId id = BackfillId.of(longName, "k1");
        assertThat(id.toString()).isEqualTo("a".repeat(40) + "~12345678+k1");
        assertThat(BackfillId.parse(id.toString())).contains(id);
        assertThat(BackfillId.ofRun(id.run(longName, at("20T00:00")))).contains(id);
        assertThat(BackfillId.ofRun(id.workflowRun(at("20T00:00")) + ":end:1")).contains(id);
        assertThat(BackfillId.ofRun("load~1@2026-11-20T00:00:00Z")).isEmpty();
        assertThat(BackfillId.ofRun("load~1!k1")).isEmpty();
        assertThat(BackfillId.of("load~1", "k".repeat(99)).toString()).hasSizeLessThan(60);
    }
}
