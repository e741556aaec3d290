package dev.belfry.scripts;

import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.journal.FireJournal;
import dev.belfry.core.ledger.LedgerCodec;
import dev.belfry.core.ledger.LedgerRecord;
import dev.belfry.core.ownership.Generation;
import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.core.record.Paths;
import dev.belfry.core.restore.CopyPart;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.JobRecordCodec;
import dev.belfry.core.version.JobVersion;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a restore has to know of a whole copy before it writes: how far its journals and jobs go, and which lines may be newer than
 * the ledgers, which were copied before them. Not thread-safe.
 */
final class CopySurvey {
    /** Clocks of the ensemble and of whoever took the copy are apart by less than this. */
    private static final Duration SKEW = Duration.ofMinutes(2);

    private static final Pattern JOURNAL = Pattern.compile(Pattern.quote(Paths.JOURNAL) + "/([^/]+)");
    private static final Pattern ENTRY = Pattern.compile(JOURNAL.pattern() + "/([0-9]{12,18})");
    private static final Pattern MASTERS = Pattern.compile(Pattern.quote(Paths.MASTER_JOURNAL) + "/([tg])([0-9]+).*");

    /** A line and who wrote it. */
    private record Line(String writer, FireEntry entry) {}

    private final Instant since;
    private final TreeMap<String, CopyPart.JournalEnd> journals = new TreeMap<>();
    private final List<CopyPart.JobEnd> jobs = new ArrayList<>();
    private final Map<String, JobRecord> byUid = new HashMap<>();
    /** By the path of their ledger. */
    private final Map<String, List<Line>> lines = new TreeMap<>();
    /**
     * Ledgers that are there if they are not in the copy. What others have settled of an agent's part of a broadcast job says nothing of
     * that: the part may be removed since.
     */
    private final Set<String> written = new TreeSet<>();

    private long generation;

    /** @param taken when the copy was begun */
    CopySurvey(Instant taken) {
        this.since = taken.minus(SKEW);
    }

    void see(Copied znode) {
        Matcher masters = MASTERS.matcher(znode.path());
        Matcher entry = ENTRY.matcher(znode.path());
        Matcher journal = JOURNAL.matcher(znode.path());
        if (masters.matches()) {
            long number = Long.parseLong(masters.group(2));
            boolean term = masters.group(1).equals("t");
            generation = Math.max(generation, term ? Generation.of(number, 0).value() : new Generation(number).value());
        } else if (entry.matches()) {
            entry(entry.group(1), Long.parseLong(entry.group(2)), znode);
        } else if (journal.matches() && !znode.path().equals(Paths.MASTER_JOURNAL)) {
            journals.put(journal.group(1), new CopyPart.JournalEnd(journal.group(1), 0, 0));
        } else if (znode.path().startsWith(Paths.JOBS + "/")) {
            job(znode);
        }
    }

    private void job(Copied znode) {
        if (!ZnodeKinds.is(znode.path(), ZnodeKinds.JOB)) {
            return;
        }
        try {
            JobRecord record = JobRecordCodec.decode(znode.path(), znode.data(), znode.modified());
            for (JobRecord one : record.withPredecessors()) {
                jobs.add(new CopyPart.JobEnd(one.uid(), one.newest().number(), one.deleted()));
                byUid.put(one.uid(), one);
            }
        } catch (CorruptRecordException e) {
            return; // garbage then, garbage now: check-tree tells of it
        }
    }

    private void entry(String writer, long number, Copied znode) {
        try {
            List<FireEntry> all = FireJournal.decode(znode.path(), znode.data());
            journals.merge(
                    writer,
                    new CopyPart.JournalEnd(writer, number, all.size()),
                    (a, b) -> a.entry() > b.entry() ? a : b);
            if (!znode.modified().isBefore(since) && !Paths.isQueueJournal(writer)) {
                all.forEach(line -> ledger(line).ifPresent(path -> {
                    lines.computeIfAbsent(path, of -> new ArrayList<>()).add(new Line(writer, line));
                    if (line.layout() > 0 || writer.startsWith(line.shard() + '~')) {
                        written.add(path);
                    }
                }));
            }
        } catch (CorruptRecordException e) {
            return; // likewise
        }
    }

    /** The path of the ledger that a line is about, if its job and layout are in the copy. */
    private Optional<String> ledger(FireEntry line) {
        JobRecord job = byUid.get(line.jobUid());
        if (job == null) {
            return Optional.empty();
        }
        if (line.layout() == 0) {
            return Optional.of(Paths.broadcastLedger(job.uid(), line.shard()));
        }
        return job.versions().stream()
                .filter(version -> version.layout() == line.layout())
                .findFirst()
                .map(JobVersion::definition)
                .map(definition -> Paths.ledger(
                        job.uid(), line.layout(), definition.shards().count(), Integer.parseInt(line.shard())));
    }

    /** What the masters' journal goes up to. */
    long generation() {
        return generation;
    }

    /** How far the copy goes. */
    List<CopyPart> parts() {
        return CopyPart.of(List.copyOf(journals.values()), jobs);
    }

    /** Ledgers that lines may be newer than, and that were created after the ledgers were copied if they are not in the copy. */
    List<String> ledgers() {
        return List.copyOf(written);
    }

    /** The content of a ledger, brought up to the lines that are newer than it; as it is if it cannot be read. */
    byte[] replayed(String path, byte[] data) {
        List<Line> newer = lines.getOrDefault(path, List.of());
        if (newer.isEmpty()) {
            return data;
        }
        try {
            FireEntry first = newer.get(0).entry();
            JobRecord job = java.util.Objects.requireNonNull(byUid.get(first.jobUid()));
            LedgerRecord before =
                    data.length == 0 ? LedgerRecord.fresh(start(job, first)) : LedgerCodec.decode(path, data);
            LedgerReplay replay = new LedgerReplay(job, first.layout(), before);
            newer.forEach(line -> replay.line(line.writer(), line.entry()));
            LedgerRecord after = replay.replayed();
            return after.equals(before) ? data : LedgerCodec.encode(after);
        } catch (CorruptRecordException e) {
            return data; // likewise
        }
    }

    /** What is due after that is owed. An agent owes nothing of what was due before it came. */
    private static Instant start(JobRecord job, FireEntry first) {
        Instant before = first.fire().due().minusMillis(1);
        return first.layout() == 0
                ? before
                : LedgerReplay.due(job, first.layout()).start().orElse(before);
    }
}
