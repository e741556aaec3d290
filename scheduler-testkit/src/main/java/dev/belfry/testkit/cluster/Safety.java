package dev.belfry.testkit.cluster;

import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.job.Recovery;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.ownership.ShardKey;
import dev.belfry.core.ownership.Tenancy;
import dev.belfry.core.record.Paths;
import dev.belfry.core.run.Outcome;
import dev.belfry.core.version.JobRecord;
import dev.belfry.store.Transaction;
import dev.belfry.testkit.store.CommitListener;
import dev.belfry.testkit.time.SimClock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What must never happen, looked at with every commit, every start of user code and every half second. The names are
 * those of {@code docs/testing.md}. What is wrong is thrown as {@link InvariantViolation}.
 *
 * <p>Longer than the house limit: one short method for each thing that is looked at.
 */
final class Safety implements CommitListener, Evidence.Observer, CommittedTable.Owners {
    /** Site of writes that none of ours would make: what they say of themselves is not checked. */
    static final String ROGUE = "rogue";
    /** Site at which a bucket that nobody can read is written anew. */
    private static final String REPAIR = "table-repair";
    /** No fire starts earlier than its instant by more than this: a second, and what a clock is misjudged by. */
    private static final Duration EARLY = Duration.ofMillis(1_250);

    private final SimCluster cluster;
    private final CommittedTable table = new CommittedTable(this);
    private final Movement movement = new Movement();
    private final CommittedJobs jobs;
    private final CommittedJournal journal = new CommittedJournal(this::outcome, this::queued, this::nanos);
    private final CommittedQueue queue;
    private final Presence presence;
    private final Permitted permitted;
    private final Acknowledgements acknowledgements;
    private final Map<Attempt, Execution> executions = new HashMap<>();
    /** Fires with a final outcome in the store, by shard. */
    private final Map<ShardId, Set<FireKey>> settled = new HashMap<>();
    /** How many attempts at a fire of a shard have failed, as recorded. */
    private final Map<String, Integer> failures = new HashMap<>();
    /** Executions that had not been told although their lease was over, and for how many looks. */
    private final Map<Execution, Untold> untold = new HashMap<>();

    private record Attempt(ShardId shard, long token) {}

    /** What was committed is not committed any more: what is known of it says nothing. */
    private boolean over;

    Safety(SimCluster cluster) {
        this.cluster = cluster;
        this.jobs = new CommittedJobs(cluster.ensemble(), this::nanos);
        this.queue = new CommittedQueue(cluster, jobs);
        this.presence = new Presence(cluster);
        this.permitted = new Permitted(jobs, (shard, token) -> executions.get(new Attempt(shard, token)));
        this.acknowledgements = new Acknowledgements(cluster, jobs, presence);
    }

    /** From here on nothing is looked at: the ensemble has lost what was committed. */
    void end() {
        over = true;
        acknowledgements.end();
    }

    /** What submitters ask for and are told. */
    SubmittedRuns submitted() {
        return queue.submitted();
    }

    QueueSafety queue() {
        return queue.safety();
    }

    Presence presence() {
        return presence;
    }

    Acknowledgements acknowledgements() {
        return acknowledgements;
    }

    CommittedTable table() {
        return table;
    }

    Movement movement() {
        return movement;
    }

    CommittedJobs jobs() {
        return jobs;
    }

    CommittedJournal journal() {
        return journal;
    }

    // --- commits

