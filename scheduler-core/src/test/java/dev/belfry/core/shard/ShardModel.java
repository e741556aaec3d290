package dev.belfry.core.shard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.job.MisfirePolicy;
import dev.belfry.core.job.OverlapPolicy;
import dev.belfry.core.job.Recovery;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.ledger.FireId;
import dev.belfry.core.ledger.LedgerRecord;
import dev.belfry.core.ledger.Mark;
import dev.belfry.core.ledger.Reasons;
import dev.belfry.core.run.Outcome;
import dev.belfry.core.version.VersionedDueSet;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a shard owes whoever looks on, told without its machinery: it sees each start and each outcome through all owners
 * and complains of one that should not be.
 */
class ShardModel {
    /** Looks at nothing. */
    static final ShardModel NONE = new ShardModel() {
        @Override
        void started(TestShard shard, AttemptOrder order) {}

        @Override
        void told(TestShard shard, FireEntry line) {}
    };

    /** What has become of the last attempt at a fire. */
    enum Last {
        RUNNING,
        SUCCEEDED,
        FAILED,
        /** The lease was over before it began. */
        NOT_STARTED,
        /** Told to stop, and ended. */
        STOPPED,
        /** Told to stop, and left to itself. */
        ABANDONED,
        /** Its owner was lost while it ran. */
        UNKNOWN
    }

    private final Map<FireId, FireEntry> outcomes = new HashMap<>();
    private final Map<FireId, Last> last = new HashMap<>();
    private final Map<FireId, Integer> numbers = new HashMap<>();
    private final Map<Long, FireId> running = new HashMap<>();
    private final Set<Long> claims = new HashSet<>();
    private long greatest;
    /** The first line of the present owner's journal that is not durable. */
    private int volatileFrom;

    /** The scheduled fires that have their outcome. */
    List<Instant> settled() {
        return outcomes.keySet().stream()
                .filter(FireId::isScheduled)
                .map(FireId::due)
                .sorted()
                .toList();
    }

    Set<FireId> outcomes() {
        return outcomes.keySet();
    }

    // --- what the driver does

    /** An attempt is about to be reported as ended in this way. */
    void ends(long token, Last how) {
        FireId fire = running.remove(token);
        if (fire != null) {
            last.put(fire, how);
        }
    }

    /** Everything in {@code record}, and every outcome of the first {@code lines} told under this owner, is durable. */
    void durable(LedgerRecord record, int lines) {
        fires(record).values().forEach(mark -> {
            if (mark instanceof Mark.Claimed claimed) {
                claims.add(claimed.token());
            }
        });
        volatileFrom = Math.max(volatileFrom, lines);
    }

    /** The owner is gone; {@code record} is all that is known, and what was told after it is as if it had not been. */
    void ownerGone(TestShard shard, LedgerRecord record) {
        for (FireEntry line : shard.journal.subList(volatileFrom, shard.journal.size())) {
            if (line.kind() == FireEntry.Kind.FINAL) {
                outcomes.values().removeIf(line::equals);
            }
        }
        volatileFrom = 0;
        running.clear();
        numbers.clear();
        Map<FireId, Mark> known = fires(record);
        // Of an at-most-once fire nothing is forgotten: its claim was durable before it began.
        last.keySet()
                .removeIf(fire -> !known.containsKey(fire) && rules(shard, fire).recovery() == Recovery.RERUN);
        known.forEach((fire, mark) -> {
            boolean failed = mark instanceof Mark.Started && rules(shard, fire).recovery() == Recovery.SKIP;
            if (!(mark instanceof Mark.Final)) {
                last.put(fire, failed ? Last.FAILED : Last.UNKNOWN);
                numbers.put(fire, number(mark));
            }
        });
    }

    private static int number(Mark mark) {
        return mark instanceof Mark.Started started ? started.attempt() : ((Mark.Claimed) mark).attempt();
    }

    private static Map<FireId, Mark> fires(LedgerRecord record) {
        Map<FireId, Mark> marks = new HashMap<>();
        record.above().forEach(span -> marks.put(FireId.scheduled(span.first()), span.mark()));
        record.requested().forEach(run -> marks.put(FireId.requested(run.runId(), run.due()), run.mark()));
        return marks;
    }

    // --- what the shard does

    void started(TestShard shard, AttemptOrder order) {
        FireId fire = order.fire();
        JobDefinition rules = rules(shard, fire);
        Last before = last.get(fire);
        assertThat(shard.lease).as("a lease at the start of " + order).isTrue();
        assertThat(shard.runs.handingOver())
                .as("a hand-over at the start of " + order)
                .isFalse();
        assertThat(outcomes).as("the outcome before the start of " + order).doesNotContainKey(fire);
        assertThat(before).as("the attempt before " + order).isNotIn(Last.RUNNING, Last.SUCCEEDED);
        // What another owner has begun, by a clock that was ahead, goes on at once.
        if (fire.isScheduled() && order.number() == 1) {
            assertThat(due(shard).jittered(fire.due()))
                    .as("start of " + order)
                    .isBeforeOrEqualTo(shard.now.plus(shard.horizon));
        }
        int number = numbers.getOrDefault(fire, 0);
        assertThat(order.number())
                .as("number of " + order + " after " + before)
                .isEqualTo(before == Last.NOT_STARTED ? Math.max(number, 1) : number + 1);
        if (rules.recovery() == Recovery.SKIP) {
            assertThat(claims).as("durable claims before " + order).contains(order.token());
            assertThat(order.number())
                    .as("number of the at-most-once " + order)
                    .isLessThanOrEqualTo(rules.retry().attempts());
            assertThat(before)
                    .as("the attempt before the at-most-once " + order)
                    .isNotIn(Last.UNKNOWN, Last.ABANDONED);
        }
        mayRunBeside(shard, order);
        numbers.put(fire, order.number());
        last.put(fire, Last.RUNNING);
        running.put(order.token(), fire);
    }

