package dev.belfry.testkit.cluster;

import dev.belfry.core.job.OverlapPolicy;
import dev.belfry.core.job.Placement;
import dev.belfry.core.ledger.FireId;
import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.core.record.Paths;
import dev.belfry.core.version.CancelledRun;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.JobRecordCodec;
import dev.belfry.core.version.JobVersion;
import dev.belfry.core.version.RunRequest;
import dev.belfry.store.Znode;
import dev.belfry.testkit.store.SimEnsemble;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Every job ever committed and what it owes, computed by arithmetic and not by the product's engine: each job of a
 * simulation is due on the whole multiples of its parameter {@code period}, in milliseconds since 1970.
 */
final class CommittedJobs {
    /** Parameter of a job: its period in milliseconds; absent for a job without instants of its own. */
    static final String PERIOD = "period";

    private static final Instant NEVER = Instant.parse("2099-01-01T00:00:00Z");

    private final SimEnsemble ensemble;
    private final Map<String, JobRecord> byUid = new LinkedHashMap<>();
    private final Map<String, Map<String, Asked>> requested = new HashMap<>();
    /** When each run that was cancelled was: by the job's uid and the run's id. */
    private final Map<String, Long> cancelled = new HashMap<>();

    private final Set<String> deleted = new HashSet<>();
    /** Records that could not be read, and since when they can be again. */
    private final Map<String, Long> damaged = new HashMap<>();

    private static final long NOT_MENDED = Long.MAX_VALUE;

    private final LongSupplier nanos;

    /**
     * A run that was asked for.
     *
     * @param at true time at which the job's record listed it first
     */
    record Asked(RunRequest request, long at) {}

    /** @param nanos true time */
    CommittedJobs(SimEnsemble ensemble, LongSupplier nanos) {
        this.ensemble = ensemble;
        this.nanos = nanos;
    }

    void written(String path) {
        Optional<Znode> znode = ensemble.peek(path);
        if (znode.isPresent() && Paths.parent(Paths.parent(path)).equals(Paths.JOBS)) {
            JobRecord job;
            try {
                job = JobRecordCodec.decode(
                        path, znode.get().data(), znode.get().modified());
            } catch (CorruptRecordException e) {
                damaged.put(path, NOT_MENDED);
                return; // damaged by a test: what is owed is what was owed before
            }
            damaged.computeIfPresent(path, (damage, since) -> nanos.getAsLong());
            JobRecord before = byUid.get(job.uid());
            // A record that is put back after it was destroyed says that it is in force from then on; it always was.
            boolean sticky = job.definition().placement() == Placement.STICKY;
            byUid.put(
                    job.uid(),
                    before != null && sticky
                            ? job.inForceSince(before.versions().get(0).from())
                            : job);
            if (before == null) {
                endOthers(job, znode.get().modified());
            }
            for (RunRequest request : job.requests()) {
                requested
                        .computeIfAbsent(job.uid(), u -> new LinkedHashMap<>())
                        .computeIfAbsent(request.runId(), r -> new Asked(request, nanos.getAsLong()));
            }
            for (CancelledRun cancel : job.cancels()) {
                cancelled.putIfAbsent(key(job.uid(), cancel.fire()), nanos.getAsLong());
            }
        }
    }

    /** A record is gone, because it was of no use any more or somebody deleted it: nothing can be told of the job. */
    void deleted(String path) {
        byUid.values().removeIf(job -> {
            boolean gone = Paths.job(job.name()).equals(path);
            if (gone) {
                deleted.add(job.uid());
            }
            return gone;
        });
    }

    /** When the record of a job could not be read last; {@link Long#MIN_VALUE} if it always could. */
    long damagedUntil(String uid) {
        return damaged.isEmpty()
                ? Long.MIN_VALUE
                : find(uid)
                        .map(job -> damaged.getOrDefault(Paths.job(job.name()), Long.MIN_VALUE))
                        .orElse(Long.MIN_VALUE);
    }

    /** Whether there was such a job and its record is gone. */
    boolean wasDeleted(String uid) {
        return deleted.contains(uid);
    }

    /** The job that has the name now, deleted or not. */
    Optional<JobRecord> named(String name) {
        return byUid.values().stream().filter(job -> job.name().equals(name)).reduce((first, second) -> second);
    }

    /** A job that takes another's name ends it, whatever the other's record said. */
    private void endOthers(JobRecord job, Instant at) {
        for (JobRecord other : List.copyOf(byUid.values())) {
            boolean ends =
                    other.deletedAt().isEmpty() || other.deletedAt().get().isAfter(at);
            if (ends && other.name().equals(job.name()) && !other.uid().equals(job.uid())) {
                byUid.put(other.uid(), other.deletedAt(at));
            }
        }
    }

