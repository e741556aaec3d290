package dev.belfry.core.version;

import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.job.Placement;
import dev.belfry.core.ledger.FireId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A job as stored.
 *
 * @param uid identifies this job for ever: a job deleted and created again under the same name has another
 * @param versions the recent ones, oldest first; at least one
 * @param requests runs asked for, oldest first, at most {@link #MAX_REQUESTS}
 * @param deletedAt set once the job is deleted: nothing is due from then on
 * @param settled every layout up to this one is over, and each of its fires has its outcome; 0 while there is none
 * @param former jobs that had the name before and were deleted a short while ago, the last one first, for proofs and
 *     explanations; they have no former ones of their own
 * @param cancels runs that were cancelled, oldest first, at most {@link #MAX_REQUESTS}
 */
public record JobRecord(
        String name,
        String uid,
        List<JobVersion> versions,
        List<RunRequest> requests,
        Optional<Instant> deletedAt,
        int settled,
        List<JobRecord> former,
        List<CancelledRun> cancels) {

    /** Versions kept; older ones are dropped, and what was due under them can no longer be proved. */
    public static final int MAX_VERSIONS = 20;
    /** Requests kept, and cancelled runs. */
    public static final int MAX_REQUESTS = 64;

    /** How long the records of what is over are kept for proofs and explanations. */
    public static final Duration KEEP_OVER = Duration.ofDays(1);

    public JobRecord {
        versions = List.copyOf(versions);
        requests = List.copyOf(requests);
        former = List.copyOf(former);
        cancels = List.copyOf(cancels);
        if (versions.isEmpty()) {
            throw new IllegalArgumentException("job '" + name + "' has no version");
        }
    }

    /** A job of which no layout has been settled yet. */
    public JobRecord(
            String name,
            String uid,
            List<JobVersion> versions,
            List<RunRequest> requests,
            Optional<Instant> deletedAt) {
        this(name, uid, versions, requests, deletedAt, 0, List.of());
    }

    /** A job of which no run was cancelled. */
    public JobRecord(
            String name,
            String uid,
            List<JobVersion> versions,
            List<RunRequest> requests,
            Optional<Instant> deletedAt,
            int settled,
            List<JobRecord> former) {
        this(name, uid, versions, requests, deletedAt, settled, former, List.of());
    }

    /** The newest version, in force or about to be. */
    public JobVersion newest() {
        return versions.get(versions.size() - 1);
    }

    /** The newest version by which every agent takes part, so the one that says who does; empty if the job never was a broadcast job. */
    public Optional<JobVersion> lastBroadcast() {
        for (int i = versions.size() - 1; i >= 0; i--) {
            if (versions.get(i).definition().placement() == Placement.BROADCAST) {
                return Optional.of(versions.get(i));
            }
        }
        return Optional.empty();
    }

    public JobDefinition definition() {
        return newest().definition();
    }

    public boolean deleted() {
        return deletedAt.isPresent();
    }

    /** The version in force at {@code at}: the last that begins at or before it, else the first. */
    public JobVersion at(Instant at) {
        JobVersion inForce = versions.get(0);
        for (JobVersion version : versions) {
            if (!version.from().isAfter(at)) {
                inForce = version;
            }
        }
        return inForce;
    }

    /**
     * The instant from which on layout {@code layout} owes nothing more: the next one is in force, or the job is deleted,
     * whichever comes first. Empty while it is the newest layout of a job that is not deleted.
     */
    public Optional<Instant> endOfLayout(int layout) {
        for (JobVersion version : versions) {
            if (version.layout() > layout) {
                Instant next = version.from();
                return deletedAt.filter(at -> at.isBefore(next)).or(() -> Optional.of(next));
            }
        }
        return deletedAt;
    }

    /**
     * The record of a job that was in force at {@code from} by what it has left. The first version of a job counts from the
     * write of its record: a record that was destroyed and put back byte for byte says that it is in force from then on, and
     * would owe nothing of the time between. The same record if it does not contradict that.
     */
    public JobRecord inForceSince(Instant from) {
        JobVersion first = versions.get(0);
        if (first.number() > 1 || !from.isBefore(first.from())) {
            return this;
        }
        List<JobVersion> all = new ArrayList<>(versions);
        all.set(0, first.from(from));
        return new JobRecord(name, uid, all, requests, deletedAt, settled, former, cancels);
    }

    /** With one more; the oldest goes if there are too many. */
    private static <T> List<T> appended(List<T> list, T one, int most) {
        List<T> all = new ArrayList<>(list);
        all.add(one);
        return all.subList(Math.max(0, all.size() - most), all.size());
    }

    /** The record with one more version; the oldest goes if there are too many. */
    public JobRecord with(JobVersion version) {
        return new JobRecord(
                name, uid, appended(versions, version, MAX_VERSIONS), requests, deletedAt, settled, former, cancels);
    }

    /** The record with one more request; the oldest goes if there are too many. */
    public JobRecord with(RunRequest request) {
        return new JobRecord(
                name, uid, versions, appended(requests, request, MAX_REQUESTS), deletedAt, settled, former, cancels);
    }

    /** The record with one more cancelled run; the oldest goes if there are too many. */
    public JobRecord with(CancelledRun cancel) {
        return new JobRecord(
                name, uid, versions, requests, deletedAt, settled, former, appended(cancels, cancel, MAX_REQUESTS));
    }

    /** Whether the run was cancelled, as far as is remembered. */
    public boolean cancelled(FireId fire) {
        return cancels.stream().anyMatch(cancel -> cancel.fire().equals(fire));
    }

    /**
     * The layout that owes a run that was asked for: the one in force when it was accepted. Empty if it was accepted before the
     * first version that is known, or under a version that is forgotten by now.
     */
    public Optional<Integer> layoutOf(RunRequest request) {
        JobVersion then = at(request.accepted());
        // Before the first version by a clock that is behind, or under a version that is forgotten by now.
        boolean known = !request.accepted().isBefore(then.from()) || then.number() == 1;
        return known ? Optional.of(then.layout()) : Optional.empty();
    }

    /** The record with other requests. */
    public JobRecord withRequests(List<RunRequest> kept) {
        return new JobRecord(name, uid, versions, kept, deletedAt, settled, former, cancels);
    }

    /** The record of the job deleted at {@code at}. */
    public JobRecord deletedAt(Instant at) {
        return new JobRecord(name, uid, versions, requests, Optional.of(at), settled, former, cancels);
    }

    /** The record with every layout up to {@code layout} settled. */
    public JobRecord withSettled(int layout) {
        return new JobRecord(name, uid, versions, requests, deletedAt, layout, former, cancels);
    }

    /** This job and then those that had its name before, the last one first. */
    public List<JobRecord> withPredecessors() {
        List<JobRecord> all = new ArrayList<>(List.of(this));
        all.addAll(former);
        return all;
    }

    /** The record with these predecessors; what they had of their own is left out. */
    public JobRecord withFormer(List<JobRecord> predecessors) {
        List<JobRecord> alone = predecessors.stream()
                .map(job -> new JobRecord(
                        job.name(), job.uid(), job.versions(), List.of(), job.deletedAt(), job.settled(), List.of()))
                .toList();
        return new JobRecord(name, uid, versions, requests, deletedAt, settled, alone, cancels);
    }

    /** Whether the job is deleted and everything it owed has its outcome. */
    public boolean closed() {
        return deleted() && settled >= newest().layout();
    }

    /**
     * Layouts that are over at {@code now} and not known to be settled, oldest first, each with its last version. Those
     * whose versions were dropped are not among them: what they owed can no longer be told.
     */
    public List<JobVersion> unsettled(Instant now) {
        List<JobVersion> found = new ArrayList<>();
        for (int i = 0; i < versions.size(); i++) {
            JobVersion version = versions.get(i);
            boolean last = i + 1 == versions.size() || versions.get(i + 1).layout() > version.layout();
            boolean over = endOfLayout(version.layout())
                    .filter(end -> !end.isAfter(now))
                    .isPresent();
            if (last && over && version.layout() > settled) {
                found.add(version);
            }
        }
        return found;
    }
}
