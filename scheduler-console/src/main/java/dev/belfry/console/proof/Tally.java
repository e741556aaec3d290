package dev.belfry.console.proof;

import dev.belfry.core.run.Outcome;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Collects what the proof of each shard finds. Not thread-safe. */
final class Tally {
    private static final int MOST_FINDINGS = 500;

    final Map<Outcome, Long> outcomes = new EnumMap<>(Outcome.class);
    final Map<Finding.Kind, Long> wrong = new EnumMap<>(Finding.Kind.class);
    final List<Finding> findings = new ArrayList<>();
    final List<Pair> twice = new ArrayList<>();
    final List<String> notes = new ArrayList<>();
    private final Map<String, Set<String>> ownerless = new TreeMap<>();
    long due;
    long pending;
    long counted;
    long pairs;
    /** Those of the pairs that are there because of a restore. */
    long restored;

    void outcome(Outcome outcome, long count) {
        outcomes.merge(outcome, count, Long::sum);
    }

    void found(Finding finding) {
        wrong.merge(finding.kind(), finding.count(), Long::sum);
        if (findings.size() < MOST_FINDINGS) {
            findings.add(finding);
        }
    }

    void pair(Pair pair) {
        pairs++;
        if (twice.size() < MOST_FINDINGS) {
            twice.add(pair);
        }
    }

    /** Something is due where nobody owns the shard: it waits for an owner. */
    void waiting(String job, String shard) {
        pending++;
        ownerless.computeIfAbsent(job, name -> new TreeSet<>()).add(shard);
    }

    Proof proof(Instant from, Instant to) {
        ownerless.forEach((job, shards) -> notes.add("job " + job + " has shards without an owner (" + shards.size()
                + "): what is due there waits for one; 'belfry explain " + job + "' says why"));
        return new Proof(from, to, due, outcomes, pending, counted, pairs, restored, twice, wrong, findings, notes);
    }
}
