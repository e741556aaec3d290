package dev.belfry.testkit.cluster;

import dev.belfry.agent.client.Applied;
import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.command.Command;
import dev.belfry.core.command.CommandCodec;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.job.Placement;
import dev.belfry.core.ownership.ShardKey;
import dev.belfry.core.ownership.Successor;
import dev.belfry.core.ownership.Tenancy;
import dev.belfry.core.record.Paths;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.JobVersion;
import dev.belfry.core.workflow.BackfillRun;
import dev.belfry.core.workflow.RunPhase;
import dev.belfry.store.Transaction;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * That what was acknowledged is so (I13): a command that a master has accepted has its effect on what is stored in the same
 * commit, and what a client was answered is what is stored when the answer comes.
 */
final class Acknowledgements {
    /** What is committed has come to everybody who holds a lease: a lease, and what its renewal may take. */
    private static final long HEARD_NANOS = Duration.ofSeconds(10).toNanos();
    /** A change is in force when no lease can contradict it, and a little later. */
    private static final Duration MARGIN = Duration.ofSeconds(2);

    private final SimCluster cluster;
    private final CommittedJobs jobs;
    private final Presence presence;
    /** What is stored is not what was answered any more. */
    private boolean over;

    private long accepted;
    private long refused;

    Acknowledgements(SimCluster cluster, CommittedJobs jobs, Presence presence) {
        this.cluster = cluster;
        this.jobs = jobs;
        this.presence = presence;
    }

    /** From here on answers are not looked at. */
    void end() {
        over = true;
    }

    /** How many commands and definitions were accepted. */
    long accepted() {
        return accepted;
    }

    /** How many were refused. */
    long refused() {
        return refused;
    }

    /** A command was written, and everything else of its transaction is in the store. */
    void written(Transaction.Write write) {
        if (!(write instanceof Transaction.Put put)) {
            return;
        }
        Command command = CommandCodec.decode(put.path(), put.data());
        if (command.result().filter(Command.Result::accepted).isPresent() && !hasEffect(command)) {
            throw new InvariantViolation("I13", "accepted, and without effect: " + command);
        }
    }

    private boolean hasEffect(Command command) {
        String target = command.target();
        String about = command.result().orElseThrow().runId();
        if (command.kind() == Command.Kind.RERUN && !about.equals(target)) {
            return StoredQueue.isSubmitted(cluster.ensemble(), about);
        }
        if (command.concernsWorkflowRun()) {
            RunPhase wanted = command.kind() == Command.Kind.RERUN ? RunPhase.RUNNING : RunPhase.STOPPING;
            return StoredQueue.workflow(cluster.ensemble(), target)
                    .filter(run -> run.phase() == wanted || run.phase() == RunPhase.FINAL)
                    .isPresent();
        }
        if (command.cancelsBackfill()) {
            return StoredQueue.backfill(cluster.ensemble(), target)
                    .filter(backfill -> backfill.phase() != BackfillRun.Phase.RUNNING)
                    .isPresent();
        }
        return switch (command.kind()) {
            case FORGET -> true;
            case BACKFILL ->
                StoredQueue.backfill(
                                cluster.ensemble(),
                                command.result().orElseThrow().runId())
                        .isPresent();
            case DRAIN -> presence.drains().agents().contains(target);
            case UNDRAIN -> !presence.drains().agents().contains(target);
            case TRIGGER, CANCEL, PAUSE, RESUME, DELETE ->
                jobs.named(target).filter(job -> hasEffect(command, job)).isPresent();
            case RERUN, UNKNOWN -> false;
        };
    }

    private boolean hasEffect(Command command, JobRecord job) {
        String run = command.result().orElseThrow().runId();
        return switch (command.kind()) {
            case TRIGGER ->
                isQueued(job)
                        ? StoredQueue.isSubmitted(cluster.ensemble(), run)
                                || StoredQueue.workflow(cluster.ensemble(), run).isPresent()
                        : job.requests().stream().anyMatch(one -> one.runId().equals(run));
            case CANCEL ->
                run.isEmpty()
                        || (isQueued(job) && StoredQueue.isStopped(cluster.ensemble(), run))
                        || job.cancels().stream()
                                .anyMatch(one -> one.fire().runId(job.uid()).equals(run));
            case PAUSE, RESUME ->
                job.newest().paused() == (command.kind() == Command.Kind.PAUSE)
                        && inTime(job.newest().from(), job.newest().changed());
            default ->
                job.deletedAt().filter(at -> inTime(at, cluster.now())).isPresent() || createdMeanwhile(command, job);
        };
    }