    /** Whether executions of the job may ever have been allowed side by side. */
    static boolean everAllowedOverlap(JobRecord job) {
        return job.versions().stream().anyMatch(v -> v.definition().overlap().policy() == OverlapPolicy.ALLOW);
    }

    /** The most attempts at a fire that any version of the job allows. */
    static int mostAttempts(JobRecord job) {
        return job.versions().stream()
                .mapToInt(version -> version.definition().retry().attempts())
                .max()
                .orElse(1);
    }

    Collection<JobRecord> all() {
        return Collections.unmodifiableCollection(byUid.values());
    }

    Optional<JobRecord> find(String uid) {
        return Optional.ofNullable(byUid.get(uid));
    }

    boolean wasRequested(String uid, FireId fire) {
        return requested
                .getOrDefault(uid, Map.of())
                .containsKey(fire.requested().orElse(""));
    }

    /** Every run of the job that was ever asked for. */
    Collection<Asked> requested(String uid) {
        return Collections.unmodifiableCollection(
                requested.getOrDefault(uid, Map.of()).values());
    }

    /** True time at which somebody cancelled the run; empty if nobody has. */
    OptionalLong cancelledAt(String uid, FireId fire) {
        Long at = cancelled.get(key(uid, fire));
        return at == null ? OptionalLong.empty() : OptionalLong.of(at);
    }

    private static String key(String uid, FireId fire) {
        return uid + " " + fire.runId("");
    }

    /**
     * The version whose rules a fire keeps: the last of its layout that begins at or before {@code due}, else the first.
     * Versions of a broadcast job are all of one layout.
     */
    static JobVersion rules(JobRecord job, int layout, Instant due) {
        JobVersion found = null;
        for (JobVersion version : job.versions()) {
            boolean ours = version.layout() == layout || version.definition().placement() == Placement.BROADCAST;
            if (ours && (found == null || !version.from().isAfter(due))) {
                found = version;
            }
        }
        return found == null ? job.newest() : found;
    }

    /** From when on a layout owes nothing more; {@link Instant#MAX} while it is the newest of a job that is not deleted. */
    static Instant endOfLayout(JobRecord job, int layout) {
        Instant end = job.deletedAt().orElse(Instant.MAX);
        for (JobVersion version : job.versions()) {
            boolean next = version.definition().placement() != Placement.BROADCAST && version.layout() > layout;
            if (next && version.from().isBefore(end)) {
                return version.from();
            }
        }
        return end;
    }

    /** The layout that owes a run accepted then. */
    static int layoutAt(JobRecord job, Instant accepted) {
        int layout = job.versions().get(0).layout();
        for (JobVersion version : job.versions()) {
            layout = version.from().isAfter(accepted) ? layout : version.layout();
        }
        return layout;
    }

    /** Whether the versions of a job say by themselves when it is due. */
    static boolean hasInstants(JobRecord job) {
        return job.versions().stream().allMatch(v -> v.definition().parameters().containsKey(PERIOD));
    }

    /** The instants in [{@code from}, {@code upTo}] at which {@code layout} of the job is due, ascending. */
    static List<Instant> due(JobRecord job, int layout, Instant from, Instant upTo) {
        List<Instant> due = new ArrayList<>();
        for (int i = 0; i < job.versions().size(); i++) {
            JobVersion version = job.versions().get(i);
            boolean owes = job.definition().placement() == Placement.BROADCAST || version.layout() == layout;
            if (!owes || version.paused() || !version.definition().enabled()) {
                continue;
            }
            long period = Long.parseLong(version.definition().parameters().getOrDefault(PERIOD, "0"));
            long first = Math.max(from.toEpochMilli(), version.from().toEpochMilli());
            long last = Math.min(upTo.toEpochMilli(), end(job, i).toEpochMilli() - 1);
            for (long at = ceil(first, period); period > 0 && at <= last; at += period) {
                due.add(Instant.ofEpochMilli(at));
            }
        }
        return due;
    }

    private static Instant end(JobRecord job, int version) {
        Instant end = job.deletedAt().orElse(NEVER);
        if (version + 1 < job.versions().size()) {
            Instant next = job.versions().get(version + 1).from();
            return next.isBefore(end) ? next : end;
        }
        return end;
    }

    private static long ceil(long value, long period) {
        return period <= 0 ? value : Math.floorDiv(value + period - 1, period) * period;
    }

    /** The layouts that a job has had, with their numbers of shards. */
    static Map<Integer, Integer> layouts(JobRecord job) {
        Map<Integer, Integer> layouts = new LinkedHashMap<>();
        job.versions()
                .forEach(v -> layouts.put(v.layout(), v.definition().shards().count()));
        return layouts;
    }
}
