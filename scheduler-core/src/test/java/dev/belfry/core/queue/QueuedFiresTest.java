package dev.belfry.core.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.core.job.Job;
import dev.belfry.core.job.Misfire;
import dev.belfry.core.job.MisfirePolicy;
import dev.belfry.core.job.Overlap;
import dev.belfry.core.job.OverlapPolicy;
import dev.belfry.core.job.Placement;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.ledger.Reasons;
import dev.belfry.core.run.Outcome;
import dev.belfry.core.version.Author;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.JobVersion;
import dev.belfry.core.version.VersionedDueSet;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What a queued job with a schedule owes is queued, waits, or has its outcome: once, whoever decides it. */
class QueuedFiresTest {
    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");
    private static final Author AUTHOR = new Author(Author.Origin.OPERATOR, "test", "");

    private static Job job(Overlap overlap, Misfire misfire) {
        Job job = Job.named("job")
                .handler("handler")
                .cron("* * * * * ?")
                .placement(Placement.QUEUED)
                .misfire(misfire);
        return overlap.policy() == OverlapPolicy.ALLOW || overlap.policy() == OverlapPolicy.BUFFER_ALL
                ? job.overlap(overlap.policy(), overlap.limit())
                : job.overlap(overlap.policy());
    }

    private static JobRecord record(Job job) {
        JobVersion version = new JobVersion(1, NOON, NOON, 1, job.build(), false, AUTHOR);
        return new JobRecord("job", "job~1", List.of(version), List.of(), Optional.empty());
    }

    private static JobRecord of(OverlapPolicy overlap) {
        return record(job(Overlap.of(overlap), Misfire.DEFAULT));
    }

    private static FiresMark upTo(int second, FiresMark.Turn... waiting) {
        return new FiresMark(at(second), List.of(waiting), Optional.empty());
    }

    private static Instant at(int second) {
        return NOON.plusSeconds(second);
    }

    private static QueuedFires.Step decide(JobRecord job, FiresMark mark, int open, Instant now) {
        return QueuedFires.decide(job, mark, open, QueuedFires.MOST, now);
    }

    @Test
    void markIsReadAsItWasWritten() {
        FiresMark mark = new FiresMark(
                NOON,
                List.of(
                        new FiresMark.Turn(at(5), false),
                        new FiresMark.Turn(at(7), true),
                        new FiresMark.Turn(at(6), true)),
                Optional.of(at(9)));
        assertThat(mark.waiting()).extracting(FiresMark.Turn::due).containsExactly(at(6), at(7), at(5));
        assertThat(FiresMark.decode("/queue/fires/x", mark.encode())).isEqualTo(mark);
        assertThat(FiresMark.decode("/queue/fires/x", FiresMark.from(NOON).encode()))
                .isEqualTo(FiresMark.from(NOON));
    }

    @Test
    void firstFireIsDueFromTheVersionOn() {
        JobRecord job = of(OverlapPolicy.SKIP);
        FiresMark first = QueuedFires.first(job).orElseThrow();
        assertThat(QueuedFires.next(job, first)).contains(NOON);
        QueuedFires.Step step = decide(job, first, 0, NOON);
        assertThat(step.queued()).containsExactly(NOON);
        assertThat(step.isNews(first)).isTrue();
        assertThat(decide(job, step.mark(), 0, NOON.plusMillis(500)).isNews(step.mark()))
                .isFalse();
    }

    @Test
    void skipsWhileARunIsNotOver() {
        QueuedFires.Step step = decide(of(OverlapPolicy.SKIP), upTo(0), 1, at(1));
        assertThat(step.queued()).isEmpty();
        assertThat(step.lines()).hasSize(1);
        assertThat(step.lines().get(0).outcome()).isEqualTo(Outcome.SKIPPED);
        assertThat(step.lines().get(0).reason()).isEqualTo(Reasons.OVERLAP);
    }

