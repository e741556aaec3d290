package dev.belfry.console.proof;

import static dev.belfry.console.proof.Ledgering.START;
import static dev.belfry.console.proof.Ledgering.version;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.core.job.Job;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.ledger.Reasons;
import dev.belfry.core.run.Outcome;
import dev.belfry.core.version.JobVersion;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Random histories of a job are proved, and each of them with one outcome dropped, doubled, invented or miscounted is not, for
 * the right reason and by the right number. {@code -Dbelfry.seed=N} chooses others.
 */
class ProverSpoiltTest {
    private static final int ROUNDS = 300;
    private static final Duration LENGTH = Duration.ofHours(3);

    private final long seed = Long.getLong("belfry.seed", 20261122L);
    private final Random random = new Random(seed);

    @Test
    void historyIsProvedAndNoSpoiltOneIs() {
        spoil("history", this::history);
    }

    @Test
    void chainOfAFixedDelayIsProvedAndNoSpoiltOneIs() {
        spoil("chain", round -> chain());
    }

    private void spoil(String what, IntFunction<Ledgering> histories) {
        int spoilt = 0;
        for (int round = 0; round < ROUNDS; round++) {
            Ledgering run = histories.apply(round);
            String where = what + ", seed " + seed + ", round " + round;
            if (run.lines.isEmpty()) {
                continue;
            }
            List<FireEntry> sound = List.copyOf(run.lines);
            Proof proof = proveTrimmed(run, sound);
            assertThat(proof.findings()).as(where).isEmpty();
            for (Finding.Kind kind : Finding.Kind.values()) {
                List<FireEntry> lines = new ArrayList<>(sound);
                long wrong = spoil(kind, run, lines);
                if (wrong == 0) {
                    continue;
                }
                Proof found = proveTrimmed(run, lines);
                assertThat(found.wrong()).as(where + ": " + found.findings()).containsOnlyKeys(kind);
                assertThat(found.wrong(kind))
                        .as(where + ": " + found.findings())
                        .isEqualTo(wrong);
                spoilt++;
            }
        }
        assertThat(spoilt).isGreaterThan(ROUNDS * 2);
    }

    private boolean trimming;
    private Instant trimmedTo = START;

    /** Proves it with the oldest lines counted, in half of the rounds; a gap has to be found there, too. */
    private Proof proveTrimmed(Ledgering run, List<FireEntry> lines) {
        Ledgering copy = new Ledgering(run.job.versions(), run.job.deletedAt());
        copy.now = run.now;
        copy.layouts.putAll(run.layouts);
        copy.lines.addAll(lines);
        if (trimming) {
            copy.trim(trimmedTo);
        }
        return copy.prove();
    }

    /** Spoils one scheduled outcome; how many fires are wrong thereby, 0 if there is nothing to spoil. */
    private long spoil(Finding.Kind kind, Ledgering run, List<FireEntry> lines) {
        List<FireEntry> candidates = lines.stream()
                .filter(line -> line.fire().isScheduled())
                // What is counted shows a gap, and hides what is there twice.
                .filter(line -> kind == Finding.Kind.GAP
                        || !trimming
                        || !line.fire().due().isBefore(trimmedTo))
                .toList();
        if (candidates.isEmpty()) {
            return 0;
        }
        FireEntry one = candidates.get(random.nextInt(candidates.size()));
        switch (kind) {
            case GAP -> lines.remove(one);
            case DUPLICATE -> lines.add(one);
            case PHANTOM -> {
                Set<Instant> due = lines.stream().map(line -> line.fire().due()).collect(Collectors.toSet());
                Instant invented = one.fire().due().plusMillis(1 + random.nextInt(400));
                if (due.contains(invented) || !invented.isBefore(run.now)) {
                    return 0;
                }
                lines.add(new FireEntry(
                        one.kind(),
                        one.jobUid(),
                        one.layout(),
                        one.shard(),
                        dev.belfry.core.ledger.FireId.scheduled(invented),
                        invented,
                        1,
                        one.attempt(),
                        one.token(),
                        one.started(),
                        one.ended(),
                        one.outcome(),
                        ""));
                return 1;
            }
        }
        return one.count();
    }

