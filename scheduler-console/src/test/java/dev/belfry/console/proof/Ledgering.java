package dev.belfry.console.proof;

import dev.belfry.agent.client.Journal;
import dev.belfry.core.agent.AgentFacts;
import dev.belfry.core.dispatch.TaskId;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.journal.FireEntry.Kind;
import dev.belfry.core.journal.JournalCounts;
import dev.belfry.core.ledger.FireId;
import dev.belfry.core.ledger.LedgerRecord;
import dev.belfry.core.ledger.Mark;
import dev.belfry.core.ledger.Reasons;
import dev.belfry.core.ledger.Span;
import dev.belfry.core.queue.FiresMark;
import dev.belfry.core.run.Outcome;
import dev.belfry.core.version.Author;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.JobVersion;
import dev.belfry.core.version.VersionedDueSet;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntPredicate;

/** Writes down what a well-behaved cluster would have recorded of one job, to be spoilt by a test. */
final class Ledgering {
    static final Instant START = Instant.parse("2026-06-01T00:00:00Z");
    static final Instant NOW = START.plus(Duration.ofMinutes(30));
    static final String WRITER = "a~1";

    JobRecord job;
    final List<FireEntry> lines = new ArrayList<>();
    /** Of layout 1. */
    final Map<String, LedgerRecord> ledgers = new HashMap<>();

    final Map<Integer, Map<String, LedgerRecord>> layouts = new HashMap<>(Map.of(1, ledgers));
    final Map<String, FiresMark> marks = new HashMap<>();
    final Set<TaskId> open = new HashSet<>();
    final JournalCounts counts = new JournalCounts();
    final List<AgentFacts> agents = new ArrayList<>();
    Instant now = NOW;
    boolean owned = true;

    Ledgering(JobDefinition definition) {
        this(List.of(version(1, START, 1, definition, false)), Optional.empty());
    }

    Ledgering(List<JobVersion> versions, Optional<Instant> deletedAt) {
        String name = versions.get(0).definition().name();
        job = new JobRecord(name, name + "~1", versions, List.of(), deletedAt);
    }

    static JobVersion version(int number, Instant from, int layout, JobDefinition definition, boolean paused) {
        Author author = new Author(Author.Origin.OPERATOR, "anna", "");
        return new JobVersion(number, from, from, layout, definition, paused, author);
    }

    /** Every fire of every shard up to {@code mark} succeeded and the ledgers say so. */
    Ledgering allSucceeded(Instant mark) {
        job.versions()
                .forEach(version -> succeeded(
                        version.layout(), version.definition().shards().count(), mark));
        return this;
    }

    private void succeeded(int layout, int shards, Instant mark) {
        if (layouts.containsKey(layout) && !layouts.get(layout).isEmpty()) {
            return;
        }
        List<Instant> due = VersionedDueSet.of(job, layout).between(START.minusMillis(1), mark, 1_000_000);
        for (int shard = 0; shard < shards; shard++) {
            String name = Integer.toString(shard);
            due.forEach(fire -> lines.add(line(layout, name, FireId.scheduled(fire), fire, 1, Outcome.SUCCEEDED, "")));
            layouts.computeIfAbsent(layout, n -> new HashMap<>()).put(name, ledger(mark, List.of()));
        }
    }

    /** Every fire of the queue up to {@code mark} succeeded, but some that were skipped, and the master has decided them. */
    Ledgering allQueued(Instant mark, IntPredicate skipped) {
        int number = 0;
        for (Instant fire : VersionedDueSet.queued(job).between(START.minusMillis(1), mark, 1_000_000)) {
            boolean skip = skipped.test(number++);
            int shards = skip ? 1 : job.at(fire).definition().shards().count();
            for (int shard = 0; shard < shards; shard++) {
                lines.add(line(
                        0,
                        Integer.toString(shard),
                        FireId.scheduled(fire),
                        fire,
                        1,
                        skip ? Outcome.SKIPPED : Outcome.SUCCEEDED,
                        skip ? Reasons.OVERLAP : ""));
            }
        }
        marks.put(job.uid(), FiresMark.from(mark));
        return this;
    }

    /** A fire of the queue waits, or is with an agent. */
    void opened(Instant fire, int shard) {
        open.add(TaskId.of(FireId.scheduled(fire).runId(job.uid()), shard));
    }

    static LedgerRecord ledger(Instant mark, List<Span> above) {
        return new LedgerRecord(WRITER, 1, 1, mark, above, List.of(), List.of(), Optional.empty(), Optional.empty());
    }

    static Span started(Instant fire) {
        return Span.of(fire, new Mark.Started(1, 1, fire, WRITER));
    }

    FireEntry line(String shard, Instant fire, Outcome outcome, String reason) {
        return range(shard, fire, fire, 1, outcome, reason);
    }

    FireEntry range(String shard, Instant first, Instant last, long count, Outcome outcome, String reason) {
        return line(1, shard, FireId.scheduled(first), last, count, outcome, reason);
    }

    /** The outcome of a run that somebody asked for. */
    FireEntry requested(String shard, String runId, Instant accepted) {
        return line(1, shard, FireId.requested(runId, accepted), accepted, 1, Outcome.SUCCEEDED, "");
    }

    FireEntry line(int layout, String shard, FireId fire, Instant last, long count, Outcome outcome, String reason) {
        return line(layout, shard, fire, last, count, outcome, reason, last.plusMillis(5));
    }

    /** The outcome of a fire that took until {@code ended}. */
    FireEntry succeeded(String shard, Instant fire, Instant ended) {
        return line(1, shard, FireId.scheduled(fire), fire, 1, Outcome.SUCCEEDED, "", ended);
    }

    private FireEntry line(
            int layout,
            String shard,
            FireId fire,
            Instant last,
            long count,
            Outcome outcome,
            String reason,
            Instant ended) {
        boolean ran = outcome == Outcome.SUCCEEDED;
        return new FireEntry(
                Kind.FINAL,
                job.uid(),
                layout,
                shard,
                fire,
                last,
                count,
                ran ? 1 : 0,
                ran ? lines.size() + 1 : 0,
                ran ? fire.due() : Instant.EPOCH,
                ended,
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
        return prove(START);
    }

    Proof prove(Instant from) {
        return prove(from, journal());
    }

    private List<Journal.Line> journal() {
        List<Journal.Line> journal = new ArrayList<>();
        lines.forEach(line -> journal.add(new Journal.Line(WRITER, journal.size(), line)));
        return journal;
    }

    Proof prove(Instant from, List<Journal.Line> journal) {
        return prove(from, Instant.MAX, journal);
    }

    Proof prove(Instant from, Instant until) {
        return prove(from, until, journal());
    }

    private Proof prove(Instant from, Instant until, List<Journal.Line> journal) {
        return Prover.prove(
                new Evidence(
                        List.of(job),
                        (uid, layout) -> layouts.getOrDefault(layout, Map.of()),
                        new Journal(journal, Map.of(WRITER, counts), List.of(), Set.of(WRITER), List.of()),
                        agents,
                        key -> owned,
                        new QueueEvidence(marks, open),
                        now),
                from,
                until);
    }
}
