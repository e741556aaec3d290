package dev.belfry.core.shard;

import static dev.belfry.core.shard.TestShard.NOON;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.core.job.Job;
import dev.belfry.core.job.Misfire;
import dev.belfry.core.job.MisfirePolicy;
import dev.belfry.core.job.OverlapPolicy;
import dev.belfry.core.job.Recovery;
import dev.belfry.core.job.Retry;
import dev.belfry.core.job.TimeoutAction;
import dev.belfry.core.job.Timeouts;
import dev.belfry.core.ledger.FireId;
import dev.belfry.core.ledger.LedgerRecord;
import dev.belfry.core.ledger.Reasons;
import dev.belfry.core.ledger.Span;
import dev.belfry.core.run.FireLifeCycle;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.VersionedDueSet;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Shards driven at random through many owners and many versions of their job: every due fire gets exactly one outcome that
 * its own version allows, and every transition is taken.
 */
class ShardRunsRandomTest {

    private static final long SEEDS = Long.getLong("belfry.seeds", 400);
    private static final long FIRST = Long.getLong("belfry.firstSeed", 1);
    private static final int STEPS = 250;

    @Test
    void everyDueFireHasExactlyOneOutcomeAndEveryTransitionIsVisited() {
        var before = FireLifeCycle.TABLE.visits();
        for (long seed = FIRST; seed < FIRST + SEEDS; seed++) {
            try {
                new Drive(seed).run();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
            }
        }
        assertThat(FireLifeCycle.TABLE.visits().entrySet())
                .as("declared transitions that were taken")
                .allMatch(visited -> visited.getValue() > before.getOrDefault(visited.getKey(), 0L));
    }

    /** One shard, one seed. */
    private static final class Drive {
        private final SplittableRandom random;
        private final ShardModel model = new ShardModel();
        private final List<String> asked = new ArrayList<>();
        /** Whether one overlap policy holds throughout, so that all of what it promises can be looked at. */
        private final Optional<OverlapPolicy> overlap;

        private TestShard shard;
        /** What the next owner finds. */
        private LedgerRecord durable = LedgerRecord.fresh(NOON);
        /** A write that is under way, and the lines of the journal that go with it. */
        private Optional<LedgerRecord> written = Optional.empty();

        private int writtenLines;

        Drive(long seed) {
            random = new SplittableRandom(seed);
            overlap = random.nextBoolean() ? Optional.of(any(OverlapPolicy.values())) : Optional.empty();
            shard = TestShard.owing(job());
            shard.model = model;
        }

        private Job job() {
            return TestShard.everyTenSeconds()
                    .jitter(Duration.ofSeconds(any(0, 0, 0, 6)))
                    .overlap(overlap.orElseGet(() -> any(OverlapPolicy.values())))
                    .misfire(new Misfire(any(MisfirePolicy.values()), Duration.ofSeconds(1), Duration.ofSeconds(60), 3))
                    .recovery(any(Recovery.values()))
                    .timeouts(new Timeouts(
                            null,
                            Duration.ofSeconds(any(20, 3_600)),
                            null,
                            null,
                            TimeoutAction.CANCEL,
                            Duration.ofSeconds(1)))
                    .retry(new Retry(
                            1 + random.nextInt(3), Duration.ofSeconds(1), 2, Duration.ofSeconds(8), 0, List.of()));
        }

        @SafeVarargs
        private <T> T any(T... values) {
            return values[random.nextInt(values.length)];
        }

        private long any(Collection<Long> tokens) {
            return List.copyOf(tokens).get(random.nextInt(tokens.size()));
        }