    private void mayRunBeside(TestShard shard, AttemptOrder order) {
        if (!everAllowed(shard)) {
            assertThat(order.token()).as("tokens rise").isGreaterThan(greatest);
        }
        // Side by side, tokens are given with the claims, whose order need not be that of the starts.
        assertThat(order.token() >> 20).as("tenancies rise").isGreaterThanOrEqualTo(greatest >> 20);
        assertThat(running).as("tokens are used once").doesNotContainKey(order.token());
        greatest = Math.max(greatest, order.token());
        // It is the later one of two whose version has to allow it; a claim may let the later one start first.
        for (FireId other : running.values()) {
            assertThat(allows(shard, order.fire()) || allows(shard, other))
                    .as(other + " runs beside " + order)
                    .isTrue();
        }
    }

    void told(TestShard shard, FireEntry line) {
        if (line.kind() != FireEntry.Kind.FINAL) {
            return;
        }
        if (!line.fire().isScheduled()) {
            settle(shard, line.fire(), line);
            return;
        }
        assertThat(line.last()).as("the last instant of " + line).isBeforeOrEqualTo(shard.now.plus(shard.horizon));
        List<Instant> fires = due(shard).between(line.fire().due().minusMillis(1), line.last(), Integer.MAX_VALUE);
        assertThat(fires).as("fires of " + line).hasSize((int) line.count());
        fires.forEach(instant -> settle(shard, FireId.scheduled(instant), line));
    }

    private void settle(TestShard shard, FireId fire, FireEntry line) {
        assertThat(outcomes.put(fire, line)).as("the outcome before " + line).isNull();
        Last attempt = last.get(fire);
        if (line.attempt() == 0) {
            assertThat(attempt)
                    .as("the attempt at what was never begun: " + line)
                    .isIn(null, Last.NOT_STARTED);
        }
        JobDefinition rules = rules(shard, fire);
        switch (line.outcome()) {
            case SUCCEEDED -> assertThat(attempt).as("" + line).isEqualTo(Last.SUCCEEDED);
            case FAILED -> assertThat(attempt).as("" + line).isEqualTo(Last.FAILED);
            case LOST -> {
                assertThat(rules.recovery()).as("" + line).isEqualTo(Recovery.SKIP);
                assertThat(claims).as("durable claims at " + line).contains(line.token());
                assertThat(attempt).as("" + line).isNotIn(Last.RUNNING, Last.SUCCEEDED);
            }
            case MISSED -> assertThat(rules.misfire().policy()).as("" + line).isEqualTo(missedBy(line.reason()));
            case SKIPPED ->
                assertThat(skippedBy(shard, rules, line.reason())).as("" + line).isTrue();
            default -> assertThat(line.outcome()).as("" + line).isNotEqualTo(Outcome.UNKNOWN);
        }
    }

    private static MisfirePolicy missedBy(String reason) {
        return switch (reason) {
            case Reasons.COALESCED -> MisfirePolicy.FIRE_ONCE;
            case Reasons.MISFIRE_SKIP -> MisfirePolicy.SKIP;
            case Reasons.WINDOW, Reasons.LIMIT -> MisfirePolicy.FIRE_ALL;
            default -> throw new AssertionError("missed for the reason " + reason);
        };
    }

    private static boolean skippedBy(TestShard shard, JobDefinition rules, String reason) {
        OverlapPolicy policy = rules.overlap().policy();
        return switch (reason) {
            case Reasons.OVERLAP ->
                EnumSet.of(OverlapPolicy.SKIP, OverlapPolicy.ALLOW).contains(policy);
            case Reasons.BUFFER_FULL ->
                EnumSet.of(OverlapPolicy.BUFFER_ONE, OverlapPolicy.BUFFER_ALL).contains(policy);
            case Reasons.REPLACED -> ever(shard, OverlapPolicy.CANCEL_RUNNING);
            default -> false;
        };
    }

    private static boolean allows(TestShard shard, FireId fire) {
        return rules(shard, fire).overlap().policy() == OverlapPolicy.ALLOW;
    }

    private static boolean everAllowed(TestShard shard) {
        return ever(shard, OverlapPolicy.ALLOW);
    }

    private static boolean ever(TestShard shard, OverlapPolicy policy) {
        return shard.job.versions().stream()
                .anyMatch(version -> version.definition().overlap().policy() == policy);
    }

    private static JobDefinition rules(TestShard shard, FireId fire) {
        return shard.job.at(fire.due()).definition();
    }

    static VersionedDueSet due(TestShard shard) {
        return VersionedDueSet.of(shard.job, 1);
    }
}
