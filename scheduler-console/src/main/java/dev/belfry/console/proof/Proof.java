package dev.belfry.console.proof;

import dev.belfry.core.run.Outcome;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What a proof has found.
 *
 * @param from the first instant looked at
 * @param to the first not looked at any more
 * @param due fires of shards that were due
 * @param outcomes how many of them have which outcome in the journal
 * @param pending due a moment ago, or begun and not ended
 * @param counted final by the ledger, their lines in the journal replaced by counts: counted, not listed
 * @param pairs how many fires may have run twice, and say so in their record, because an owner was lost, or its lease over,
 *     before it could record an outcome
 * @param restored how many of those ran before a restore, and again after it
 * @param twice those that may have run twice, as far as there is room
 * @param wrong fires that are not accounted for as they should be, by kind
 * @param findings them, as far as there is room
 * @param notes what could not be looked at, one sentence each
 */
public record Proof(
        Instant from,
        Instant to,
        long due,
        Map<Outcome, Long> outcomes,
        long pending,
        long counted,
        long pairs,
        long restored,
        List<Pair> twice,
        Map<Finding.Kind, Long> wrong,
        List<Finding> findings,
        List<String> notes) {

    public Proof {
        outcomes = copy(outcomes, Outcome.class);
        wrong = copy(wrong, Finding.Kind.class);
        twice = List.copyOf(twice);
        findings = List.copyOf(findings);
        notes = List.copyOf(notes);
    }

    private static <K extends Enum<K>> Map<K, Long> copy(Map<K, Long> map, Class<K> keys) {
        Map<K, Long> copy = new EnumMap<>(keys);
        copy.putAll(map);
        return java.util.Collections.unmodifiableMap(copy);
    }

    /** Whether every due fire has exactly one outcome, or is still pending. */
    public boolean holds() {
        return wrong.isEmpty();
    }

    public long wrong(Finding.Kind kind) {
        return wrong.getOrDefault(kind, 0L);
    }
}
