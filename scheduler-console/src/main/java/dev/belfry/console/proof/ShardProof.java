package dev.belfry.console.proof;

import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.ledger.FireId;
import dev.belfry.core.ledger.LedgerRecord;
import dev.belfry.core.ledger.Mark;
import dev.belfry.core.ledger.Reasons;
import dev.belfry.core.ledger.Span;
import dev.belfry.core.run.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Lays the final lines of one shard's journal over what it owed. One use, not thread-safe. */
final class ShardProof {
    /** A range outcome is counted up to here; a longer one says at least so many. */
    private static final long COUNT_LIMIT = 1_000_000;
    /** Outcomes with these reasons may be the second of a pair. */
    private static final Set<String> SECOND = Set.of(Reasons.OUTCOME_UNKNOWN, Reasons.LEASE_OVER);
    /** Nothing was run again to come to these. */
    private static final Set<Outcome> NOT_AGAIN = Set.of(Outcome.CANCELLED, Outcome.SUPERSEDED, Outcome.MISSED);
    /** A hand-over that takes longer than this is no excuse any more. */
    private static final Duration HAND_OVER = Duration.ofMinutes(1);

    /** So long it may take until everything of a layout that is over is settled. */
    private static final Duration SETTLING = Duration.ofMinutes(2);

    /** Stands for a line of another shard. */
    private static final int FOR_ALL = -1;

    private final Layout layout;
    private final ShardEvidence shard;
    private final List<FireEntry> lines;
    private final Tally tally;
    private final long[] due;
    /** Number of the line that covers each due fire, from 1. */
    private final int[] covered;

    /** Final by the ledger and not listed in the journal, in milliseconds of the epoch. */
    final List<Long> unlisted = new ArrayList<>();

    ShardProof(Layout layout, ShardEvidence shard, Tally tally) {
        this.layout = layout;
        this.shard = shard;
        this.lines = shard.lines();
        this.tally = tally;
        this.due = layout.due();
        this.covered = new int[due.length];
    }

    /**
     * @param from lines of fires before it are passed over
     * @param until likewise from it on
     */
    void layLines(Instant from, Instant until) {
        for (int i = 0; i < lines.size(); i++) {
            FireEntry line = lines.get(i);
            if (isScheduledOutcome(line)
                    && !line.last().isBefore(from)
                    && line.fire().due().isBefore(until)
                    && !layout.chained(line.fire().due())) {
                lay(i + 1, line, from, until);
            }
        }
    }

    /** Counts the fires due from {@code from} on and before {@code until} that may have run twice. */
    void pairs(Instant from, Instant until) {
        Map<FireId, List<FireEntry>> attempts = new TreeMap<>();
        Set<FireId> again = new HashSet<>();
        for (FireEntry line : lines) {
            Instant due = line.fire().due();
            if (line.token() != 0 && !due.isBefore(from) && due.isBefore(until)) {
                attempts.computeIfAbsent(line.fire(), fire -> new ArrayList<>()).add(line);
                boolean follows = line.kind() == FireEntry.Kind.STARTED || line.kind() == FireEntry.Kind.FINAL;
                if (follows && !NOT_AGAIN.contains(line.outcome()) && SECOND.contains(line.reason())) {
                    again.add(line.fire());
                }
            }
        }
        onBothSides(attempts);
        attempts.forEach((fire, known) -> {
            if (again.contains(fire)) {
                tally.pair(new Pair(layout.job().name(), layout.number(), shard.name(), fire.due(), attempts(known)));
            }
        });
    }

    /** Counts the fires that were begun in a past that a restore has ended, and again after the restore. */
    private void onBothSides(Map<FireId, List<FireEntry>> attempts) {
        Map<FireId, List<FireEntry>> before = new TreeMap<>();
        for (FireEntry line : shard.ended()) {
            if (line.token() != 0 && attempts.containsKey(line.fire())) {
                before.computeIfAbsent(line.fire(), fire -> new ArrayList<>()).add(line);
            }
        }
        before.forEach((fire, known) -> {
            List<FireEntry> present = java.util.Objects.requireNonNull(attempts.get(fire));
            if (greatest(present) > greatest(known)) {
                List<FireEntry> all = new ArrayList<>(known);
                all.addAll(present);
                tally.restored++;
                tally.pair(new Pair(
                        layout.job().name(),
                        layout.number(),
                        shard.name(),
                        fire.due(),
                        "before and after a restore: " + attempts(all)));
                attempts.remove(fire);
            }
        });
    }

