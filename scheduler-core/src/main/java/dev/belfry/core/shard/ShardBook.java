package dev.belfry.core.shard;

import dev.belfry.core.job.Recovery;
import dev.belfry.core.ledger.Attendance;
import dev.belfry.core.ledger.FireId;
import dev.belfry.core.ledger.LedgerRecord;
import dev.belfry.core.ledger.Mark;
import dev.belfry.core.ledger.Reasons;
import dev.belfry.core.ledger.RecentOutcome;
import dev.belfry.core.ledger.Released;
import dev.belfry.core.ledger.RequestedRun;
import dev.belfry.core.ledger.Span;
import dev.belfry.core.trigger.DueSet;
import dev.belfry.core.trigger.Owed;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * What is known of the fires of one shard: how far they are decided, which are final, which live. Mutable; owned by its
 * {@link ShardRuns}, and changed by the parts of it that decide.
 */
final class ShardBook {
    /* How the parts relate.
     *
     * decided: every due instant up to here has been looked at: it is final, live, or in a buffer.
     * mark:    every due instant up to here is final. mark <= decided; live fires lie between.
     * live:    fires between the two that are not final. Their order is their due order.
     * spans:   final fires between the two.
     *
     * A fire found late (nobody owned the shard, the lease was over, the process stalled) goes through Owed and into
     * the queue of late fires, which run one after another; an on-time fire meets the overlap policy. Both lie in live.
     */

    final Grant grant;
    private DueSet versions;
    private Rulebook rules;

    Instant mark;
    Instant decided;
    /** What was due up to here and is not listed may have been started by an owner that was lost. */
    Instant doubt;

    /** Of a broadcast shard: when its agent came to be in charge. Before, nothing was owed. */
    Instant joined = Instant.MAX;
    /** Of a broadcast shard whose agent was lost: when it was there, until what waited then is settled. */
    Optional<Attendance> attended;

    Optional<Instant> delayNext;
    final FinalSpans spans = new FinalSpans();
    final Map<FireId, Fire> live = new LinkedHashMap<>();
    /** Runs that were asked for and have their outcome, by run id. */
    final Map<String, RequestedRun> requested = new LinkedHashMap<>();

    final Deque<RecentOutcome> recent = new ArrayDeque<>();

    /** What is due next is owed, not on time: the shard was just taken over, or the lease had lapsed. */
    boolean owed = true;
    /** Nothing was decided under this grant yet. */
    boolean undecided = true;
    /** Nothing starts: the shard is to be handed over. */
    boolean handingOver;
    /** There is something to be written. */
    boolean dirty;

    /** The book as the predecessors left it. */
    ShardBook(Grant grant, LedgerRecord ledger, ShardRuns.JobView job) {
        this.grant = grant;
        this.versions = job.due();
        this.rules = new Rulebook(job.versions());
        this.mark = ledger.mark();
        this.decided = ledger.mark();
        this.doubt = ledger.released().flatMap(Released::doubt).orElse(Instant.MIN);
        this.attended = ledger.attended();
        this.delayNext = ledger.delayNext().filter(this::delayed);
        recent.addAll(ledger.recent());
        for (Span span : ledger.above()) {
            if (span.mark() instanceof Mark.Final f) {
                spans.add(span.first(), span.last(), span.count(), f, Instant.MIN);
            } else {
                inherit(FireId.scheduled(span.first()), span.mark());
            }
        }
        for (RequestedRun run : ledger.requested()) {
            if (run.mark() instanceof Mark.Final) {
                requested.put(run.runId(), run);
            } else {
                inherit(FireId.requested(run.runId(), run.due()), run.mark());
            }
        }
    }

    /** Whether a run that was asked for has begun here, waits, or has its outcome. */
    boolean knows(FireId id) {
        return requested.containsKey(id.requested().orElseThrow()) || live.containsKey(id);
    }

    private void inherit(FireId id, Mark mark) {
        live.put(id, Fire.inherited(id, rules.at(id.due()), mark));
    }

    /** The definition has changed. */
    void update(ShardRuns.JobView job) {
        versions = job.due();
        rules = new Rulebook(job.versions());
        delayNext = delayNext.filter(this::delayed);
    }

    /** Whether what is due at {@code instant} is due a fixed delay after a completion. */
    boolean delayed(Instant instant) {
        return versions.nextAfterCompletion(instant).isPresent();
    }

    /** The rules of each version. */
    Rulebook rules() {
        return rules;
    }

