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
import java.time.Instant;
import java.util.ArrayList;
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

    String nameOf(String uid) {
        return byName.values().stream()
                .filter(entry -> entry.job().uid().equals(uid))
                .map(entry -> entry.job().name())
                .findFirst()
                .orElse(uid);
    }

    /** What the plan needs to know of every sticky job, at {@code now} of the ensemble's clock. */
    List<JobSpec> specs(Instant now) {
        List<JobSpec> specs = new ArrayList<>();
        byName.values().forEach(entry -> PlannedJob.of(entry.job(), now).ifPresent(specs::add));
        return specs;
    }

    /** The next instant at which another layout comes into force or a job ends; {@link Instant#MAX} if none does. */
    Instant nextLayoutChange(Instant now) {
        Instant next = Instant.MAX;
        for (Entry entry : byName.values()) {
            for (JobVersion version : entry.job().versions()) {
                if (version.from().isAfter(now) && version.from().isBefore(next)) {
                    next = version.from();
                }
            }
            Instant end = entry.job().deletedAt().orElse(Instant.MIN);
            if (end.isAfter(now) && end.isBefore(next)) {
                next = end;
            }
        }
        return next;
    }

    @Override
    public void present(Znode znode) {
        try {
            JobRecord job = JobRecordCodec.decode(znode.path(), znode.data(), znode.modified());
            byName.put(Paths.name(znode.path()), new Entry(job, znode.version()));
        } catch (CorruptRecordException e) {
            LOG.error("definition cannot be read: {}; it is planned as it last was", e.getMessage());
        }
        changed.run();
    }

    @Override
    public void absent(String path) {
        byName.remove(Paths.name(path));
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