    /** What was found deleted may be created anew before that is written: the one came before the other. */
    private static boolean createdMeanwhile(Command command, JobRecord job) {
        Instant decided = command.result().orElseThrow().at();
        Instant created = job.versions().get(0).changed();
        return !job.former().isEmpty() && created.isAfter(decided.minus(MARGIN));
    }

    private static boolean isQueued(JobRecord job) {
        return job.definition().placement() == Placement.QUEUED;
    }

    /** A change comes into force within a lease, by the clock of the ensemble. */
    private boolean inTime(Instant from, Instant changed) {
        Duration lease = cluster.safety().table().epoch().longestTimeout();
        return !from.isAfter(changed.plus(lease).plus(MARGIN));
    }

    /** An attempt starts: whoever may start it has heard, after a while, what was cancelled, and that its agent is drained. */
    void starts(Execution execution) {
        long now = cluster.scheduler().nanos();
        OptionalLong cancelled = jobs.cancelledAt(execution.shard().jobUid(), execution.fire());
        if (cancelled.isPresent() && now - cancelled.getAsLong() > HEARD_NANOS) {
            throw new InvariantViolation("I13", execution + " started long after it was cancelled");
        }
        long drained = execution.shard().isBroadcast()
                ? presence.drainedFor(execution.shard().shard(), now)
                : 0;
        Instant heard = cluster.now().minusNanos(drained).plusNanos(HEARD_NANOS);
        if (drained > HEARD_NANOS && execution.fire().due().isAfter(heard)) {
            throw new InvariantViolation("I13", execution + " was due long after its agent was drained");
        }
    }

    /** A row was written: an agent that has long been drained is given nothing. */
    void moved(ShardKey shard, @Nullable Tenancy before, Tenancy after) {
        boolean granted = before == null || !before.since().equals(after.since());
        boolean offered = after.next() instanceof Successor.Named
                && (before == null || !before.next().equals(after.next()));
        // What is over may be granted to anybody, to be settled.
        boolean over = after.next() instanceof Successor.Withdrawn;
        Incarnation taker = offered ? ((Successor.Named) after.next()).incarnation() : after.owner();
        long drained = presence.drainedFor(taker.agentId(), cluster.scheduler().nanos());
        if ((granted || offered) && !over && drained > HEARD_NANOS) {
            throw new InvariantViolation(
                    "I13", shard + " goes to " + taker + ", which has long been drained: " + after);
        }
    }

    /** A client was told what became of its command. */
    void answered(Command sent, Command answer) {
        if (over || answer.result().isEmpty()) {
            return; // of a time that is lost; or durable, and not consumed in time
        }
        Optional<Command> stored = cluster.ensemble()
                .peek(Paths.command(sent.id()))
                .map(znode -> CommandCodec.decode(znode.path(), znode.data()));
        if (stored.filter(answer::equals).isEmpty()) {
            throw new InvariantViolation("I13", "answered was " + answer + ", stored is " + stored);
        }
        count(answer.result().get().accepted());
    }

    private void count(boolean was) {
        if (was) {
            accepted++;
        } else {
            refused++;
        }
    }

    /** A client was told what became of its definition. */
    void answered(JobDefinition definition, Applied answer) {
        if (over) {
            return;
        }
        boolean holds = true;
        if (answer instanceof Applied.Created created) {
            holds = has(created.uid(), 1, definition);
        } else if (answer instanceof Applied.Changed changed) {
            holds = has(changed.uid(), changed.version(), definition);
        } else if (answer instanceof Applied.Unchanged same) {
            holds = has(same.uid(), same.version(), definition);
        }
        if (!holds) {
            throw new InvariantViolation("I13", "acknowledged, and not in force: " + answer);
        }
        count(!(answer instanceof Applied.Refused));
    }

    private boolean has(String uid, int number, JobDefinition definition) {
        Optional<JobRecord> job = jobs.find(uid);
        return job.isEmpty() ? jobs.wasDeleted(uid) : has(job.get(), number, definition);
    }

    private boolean has(JobRecord job, int number, JobDefinition definition) {
        for (JobVersion version : job.versions()) {
            if (version.number() == number) {
                boolean soon = number == 1 || inTime(version.from(), version.changed());
                return soon && version.definition().equals(definition);
            }
        }
        return false;
    }
}
