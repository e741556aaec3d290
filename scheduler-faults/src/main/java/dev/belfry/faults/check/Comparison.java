package dev.belfry.faults.check;

import dev.belfry.console.proof.Finding;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.ledger.Reasons;
import dev.belfry.core.run.Outcome;
import dev.belfry.faults.witness.Execution;
import dev.belfry.faults.witness.Jobs;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Holds what the handlers saw against what the product says, both ways. One use, not thread-safe. */
public final class Comparison {
    /** Reasons that say: this fire may have run before. */
    private static final Set<String> AGAIN = Set.of(Reasons.OUTCOME_UNKNOWN, Reasons.LEASE_OVER);

    private record FireOfShard(String job, String shard, long due) {}

    private record ShardOfJob(String job, String shard) {}

    private final List<Execution> executions;
    private final ProductRecord record;
    private final long until;
    private final List<String> violations = new ArrayList<>();
    private final Map<FireOfShard, List<FireEntry>> lines = new HashMap<>();
    private final Map<ShardOfJob, List<FireEntry>> ranges = new HashMap<>();
    private final Map<FireOfShard, List<Execution>> byFire = new TreeMap<>(Comparator.comparing(FireOfShard::job)
            .thenComparing(FireOfShard::shard)
            .thenComparing(FireOfShard::due));
    private int doubled;
    private int unsure;
    private int overrun;

    private Comparison(List<Execution> executions, ProductRecord record, Instant until) {
        this.executions = executions;
        this.record = record;
        this.until = until.toEpochMilli();
    }

    /** Looks at all attempts, and at what was due before {@code until} for what has to be final. */
    public static Findings of(List<Execution> executions, ProductRecord record, Instant until) {
        return new Comparison(executions, record, until).compare();
    }

    private Findings compare() {
        for (FireEntry line : record.lines()) {
            if (line.fire().isScheduled()) {
                String job = record.jobs().getOrDefault(line.jobUid(), line.jobUid());
                FireOfShard fire =
                        new FireOfShard(job, line.shard(), line.fire().due().toEpochMilli());
                if (line.count() == 1) {
                    lines.computeIfAbsent(fire, f -> new ArrayList<>()).add(line);
                } else {
                    ranges.computeIfAbsent(new ShardOfJob(job, line.shard()), s -> new ArrayList<>())
                            .add(line);
                }
            }
        }
        for (Execution execution : executions) {
            Execution.Key key = execution.key();
            byFire.computeIfAbsent(new FireOfShard(key.job(), key.shard(), key.due()), f -> new ArrayList<>())
                    .add(execution);
        }
        proof();
        successesHaveEvidence();
        byFire.forEach(this::fire);
        everySecond();
        shards();
        return new Findings(violations, executions.size(), outcomes(), doubled, unsure, overrun);
    }

    private void proof() {
        for (Finding finding : record.proof().findings()) {
            violations.add("verify: " + finding);
        }
        if (record.proof().pending() > 0) {
            violations.add("verify: " + record.proof().pending() + " fires are not final long after everything healed");
        }
        record.problems().forEach(problem -> violations.add("cannot be read: " + problem));
        outcomes().getOrDefault(Jobs.SECOND, Map.of()).forEach((outcome, count) -> {
            if (outcome != Outcome.SUCCEEDED) {
                violations.add(count + " fires of '" + Jobs.SECOND + "' are " + outcome.text()
                        + "; its policies leave nothing out");
            }
        });
    }

    /** From the record to the evidence: what is recorded as succeeded has run to its end. */
    private void successesHaveEvidence() {
        Set<Execution.Key> ended = new HashSet<>();
        executions.stream().filter(e -> e.how() == Execution.End.OK).forEach(e -> ended.add(e.key()));
        lines.forEach((fire, of) -> {
            for (FireEntry line : of) {
                if (line.kind() == FireEntry.Kind.FINAL
                        && line.outcome() == Outcome.SUCCEEDED
                        && !ended.contains(new Execution.Key(fire.job(), fire.shard(), fire.due(), line.token()))) {
                    violations.add("recorded as succeeded, and no attempt with that token has ended well: " + line);
                }
            }
        });
    }

    /** From the evidence to the record: what has run is known, and how often it ran is allowed. */
    private void fire(FireOfShard fire, List<Execution> of) {
        List<FireEntry> known = known(fire);
        List<FireEntry> finals = known.stream()
                .filter(line -> line.kind() == FireEntry.Kind.FINAL)
                .toList();
        if (finals.isEmpty() && fire.due() < until) {
            violations.add("has run, and no outcome is recorded: " + of);
        }
        if (fire.job().equals(Jobs.ONCE) && of.size() > 1) {
            violations.add("an at-most-once fire was started " + of.size() + " times: " + of);
        }
        long whole = of.stream().filter(e -> e.how() == Execution.End.OK).count();
        if (whole > 1) {
            again(of, known);
        }
        if (whole > 0
                && !fire.job().equals(Jobs.ONCE)
                && !finals.isEmpty()
                && finals.stream().noneMatch(line -> line.outcome() == Outcome.SUCCEEDED)) {
            if (finals.stream().allMatch(line -> line.reason().equals(Reasons.OUTCOME_UNKNOWN))) {
                unsure++;
            } else {
                violations.add("ran to its end, and is recorded otherwise: " + of + " " + finals);
            }
        }
        checkpoints(of);
    }