        void run() {
            for (int i = 0; i < STEPS; i++) {
                step();
                look();
            }
            boolean ends = random.nextInt(4) == 0;
            if (ends) {
                endLayout();
            } else {
                settle();
            }
            VersionedDueSet due = ShardModel.due(shard);
            List<Instant> all = due.between(NOON, shard.now, Integer.MAX_VALUE);
            List<Instant> started = all.stream()
                    .filter(instant -> ends || !due.jittered(instant).isAfter(shard.now))
                    .toList();
            assertThat(model.settled()).containsAll(started).isSubsetOf(all);
            if (!ends) {
                asked.forEach(id -> assertThat(model.outcomes()).contains(FireId.requested(id, NOON)));
            }
            LedgerRecord record = shard.write();
            // What an owner settled whose clock was ahead stays listed until the next instant.
            assertThat(started)
                    .allMatch(fire -> !fire.isAfter(record.mark())
                            || record.above().stream().anyMatch(span -> span.covers(fire)));
        }

        private void step() {
            switch (random.nextInt(17)) {
                case 0, 1, 2, 3 -> advance(random.nextInt(12_000));
                case 4, 5 -> endOne(AttemptEnd.success());
                case 6, 7 -> endOne(AttemptEnd.failure("x.Broken", ""));
                case 8 -> stopOne();
                case 9, 10, 11 -> write();
                case 12 -> backOff();
                case 13 -> lease();
                case 14 -> define();
                case 15 -> ask();
                default -> change();
            }
        }

        private void look() {
            if (overlap.isPresent() && overlap.get() != OverlapPolicy.ALLOW) {
                assertThat(shard.running).as("attempts side by side").hasSizeLessThan(2);
            }
            if (overlap.isPresent() && overlap.get() == OverlapPolicy.ALLOW) {
                // Late fires, one at a time, come on top of those that the policy counts.
                assertThat(shard.running).as("attempts side by side").hasSizeLessThanOrEqualTo(11);
            }
            if (shard.runs.exhausted() && !shard.runs.handingOver()) {
                shard.runs.beginHandOver(shard.now);
            }
        }

        private void advance(int millis) {
            shard.now = shard.now.plusMillis(millis);
            shard.decide();
        }

        private void endOne(AttemptEnd end) {
            if (!shard.running.isEmpty()) {
                end(any(shard.running.keySet()), random.nextInt(8) == 0 ? AttemptEnd.notStarted() : end);
            }
        }

        private void end(long token, AttemptEnd end) {
            boolean told = shard.stops.containsKey(token);
            ShardModel.Last how = told ? ShardModel.Last.STOPPED : ShardModel.Last.FAILED;
            if (end.wasNotStarted()) {
                how = ShardModel.Last.NOT_STARTED;
                boolean leaseOver = !told || shard.stops.get(token).equals(Reasons.LEASE_OVER);
                how = leaseOver ? how : ShardModel.Last.STOPPED;
            }
            model.ends(token, end.succeeded() ? ShardModel.Last.SUCCEEDED : how);
            shard.end(token, end);
            shard.decide();
        }

        private void stopOne() {
            if (shard.running.isEmpty()) {
                return;
            }
            long token = any(shard.running.keySet());
            shard.runs.timeOut(token, Reasons.ATTEMPT_TIMEOUT);
            if (random.nextInt(3) == 0) {
                model.ends(token, ShardModel.Last.ABANDONED);
                shard.abandon(token);
                shard.decide();
            }
        }

        private void write() {
            if (written.isEmpty()) {
                LedgerRecord record = shard.write();
                Instant last = record.mark();
                for (Span span : record.above()) {
                    assertThat(span.first())
                            .as("spans are above the mark and disjoint")
                            .isAfter(last);
                    last = span.last();
                }
                written = Optional.of(record);
                writtenLines = shard.journal.size();
            } else if (random.nextInt(4) == 0) {
                written = Optional.empty();
                shard.runs.notWritten();
            } else {
                arrive();
                shard.acknowledge();
                shard.decide();
            }
        }

        /** The write that was under way is applied. */
        private void arrive() {
            written.ifPresent(record -> {
                durable = record;
                model.durable(record, writtenLines);
            });
            written = Optional.empty();
        }

