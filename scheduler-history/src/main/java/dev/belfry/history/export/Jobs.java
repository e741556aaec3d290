package dev.belfry.history.export;

import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.core.record.Paths;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.JobRecordCodec;
import dev.belfry.core.version.JobVersion;
import dev.belfry.history.HistoryRow;
import dev.belfry.history.HistoryStore;
import dev.belfry.history.HistoryStore.KnownJob;
import dev.belfry.history.JobGone;
import dev.belfry.history.JobRows;
import dev.belfry.history.JournalMark;
import dev.belfry.store.Znode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Exports versions of jobs, and knows the jobs' names. Not thread-safe. */
final class Jobs {
    private static final Logger LOG = LoggerFactory.getLogger(Jobs.class);

    private final JournalAccess access;
    private final Writing writing;
    private final Consumer<String> unreadable;
    private final Map<String, KnownJob> known;
    private final Set<String> gone;
    /** The jobs that each record tells of, former ones included; none for one that cannot be read. */
    private final Map<String, Set<String>> records = new HashMap<>();

    Jobs(JournalAccess access, Writing writing, HistoryStore store, Consumer<String> unreadable) {
        this.access = access;
        this.writing = writing;
        this.unreadable = unreadable;
        this.known = new HashMap<>(store.knownJobs());
        this.gone = new HashSet<>(store.gone().keySet());
    }

    /** Exports what has changed since the last call. */
    void export() {
        Optional<Set<String>> changed = access.jobs().changes();
        if (changed.isPresent() && changed.get().isEmpty()) {
            return;
        }
        try {
            List<HistoryRow> rows = new ArrayList<>();
            access.readAll(changed.map(Jobs::jobPaths).orElseGet(this::allPaths), znode -> add(znode, rows));
            writing.definitions(rows);
        } catch (RuntimeException e) {
            access.jobs().lookAtEverything();
            throw e;
        }
    }

    private static List<String> jobPaths(Set<String> changed) {
        return changed.stream()
                .filter(path -> path.matches(Paths.JOBS + "/[^/]+/[^/]+"))
                .sorted()
                .toList();
    }

    private List<String> allPaths() {
        List<String> paths = new ArrayList<>();
        for (String bucket : access.children(Paths.JOBS)) {
            String parent = Paths.JOBS + '/' + bucket;
            access.children(parent).forEach(job -> paths.add(parent + '/' + job));
        }
        return paths;
    }

    private void add(Znode znode, List<HistoryRow> rows) {
        records.remove(znode.path());
        try {
            List<JobRecord> jobs = JobRecordCodec.decode(znode.path(), znode.data(), znode.modified())
                    .withPredecessors();
            jobs.forEach(job -> add(job, rows));
            records.put(znode.path(), jobs.stream().map(JobRecord::uid).collect(Collectors.toSet()));
        } catch (CorruptRecordException e) {
            unreadable.accept(String.valueOf(e.getMessage()));
        } catch (IllegalArgumentException e) {
            unreadable.accept(znode.path() + ": " + e.getMessage());
        }
    }

    private void add(JobRecord job, List<HistoryRow> rows) {
        KnownJob before = known.getOrDefault(job.uid(), new KnownJob(job.name(), 0, Optional.empty()));
        for (JobVersion version : job.versions()) {
            if (version.number() > before.version()) {
                rows.add(JobRows.version(job, version));
            }
        }
        if (!before.ended()) {
            job.deletedAt().ifPresent(at -> rows.add(JobRows.end(job.uid(), at)));
        }
        int newest = Math.max(before.version(), job.newest().number());
        known.put(job.uid(), new KnownJob(job.name(), newest, before.endedAt().or(job::deletedAt)));
    }

    /**
     * Enters the jobs that have left ZooKeeper without their deletion having been seen, with when they had last been looked for:
     * that is what tells a deletion that nobody saw from a record that somebody removed.
     */
    void enterGone(Instant now) {
        Set<String> paths = Set.copyOf(allPaths());
        records.keySet().retainAll(paths);
        JournalMark look = writing.mark(JournalMark.JOBS);
        List<HistoryRow> rows = new ArrayList<>();
        known.forEach((uid, job) -> {
            if (!job.ended() && !isThere(paths, uid, job.name()) && gone.add(uid)) {
                JobGone found = new JobGone(uid, Instant.ofEpochMilli(look.entry()), now);
                LOG.warn(
                        "the record of a job is gone, and its deletion was not exported; 'belfry verify' says whether it may"
                                + " have been deleted; job={} uid={} lookedFor={}",
                        job.name(),
                        uid,
                        found.seen());
                rows.add(found.row());
            }
        });
        writing.definitions(rows);
        writing.add(List.of(), look.at(now.toEpochMilli(), 0));
    }

    private boolean isThere(Set<String> paths, String uid, String name) {
        String path = Paths.job(name);
        return paths.contains(path)
                && (!records.containsKey(path)
                        || java.util.Objects.requireNonNull(records.get(path)).contains(uid));
    }

    /** The name of a job; empty if nothing is known of it. */
    String name(String uid) {
        KnownJob job = known.get(uid);
        if (job == null) {
            // Its record is older than anything that was recorded of it: its change has been noticed by now.
            export();
            job = known.get(uid);
        }
        return job == null ? "" : job.name();
    }
}