    /** A fire that has come on time. */
    Fire onTime(FireId id) {
        return new Fire(id, rules.at(id.due()), false, why(id.due(), ""));
    }

    /** A fire that is to run late, and why. */
    Fire late(FireId id, String why) {
        return new Fire(id, rules.at(id.due()), true, why(id.due(), why));
    }

    /**
     * Whether an owner that was lost may have started it and left no trace. At most once, nothing starts before its claim
     * is durable: what is not listed has not been started.
     */
    private boolean inDoubt(Instant due) {
        return !due.isAfter(doubt) && rules.at(due).recovery() == Recovery.RERUN;
    }

    /** Splits gaps so that all of each part is in doubt, or none of it. */
    List<Owed.Gap> splitAtDoubt(List<Owed.Gap> gaps) {
        List<Owed.Gap> parts = new ArrayList<>();
        for (Owed.Gap gap : gaps) {
            Instant end = earlier(later(gap.after(), doubt), gap.upTo());
            if (gap.after().isBefore(end)) {
                parts.addAll(rules.cut(new Owed.Gap(gap.after(), end)));
            }
            if (end.isBefore(gap.upTo())) {
                parts.add(new Owed.Gap(end, gap.upTo()));
            }
        }
        return parts;
    }

    /** Why a fire is left out: by {@code reason}, unless it may have run after all. */
    String why(Instant due, String reason) {
        return inDoubt(due) ? Reasons.OUTCOME_UNKNOWN : reason;
    }

    /** Of a broadcast shard: when this agent has been in charge, if something waits that only it knows of. */
    Optional<Attendance> attendance() {
        if (!grant.shard().isBroadcast() || joined.equals(Instant.MAX)) {
            return Optional.empty();
        }
        return live.values().stream()
                .filter(Fire::waits)
                .map(fire -> later(fire.id.due(), later(decided, joined)))
                .max(Comparator.naturalOrder())
                .map(to -> new Attendance(joined, to));
    }

    /** What waits for its turn in a broadcast job is told of: nobody else would know if its agent were lost. */
    void tellWhatWaits() {
        if (grant.shard().isBroadcast()) {
            dirty |= live.values().stream().anyMatch(fire -> fire.waits() && !fire.told);
        }
    }

    /** The live fires, as they are now: what is done to them may change the book. */
    List<Fire> fires() {
        return List.copyOf(live.values());
    }

    /** What is due, the announced instant of a fixed delay included. */
    DueSet due() {
        return DelayedDue.of(delayNext, versions);
    }

    /** The first due instant that is not decided. */
    Optional<Instant> nextDue() {
        DueSet set = due();
        Optional<Instant> next = set.next(decided);
        // A predecessor whose clock was ahead may have begun or settled fires that this clock has not come to.
        while (next.isPresent() && (spans.covers(next.get()) || live.containsKey(FireId.scheduled(next.get())))) {
            next = set.next(next.get());
        }
        return next;
    }

    /** The parts of ({@code after}, {@code upTo}] in which nothing is final or live. */
    List<Owed.Gap> gaps(Instant after, Instant upTo) {
        return spans.gaps(after, upTo, scheduledLive());
    }

    private Collection<Instant> scheduledLive() {
        TreeSet<Instant> instants = new TreeSet<>();
        live.values().stream().filter(f -> f.id.isScheduled()).forEach(f -> instants.add(f.id.due()));
        return instants;
    }

    /** Whether the record lists as much as it may: nothing more starts until the mark moves. */
    boolean full() {
        if (spans.size() + live.size() < LedgerRecord.MAX_SPANS) {
            return false;
        }
        long begun = live.values().stream().filter(Fire::begun).count();
        return spans.size() + begun >= LedgerRecord.MAX_SPANS;
    }

    /** Moves the mark up to the first fire that is not final. */
    void advanceMark() {
        Instant lowest = decided;
        for (Fire fire : live.values()) {
            if (fire.id.isScheduled() && !fire.id.due().isAfter(lowest)) {
                lowest = fire.id.due().minusMillis(1);
            }
        }
        if (lowest.isAfter(mark)) {
            mark = lowest;
            spans.dropUpTo(mark);
        }
    }

    /** The earlier of two instants. */
    static Instant earlier(Instant a, Instant b) {
        return a.isBefore(b) ? a : b;
    }

    /** The later of two instants. */
    static Instant later(Instant a, Instant b) {
        return a.isAfter(b) ? a : b;
    }
}
