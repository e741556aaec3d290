package dev.belfry.console.proof;

import static dev.belfry.console.proof.Ledgering.NOW;
import static dev.belfry.console.proof.Ledgering.START;
import static dev.belfry.console.proof.Ledgering.version;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.core.job.Job;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.job.Placement;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.ledger.FireId;
import dev.belfry.core.ledger.Reasons;
import dev.belfry.core.queue.FiresMark;
import dev.belfry.core.run.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The fires of queued jobs, which nobody owns: what was decided and is in the queue no more has its outcome. */
class ProverQueuedTest {
    private static final Instant END = NOW.minusMillis(1);

    private final Ledgering run =
            new Ledgering(queued().cron("0/10 * * * * ?").shards(2).build());

    private static Job queued() {
        return Job.named("index").placement(Placement.QUEUED);
    }

    private static Instant fire(int n) {
        return START.plusSeconds(10L * n);
    }

    @Test
    void everythingRecordedOnceIsProvedAndWhatIsNotRunIsRecordedForAllShards() {
        Proof proof = run.allQueued(END, n -> n % 5 == 0).prove();
        assertThat(proof.findings()).isEmpty();
        assertThat(proof.due()).isEqualTo(2 * 180);
        assertThat(proof.pending()).isZero();
        assertThat(proof.outcomes())
                .containsEntry(Outcome.SUCCEEDED, 2L * 144)
                .containsEntry(Outcome.SKIPPED, 2L * 36)
                .hasSize(2);
    }

    @Test
    void outcomeThatIsMissingIsAGap() {
        run.allQueued(END, n -> false);
        run.lines.remove(run.of("1", fire(100)));
        assertThat(run.prove().findings()).singleElement().satisfies(finding -> {
            assertThat(finding.kind()).isEqualTo(Finding.Kind.GAP);
            assertThat(finding.shard()).isEqualTo("1");
            assertThat(finding.first()).isEqualTo(fire(100));
            assertThat(finding.detail()).startsWith("decided and in the queue no more");
        });
        run.lines.remove(run.of("0", fire(100)));
        assertThat(run.prove().wrong(Finding.Kind.GAP)).isEqualTo(2);
    }

    @Test
    void lineOfASkippedFireThatIsMissingIsAGapOfAllShards() {
        run.allQueued(END, n -> n == 7);
        run.lines.remove(run.of("0", fire(7)));
        assertThat(run.prove().wrong(Finding.Kind.GAP)).isEqualTo(2);
    }

    @Test
    void secondOutcomeIsADuplicateWhateverItsReason() {
        run.allQueued(END, n -> n == 3);
        run.lines.add(run.of("0", fire(3)));
        FireEntry one = run.of("1", fire(9));
        run.lines.add(run.line(0, "1", one.fire(), one.last(), 1, Outcome.SUCCEEDED, Reasons.OUTCOME_UNKNOWN));
        Proof proof = run.prove();
        assertThat(proof.wrong()).containsOnlyKeys(Finding.Kind.DUPLICATE);
        assertThat(proof.wrong(Finding.Kind.DUPLICATE)).isEqualTo(2);
    }

    @Test
    void outcomeOfAnInstantOrAShardThatWasNotDueIsAPhantom() {
        run.allQueued(END, n -> false);
        FireId off = FireId.scheduled(fire(4).plusMillis(1));
        run.lines.add(run.line(0, "0", off, off.due(), 1, Outcome.SUCCEEDED, ""));
        run.lines.add(run.line(0, "2", FireId.scheduled(fire(4)), fire(4), 1, Outcome.SUCCEEDED, ""));
        assertThat(run.prove().wrong()).containsOnlyKeys(Finding.Kind.PHANTOM).containsValue(2L);
    }

    @Test
    void runsThatWereSubmittedAreNotUnexpected() {
        run.allQueued(END, n -> false);
        FireId submitted = FireId.requested("index~1#7", fire(4).plusMillis(1));
        run.lines.add(run.line(0, "0", submitted, submitted.due(), 1, Outcome.FAILED, ""));
        assertThat(run.prove().findings()).isEmpty();
    }

    @Test
    void whatWaitsInTheQueueOrForItsTurnIsPending() {
        run.allQueued(END, n -> n >= 170 && n < 174);
        for (int n = 170; n < 174; n++) {
            run.lines.remove(run.of("0", fire(n)));
        }
        run.opened(fire(170), 0);
        run.opened(fire(170), 1);
        run.marks.put(
                run.job.uid(),
                new FiresMark(
                        END,
                        List.of(
                                new FiresMark.Turn(fire(171), false),
                                new FiresMark.Turn(fire(172), true),
                                new FiresMark.Turn(fire(173), false)),
                        Optional.empty()));
        Proof proof = run.prove();
        assertThat(proof.findings()).isEmpty();
        assertThat(proof.pending()).isEqualTo(2 * 4);
    }