    @Test
    void buffersOneAndQueuesItWhenItsTurnHasCome() {
        JobRecord job = of(OverlapPolicy.BUFFER_ONE);
        QueuedFires.Step first = decide(job, upTo(0), 1, at(1));
        assertThat(first.mark().waiting()).containsExactly(new FiresMark.Turn(at(1), false));
        QueuedFires.Step second = decide(job, first.mark(), 1, at(2));
        assertThat(second.lines()).extracting(FireEntry::reason).containsExactly(Reasons.BUFFER_FULL);
        QueuedFires.Step third = decide(job, second.mark(), 0, at(2).plusMillis(10));
        assertThat(third.queued()).containsExactly(at(1));
        assertThat(third.mark().waiting()).isEmpty();
    }

    @Test
    void allowsAsManySideBySideAsTheJobSays() {
        JobRecord job = record(job(new Overlap(OverlapPolicy.ALLOW, 2), Misfire.DEFAULT));
        assertThat(decide(job, upTo(0), 1, at(1)).queued()).containsExactly(at(1));
        assertThat(decide(job, upTo(0), 2, at(1)).lines())
                .extracting(FireEntry::reason)
                .containsExactly(Reasons.OVERLAP);
    }

    @Test
    void newestStopsWhatRunsAndTakesThePlaceOfWhatWaits() {
        JobRecord job = of(OverlapPolicy.CANCEL_RUNNING);
        QueuedFires.Step first = decide(job, upTo(0), 1, at(1));
        assertThat(first.stopRunning()).isTrue();
        QueuedFires.Step second = decide(job, first.mark(), 1, at(2));
        assertThat(second.lines()).extracting(FireEntry::reason).containsExactly(Reasons.REPLACED);
        assertThat(decide(job, second.mark(), 0, at(2)).queued()).containsExactly(at(2));
    }

    @Test
    void absenceIsSettledByTheMisfirePolicy() {
        QueuedFires.Step once = decide(of(OverlapPolicy.SKIP), upTo(0), 0, at(10));
        // What is within the threshold of a second is on time, and finds the late one before it.
        assertThat(once.queued()).containsExactly(at(8));
        assertThat(once.lines())
                .extracting(FireEntry::reason)
                .containsExactly(Reasons.COALESCED, Reasons.OVERLAP, Reasons.OVERLAP);
        assertThat(once.lines().get(0).count()).isEqualTo(7);
        Misfire skip = new Misfire(MisfirePolicy.SKIP, Duration.ofSeconds(1), Duration.ofHours(1), 1);
        QueuedFires.Step none = decide(record(job(Overlap.SKIP, skip)), upTo(0), 0, at(10));
        assertThat(none.queued()).containsExactly(at(9));
        Misfire all = new Misfire(MisfirePolicy.FIRE_ALL, Duration.ofSeconds(1), Duration.ofSeconds(5), 3);
        QueuedFires.Step every = decide(record(job(Overlap.SKIP, all)), upTo(0), 0, at(10));
        assertThat(every.queued()).containsExactly(at(6));
        assertThat(every.mark().waiting()).extracting(FiresMark.Turn::due).containsExactly(at(7), at(8));
    }

    @Test
    void fixedDelayCountsFromTheEndOfTheRunBefore() {
        JobRecord job = record(
                Job.named("job").handler("handler").delay(Duration.ofSeconds(5)).placement(Placement.QUEUED));
        FiresMark mark = QueuedFires.first(job).orElseThrow();
        Instant first = QueuedFires.next(job, mark).orElseThrow();
        QueuedFires.Step started = decide(job, mark, 0, first);
        assertThat(started.queued()).containsExactly(first);
        assertThat(decide(job, started.mark(), 1, first.plusSeconds(60)).isNews(started.mark()))
                .isFalse();
        QueuedFires.Step over = decide(job, started.mark(), 0, first.plusSeconds(61));
        assertThat(over.mark().delayNext()).contains(first.plusSeconds(66));
        assertThat(over.isNews(started.mark())).isTrue();
        QueuedFires.Step again = decide(job, over.mark(), 0, first.plusSeconds(66));
        assertThat(again.queued()).containsExactly(first.plusSeconds(66));
    }

