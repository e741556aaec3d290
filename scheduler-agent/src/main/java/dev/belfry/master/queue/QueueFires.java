package dev.belfry.master.queue;

import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.ledger.FireId;
import dev.belfry.core.ledger.Reasons;
import dev.belfry.core.queue.FiresMark;
import dev.belfry.core.queue.QueueBook;
import dev.belfry.core.queue.QueuedFires;
import dev.belfry.core.queue.QueuedTask;
import dev.belfry.core.queue.Segment;
import dev.belfry.core.queue.Submission;
import dev.belfry.core.queue.WorkflowBeginning;
import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.core.record.Paths;
import dev.belfry.core.run.Outcome;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.VersionedDueSet;
import dev.belfry.core.workflow.SubTaskId;
import dev.belfry.core.workflow.WorkflowRunCodec;
import dev.belfry.store.Transaction;
import dev.belfry.store.Znode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The fires of queued jobs with a schedule in one term of the master: what is due becomes a segment of the master in the
 * transaction that stores up to which instant that was done.
 *
 * <p>Not thread-safe; owned by the master's loop.
 */
final class QueueFires {
    private static final Logger LOG = LoggerFactory.getLogger(QueueFires.class);

    /** What one transaction carries, at most, beside what one job brings. */
    private static final int MOST_JOBS = 80;

    private static final int MOST_BYTES = 200_000;
    /** Room of a segment for runs. */
    private static final int SEGMENT_BYTES = 55_000;

    /** Workflow runs that one job begins in one transaction: each may take 64 KiB. */
    private static final int MOST_BEGUN = 5;

    private static final FiresMark UNKNOWN = FiresMark.from(Instant.EPOCH);

    /**
     * What is to be written.
     *
     * @param runs that are to be submitted in the same transaction; may be empty
     * @param begun workflow runs that begin with it
     */
    record Turn(
            List<Submission> runs,
            List<FireEntry> lines,
            Map<String, FiresMark> marks,
            List<WorkflowBeginning> begun) {}

    private record Stored(FiresMark mark, int version) {}

    private final QueueOffice office;
    private final QueueBook book;
    private final WorkflowsInForce workflows;
    private final Map<String, Stored> marks = new HashMap<>();
    /** Jobs of which it cannot be read how far they are: they stand still. */
    private final Set<String> unreadable = new HashSet<>();
    /** By uid, when a job with a schedule has to be looked at next. */
    private final Map<String, Instant> next = new TreeMap<>();
    /** Jobs of which something waits for the end of a run. */
    private final Set<String> attentive = new TreeSet<>();
    /** Runs that were told to give way to a newer one. */
    private final Set<String> stopped = new HashSet<>();
    /** Segments that were created and are not in the book yet. */
    private final Set<String> awaited = new HashSet<>();

    private final Runnable cancelled;
    private boolean stale = true;
    /** Runs that the overlap policies leave aside. */
    private Predicate<String> aside = run -> false;

    /** @param cancelled called when there are runs that the book is to cancel */
    QueueFires(QueueOffice office, QueueBook book, WorkflowsInForce workflows, Runnable cancelled) {
        this.workflows = workflows;
        this.office = office;
        this.book = book;
        this.cancelled = cancelled;
    }

    /** Reads how far each job is. */
    void start(Reads reads, Runnable then) {
        reads.children("queue-fires", Paths.QUEUED_FIRES, names -> {
            List<String> paths = names.stream().map(Paths::queuedFires).toList();
            reads.readAll("queue-fires", paths, this::found, then);
        });
    }

    private void found(Znode znode) {
        String uid = Paths.name(znode.path());
        try {
            marks.put(uid, new Stored(FiresMark.decode(znode.path(), znode.data()), znode.version()));
        } catch (CorruptRecordException e) {
            unreadable.add(uid);
            LOG.error("the schedule of {} stands still: {}", uid, e.getMessage());
        }
    }

    void jobsChanged() {
        stale = true;
        workflows.jobsChanged();
    }

    /** Runs that the overlap policies are to leave aside. */
    void leaveAside(Predicate<String> runs) {
        aside = runs;
    }

    /** Whether runs were written that are not in the book yet. */
    boolean isAwaiting() {
        return !awaited.isEmpty();
    }

    /** A segment is in the book. */
    void seen(String path) {
        awaited.remove(path);
    }

    /** Segments that are written now, and come into the book by and by. */
    void awaits(Collection<String> paths) {
        awaited.addAll(paths);
    }

