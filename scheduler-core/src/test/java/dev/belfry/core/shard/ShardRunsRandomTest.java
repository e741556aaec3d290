package dev.belfry.core.shard;

import static dev.belfry.core.shard.TestShard.NOON;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.core.job.Job;
import dev.belfry.core.job.Misfire;
import dev.belfry.core.job.MisfirePolicy;
import dev.belfry.core.job.OverlapPolicy;
import dev.belfry.core.job.Recovery;
import dev.belfry.core.job.Retry;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.ledger.FireId;
import dev.belfry.core.ledger.LedgerRecord;
import dev.belfry.core.ledger.Reasons;
import dev.belfry.core.ledger.Span;
import dev.belfry.core.run.FireLifeCycle;
import dev.belfry.core.version.VersionedDueSet;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Shards driven at random through many owners: every due fire gets exactly one outcome, and every transition is taken. */
class ShardRunsRandomTest {

    private static final long SEEDS = Long.getLong("belfry.seeds", 400);
    private static final int STEPS = 250;

    @Test
    void everyDueFireHasExactlyOneOutcomeAndEveryTransitionIsVisited() {
        var before = FireLifeCycle.TABLE.visits();
        for (long seed = 1; seed <= SEEDS; seed++) {
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
        private final VersionedDueSet due;
        private final boolean alone;
        private final Set<Instant> settled = new TreeSet<>();
        private final Set<Long> abandoned = new HashSet<>();
        private TestShard shard;
        private int checkedLines;
        private int checkedOrders;
        private long lastToken;

        Drive(long seed) {
            random = new SplittableRandom(seed);
            OverlapPolicy overlap = any(OverlapPolicy.values());
            alone = overlap != OverlapPolicy.ALLOW;
            Job job = TestShard.everyTenSeconds()
                    .overlap(overlap)
                    .misfire(new Misfire(any(MisfirePolicy.values()), Duration.ofSeconds(1), Duration.ofSeconds(60), 3))
                    .recovery(any(Recovery.values()))
                    .retry(new Retry(
                            1 + random.nextInt(3), Duration.ofSeconds(1), 2, Duration.ofSeconds(8), 0, List.of()));
            shard = TestShard.owing(job);
            due = VersionedDueSet.of(shard.job, 1);
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
                check();
            }
            settle();
            check();
            List<Instant> all = due.between(NOON, shard.now, Integer.MAX_VALUE);
            assertThat(settled).containsExactlyElementsOf(all);
            assertThat(shard.write().mark()).isAfterOrEqualTo(all.get(all.size() - 1));
        }

        private void step() {
            switch (random.nextInt(14)) {
                case 0, 1, 2, 3 -> advance(random.nextInt(12_000));
                case 4, 5 -> endOne(AttemptEnd.success());
                case 6, 7 -> endOne(AttemptEnd.failure("x.Broken", ""));
                case 8 -> stopOne();
                case 9, 10 -> write();
                case 11 -> backOff();
                case 12 -> lease();
                default -> change();
            }
        }

        private void advance(int millis) {
            shard.now = shard.now.plusMillis(millis);
            shard.decide();
        }

        private void endOne(AttemptEnd end) {
            if (!shard.running.isEmpty()) {
                shard.end(any(shard.running.keySet()), end);
                shard.decide();
            }
        }

        private void stopOne() {
            if (shard.running.isEmpty()) {
                return;
            }
            long token = any(shard.running.keySet());
            shard.runs.timeOut(token, Reasons.ATTEMPT_TIMEOUT);
            if (random.nextInt(3) == 0) {
                shard.abandon(token);
                abandoned.add(token);
                shard.decide();
            }
        }

        private void write() {
            LedgerRecord record = shard.write();
            Instant last = record.mark();
            for (Span span : record.above()) {
                assertThat(span.first())
                        .as("spans are above the mark and disjoint")
                        .isAfter(last);
                last = span.last();
            }
            if (random.nextInt(4) == 0) {
                shard.runs.notWritten();
            } else {
                shard.acknowledge();
                shard.decide();
            }
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

        /** A change of owner, in order or not; or a hand-over that is called off. */
        private void change() {
            if (!shard.runs.handingOver()) {
                if (random.nextInt(3) == 0) {
                    takeOver();
                } else {
                    shard.runs.beginHandOver();
                }
            } else if (shard.runs.quiet() && random.nextBoolean()) {
                shard.runs.prepareRelease(shard.moment());
                takeOver();
            } else if (random.nextInt(3) == 0) {
                shard.runs.resume(shard.moment(), shard.now, shard.lease);
                shard.decide();
            }
        }

        private void takeOver() {
            check();
            shard = shard.successor();
            checkedLines = 0;
            checkedOrders = 0;
            abandoned.clear();
            advance(random.nextInt(8_000));
        }

        /** Lets everything end. */
        private void settle() {
            shard.lease = true;
            if (shard.runs.handingOver()) {
                shard.runs.resume(shard.moment(), shard.now, true);
            }
            for (int i = 0; shard.runs.liveCount() > 0 || i == 0; i++) {
                assertThat(i).as("steps until all is settled").isLessThan(1_000);
                shard.decide();
                write();
                Map.copyOf(shard.running).keySet().forEach(token -> shard.end(token, AttemptEnd.success()));
                if (!shard.backOffs.isEmpty()) {
                    shard.retry();
                }
            }
            shard.decide();
        }

        private void check() {
            List<FireEntry> lines = shard.journal.subList(checkedLines, shard.journal.size());
            for (FireEntry line : lines) {
                if (line.kind() == FireEntry.Kind.FINAL && line.fire().isScheduled()) {
                    account(line);
                }
            }
            checkedLines = shard.journal.size();
            for (AttemptOrder order : new ArrayList<>(shard.orders.subList(checkedOrders, shard.orders.size()))) {
                // Side by side, tokens are given with the claims, whose order need not be that of the starts.
                if (alone) {
                    assertThat(order.token()).as("tokens rise").isGreaterThan(lastToken);
                }
                lastToken = Math.max(lastToken, order.token());
            }
            checkedOrders = shard.orders.size();
            if (alone) {
                assertThat(shard.running).as("attempts side by side").hasSizeLessThan(2);
            }
        }

        private void account(FireEntry line) {
            FireId fire = line.fire();
            List<Instant> fires = due.between(fire.due().minusMillis(1), line.last(), Integer.MAX_VALUE);
            assertThat(fires).as("fires of " + line).hasSize((int) line.count());
            for (Instant instant : fires) {
                assertThat(settled.add(instant))
                        .as("first outcome of " + TestShard.seconds(instant) + ", now " + line)
                        .isTrue();
            }
        }
    }
}