    @Override
    public void committed(long zxid, long session, String site, List<Transaction.Write> writes) {
        if (over) {
            return;
        }
        boolean tableWritten = false;
        for (Transaction.Write write : writes) {
            String path = write.path();
            byte[] data = data(write);
            if (path.equals(Paths.ASSIGNMENTS)) {
                tableWritten = data.length > 0;
            } else if (path.equals(Paths.EPOCH)) {
                table.epochWritten(data);
            } else if (path.startsWith(Paths.JOBS + "/") && write instanceof Transaction.Delete) {
                jobs.deleted(path);
                movement.jobsWritten(jobs, nanos());
            } else if (path.startsWith(Paths.JOBS + "/") && data.length > 0) {
                jobs.written(path);
                movement.jobsWritten(jobs, nanos());
            } else if (path.equals(Paths.DRAINS) && data.length > 0) {
                movement.drainsWritten(data, nanos());
                presence.drainsWritten(data, nanos());
            } else if (path.startsWith(Paths.JOURNAL + "/")) {
                journal.written(write);
            } else if (path.startsWith(Paths.HANDOVER + "/") && data.length > 0) {
                table.handOverWritten(path, data);
            } else if (path.startsWith(Paths.HEARTBEATS + "/") && data.length > 0 && !site.equals(ROGUE)) {
                table.heartbeatWritten(path, data);
            } else if (path.startsWith(Paths.LEDGER + "/") && data.length > 0 && !path.endsWith(":checkpoint")) {
                if (!site.equals(ROGUE)) {
                    ledger(path, data, session);
                }
            } else if (path.startsWith(Paths.AGENTS + "/") && data.length > 0 && !site.equals(ROGUE)) {
                registration(path, session);
            }
        }
        writes.forEach(this::membership);
        if (!site.equals(ROGUE)) {
            writes.forEach(write -> queue.written(write, data(write)));
            queue.committed();
        }
        for (Transaction.Write write : writes) {
            if (write.path().startsWith(Paths.COMMANDS + "/") && !site.equals(ROGUE)) {
                acknowledgements.written(write);
            }
        }
        if (tableWritten) {
            Map<ShardKey, Tenancy> before = table.rows();
            if (site.equals(REPAIR)) {
                movement.repaired();
            }
            table.written(zxid, session, writes, site.equals(REPAIR));
            movement.written(before, table.rows(), jobs, nanos());
        }
        if (cluster.story().isTold() && !site.equals("heartbeat")) {
            cluster.story().add("commit " + site + " by " + Long.toHexString(session));
        }
    }

    private void membership(Transaction.Write write) {
        String path = write.path();
        if (path.startsWith(Paths.AGENTS + "/") && write instanceof Transaction.Delete) {
            movement.gone(path, nanos());
        } else if (path.startsWith(Paths.AGENTS + "/")) {
            movement.registered(path, data(write), nanos());
        }
    }

    private static byte[] data(Transaction.Write write) {
        if (write instanceof Transaction.Put put) {
            return put.data();
        }
        return write instanceof Transaction.Create create ? create.data() : new byte[0];
    }

    /** A registration is owned by the session in its name: no incarnation comes back in another's hands. */
    private static void registration(String path, long session) {
        if (new Incarnation(Paths.name(path)).sessionId() != session) {
            throw new InvariantViolation("I8", path + " was written by session " + Long.toHexString(session));
        }
    }

    /** Rule R8: a ledger is written only by a registered incarnation that the table names, in its present tenancy. */
    private void ledger(String path, byte[] data, long session) {
        LedgerHead record = LedgerHead.read(path, data);
        Incarnation writer = new Incarnation(record.writer());
        if (writer.sessionId() != session
                || cluster.ensemble().peek(Paths.agent(record.writer())).isEmpty()) {
            throw new InvariantViolation("R8", path + " was written by " + writer + ", which is not registered");
        }
        Optional<ShardKey> key = shard(path);
        if (key.isPresent()) {
            Tenancy row = table.tenancy(key.get());
            if (row == null || !row.owner().equals(writer) || row.since().value() != record.since()) {
                throw new InvariantViolation(
                        "R8",
                        path + " was written by " + writer + " as of " + record.since() + " while the row is " + row);
            }
        }
    }

    private Optional<ShardKey> shard(String path) {
        String parent = Paths.parent(path);
        // Above 1,024 shards a layout has one parent per block.
        String layout = Paths.name(parent).startsWith("b") ? Paths.name(Paths.parent(parent)) : Paths.name(parent);
        int dot = layout.lastIndexOf('.');
        String uid = layout.substring(0, dot);
        int number = Integer.parseInt(layout.substring(dot + 1));
        return number == 0
                ? Optional.empty()
                : Optional.of(new ShardKey(uid, number, Integer.parseInt(Paths.name(path))));
    }