    @Test
    void whatNoMasterHasDecidedIsAGapOnceItIsOlderThanTheGrace() {
        Proof proof = run.allQueued(fire(100), n -> false).prove();
        assertThat(proof.pending()).isEqualTo(2 * 3);
        assertThat(proof.wrong(Finding.Kind.GAP)).isEqualTo(2 * (180 - 101 - 3));
        assertThat(proof.findings().get(0).detail())
                .isEqualTo("no master has decided it; the schedule of the job was decided up to " + fire(100));
        run.marks.clear();
        run.lines.clear();
        assertThat(run.prove().findings().get(0).detail()).startsWith("no master has decided anything");
    }

    @Test
    void countedLinesExcuseAsManyFiresAndNoMore() {
        run.allQueued(END, n -> n % 4 == 0);
        run.trim(fire(60));
        Proof proof = run.prove();
        assertThat(proof.findings()).isEmpty();
        assertThat(proof.counted()).isEqualTo(2 * 60);
        run.lines.remove(run.of("1", fire(61)));
        assertThat(run.prove().wrong(Finding.Kind.GAP)).isEqualTo(1);
    }

    @Test
    void queueAndOwnersEachOweTheirOwnTime() {
        JobDefinition sticky =
                Job.named("index").every(Duration.ofSeconds(10)).shards(1).build();
        JobDefinition queued = queued().every(Duration.ofSeconds(10)).shards(2).build();
        Ledgering changing = new Ledgering(
                List.of(
                        version(1, START, 1, sticky, false),
                        version(2, fire(60), 2, queued, false),
                        version(3, fire(90), 2, queued, true),
                        version(4, fire(120), 3, sticky, false)),
                Optional.empty());
        changing.allQueued(END, n -> false);
        for (int n = 0; n < 180; n++) {
            if (n < 60 || n >= 120) {
                int layout = n < 60 ? 1 : 3;
                changing.lines.add(
                        changing.line(layout, "0", FireId.scheduled(fire(n)), fire(n), 1, Outcome.SUCCEEDED, ""));
            }
        }
        changing.layouts.put(1, java.util.Map.of("0", Ledgering.ledger(END, List.of())));
        changing.layouts.put(3, java.util.Map.of("0", Ledgering.ledger(END, List.of())));
        Proof proof = changing.prove();
        assertThat(proof.findings()).isEmpty();
        assertThat(proof.due()).isEqualTo(60 + 2 * 30 + 60);
        changing.lines.remove(changing.of("1", fire(70)));
        assertThat(changing.prove().wrong(Finding.Kind.GAP)).isEqualTo(1);
    }

    @Test
    void whatADeletedJobStillOwedIsSupersededForAllShards() {
        Ledgering deleted = new Ledgering(
                List.of(version(
                        1,
                        START,
                        1,
                        queued().every(Duration.ofSeconds(10)).shards(3).build(),
                        false)),
                Optional.of(fire(100)));
        deleted.allQueued(fire(89), n -> false);
        deleted.lines.add(
                deleted.line(0, "0", FireId.scheduled(fire(90)), fire(99), 10, Outcome.SUPERSEDED, Reasons.DELETED));
        deleted.marks.put(deleted.job.uid(), FiresMark.from(END));
        Proof proof = deleted.prove();
        assertThat(proof.findings()).isEmpty();
        assertThat(proof.outcomes()).containsEntry(Outcome.SUPERSEDED, 3L * 10);
    }

    @Test
    void firesOfADelayThatAreMissingOrTooEarlyAreFound() {
        Ledgering delayed =
                new Ledgering(queued().delay(Duration.ofSeconds(60)).shards(2).build());
        List<Instant> fires = List.of(START, START.plusSeconds(70), START.plusSeconds(150), START.plusSeconds(215));
        fires.forEach(due -> List.of("0", "1")
                .forEach(shard -> delayed.lines.add(
                        delayed.line(0, shard, FireId.scheduled(due), due, 1, Outcome.SUCCEEDED, ""))));
        delayed.marks.put(
                delayed.job.uid(), new FiresMark(START.plusSeconds(216), List.of(), Optional.of(NOW.minusSeconds(10))));
        Proof proof = delayed.prove();
        assertThat(proof.findings()).isEmpty();
        assertThat(proof.pending()).isEqualTo(2);
        FireEntry gone = delayed.of("1", fires.get(2));
        delayed.lines.remove(gone);
        assertThat(delayed.prove().wrong()).containsOnlyKeys(Finding.Kind.GAP).containsValue(1L);
        delayed.lines.add(gone);
        delayed.lines.add(gone);
        assertThat(delayed.prove().wrong())
                .containsOnlyKeys(Finding.Kind.DUPLICATE)
                .containsValue(1L);
        delayed.lines.remove(gone);
        Instant early = START.plusSeconds(100);
        delayed.lines.add(delayed.line(0, "0", FireId.scheduled(early), early, 1, Outcome.SUCCEEDED, ""));
        assertThat(delayed.prove().wrong()).containsKey(Finding.Kind.PHANTOM);
        delayed.lines.remove(delayed.lines.size() - 1);
        delayed.marks.put(
                delayed.job.uid(),
                new FiresMark(START.plusSeconds(216), List.of(), Optional.of(START.plusSeconds(275))));
        assertThat(delayed.prove().wrong()).containsOnlyKeys(Finding.Kind.GAP).containsValue(2L);
    }
}
