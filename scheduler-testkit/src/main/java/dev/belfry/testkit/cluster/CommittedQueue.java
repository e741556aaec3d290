package dev.belfry.testkit.cluster;

import dev.belfry.core.agent.AgentFacts;
import dev.belfry.core.agent.AgentFactsCodec;
import dev.belfry.core.dispatch.TaskId;
import dev.belfry.core.job.BackupAfter;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.job.Queueing;
import dev.belfry.core.job.Recovery;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.queue.Inbox;
import dev.belfry.core.queue.Outbox;
import dev.belfry.core.queue.Segment;
import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.core.record.Paths;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.JobVersion;
import dev.belfry.store.Transaction;
import dev.belfry.store.Znode;
import dev.belfry.testkit.time.SimClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Brings what is committed of the queue, and what user code attests, before {@link QueueSafety}. */
final class CommittedQueue implements QueueSafety.Facts {
    private static final String STATE = ":state";
    /** How long a task may wait in the quiet while there is room for it: a new agent gets nothing for a second. */
    private static final Duration BOUND = Duration.ofSeconds(10);

    private final SimCluster cluster;
    private final CommittedJobs jobs;
    private final QueueSafety safety = new QueueSafety(this, BOUND.toNanos());
    private final SubmittedRuns submitted = new SubmittedRuns(safety::outcome);
    private final Map<Execution, QueueSafety.Attested> attested = new HashMap<>();
    /** Segments that the transaction deletes: whether they may be gone is told by its lines. */
    private final List<String> gone = new ArrayList<>();
    /** Those that the transaction writes; one that it deletes is empty. */
    private final Map<String, Inbox> inboxes = new LinkedHashMap<>();
    /** By incarnation, as last registered: a master may give tasks to one whose end it has not heard of yet. */
    private final Map<String, Integer> slots = new HashMap<>();

    CommittedQueue(SimCluster cluster, CommittedJobs jobs) {
        this.cluster = cluster;
        this.jobs = jobs;
    }

    QueueSafety safety() {
        return safety;
    }

    SubmittedRuns submitted() {
        return submitted;
    }

    void written(Transaction.Write write, byte[] data) {
        String path = write.path();
        boolean deleted = write instanceof Transaction.Delete;
        if (path.startsWith(Paths.SEGMENTS + "/")) {
            segment(path, data, deleted);
        } else if (Paths.parent(path).equals(Paths.INBOX)) {
            inboxes.put(Paths.name(path), deleted ? Inbox.EMPTY : Inbox.decode(path, data));
        } else if (Paths.parent(path).equals(Paths.OUTBOX) && !deleted) {
            safety.outbox(Paths.name(path), Outbox.decode(path, data));
        } else if (Paths.parent(path).equals(Paths.AGENTS) && !deleted) {
            String incarnation = Paths.name(path);
            facts(incarnation)
                    .ifPresent(facts -> slots.put(incarnation, facts.capacity().slots()));
        }
    }

    private void segment(String path, byte[] data, boolean deleted) {
        boolean state = path.endsWith(STATE);
        if (deleted && !state) {
            gone.add(path);
        } else if (state && data.length > 0) {
            safety.state(path.substring(0, path.length() - STATE.length()), data);
        } else if (data.length > 0) {
            Segment segment = Segment.decode(path, data);
            safety.segment(path, segment);
            submitted.created(path, segment);
        }
    }

    /** All writes of a transaction have been looked at. */
    void committed() {
        safety.inboxes(inboxes);
        inboxes.clear();
        gone.forEach(safety::segmentGone);
        gone.clear();
    }

    /** A line of the queue's record. */
    void line(FireEntry line) {
        safety.line(line);
    }

    void starts(Execution execution) {
        QueueSafety.Attested witness = new Witness(execution);
        attested.put(execution, witness);
        safety.starts(witness);
    }

    void ended(Execution execution) {
        QueueSafety.Attested witness = attested.remove(execution);
        if (witness != null) {
            safety.ended(witness);
        }
    }

    private record Witness(Execution execution) implements QueueSafety.Attested {

        @Override
        public TaskId task() {
            return TaskId.of(
                    execution.fire().runId(execution.shard().jobUid()),
                    execution.shard().number());
        }

        @Override
        public long number() {
            return execution.token();
        }

        @Override
        public String jobUid() {
            return execution.shard().jobUid();
        }

        @Override
        public long leaseNanos() {
            return execution.leaseNanos();
        }

        @Override
        public boolean beyondReach() {
            return execution.wasAbandoned() || execution.process().paused();
        }
    }

    // --- facts

    @Override
    public long nanos() {
        return cluster.scheduler().nanos();
    }

    @Override
    public long nanosOf(Instant instant) {
        return instant.isBefore(SimClock.EPOCH)
                ? 0
                : Duration.between(SimClock.EPOCH, instant).toNanos();
    }

    @Override
    public int slots(String incarnation) {
        return slots.getOrDefault(incarnation, 0);
    }

    @Override
    public int asked(String jobUid) {
        return jobs.find(jobUid)
                .map(job -> job.definition().requires().resources().slots())
                .orElse(1);
    }

    @Override
    public Optional<Duration> backupAfter(String jobUid) {
        // By any version: an attempt goes by the one of its run.
        return jobs.find(jobUid).stream()
                .flatMap(job -> job.versions().stream())
                .map(JobVersion::definition)
                .filter(job ->
                        job.recovery() == Recovery.RERUN && job.queueing().backupAfter() != null)
                .map(job ->
                        job.queueing().backupAfter() instanceof BackupAfter.Fixed fixed ? fixed.time() : Duration.ZERO)
                .min(Comparator.naturalOrder());
    }

    @Override
    public boolean runnable(String jobUid) {
        return jobs.find(jobUid)
                .filter(job -> !job.definition().handler().equals(SimCluster.HANDLER))
                .isEmpty();
    }

    private Optional<AgentFacts> facts(String incarnation) {
        String path = Paths.agent(incarnation);
        Optional<Znode> znode = cluster.ensemble().peek(path);
        try {
            return znode.map(found -> AgentFactsCodec.decode(path, incarnation, found.data(), found.created()));
        } catch (CorruptRecordException damaged) {
            return Optional.empty();
        }
    }

    @Override
    public boolean heldBack(String jobUid) {
        Optional<JobRecord> job = jobs.find(jobUid);
        if (job.isEmpty() || job.get().deleted() || job.get().newest().paused()) {
            return true;
        }
        JobDefinition definition = job.get().definition();
        Queueing queueing = definition.queueing();
        return !queueing.equals(
                new Queueing(Queueing.DEFAULT_QUEUE, null, List.of(), null, null, queueing.backupAfter()));
    }

    @Override
    public Set<String> takers() {
        Set<String> takers = new TreeSet<>();
        for (String incarnation : cluster.ensemble().peekChildren(Paths.AGENTS)) {
            if (facts(incarnation).filter(agent -> !agent.draining()).isPresent()) {
                takers.add(incarnation);
            }
        }
        return takers;
    }

    @Override
    public boolean quiet() {
        return cluster.isQuietAt(nanos());
    }
}
