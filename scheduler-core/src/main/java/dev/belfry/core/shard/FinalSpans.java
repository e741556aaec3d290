package dev.belfry.core.shard;

import dev.belfry.core.ledger.Mark;
import dev.belfry.core.ledger.Span;
import dev.belfry.core.trigger.Owed;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The final fires above the low-water mark, as spans. Mutable; part of a {@link ShardBook}. */
final class FinalSpans {
    private final TreeMap<Instant, Span> byFirst = new TreeMap<>();

    int size() {
        return byFirst.size();
    }

    Collection<Span> all() {
        return byFirst.values();
    }

    boolean covers(Instant fire) {
        Map.Entry<Instant, Span> floor = byFirst.floorEntry(fire);
        return floor != null && floor.getValue().covers(fire);
    }

    /**
     * Adds one final fire or range. It joins the span before it if that ends at {@code previous}, the due instant right
     * before {@code first}, and has the same mark.
     */
    void add(Instant first, Instant last, long count, Mark.Final mark, Instant previous) {
        Map.Entry<Instant, Span> before = byFirst.lowerEntry(first);
        if (before != null
                && before.getValue().last().equals(previous)
                && before.getValue().mark().equals(mark)) {
            Span joined = before.getValue();
            byFirst.put(joined.first(), new Span(joined.first(), last, joined.count() + count, mark));
        } else {
            byFirst.put(first, new Span(first, last, count, mark));
        }
    }

    /** Drops what lies at or below the mark. */
    void dropUpTo(Instant mark) {
        while (!byFirst.isEmpty() && !byFirst.firstEntry().getValue().last().isAfter(mark)) {
            byFirst.pollFirstEntry();
        }
    }

    /**
     * The parts of ({@code after}, {@code upTo}] that no span covers, nor any of the single instants {@code taken}
     * (ascending).
     */
    List<Owed.Gap> gaps(Instant after, Instant upTo, Collection<Instant> taken) {
        TreeMap<Instant, Instant> covered = new TreeMap<>();
        byFirst.values().forEach(span -> covered.put(span.first(), span.last()));
        taken.forEach(instant -> covered.put(instant, instant));
        List<Owed.Gap> gaps = new ArrayList<>();
        Instant from = after;
        for (Map.Entry<Instant, Instant> span : covered.entrySet()) {
            Instant end = span.getKey().minusMillis(1);
            if (end.isAfter(upTo)) {
                break;
            }
            if (from.isBefore(end)) {
                gaps.add(new Owed.Gap(from, end));
            }
            from = from.isBefore(span.getValue()) ? span.getValue() : from;
        }
        if (from.isBefore(upTo)) {
            gaps.add(new Owed.Gap(from, upTo));
        }
        return gaps;
    }
}