    private static long greatest(List<FireEntry> lines) {
        return lines.stream().mapToLong(FireEntry::token).max().orElse(0);
    }

    private static String attempts(List<FireEntry> lines) {
        Map<Long, FireEntry> last = new TreeMap<>();
        lines.forEach(line -> last.merge(line.token(), line, (a, b) -> b.kind() == FireEntry.Kind.STARTED ? a : b));
        String known = last.values().stream()
                .map(line -> "token " + line.token() + " "
                        + (line.kind() == FireEntry.Kind.STARTED
                                ? "started, without an outcome"
                                : line.outcome().text())
                        + (line.reason().isEmpty() ? "" : " (" + line.reason() + ")"))
                .collect(Collectors.joining(", then "));
        return last.size() > 1 ? known : "an attempt that left no trace, if any; then " + known;
    }

    static boolean isScheduledOutcome(FireEntry line) {
        return line.kind() == FireEntry.Kind.FINAL && line.fire().isScheduled();
    }

    private void lay(int number, FireEntry line, Instant from, Instant until) {
        long first = line.fire().due().toEpochMilli();
        int low = place(first);
        int high = place(line.last().toEpochMilli() + 1);
        boolean whole = !line.fire().due().isBefore(from) && line.last().isBefore(until) && first >= layout.known();
        if (whole) {
            boolean atEnds = low < high
                    && due[low] == first
                    && due[high - 1] == line.last().toEpochMilli();
            if (!atEnds || (line.count() != high - low && line.count() < COUNT_LIMIT)) {
                phantom(line, high - low);
            }
        }
        tally.outcome(line.outcome(), high - low);
        for (int i = low; i < high; i++) {
            if (covered[i] == 0) {
                covered[i] = number;
            } else {
                twice(due[i], lines.get(covered[i] - 1), line);
            }
        }
    }

    /** Where an instant stands among the due ones, or would stand. */
    private int place(long millis) {
        int found = Arrays.binarySearch(due, millis);
        return found >= 0 ? found : -found - 1;
    }

    private void phantom(FireEntry line, int dueWithin) {
        phantom(
                line,
                line.count() == 1 && line.fire().due().equals(line.last())
                        ? "but not due under any version kept"
                        : "but " + dueWithin + " were due between the two");
    }

    void phantom(FireEntry line, String why) {
        String fires = line.count() == 1 ? "" : line.count() + " fires ";
        String detail = "recorded as " + fires + line.outcome().text() + ", " + why;
        tally.found(finding(Finding.Kind.PHANTOM, line.fire().due(), line.last(), line.count(), detail));
    }

    void twice(long instant, FireEntry before, FireEntry line) {
        if (!layout.queued() && (SECOND.contains(line.reason()) || SECOND.contains(before.reason()))) {
            return; // counted among the pairs; of a queued task the outcome is written once, whatever ran
        }
        Instant at = Instant.ofEpochMilli(instant);
        String detail = before.outcome().text() + " (token " + before.token() + ") and "
                + line.outcome().text() + " (token " + line.token() + ")";
        tally.found(finding(Finding.Kind.DUPLICATE, at, at, 1, detail));
    }

    /** Judges the due fires from {@code first} up to before {@code end} that no line covers. */
    void judgeRest(long first, long end, Instant now, Duration grace) {
        long settledBefore = now.minus(grace).toEpochMilli() - layout.jitter();
        long stretch = -1;
        String why = "";
        int count = 0;
        int last = 0;
        for (int i = place(first); i < place(end); i++) {
            String verdict = covered[i] != 0 ? "" : verdict(due[i], settledBefore, now);
            if (stretch >= 0 && !verdict.equals(why)) {
                gap(stretch, due[last], count, why);
                stretch = -1;
                count = 0;
            }
            if (!verdict.isEmpty()) {
                stretch = stretch < 0 ? due[i] : stretch;
                why = verdict;
                last = i;
                count++;
            }
        }
        if (stretch >= 0) {
            gap(stretch, due[last], count, why);
        }
    }