        private void flush() {
            if (written.isPresent()) {
                arrive();
                shard.acknowledge();
            }
            written = Optional.of(shard.write());
            writtenLines = shard.journal.size();
            arrive();
            shard.acknowledge();
        }

        private void backOff() {
            if (!shard.backOffs.isEmpty()) {
                shard.retry();
                shard.decide();
            }
        }

        private void lease() {
            if (shard.lease) {
                shard.loseLease();
            } else {
                shard.lease = true;
                shard.decide();
            }
        }

        /** A new version, in force some time after now: no owner has decided anything of it yet. */
        private void define() {
            JobRecord job = shard.job;
            if (job.versions().size() < JobRecord.MAX_VERSIONS) {
                Instant from =
                        job.newest().from().isAfter(shard.now) ? job.newest().from() : shard.now;
                shard.change(from.plusMillis(1 + random.nextInt(15_000)), job().build(), random.nextInt(6) == 0);
            }
        }

        private void ask() {
            if (asked.size() < 5) {
                asked.add("r" + asked.size());
            }
            shard.request(asked.toArray(String[]::new));
        }

        /** A change of owner, in order or not; or a hand-over that is called off. */
        private void change() {
            if (!shard.runs.handingOver()) {
                if (random.nextInt(3) == 0) {
                    lose();
                } else {
                    shard.runs.beginHandOver(shard.now);
                }
            } else if (shard.runs.quiet() && random.nextBoolean()) {
                release();
            } else if (random.nextInt(3) == 0 && !shard.runs.exhausted()) {
                shard.runs.resume(shard.moment(), shard.now.plus(shard.horizon), shard.lease);
                shard.decide();
            }
        }

        private void release() {
            shard.runs.prepareRelease(shard.moment());
            flush();
            takeOver();
        }

        /** The owner is lost; what it was writing may have arrived. */
        private void lose() {
            if (random.nextBoolean()) {
                arrive();
            }
            takeOver();
        }

        private void takeOver() {
            written = Optional.empty();
            model.ownerGone(shard, durable);
            int attempts = random.nextInt(3) == 0 ? 1 + random.nextInt(6) : ShardRuns.MAX_ATTEMPTS;
            shard = shard.successor(durable, attempts);
            shard.model = model;
            shard.horizon = Duration.ofSeconds(any(0, 0, 0, -3));
            if (random.nextInt(8) != 0) {
                advance(random.nextInt(8_000));
            }
        }

        /** Lets everything end that is due by now. */
        private void settle() {
            for (int i = 0; shard.runs.liveCount() > 0 || i < 3; i++) {
                assertThat(i).as("steps until all is settled").isLessThan(2_000);
                calm();
                if (shard.runs.exhausted() && shard.runs.quiet()) {
                    release();
                }
                shard.horizon = Duration.ZERO;
                shard.lease = true;
                if (shard.runs.handingOver() && !shard.runs.exhausted()) {
                    shard.runs.resume(shard.moment(), shard.now, true);
                }
                shard.decide();
                shard.request(asked.toArray(String[]::new));
                if (shard.runs.exhausted() && !shard.runs.handingOver()) {
                    shard.runs.beginHandOver(shard.now);
                }
            }
            shard.decide();
        }

        /** Writes, and lets end what runs and what backs off. */
        private void calm() {
            flush();
            Map.copyOf(shard.running).keySet().forEach(token -> end(token, AttemptEnd.success()));
            shard.abandonedEnd();
            if (!shard.backOffs.isEmpty()) {
                shard.retry();
            }
        }

        /** Hands the shard over to nobody. */
        private void endLayout() {
            shard.runs.beginHandOver(shard.now);
            for (int i = 0; !shard.runs.quiet(); i++) {
                assertThat(i).as("steps until nothing runs").isLessThan(2_000);
                calm();
            }
            shard.horizon = Duration.ZERO;
            shard.runs.supersede(shard.now, Reasons.LAYOUT, List.of(), shard.moment());
        }
    }
}
