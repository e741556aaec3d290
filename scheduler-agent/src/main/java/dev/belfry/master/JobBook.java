package dev.belfry.master;

import dev.belfry.agent.loop.Mirror;
import dev.belfry.core.assign.JobSpec;
import dev.belfry.core.cluster.PlannedJob;
import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.core.record.Paths;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.JobRecordCodec;
import dev.belfry.core.version.JobVersion;
import dev.belfry.store.Session;
import dev.belfry.store.Store;
import dev.belfry.store.Znode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The definitions, as a master knows them. One that cannot be read any more is planned as it last was: only its own runs
 * stop.
 *
 * <p>Not thread-safe; owned by the master's loop.
 */
final class JobBook implements Mirror.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(JobBook.class);

    /** A job and the version of its znode. */
    record Entry(JobRecord job, int version) {}

    private final Mirror mirror;
    private final Runnable changed;
    private final Runnable settled;
    private final Map<String, Entry> byName = new TreeMap<>();
    /** By name, why a definition cannot be read. */
    private final Map<String, String> problems = new TreeMap<>();

    JobBook(Store store, Session session, Runnable changed, Runnable settled) {
        this.mirror = new Mirror(store, session, Paths.JOBS, 2, this);
        this.changed = changed;
        this.settled = settled;
    }

    void start() {
        mirror.start();
    }

    void compare() {
        mirror.compare();
    }

    void close() {
        mirror.close();
    }

    boolean caughtUp() {
        return mirror.caughtUp();
    }

    Optional<Entry> find(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    /** The job with this uid, deleted or not; empty if there is none that can be read. */
    Optional<JobRecord> byUid(String uid) {
        int name = uid.lastIndexOf('~');
        return name < 0
                ? Optional.empty()
                : find(uid.substring(0, name))
                        .map(Entry::job)
                        .filter(job -> job.uid().equals(uid));
    }

    /** Why the definition of this name cannot be read; empty if it can, or if there is none. */
    Optional<String> problem(String name) {
        return Optional.ofNullable(problems.get(name));
    }

    /** Whether nothing is known of the job with this uid because its definition could not be read in this term. */
    boolean lost(String uid) {
        int name = uid.lastIndexOf('~');
        return name > 0 && problems.containsKey(uid.substring(0, name)) && !byName.containsKey(uid.substring(0, name));
    }

    String nameOf(String uid) {
        return byName.values().stream()
                .filter(entry -> entry.job().uid().equals(uid))
                .map(entry -> entry.job().name())
                .findFirst()
                .orElse(uid);
    }

    /** Whether the job with this uid waits a while for an owner that has announced its restart. */
    boolean waitsForRestart(String uid) {
        return byName.values().stream()
                .map(Entry::job)
                .anyMatch(job ->
                        job.uid().equals(uid) && !job.definition().rejoinGrace().isZero());
    }

    Collection<Entry> all() {
        return Collections.unmodifiableCollection(byName.values());
    }

    /**
     * What the plan needs to know of every job that has sticky shards, or had some that are not settled, at {@code now}
     * of the ensemble's clock.
     */
    List<JobSpec> specs(Instant now, Settlements settlements) {
        List<JobSpec> specs = new ArrayList<>();
        for (Entry entry : byName.values()) {
            PlannedJob.of(entry.job(), now, settlements.ended(entry.job(), now)).ifPresent(specs::add);
        }
        return specs;
    }

    /**
     * The next instant after {@code now} at which another layout comes into force or a job ends, or the leases of that
     * time are over; {@link Instant#MAX} if there is none.
     */
    Instant nextLayoutChange(Instant now, Duration lease) {
        Instant next = Instant.MAX;
        for (Entry entry : byName.values()) {
            for (JobVersion version : entry.job().versions()) {
                next = sooner(next, version.from(), now, lease);
            }
            next = sooner(next, entry.job().deletedAt().orElse(Instant.EPOCH), now, lease);
        }
        return next;
    }

    private static Instant sooner(Instant known, Instant change, Instant now, Duration lease) {
        Instant next = change.isAfter(now) ? change : change.plus(lease);
        return next.isAfter(now) && next.isBefore(known) ? next : known;
    }

    @Override
    public void present(Znode znode) {
        try {
            JobRecord job = JobRecordCodec.decode(znode.path(), znode.data(), znode.modified());
            byName.put(Paths.name(znode.path()), new Entry(job, znode.version()));
            problems.remove(Paths.name(znode.path()));
        } catch (CorruptRecordException e) {
            problems.put(Paths.name(znode.path()), String.valueOf(e.getMessage()));
            LOG.error("definition cannot be read: {} Its shards stay where they are.", e.getMessage());
        }
        changed.run();
    }

    @Override
    public void absent(String path) {
        byName.remove(Paths.name(path));
        problems.remove(Paths.name(path));
        changed.run();
    }

    @Override
    public void settled() {
        settled.run();
    }

    @Override
    public void refused(String path, String why) {
        LOG.error("cannot read {}: {}; check its ACL", path, why);
    }
}
