package dev.belfry.core.dispatch;

import static java.util.Objects.requireNonNull;

import java.time.Instant;

/**
 * A task that is to be run.
 *
 * @param id which one
 * @param jobUid its job
 * @param priority from 0, lowest, to 9
 * @param since the instant from which its waiting counts, by the ensemble's clock: that of its submission, or the end of its
 *     delay; it does not start before
 * @param number orders tasks with the same {@code since}: the smaller is first
 * @param notBefore the end of its back-off; not after {@code since} for none
 * @param where where it may run beyond what its job says
 * @param bytes what its entry takes in an inbox, from 0
 */
public record QueuedTask(
        TaskId id, String jobUid, int priority, Instant since, long number, Instant notBefore, Where where, int bytes) {

    /** Throws {@link IllegalArgumentException} for an impossible priority or size. */
    public QueuedTask {
        requireNonNull(id);
        requireNonNull(jobUid);
        requireNonNull(since);
        requireNonNull(notBefore);
        requireNonNull(where);
        if (priority < 0 || priority > 9 || bytes < 0) {
            throw new IllegalArgumentException(
                    "task " + id + ": impossible priority " + priority + " or size " + bytes);
        }
    }

    /** A task that may run anywhere and at once, and takes no bytes worth counting. */
    public static QueuedTask of(TaskId id, String jobUid, int priority, Instant since) {
        return new QueuedTask(id, jobUid, priority, since, 0, since, Where.ANYWHERE, 0);
    }

    /** The same, ordered among tasks of the same instant. */
    public QueuedTask withNumber(long order) {
        return new QueuedTask(id, jobUid, priority, since, order, notBefore, where, bytes);
    }

    /** The same after a back-off. */
    public QueuedTask notBefore(Instant end) {
        return new QueuedTask(id, jobUid, priority, since, number, end, where, bytes);
    }

    /** The same elsewhere. */
    public QueuedTask withWhere(Where place) {
        return new QueuedTask(id, jobUid, priority, since, number, notBefore, place, bytes);
    }

    /** The same with the size of its entry in an inbox. */
    public QueuedTask withBytes(int size) {
        return new QueuedTask(id, jobUid, priority, since, number, notBefore, where, size);
    }

    /** The first instant at which it may start. */
    public Instant earliest() {
        return notBefore.isAfter(since) ? notBefore : since;
    }
}