    @Test
    void deletedJobOwesNothingMore() {
        JobRecord job = of(OverlapPolicy.SKIP).deletedAt(at(3));
        QueuedFires.Step step = decide(job, upTo(0, new FiresMark.Turn(NOON, true)), 0, at(9));
        assertThat(step.queued()).isEmpty();
        assertThat(step.lines()).extracting(FireEntry::outcome).containsOnly(Outcome.SUPERSEDED);
        assertThat(step.lines().stream().mapToLong(FireEntry::count).sum()).isEqualTo(3);
        assertThat(decide(job, step.mark(), 0, at(20)).isNews(step.mark())).isFalse();
    }

    /** Decisions are written or lost, masters are away for a while, runs end when they like: nothing is owed twice or not at all. */
    @Test
    void everyInstantIsRunOrHasAnOutcomeWhoeverDecides() {
        for (int seed = 0; seed < 400; seed++) {
            new Life(new Random(seed)).live();
        }
    }

    private static final class Life {
        private final Random random;
        private final JobRecord job;
        private final Map<Instant, Long> runs = new TreeMap<>();
        private final List<FireEntry> lines = new ArrayList<>();
        private FiresMark stored;
        private Instant now = NOON;
        private int open;

        Life(Random random) {
            this.random = random;
            this.job = versions();
            this.stored = QueuedFires.first(job).orElseThrow();
        }

        private JobRecord versions() {
            List<JobVersion> versions = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                Instant from = at(i * 40);
                Job job = job(
                        Overlap.of(OverlapPolicy.values()[random.nextInt(OverlapPolicy.values().length)]),
                        new Misfire(
                                MisfirePolicy.values()[random.nextInt(3)],
                                Duration.ofSeconds(random.nextInt(4)),
                                Duration.ofSeconds(5 + random.nextInt(20)),
                                1 + random.nextInt(4)));
                boolean sticky = i > 0 && random.nextInt(5) == 0;
                job = sticky ? job.placement(Placement.STICKY) : job;
                versions.add(new JobVersion(i + 1, from, from, i + 1, job.build(), random.nextInt(5) == 0, AUTHOR));
            }
            JobRecord all = new JobRecord("job", "job~1", versions, List.of(), Optional.empty());
            return random.nextInt(4) == 0 ? all.deletedAt(at(150)) : all;
        }

        void live() {
            Instant end = at(200);
            while (now.isBefore(end)) {
                now = now.plusMillis(random.nextInt(10) == 0 ? random.nextInt(30_000) : random.nextInt(1_500));
                open = open > 0 && random.nextInt(3) == 0 ? open - 1 : open;
                decide(random.nextInt(4) > 0);
            }
            decide(true);
            for (int i = 0; i < 300 && !stored.waiting().isEmpty(); i++) {
                open = 0;
                decide(true);
            }
            check();
        }

        private void decide(boolean written) {
            QueuedFires.Step step = QueuedFires.decide(job, stored, open, QueuedFires.MOST, now);
            if (written && step.isNews(stored)) {
                stored = step.mark();
                step.queued().forEach(due -> runs.merge(due, 1L, Long::sum));
                lines.addAll(step.lines());
                open += step.queued().size();
            }
        }

        private void check() {
            VersionedDueSet due = VersionedDueSet.queued(job);
            Map<Instant, Long> had = new TreeMap<>(runs);
            for (FireEntry line : lines) {
                List<Instant> of = due.between(line.fire().due().minusMillis(1), line.last(), 10_000);
                assertThat(line.count()).isEqualTo(of.size());
                of.forEach(instant -> had.merge(instant, 1L, Long::sum));
            }
            List<Instant> owed = due.between(NOON.minusMillis(1), now, 10_000);
            assertThat(had.keySet()).containsExactlyElementsOf(owed);
            assertThat(had.values()).allMatch(times -> times == 1);
        }
    }
}