    /** The lines about a fire, those that are about a range with it in between included. */
    private List<FireEntry> known(FireOfShard fire) {
        List<FireEntry> known = new ArrayList<>(lines.getOrDefault(fire, List.of()));
        for (FireEntry range : ranges.getOrDefault(new ShardOfJob(fire.job(), fire.shard()), List.of())) {
            if (range.fire().due().toEpochMilli() <= fire.due()
                    && fire.due() <= range.last().toEpochMilli()) {
                known.add(range);
            }
        }
        return known;
    }

    private void again(List<Execution> of, List<FireEntry> known) {
        if (known.stream().anyMatch(line -> AGAIN.contains(line.reason()))) {
            doubled++;
        } else {
            violations.add("ran to its end more than once, and no line says why: " + of + " " + known);
        }
    }

    /** By arithmetic alone, whatever the product takes for due: nothing of the job that fires every second is left out. */
    private void everySecond() {
        Map<String, NavigableSet<Long>> ran = new TreeMap<>();
        byFire.forEach((fire, of) -> {
            if (fire.job().equals(Jobs.SECOND) && of.stream().anyMatch(e -> e.how() == Execution.End.OK)) {
                ran.computeIfAbsent(fire.shard(), shard -> new TreeSet<>()).add(fire.due());
            }
        });
        ran.forEach((shard, fires) -> {
            for (long due = fires.first(); due < until; due += Jobs.INTERVAL.toMillis()) {
                if (!fires.contains(due)) {
                    violations.add(
                            "never ran to its end: " + Jobs.SECOND + "/" + shard + " due " + Instant.ofEpochMilli(due));
                }
            }
        });
    }

    private void checkpoints(List<Execution> of) {
        for (Execution later : of) {
            int most = of.stream()
                    .filter(e -> e.start() < later.start())
                    .mapToInt(Execution::lastStep)
                    .max()
                    .orElse(0);
            if (later.firstStep() > most) {
                violations.add("went on from step " + later.firstStep() + ", where nobody had come: " + of);
            }
        }
    }

    private void shards() {
        Map<ShardOfJob, List<Execution>> byShard = new HashMap<>();
        for (Execution execution : executions) {
            byShard.computeIfAbsent(
                            new ShardOfJob(
                                    execution.key().job(), execution.key().shard()),
                            s -> new ArrayList<>())
                    .add(execution);
        }
        byShard.values().forEach(of -> {
            of.sort(Comparator.comparingLong(Execution::start));
            tokens(of);
            sideBySide(of);
        });
    }

    /** An attempt that begins without a lease was held up between the last look at it and user code: no token can help that. */
    private void tokens(List<Execution> of) {
        Execution greatest = null;
        for (Execution execution : of) {
            if (greatest != null
                    && execution.leased()
                    && execution.key().token() <= greatest.key().token()) {
                violations.add(
                        "its token is not larger than that of one before it: " + execution + " after " + greatest);
            }
            if (greatest == null || execution.key().token() > greatest.key().token()) {
                greatest = execution;
            }
        }
    }

    private void sideBySide(List<Execution> of) {
        for (int i = 0; i < of.size(); i++) {
            Execution older = of.get(i);
            for (int j = i + 1; j < of.size(); j++) {
                Execution newer = of.get(j);
                if (newer.start() < older.end()) {
                    overlap(older, newer);
                }
            }
        }
    }

    private void overlap(Execution first, Execution second) {
        Execution older = first.key().token() < second.key().token() ? first : second;
        Execution newer = older == first ? second : first;
        if (older.leased() && older.life().leaseHeld(newer.start())) {
            violations.add("two attempts of a shard side by side while the lease of the older one held: " + older
                    + " and " + newer);
        } else {
            overrun++;
        }
    }

    private Map<String, Map<Outcome, Long>> outcomes() {
        Map<String, Map<Outcome, Long>> outcomes = new TreeMap<>();
        for (FireEntry line : record.lines()) {
            if (line.kind() == FireEntry.Kind.FINAL) {
                outcomes.computeIfAbsent(
                                record.jobs().getOrDefault(line.jobUid(), line.jobUid()),
                                job -> new EnumMap<>(Outcome.class))
                        .merge(line.outcome(), line.count(), Long::sum);
            }
        }
        return outcomes;
    }
}
