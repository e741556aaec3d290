package dev.belfry.console.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.core.job.Job;
import dev.belfry.core.ledger.Reasons;
import dev.belfry.core.run.Outcome;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.JobVersion;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ProverTest {
    private static final Instant START = Ledgering.START;
    private static final Instant NOW = Ledgering.NOW;

    private final Ledgering run =
            new Ledgering(Job.named("index").cron("0/5 * * * * ?").shards(3).build());

    private static Instant fire(int n) {
        return START.plusSeconds(5L * n);
    }

    @Test
    void everythingRecordedOnceIsProved() {
        Proof proof = run.allSucceeded(NOW.minusMillis(1)).prove();
        assertThat(proof.holds()).isTrue();
        assertThat(proof.due()).isEqualTo(3 * 360);
        assertThat(proof.outcomes()).containsOnlyKeys(Outcome.SUCCEEDED).containsValue(3L * 360);
        assertThat(proof.pending()).isZero();
    }

    @Test
    void whatIsBelowAMillisecondInTheInstantsAskedForDoesNotCount() {
        run.allSucceeded(NOW.minusMillis(1));
        Proof proof = run.prove(fire(10).plusNanos(600_000), fire(20).plusNanos(600_000));
        assertThat(proof.findings()).isEmpty();
        assertThat(proof.due()).isEqualTo(3 * 10);
    }

    @Test
    void firesOfTheLastSecondsArePending() {
        Proof proof = run.allSucceeded(NOW.minusSeconds(20)).prove();
        assertThat(proof.holds()).isTrue();
        assertThat(proof.pending()).isEqualTo(3 * 3);
    }

    @Test
    void fireThatTheMarkPassedWithoutALineIsAGap() {
        run.allSucceeded(NOW.minusMillis(1));
        run.lines.remove(run.of("1", fire(100)));
        Proof proof = run.prove();
        assertThat(proof.wrong(Finding.Kind.GAP)).isEqualTo(1);
        assertThat(proof.findings()).singleElement().satisfies(finding -> {
            assertThat(finding.shard()).isEqualTo("1");
            assertThat(finding.first()).isEqualTo(fire(100));
        });
    }

    @Test
    void firesAboveTheMarkThatNobodyBeganAreOneStretchOfGap() {
        run.allSucceeded(NOW.minusSeconds(600));
        Proof proof = run.prove();
        assertThat(proof.findings()).hasSize(3).allSatisfy(finding -> {
            assertThat(finding.kind()).isEqualTo(Finding.Kind.GAP);
            assertThat(finding.count()).isEqualTo(119 - 6);
        });
    }

    @Test
    void shardThatNobodyEverOwnedIsAGap() {
        run.allSucceeded(NOW.minusMillis(1));
        run.ledgers.remove("2");
        run.lines.removeIf(line -> line.shard().equals("2"));
        Proof proof = run.prove();
        assertThat(proof.findings())
                .singleElement()
                .satisfies(finding -> assertThat(finding.detail()).contains("nobody"));
    }

    @Test
    void firesBehindAnAttemptThatRunsArePending() {
        run.allSucceeded(NOW.minusSeconds(600));
        for (String shard : List.of("0", "1", "2")) {
            run.ledgers.put(
                    shard, Ledgering.ledger(NOW.minusSeconds(600), List.of(Ledgering.started(NOW.minusSeconds(595)))));
        }
        Proof proof = run.prove();
        assertThat(proof.holds()).isTrue();
        assertThat(proof.pending()).isEqualTo(3 * 119);
    }

    @Test
    void secondOutcomeIsADuplicateUnlessTheFirstOneWasUnknown() {
        run.allSucceeded(NOW.minusMillis(1));
        run.lines.add(run.line("0", fire(10), Outcome.SUCCEEDED, ""));
        run.lines.add(run.line("0", fire(11), Outcome.SUCCEEDED, Reasons.OUTCOME_UNKNOWN));
        Proof proof = run.prove();
        assertThat(proof.wrong(Finding.Kind.DUPLICATE)).isEqualTo(1);
        assertThat(proof.pairs()).isEqualTo(1);
        assertThat(proof.twice()).singleElement().satisfies(pair -> {
            assertThat(pair.due()).isEqualTo(fire(11));
            assertThat(pair.detail()).contains("succeeded, then token").contains("succeeded (outcome-unknown)");
        });
        assertThat(proof.findings())
                .singleElement()
                .satisfies(finding -> assertThat(finding.first()).isEqualTo(fire(10)));
    }

    @Test
    void firesThatRanAgainBecauseTheirFirstOwnerWasLostArePairs() {
        run.allSucceeded(NOW.minusMillis(1));
        run.lines.remove(run.of("0", fire(12)));
        run.lines.add(run.line("0", fire(12), Outcome.SUCCEEDED, Reasons.OUTCOME_UNKNOWN));
        run.lines.remove(run.of("1", fire(13)));
        run.lines.add(run.line("1", fire(13), Outcome.MISSED, Reasons.OUTCOME_UNKNOWN));
        Proof proof = run.prove();
        assertThat(proof.holds()).isTrue();
        assertThat(proof.pairs()).as("one of them was not run again").isEqualTo(1);
        assertThat(proof.twice()).singleElement().satisfies(pair -> {
            assertThat(pair.shard()).isEqualTo("0");
            assertThat(pair.detail()).contains("no trace");
        });
    }

    @Test
    void definitionThatWasDeletedAndPutBackIsInForceAllAlong() {
        run.allSucceeded(NOW.minusMillis(1));
        run.job = putBack(run.job, fire(100));
        Proof whole = run.prove();
        assertThat(whole.holds()).isTrue();
        assertThat(whole.due()).isEqualTo(3 * 360);
        assertThat(whole.notes()).anySatisfy(note -> assertThat(note).contains("put back"));

        run.lines.removeIf(line ->
                !line.fire().due().isBefore(fire(90)) && line.fire().due().isBefore(fire(100)));
        assertThat(run.prove().wrong(Finding.Kind.GAP)).isEqualTo(3 * 10);
    }

    /** The same bytes, written again: the version is in force from the second writing on. */
    private static JobRecord putBack(JobRecord job, Instant at) {
        JobVersion first = job.versions().get(0);
        JobVersion again = Ledgering.version(1, at, first.layout(), first.definition(), false);
        return new JobRecord(job.name(), job.uid(), List.of(again), List.of(), Optional.empty());
    }

    @Test
    void outcomeOfAFireThatWasNotDueIsAPhantom() {
        run.allSucceeded(NOW.minusMillis(1));
        run.lines.add(run.line("0", fire(10).plusSeconds(1), Outcome.SUCCEEDED, ""));
        assertThat(run.prove().wrong(Finding.Kind.PHANTOM)).isEqualTo(1);
    }

    @Test
    void rangeOutcomeCoversItsFiresAndItsCountHasToBeRight() {
        run.allSucceeded(NOW.minusMillis(1));
        run.lines.removeIf(line -> line.shard().equals("0")
                && !line.fire().due().isBefore(fire(10))
                && line.fire().due().isBefore(fire(20)));
        run.lines.add(run.range("0", fire(10), fire(19), 10, Outcome.MISSED, Reasons.COALESCED));
        Proof right = run.prove();
        assertThat(right.holds()).isTrue();
        assertThat(right.outcomes()).containsEntry(Outcome.MISSED, 10L);

        run.lines.remove(run.lines.size() - 1);
        run.lines.add(run.range("0", fire(10), fire(19), 9, Outcome.MISSED, Reasons.COALESCED));
        assertThat(run.prove().wrong(Finding.Kind.PHANTOM)).isEqualTo(9);
    }

    @Test
    void linesThatMadeRoomAreCountedNotListed() {
        run.allSucceeded(NOW.minusMillis(1));
        run.trim(fire(200));
        Proof proof = run.prove();
        assertThat(proof.holds()).isTrue();
        assertThat(proof.counted()).isEqualTo(3 * 200);
    }

    @Test
    void moreMissingThanCountedIsAGapOfTheDifference() {
        run.allSucceeded(NOW.minusMillis(1));
        run.lines.remove(run.of("1", fire(100)));
        run.lines.remove(run.of("2", fire(101)));
        run.trim(fire(200));
        Proof proof = run.prove();
        assertThat(proof.counted()).isEqualTo(3 * 200 - 2);
        assertThat(proof.wrong(Finding.Kind.GAP)).isEqualTo(2);
    }

    @Test
    void jitterGivesFiresTheirTime() {
        Ledgering late = new Ledgering(Job.named("late")
                .cron("0 * * * * ?")
                .jitter(Duration.ofMinutes(5))
                .build());
        late.allSucceeded(NOW.minus(Duration.ofMinutes(4)));
        assertThat(late.prove().holds()).isTrue();
    }

    @Test
    void randomSpoilingIsFoundExactly() {
        long seed = Long.getLong("belfry.seed", 7);
        Random random = new Random(seed);
        for (int round = 0; round < 50; round++) {
            Ledgering some = new Ledgering(
                    Job.named("some").every(Duration.ofSeconds(2)).shards(2).build());
            some.allSucceeded(NOW.minusMillis(1));
            int gaps = random.nextInt(5);
            int doubles = random.nextInt(5);
            int phantoms = random.nextInt(5);
            for (int i = 0; i < doubles; i++) {
                some.lines.add(some.line("0", START.plusSeconds(2L * i), Outcome.FAILED, ""));
            }
            for (int i = 0; i < gaps; i++) {
                some.lines.remove(some.of("1", START.plusSeconds(100 + 2L * i)));
            }
            for (int i = 0; i < phantoms; i++) {
                some.lines.add(some.line("1", START.plusSeconds(301 + 2L * i), Outcome.SUCCEEDED, ""));
            }
            Proof proof = some.prove();
            assertThat(List.of(
                            proof.wrong(Finding.Kind.GAP),
                            proof.wrong(Finding.Kind.DUPLICATE),
                            proof.wrong(Finding.Kind.PHANTOM)))
                    .as("seed " + seed + " round " + round)
                    .containsExactly((long) gaps, (long) doubles, (long) phantoms);
        }
    }
}