    private void outcome(FireEntry line) {
        tell(line);
        withinRetryLimit(line);
        permitted.check(line, cluster.now());
        if (line.kind() != FireEntry.Kind.FINAL || line.count() > 1) {
            return;
        }
        ShardId shard = ShardId.of(line);
        if (!settled.computeIfAbsent(shard, s -> new HashSet<>()).add(FireKey.of(line.fire()))) {
            throw new InvariantViolation(
                    "I1", shard + " has two final outcomes of fire " + line.fire() + "; the second: " + line);
        }
    }

    private void queued(FireEntry line) {
        tell(line);
        queue.line(line);
    }

    private void tell(FireEntry line) {
        if (cluster.story().isTold()) {
            cluster.story()
                    .add("recorded " + line.kind() + " " + ShardId.of(line) + " "
                            + line.fire().due()
                            + (line.count() > 1 ? " to " + line.last() + " count=" + line.count() : "") + " attempt="
                            + line.attempt() + " " + line.outcome() + " " + line.reason());
        }
    }

    /** Whoever owns the shard: no more attempts at a fire fail, as far as anybody recorded it, than its job allows. */
    private void withinRetryLimit(FireEntry line) {
        boolean ended = line.kind() == FireEntry.Kind.ENDED || line.kind() == FireEntry.Kind.FINAL;
        Optional<JobRecord> job = jobs.find(line.jobUid());
        if (!ended || line.attempt() == 0 || line.outcome() != Outcome.FAILED || job.isEmpty()) {
            return;
        }
        int failed = failures.merge(ShardId.of(line) + " " + line.fire().runId(""), 1, Integer::sum);
        if (failed > CommittedJobs.mostAttempts(job.get())) {
            throw new InvariantViolation("retry", failed + " attempts have failed, more than the job allows: " + line);
        }
    }

    // --- the table's questions

    @Override
    public boolean mayStillAct(Incarnation owner) {
        for (SimAgent agent : cluster.agents()) {
            boolean same =
                    agent.agent().incarnation().filter(owner.name()::equals).isPresent();
            if (agent.alive() && same && !agent.frozen()) {
                return !agent.agent().leaseRemaining().isZero();
            }
        }
        return false;
    }

    @Override
    public boolean mayStillAct(ShardKey key, Tenancy tenancy) {
        return mayStillAct(tenancy.owner())
                && cluster.agents().stream()
                        .filter(agent -> agent.agent()
                                .incarnation()
                                .filter(tenancy.owner().name()::equals)
                                .isPresent())
                        .flatMap(agent -> agent.agent().shards().stream())
                        .anyMatch(shard -> shard.since() == tenancy.since().value()
                                && shard.ref().jobUid().equals(key.jobUid())
                                && shard.ref().layout() == key.layout()
                                && shard.ref().number() == key.shard());
    }

    @Override
    public void changed(String what) {
        cluster.story().add(what);
    }

    @Override
    public void moved(ShardKey shard, @Nullable Tenancy before, Tenancy after) {
        presence.moved(shard, nanos());
        acknowledgements.moved(shard, before, after);
    }

    @Override
    public long nanos() {
        return cluster.scheduler().nanos();
    }

    // --- executions

    @Override
    public void starts(
            Execution execution, @Nullable Execution newest, List<Execution> sameFire, List<Execution> beside) {
        if (cluster.story().isTold()) {
            cluster.story().add("starts " + execution);
        }
        if (over) {
            return;
        }
        if (execution.leaseNanos() <= 0) {
            throw new InvariantViolation("R3", execution + " started without a lease");
        }
        if (execution.shard().isQueued()) {
            queue.starts(execution);
            return;
        }
        mustBeDue(execution);
        if (settled.getOrDefault(ShardId.of(execution.shard()), Set.of()).contains(FireKey.of(execution.fire()))) {
            throw new InvariantViolation("I4", execution + " started although its fire has its outcome");
        }
        executions.put(new Attempt(ShardId.of(execution.shard()), execution.token()), execution);
        acknowledgements.starts(execution);
        sameFire.forEach(other -> mayRepeat(execution, other));
        // A change of the policy leaves what it finds: attempts begun or tried again under the other one.
        boolean sideBySide = jobs.find(execution.shard().jobUid())
                .filter(CommittedJobs::everAllowedOverlap)
                .isPresent();
        if (sideBySide) {
            return;
        }
        if (newest != null && newest.token() >= execution.token()) {
            throw new InvariantViolation("I6", execution + " started after the larger token of " + newest);
        }
        beside.forEach(other -> mayOverlap(execution, other));
    }

