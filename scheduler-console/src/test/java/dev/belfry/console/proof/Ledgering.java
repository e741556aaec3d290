package dev.belfry.console.proof;

import dev.belfry.agent.client.Journal;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.journal.FireEntry.Kind;
import dev.belfry.core.journal.JournalCounts;
import dev.belfry.core.ledger.FireId;
import dev.belfry.core.ledger.LedgerRecord;
import dev.belfry.core.ledger.Mark;
import dev.belfry.core.ledger.Span;
import dev.belfry.core.run.Outcome;
import dev.belfry.core.version.Author;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.JobVersion;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Writes down what a well-behaved cluster would have recorded of one job, to be spoilt by a test. */
final class Ledgering {
    static final Instant START = Instant.parse("2026-06-01T00:00:00Z");
    static final Instant NOW = START.plus(Duration.ofMinutes(30));
    static final String WRITER = "a~1";

    final JobRecord job;
    final List<FireEntry> lines = new ArrayList<>();
    final Map<String, LedgerRecord> ledgers = new HashMap<>();
    final JournalCounts counts = new JournalCounts();

    Ledgering(JobDefinition definition) {
        Author author = new Author(Author.Origin.OPERATOR, "anna", "");
        JobVersion version = new JobVersion(1, START, START, 1, definition, false, author);
        job = new JobRecord(definition.name(), definition.name() + "~1", List.of(version), List.of(), Optional.empty());
    }

    /** Every fire of every shard up to {@code mark} succeeded and the ledgers say so. */
    Ledgering allSucceeded(Instant mark) {
        int shards = job.definition().shards().count();
        for (int shard = 0; shard < shards; shard++) {
            String name = Integer.toString(shard);
            job.definition()
                    .schedule()
                    .between(START.minusMillis(1), mark, 1_000_000)
                    .forEach(fire -> lines.add(line(name, fire, Outcome.SUCCEEDED, "")));
            ledgers.put(name, ledger(mark, List.of()));
        }
        return this;
    }

    static LedgerRecord ledger(Instant mark, List<Span> above) {
        return new LedgerRecord(
                WRITER, 1, 1, mark, above, List.of(), List.of(), Optional.empty(), Optional.empty());
    }

    static Span started(Instant fire) {
        return Span.of(fire, new Mark.Started(1, 1, fire, WRITER));
    }

    FireEntry line(String shard, Instant fire, Outcome outcome, String reason) {
        return range(shard, fire, fire, 1, outcome, reason);
    }

    FireEntry range(String shard, Instant first, Instant last, long count, Outcome outcome, String reason) {
        boolean ran = outcome == Outcome.SUCCEEDED;
        return new FireEntry(
                Kind.FINAL,
                job.uid(),
                1,
                shard,
                FireId.scheduled(first),
                last,
                count,
                ran ? 1 : 0,
                ran ? lines.size() + 1 : 0,
                ran ? first : Instant.EPOCH,
                last.plusMillis(5),
                outcome,
                reason);
    }

    /** The line of a fire. */
    FireEntry of(String shard, Instant fire) {
        return lines.stream()
                .filter(line -> line.shard().equals(shard) && line.fire().due().equals(fire))
                .findFirst()
                .orElseThrow();
    }

    /** Lines before {@code until} make room: they are counted from here on. */
    void trim(Instant until) {
        lines.removeIf(line -> {
            boolean old = line.fire().due().isBefore(until);
            if (old) {
                counts.add(line);
            }
            return old;
        });
    }

    Proof prove() {
        List<Journal.Line> journal = new ArrayList<>();
        lines.forEach(line -> journal.add(new Journal.Line(WRITER, journal.size(), line)));
        return Prover.prove(
                new Evidence(
                        List.of(job),
                        (uid, layout) -> layout == 1 ? ledgers : Map.of(),
                        new Journal(journal, Map.of(WRITER, counts), List.of(), Set.of(WRITER), List.of()),
                        List.of(),
                        NOW),
                START,
                Instant.MAX);
    }
}
