package dev.belfry.console.history;

import dev.belfry.core.job.DefinitionJson;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.JobVersion;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Jobs as ZooKeeper and the history have them together: all versions that were ever seen, and all deleted jobs.
 *
 * @param jobs one for each name, those that had it before as its former ones, the last one first
 * @param altered where the two contradict each other, one sentence each
 * @param notExported deletions that nobody saw, one sentence each: their jobs count as deleted after what is recorded of them
 */
public record MergedJobs(List<JobRecord> jobs, List<String> altered, List<String> notExported) {

    /**
     * What is known of the end of a job that nobody saw.
     *
     * @param at after everything that is recorded of it
     * @param sentence why it is not known better
     */
    public record UnseenEnd(Instant at, String sentence) {}

    public MergedJobs {
        jobs = List.copyOf(jobs);
        altered = List.copyOf(altered);
        notExported = List.copyOf(notExported);
    }

    /**
     * Merges them.
     *
     * @param present from ZooKeeper, with their former ones
     * @param past from the history, read later
     * @param ends asked about jobs that ZooKeeper has not and whose deletion the history has not; empty if that cannot be
     */
    public static MergedJobs of(
            List<JobRecord> present, List<JobRecord> past, Function<JobRecord, Optional<UnseenEnd>> ends) {
        List<String> altered = new ArrayList<>();
        List<String> notExported = new ArrayList<>();
        Map<String, JobRecord> byUid = new LinkedHashMap<>();
        past.forEach(job -> byUid.put(job.uid(), job));
        Map<String, List<JobRecord>> byName = new TreeMap<>();
        List<String> heads = present.stream().map(JobRecord::uid).toList();
        for (JobRecord job : present) {
            for (JobRecord one : job.withPredecessors()) {
                JobRecord known = byUid.remove(one.uid());
                byName.computeIfAbsent(job.name(), name -> new ArrayList<>())
                        .add(known == null ? one : merged(one, known, altered));
            }
        }
        for (JobRecord known : byUid.values()) {
            Optional<UnseenEnd> end = known.deleted() ? Optional.empty() : ends.apply(known);
            end.ifPresent(unseen -> notExported.add(unseen.sentence()));
            JobRecord job = end.map(unseen -> ended(known, unseen.at())).orElse(known);
            if (!job.deleted()) {
                altered.add("job " + job.name() + " (" + job.uid() + ") is in the history, where it was never deleted,"
                        + " and is not in ZooKeeper, although an exporter would have seen a deletion: its record was"
                        + " removed");
            }
            byName.computeIfAbsent(job.name(), name -> new ArrayList<>()).add(job);
        }
        List<JobRecord> jobs = new ArrayList<>();
        byName.values().forEach(of -> jobs.add(headed(of, heads)));
        return new MergedJobs(jobs, altered, notExported);
    }

    private static JobRecord merged(JobRecord present, JobRecord past, List<String> altered) {
        for (int i = 1; i < present.versions().size(); i++) {
            JobVersion one = present.versions().get(i - 1);
            JobVersion next = present.versions().get(i);
            if (next.number() <= one.number() || next.from().isBefore(one.from())) {
                altered.add("job " + present.name() + " has version " + next.number() + " after version " + one.number()
                        + " in ZooKeeper, which nobody writes");
            }
        }
        Map<Integer, JobVersion> versions = new TreeMap<>();
        present.versions().forEach(version -> versions.put(version.number(), version));
        int oldest = present.versions().get(0).number();
        for (JobVersion then : past.versions()) {
            JobVersion now = versions.putIfAbsent(then.number(), then);
            String where = "version " + then.number() + " of job " + present.name();
            if (now == null && then.number() > oldest) {
                altered.add(where + " is in the history and not in ZooKeeper, which has older ones");
            } else if (now != null && !text(now).equals(text(then))) {
                altered.add(where + " says something else in ZooKeeper than in the history");
            }
        }
        if (past.deleted() && !past.deletedAt().equals(present.deletedAt())) {
            altered.add("job " + present.name() + " was deleted at "
                    + past.deletedAt().orElseThrow() + " by the history, and "
                    + present.deletedAt().map(at -> "at " + at).orElse("is not deleted") + " by ZooKeeper");
        }
        return with(present, List.copyOf(versions.values()), List.of());
    }

    /** Everything that a proof goes by. */
    private static String text(JobVersion version) {
        return version.number() + " " + version.from() + " " + version.layout() + " " + version.paused() + " "
                + version.author().name() + " " + DefinitionJson.encode(version.definition());
    }

    private static JobRecord ended(JobRecord job, Instant at) {
        JobVersion newest = job.newest();
        Instant end = at.isAfter(newest.from()) ? at : newest.from();
        return new JobRecord(
                job.name(),
                job.uid(),
                job.versions(),
                job.requests(),
                Optional.of(end),
                newest.layout(),
                job.former(),
                job.cancels());
    }

    private static JobRecord with(JobRecord job, List<JobVersion> versions, List<JobRecord> former) {
        return new JobRecord(
                job.name(), job.uid(), versions, job.requests(), job.deletedAt(), job.settled(), former, job.cancels());
    }

    /** The one that has the name now, or had it last, with the others as its former ones. */
    private static JobRecord headed(List<JobRecord> jobs, List<String> heads) {
        List<JobRecord> order = new ArrayList<>(jobs);
        Comparator<JobRecord> first = Comparator.comparing(job -> heads.contains(job.uid()) ? 0 : 1);
        order.sort(first.thenComparing(MergedJobs::began, Comparator.reverseOrder()));
        JobRecord head = order.get(0);
        return with(
                head,
                head.versions(),
                order.stream()
                        .skip(1)
                        .map(job -> with(job, job.versions(), List.of()))
                        .toList());
    }

    private static Instant began(JobRecord job) {
        return job.versions().get(0).from();
    }
}