    private static void mayRepeat(Execution execution, Execution other) {
        boolean once = execution.recovery() == Recovery.SKIP && other.recovery() == Recovery.SKIP;
        if (once && execution.attempt() == other.attempt()) {
            throw new InvariantViolation("I4", execution + " repeats an at-most-once attempt: " + other);
        }
        boolean completed = other.how() == Execution.End.RETURNED;
        if (completed && other.since() == execution.since() && !other.wasTold()) {
            throw new InvariantViolation("I4", execution + " repeats, within a tenancy, what had completed: " + other);
        }
    }

    /** I5: side by side only where the older one cannot be stopped: frozen, cut off, or deaf. */
    private static void mayOverlap(Execution execution, Execution other) {
        boolean sameTenancy = other.since() == execution.since();
        if (sameTenancy && other.wasAbandoned()) {
            return;
        }
        boolean standsStill = other.process().paused();
        if (sameTenancy || (other.leaseNanos() > 0 && !standsStill)) {
            throw new InvariantViolation("I5", execution + " started beside " + other);
        }
    }

    private void mustBeDue(Execution execution) {
        JobRecord job = jobs.find(execution.shard().jobUid())
                .orElseThrow(() -> new InvariantViolation("I3", execution + " belongs to no job"));
        Instant due = execution.fire().due();
        if (!execution.fire().isScheduled()) {
            if (!jobs.wasRequested(job.uid(), execution.fire())) {
                throw new InvariantViolation("I3", execution + " was never asked for");
            }
            return;
        }
        if (CommittedJobs.hasInstants(job)
                && CommittedJobs.due(job, execution.shard().layout(), due, due).isEmpty()) {
            throw new InvariantViolation("I3", execution + " is not due under any version of " + job.versions());
        }
        Instant now = SimClock.EPOCH.plusNanos(cluster.scheduler().nanos());
        if (due.isAfter(now.plus(EARLY))) {
            throw new InvariantViolation("I3", execution + " started early, at " + now);
        }
    }

    @Override
    public void ended(Execution execution) {
        queue.ended(execution);
        if (cluster.story().isTold()) {
            cluster.story().add("ends   " + execution + " " + execution.how());
        }
    }

    /** Looks in a row at an attempt that had no lease and was not told, all between the same two steps of its clock. */
    private record Untold(int looks, int steps) {}

    /**
     * Rule R5, every half second: whoever has no lease has told its user code to stop, at the latest a heartbeat's period
     * after its end. A step of the wall clock may end a lease that was renewed since the last look, so it is counted anew.
     */
    void look() {
        if (over) {
            return;
        }
        presence.look(table.rows(), nanos());
        queue.safety().look();
        Map<Execution, Untold> now = new HashMap<>();
        for (Execution execution : cluster.evidence().running()) {
            boolean acts = execution.process().alive() && !execution.process().paused();
            if (acts && execution.leaseNanos() <= 0 && !execution.wasTold()) {
                int steps = execution.process().clock().steps();
                Untold before = untold.get(execution);
                int looks = before == null || before.steps() != steps ? 1 : before.looks() + 1;
                now.put(execution, new Untold(looks, steps));
                if (looks > 3) {
                    throw new InvariantViolation("R5", execution + " goes on without a lease and was not told");
                }
            }
        }
        untold.clear();
        untold.putAll(now);
    }
}