    /** Whether there is no job with a schedule. */
    boolean isIdle() {
        refresh();
        return next.isEmpty() && attentive.isEmpty();
    }

    private void refresh() {
        if (!stale) {
            return;
        }
        stale = false;
        next.clear();
        attentive.clear();
        office.jobs().forEach(this::look);
    }

    private void look(JobRecord job) {
        String uid = job.uid();
        next.remove(uid);
        attentive.remove(uid);
        Optional<FiresMark> mark = mark(job);
        if (mark.isEmpty()) {
            return;
        }
        QueuedFires.next(job, mark.get()).ifPresent(instant -> next.put(uid, instant));
        job.deletedAt().ifPresent(at -> {
            if (!mark.get().waiting().isEmpty()) {
                next.merge(uid, at, (one, other) -> one.isBefore(other) ? one : other);
            }
        });
        boolean delay = job.versions().stream()
                .anyMatch(version -> version.definition().schedule().delay().isPresent());
        if (!mark.get().waiting().isEmpty() || (delay && !job.deleted())) {
            attentive.add(uid);
        }
    }

    /** How far a job is; empty if that cannot be read, or if no version of it owes the queue anything. */
    Optional<FiresMark> mark(JobRecord job) {
        if (unreadable.contains(job.uid())) {
            return Optional.empty();
        }
        Stored stored = marks.get(job.uid());
        return stored == null ? QueuedFires.first(job) : Optional.of(stored.mark());
    }

    /** When the next fire is due; {@link Instant#MAX} if none will be. */
    Instant wake() {
        return !awaited.isEmpty()
                ? Instant.MAX
                : next.values().stream().min(Instant::compareTo).orElse(Instant.MAX);
    }

    /** What is to be written now; empty if nothing. */
    Optional<Turn> turn(Instant exactly) {
        refresh();
        Instant now = exactly.truncatedTo(ChronoUnit.MILLIS);
        Set<String> due = new TreeSet<>(attentive);
        next.forEach((uid, instant) -> {
            if (!instant.isAfter(now)) {
                due.add(uid);
            }
        });
        if (!awaited.isEmpty() || due.isEmpty()) {
            return Optional.empty();
        }
        Map<String, Set<String>> open = open(due);
        stopped.removeIf(run -> !book.knows(run) && book.workflows().find(run).isEmpty());
        Turn turn = new Turn(new ArrayList<>(), new ArrayList<>(), new TreeMap<>(), new ArrayList<>());
        int segment = 0;
        int tasks = 0;
        int bytes = 0;
        for (String uid : due) {
            Optional<JobRecord> job = office.job(uid);
            if (job.isEmpty() || turn.marks().size() >= MOST_JOBS || bytes >= MOST_BYTES) {
                continue;
            }
            FiresMark mark = mark(job.get()).orElse(UNKNOWN);
            Set<String> runs = open.getOrDefault(uid, Set.of());
            int most = most(job.get(), now);
            if (most == 0) {
                continue;
            }
            QueuedFires.Step step = QueuedFires.decide(job.get(), mark, runs.size(), most, now);
            Started started = new Started(job.get(), now);
            step.queued().forEach(started::start);
            int size = started.runs.stream().mapToInt(Segment::size).sum();
            int added = started.runs.stream().mapToInt(Submission::shards).sum();
            boolean fits = segment + size <= SEGMENT_BYTES && tasks + added <= Segment.MOST_TASKS;
            if (step.stopRunning()) {
                stop(runs);
            }
            if (step.isNews(mark) && (turn.runs().isEmpty() || fits)) {
                segment += size;
                tasks += added;
                bytes += step.lines().stream().mapToInt(FireEntry::mostBytes).sum()
                        + step.mark().encode().length
                        + started.bytes();
                turn.runs().addAll(started.runs);
                turn.begun().addAll(started.begun);
                turn.lines().addAll(step.lines());
                turn.lines().addAll(started.lines);
                turn.marks().put(uid, step.mark());
            }
        }
        return turn.marks().isEmpty() ? Optional.empty() : Optional.of(turn);
    }

    /** How many fires may be queued at once; those of a workflow wait while too many are under way. */
    private int most(JobRecord job, Instant now) {
        return workflows.start(job, now) instanceof WorkflowsInForce.Start.Begins
                ? Math.min(MOST_BEGUN, book.workflows().room())
                : QueuedFires.MOST;
    }

    /** What becomes of the instants of one job that are queued now. */
    private final class Started {
        private final JobRecord job;
        private final Instant now;
        private final List<Submission> runs = new ArrayList<>();
        private final List<WorkflowBeginning> begun = new ArrayList<>();
        private final List<FireEntry> lines = new ArrayList<>();