    void gap(long first, long last, long count, String why) {
        tally.found(finding(Finding.Kind.GAP, Instant.ofEpochMilli(first), Instant.ofEpochMilli(last), count, why));
    }

    /** Judges one fire that no line covers. */
    void judge(long instant, Instant now, Duration grace) {
        tally.due++;
        String why = verdict(instant, now.minus(grace).toEpochMilli() - layout.jitter(), now);
        if (!why.isEmpty()) {
            gap(instant, instant, 1, why);
        }
    }

    /** Why a fire without a line is a gap; empty if it is none. */
    private String verdict(long instant, long settledBefore, Instant now) {
        if (shard.queue().isPresent()) {
            return verdict(shard.queue().get(), instant, settledBefore);
        }
        LedgerRecord record = shard.ledger().orElse(null);
        if (record != null && isFinal(record, instant)) {
            unlisted.add(instant);
            return "";
        }
        if (instant >= settledBefore || (record != null && isUnderWay(record, instant, now))) {
            tally.pending++;
            return "";
        }
        boolean over = layout.end() <= now.toEpochMilli();
        if (record == null && over && layout.job().settled() >= layout.number()) {
            // Ledgers of what is over are removed after a while; it must be counted, then.
            unlisted.add(instant);
            return "";
        }
        if (over
                && layout.job().settled() < layout.number()
                && layout.end() + SETTLING.toMillis() > now.toEpochMilli()) {
            tally.pending++; // its last owner, or one that only settles, is still to record what is left
            return "";
        }
        if (shard.waits()) {
            tally.waiting(layout.job().name(), shard.name());
            return "";
        }
        return record == null
                ? "nobody has recorded anything of this shard"
                : "not accounted for; the ledger is final up to " + record.mark() + ", written by " + record.writer();
    }

    private String verdict(QueueSight queue, long instant, long settledBefore) {
        Instant at = Instant.ofEpochMilli(instant);
        if (queue.isFinal(at)) {
            unlisted.add(instant);
            return "";
        }
        if (instant >= settledBefore || queue.isOpen(at)) {
            tally.pending++;
            return "";
        }
        return queue.unaccounted();
    }

    /** A line of another shard says what became of these fires of all shards. */
    void layForAll(FireEntry line) {
        int high = place(line.last().toEpochMilli() + 1);
        for (int i = place(line.fire().due().toEpochMilli()); i < high; i++) {
            if (covered[i] == 0) {
                covered[i] = FOR_ALL;
                tally.outcome(line.outcome(), 1);
            }
        }
    }

    private static boolean isFinal(LedgerRecord record, long instant) {
        if (instant <= record.mark().toEpochMilli()) {
            return true;
        }
        Instant at = Instant.ofEpochMilli(instant);
        for (Span span : record.above()) {
            if (span.covers(at) && span.mark() instanceof Mark.Final) {
                return true;
            }
        }
        return false;
    }

    /** Whether an attempt is under way, of this fire or of one before which it waits, or the shard is handed over. */
    private static boolean isUnderWay(LedgerRecord record, long instant, Instant now) {
        boolean running = record.above().stream().anyMatch(span -> !(span.mark() instanceof Mark.Final))
                || record.requested().stream().anyMatch(run -> !(run.mark() instanceof Mark.Final));
        boolean handedOver = record.released()
                .filter(r -> r.from().toEpochMilli() <= instant
                        && r.at().plus(HAND_OVER).isAfter(now))
                .isPresent();
        return running || handedOver;
    }

    private Finding finding(Finding.Kind kind, Instant first, Instant last, long count, String detail) {
        return new Finding(kind, layout.job().name(), layout.number(), shard.name(), first, last, count, detail);
    }
}
