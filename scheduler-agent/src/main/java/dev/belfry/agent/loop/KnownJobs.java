package dev.belfry.agent.loop;

import dev.belfry.core.version.JobRecord;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The records of jobs as they were read last, by the uids of the jobs; a name may come to stand for another job.
 *
 * <p>Not thread-safe; owned by the agent's loop.
 */
final class KnownJobs {
    private final Map<String, JobRecord> byUid = new HashMap<>();
    private final Map<String, String> uidByPath = new HashMap<>();
    /** Jobs that were known and whose record cannot be read any more. */
    private final Set<String> unreadable = new LinkedHashSet<>();

    /** The uid of the job that the record at {@code path} was of before, if that was another one. */
    Optional<String> put(String path, JobRecord job) {
        String before = uidByPath.put(path, job.uid());
        Optional<String> replaced = Optional.ofNullable(before).filter(uid -> !uid.equals(job.uid()));
        replaced.ifPresent(this::forget);
        byUid.put(job.uid(), job);
        unreadable.remove(job.uid());
        return replaced;
    }

    /** The record at {@code path} cannot be read; the uid of the job that it was of, if it could be read before. */
    Optional<String> damaged(String path) {
        Optional<String> uid = Optional.ofNullable(uidByPath.get(path));
        uid.ifPresent(each -> {
            byUid.remove(each);
            unreadable.add(each);
        });
        return uid;
    }

    /** There is no record at {@code path} any more; the uid of the job that it was of, if it could be read. */
    Optional<String> removed(String path) {
        Optional<String> uid = Optional.ofNullable(uidByPath.remove(path));
        uid.ifPresent(this::forget);
        return uid;
    }

    private void forget(String uid) {
        byUid.remove(uid);
        unreadable.remove(uid);
    }

    Optional<JobRecord> job(String uid) {
        return Optional.ofNullable(byUid.get(uid));
    }

    Collection<JobRecord> all() {
        return Collections.unmodifiableCollection(byUid.values());
    }

    /** Uids of jobs that were known and whose record cannot be read any more. */
    Set<String> unreadable() {
        return Collections.unmodifiableSet(unreadable);
    }
}
