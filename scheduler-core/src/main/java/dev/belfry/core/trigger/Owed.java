package dev.belfry.core.trigger;

import dev.belfry.core.job.Misfire;
import dev.belfry.core.ledger.Reasons;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What to do with fires that were due and that nobody has started: the misfire policy, applied to gaps of time.
 *
 * @param late fires to run now, one after another, in order
 * @param missed fires that will not run, as ranges
 */
public record Owed(List<Instant> late, List<Missed> missed) {

    /** At most so many fires of one gap are counted one by one; a longer gap reports at least this many. */
    static final long COUNT_LIMIT = 1_000_000;

    /** Consecutive due fires that will not run. */
    public record Missed(Instant first, Instant last, long count, String reason) {}

    /** A stretch of time in which nothing was settled: ({@code after}, {@code upTo}]. */
    public record Gap(Instant after, Instant upTo) {}

    public Owed {
        late = List.copyOf(late);
        missed = List.copyOf(missed);
    }

    /** Settles the due fires of {@code gaps} (ascending, disjoint) by {@code rules}, as of {@code now}. */
    public static Owed settle(DueSet due, List<Gap> gaps, Misfire rules, Instant now) {
        return switch (rules.policy()) {
            case SKIP -> allMissed(due, gaps, Reasons.MISFIRE_SKIP);
            case FIRE_ONCE -> fireOnce(due, gaps);
            case FIRE_ALL -> fireAll(due, gaps, rules, now);
        };
    }

    /** All due fires of {@code gaps} run late, whatever the policy: they fell into a planned hand-over. */
    public static Owed allLate(DueSet due, List<Gap> gaps, int limit) {
        List<Instant> late = new ArrayList<>();
        List<Missed> missed = new ArrayList<>();
        for (Gap gap : gaps) {
            List<Instant> fires = due.between(gap.after(), gap.upTo(), limit - late.size());
            late.addAll(fires);
            if (late.size() >= limit) {
                Instant after = fires.isEmpty() ? gap.after() : fires.get(fires.size() - 1);
                addMissed(missed, due, after, gap.upTo(), Reasons.LIMIT);
            }
        }
        return new Owed(late, missed);
    }

    private static Owed allMissed(DueSet due, List<Gap> gaps, String reason) {
        List<Missed> missed = new ArrayList<>();
        for (Gap gap : gaps) {
            addMissed(missed, due, gap.after(), gap.upTo(), reason);
        }
        return new Owed(List.of(), missed);
    }

    private static Owed fireOnce(DueSet due, List<Gap> gaps) {
        List<Missed> missed = new ArrayList<>();
        List<Instant> late = new ArrayList<>();
        for (int i = gaps.size() - 1; i >= 0; i--) {
            Gap gap = gaps.get(i);
            if (!late.isEmpty()) {
                addMissed(missed, due, gap.after(), gap.upTo(), Reasons.COALESCED);
                continue;
            }
            Optional<Instant> latest = due.latest(gap.after(), gap.upTo());
            if (latest.isPresent()) {
                late.add(latest.get());
                addMissed(missed, due, gap.after(), latest.get().minusMillis(1), Reasons.COALESCED);
            }
        }
        return new Owed(late, missed);
    }

    private static Owed fireAll(DueSet due, List<Gap> gaps, Misfire rules, Instant now) {
        Instant oldest = now.minus(rules.window());
        List<Missed> missed = new ArrayList<>();
        List<Instant> late = new ArrayList<>();
        for (int i = gaps.size() - 1; i >= 0; i--) {
            Gap gap = gaps.get(i);
            Instant upTo = gap.upTo();
            while (late.size() < rules.limit()) {
                Optional<Instant> latest = due.latest(gap.after(), upTo);
                if (latest.isEmpty() || latest.get().isBefore(oldest)) {
                    break;
                }
                late.add(0, latest.get());
                upTo = latest.get().minusMillis(1);
            }
            String reason = late.size() < rules.limit() ? Reasons.WINDOW : Reasons.LIMIT;
            addMissed(missed, due, gap.after(), upTo, reason);
        }
        return new Owed(late, missed);
    }

    private static void addMissed(List<Missed> missed, DueSet due, Instant after, Instant upTo, String reason) {
        if (!after.isBefore(upTo)) {
            return;
        }
        Optional<Instant> first = due.next(after);
        if (first.isEmpty() || first.get().isAfter(upTo)) {
            return;
        }
        Instant last = due.latest(after, upTo).orElseThrow();
        missed.add(new Missed(first.get(), last, due.count(after, upTo, COUNT_LIMIT), reason));
    }
}
