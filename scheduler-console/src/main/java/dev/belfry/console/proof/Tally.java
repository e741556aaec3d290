package dev.belfry.console.proof;

import dev.belfry.core.run.Outcome;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Collects what the proof of each shard finds. Not thread-safe. */
final class Tally {
    private static final int MOST_FINDINGS = 500;

    final Map<Outcome, Long> outcomes = new EnumMap<>(Outcome.class);
    final Map<Finding.Kind, Long> wrong = new EnumMap<>(Finding.Kind.class);
    final List<Finding> findings = new ArrayList<>();
    final List<String> notes = new ArrayList<>();
    long due;
    long pending;
    long counted;
    long pairs;

    void outcome(Outcome outcome, long count) {
        outcomes.merge(outcome, count, Long::sum);
    }

    void found(Finding finding) {
        wrong.merge(finding.kind(), finding.count(), Long::sum);
        if (findings.size() < MOST_FINDINGS) {
            findings.add(finding);
        }
    }

    Proof proof(Instant from, Instant to) {
        return new Proof(from, to, due, outcomes, pending, counted, pairs, wrong, findings, notes);
    }
}