        Started(JobRecord job, Instant now) {
            this.job = job;
            this.now = now;
        }

        void start(Instant due) {
            WorkflowsInForce.Start start = workflows.start(job, due);
            if (start instanceof WorkflowsInForce.Start.Begins begins) {
                begin(begins, due);
            } else if (start instanceof WorkflowsInForce.Start.Broken broken) {
                refuse(due, broken.why());
            } else {
                runs.add(run(job, due));
            }
        }

        private void begin(WorkflowsInForce.Start.Begins start, Instant due) {
            Instant jittered = VersionedDueSet.queued(job).jittered(due);
            Instant notBefore = jittered.isAfter(due) ? jittered : Instant.EPOCH;
            WorkflowBeginning beginning = WorkflowsInForce.scheduled(job, start, due, notBefore, now);
            begun.add(beginning);
            runs.addAll(beginning.runs());
            lines.addAll(beginning.lines());
        }

        private void refuse(Instant due, String why) {
            LOG.error("the workflow of {} does not begin: due={}; {}", job.name(), due, why);
            lines.add(new FireEntry(
                    FireEntry.Kind.FINAL,
                    job.uid(),
                    0,
                    "0",
                    FireId.scheduled(due),
                    due,
                    1,
                    0,
                    0,
                    Instant.EPOCH,
                    now,
                    Outcome.SKIPPED,
                    Reasons.WORKFLOW_BROKEN));
        }

        int bytes() {
            return begun.stream()
                    .mapToInt(beginning -> WorkflowRunCodec.encode(beginning.run()).length)
                    .sum();
        }
    }

    private void stop(Set<String> runs) {
        for (String run : runs) {
            if (stopped.add(run)) {
                if (book.workflows().find(run).isPresent()) {
                    book.workflows().cancel(run);
                } else {
                    book.cancel(run, Reasons.CANCELLED_BY_NEWER);
                }
                cancelled.run();
            }
        }
    }

    /** By job, the ids of its runs that have no outcome; of one that begins workflows, those of the workflow runs. */
    private Map<String, Set<String>> open(Set<String> uids) {
        Map<String, Set<String>> open = new HashMap<>();
        for (String uid : uids) {
            Set<String> begun = new TreeSet<>(book.workflows().openOf(uid));
            begun.removeIf(aside);
            if (!begun.isEmpty()) {
                open.put(uid, begun);
            }
        }
        for (QueuedTask task : book.tasks()) {
            boolean part = SubTaskId.parentOf(task.run().runId()).isPresent();
            if (!part
                    && uids.contains(task.run().jobUid())
                    && !aside.test(task.run().runId())
                    && !book.workflows().contains(task.run().runId())) {
                open.computeIfAbsent(task.run().jobUid(), uid -> new TreeSet<>())
                        .add(task.run().runId());
            }
        }
        return open;
    }

    private static Submission run(JobRecord job, Instant due) {
        JobDefinition definition = job.at(due).definition();
        Instant start = VersionedDueSet.queued(job).jittered(due);
        Submission.Options options = Submission.USUAL.withNotBefore(start.isAfter(due) ? start : Instant.EPOCH);
        return new Submission(
                FireId.scheduled(due).runId(job.uid()),
                job.uid(),
                definition.shards().count(),
                Optional.of(due),
                Map.of(),
                options,
                "schedule");
    }

    /** The writes that store how far the jobs are. */
    List<Transaction.Write> writes(Turn turn) {
        List<Transaction.Write> writes = new ArrayList<>();
        turn.marks().forEach((uid, mark) -> {
            Stored stored = marks.get(uid);
            String path = Paths.queuedFires(uid);
            writes.add(
                    stored == null
                            ? new Transaction.Create(path, mark.encode(), false)
                            : new Transaction.Put(path, mark.encode(), stored.version()));
        });
        turn.begun()
                .forEach(beginning -> writes.add(new Transaction.Create(
                        Paths.workflow(beginning.run().id()), WorkflowRunCodec.encode(beginning.run()), false)));
        return writes;
    }

    /** It was written, all of it. */
    void written(Turn turn) {
        turn.begun().forEach(beginning -> book.workflows().stored(beginning.run(), 0));
        turn.marks().forEach((uid, mark) -> {
            Stored before = marks.get(uid);
            marks.put(uid, new Stored(mark, before == null ? 0 : before.version() + 1));
            office.job(uid).ifPresent(this::look);
        });
    }
}