    // --- a job that changes

    private Ledgering history(int round) {
        trimming = random.nextBoolean();
        trimmedTo = START.plusMillis(random.nextInt((int) LENGTH.toMillis()));
        List<JobVersion> versions = new ArrayList<>();
        int count = 1 + random.nextInt(4);
        int layout = 1;
        int shards = 1 + random.nextInt(3);
        Instant from = START;
        for (int number = 1; number <= count; number++) {
            if (number > 1 && random.nextInt(3) == 0) {
                layout++;
                shards = 1 + random.nextInt(4);
            }
            versions.add(version(number, from, layout, definition(shards), random.nextInt(5) == 0));
            from = from.plusMillis(1 + random.nextInt((int) LENGTH.toMillis() / 3));
        }
        Optional<Instant> deleted = random.nextInt(4) == 0
                ? Optional.of(from.plusMillis(random.nextInt((int) LENGTH.toMillis() / 3)))
                : Optional.empty();
        Ledgering run = new Ledgering(versions, deleted);
        run.now = START.plus(LENGTH);
        run.allSucceeded(run.now.minusMillis(1));
        coalesce(run);
        noise(run);
        return run;
    }

    private JobDefinition definition(int shards) {
        Job job = Job.named("index").shards(shards).enabled(random.nextInt(6) != 0);
        switch (random.nextInt(4)) {
            case 0 -> job.every(Duration.ofSeconds(30 + random.nextInt(600)));
            case 1 -> job.cron(random.nextInt(60) + " */" + (1 + random.nextInt(9)) + " * * * ?");
            case 2 ->
                job.cron("0 " + random.nextInt(60) + " * * * ?")
                        .zone("Asia/Kolkata")
                        .jitter(Duration.ofSeconds(20));
            default -> job.every(Duration.ofSeconds(90)).cron("0 0/3 * * * ?");
        }
        return job.build();
    }

    /** Puts some neighbouring fires of a shard into one range. */
    private void coalesce(Ledgering run) {
        for (int i = 0; i + 1 < run.lines.size(); i++) {
            int length = 1;
            FireEntry first = run.lines.get(i);
            while (random.nextInt(4) == 0 || (length > 1 && random.nextInt(3) > 0)) {
                int next = i + length;
                if (next >= run.lines.size() || !sameShard(first, run.lines.get(next))) {
                    break;
                }
                length++;
            }
            if (length > 1) {
                FireEntry last = run.lines.get(i + length - 1);
                run.lines.subList(i, i + length).clear();
                run.lines.add(
                        i,
                        run.line(
                                first.layout(),
                                first.shard(),
                                first.fire(),
                                last.last(),
                                length,
                                Outcome.MISSED,
                                Reasons.COALESCED));
            }
        }
    }

    private static boolean sameShard(FireEntry one, FireEntry other) {
        return one.layout() == other.layout() && one.shard().equals(other.shard());
    }

    /** Lines that are no outcomes of scheduled fires. */
    private void noise(Ledgering run) {
        for (int i = random.nextInt(5); i > 0; i--) {
            Instant accepted = START.plusMillis(random.nextInt((int) LENGTH.toMillis()));
            run.lines.add(run.requested("0", "run-" + i, accepted));
        }
    }

    // --- a job with a fixed delay

    private Ledgering chain() {
        trimming = false;
        Duration delay = Duration.ofSeconds(30 + random.nextInt(300));
        Ledgering run = new Ledgering(Job.named("index").delay(delay).shards(2).build());
        run.now = START.plus(LENGTH);
        for (String shard : List.of("0", "1")) {
            Instant due = START;
            while (due.isBefore(run.now)) {
                Instant ended = due.plusMillis(500 + random.nextInt(60_000));
                run.lines.add(run.succeeded(shard, due, ended));
                due = ended.plus(delay);
            }
            run.ledgers.put(shard, Ledgering.ledger(due.minusMillis(1), List.of()));
        }
        return run;
    }
}
