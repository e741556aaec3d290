package dev.belfry.console.up;

import dev.belfry.agent.BelfryClient;
import dev.belfry.agent.client.JobState;
import dev.belfry.agent.client.Journal;
import dev.belfry.agent.client.QueueState;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.job.Placement;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.run.Outcome;
import dev.belfry.core.schedule.AtTrigger;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.workflow.RunPhase;
import dev.belfry.core.workflow.SubTaskId;
import java.time.Instant;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Whether a cluster has nothing left to do: the queue is empty, no workflow run and no backfill is under way, and every run of a job
 * that has nothing but {@code at} triggers has its outcome. Of a file without such jobs something must have run first. Not
 * thread-safe.
 */
final class IdleWatch {
    private static final Set<Outcome> WELL = Set.of(Outcome.SUCCEEDED, Outcome.SKIPPED);

    private final BelfryClient client;
    private final Supplier<Journal> journal;
    private final Set<String> names;
    private final Instant since;

    /**
     * @param journal everything that has happened
     * @param jobs of the file
     * @param since what ended before is not regarded
     */
    IdleWatch(BelfryClient client, Supplier<Journal> journal, List<JobDefinition> jobs, Instant since) {
        this.client = client;
        this.journal = journal;
        this.names = jobs.stream().map(JobDefinition::name).collect(Collectors.toSet());
        this.since = since;
    }

    /** Whether nothing is left to do. */
    boolean idle() {
        // First what has ended, and the queue once more after the workflow runs: what follows from an end is there with
        // it.
        List<FireEntry> ended = ended();
        List<JobRecord> once = client.jobs().found().stream()
                .map(JobState::record)
                .filter(job -> names.contains(job.name()) && !job.deleted() && isOnce(job.definition()))
                .toList();
        if (isBusy(client.queue())) {
            return false;
        }
        boolean flows =
                client.workflowRuns().found().stream().anyMatch(run -> run.run().phase() != RunPhase.FINAL);
        boolean fills =
                client.backfills().found().stream().anyMatch(run -> !run.phase().over());
        if (flows || fills || isBusy(client.queue())) {
            return false;
        }
        return once.isEmpty() ? !ended.isEmpty() : once.stream().allMatch(job -> isOver(job, ended));
    }

    private static boolean isBusy(QueueState queue) {
        boolean open = queue.segments().stream()
                .anyMatch(stored -> stored.state().settled().values().stream()
                                .mapToInt(BitSet::cardinality)
                                .sum()
                        < stored.segment().tasks());
        return open
                || queue.inboxes().values().stream()
                        .anyMatch(inbox -> !inbox.entries().isEmpty())
                || queue.fires().values().stream()
                        .anyMatch(mark -> !mark.waiting().isEmpty());
    }

    private static boolean isOnce(JobDefinition job) {
        return job.enabled()
                && job.upstreams().after().isEmpty()
                && job.schedule().triggers().stream().allMatch(AtTrigger.class::isInstance);
    }

    private List<FireEntry> ended() {
        return journal.get().fires().stream()
                .map(Journal.Line::entry)
                .filter(line ->
                        line.kind() == FireEntry.Kind.FINAL && !line.ended().isBefore(since))
                .toList();
    }

    private static boolean isOver(JobRecord job, List<FireEntry> ended) {
        Instant from = job.versions().get(0).from();
        return job.definition().schedule().between(from.minusMillis(1), Instant.MAX, 1_000).stream()
                .allMatch(due -> isOver(job, due, ended));
    }

    private static boolean isOver(JobRecord job, Instant due, List<FireEntry> ended) {
        Set<String> shards = new TreeSet<>();
        for (FireEntry line : ended) {
            if (line.jobUid().equals(job.uid())
                    && line.fire().isScheduled()
                    && !due.isBefore(line.fire().due())
                    && !due.isAfter(line.last())) {
                shards.add(line.shard());
                if (line.attempt() == 0) {
                    return true; // what is not run at all is recorded once, for all shards
                }
            }
        }
        boolean broadcast = job.definition().placement() == Placement.BROADCAST;
        return shards.size() >= (broadcast ? 1 : job.definition().shards().count());
    }

    /** Whether everything that has ended since then went well; what a part of a run came to is for that run to say. */
    boolean well() {
        return ended().stream()
                .filter(line ->
                        line.fire().requested().flatMap(SubTaskId::parentOf).isEmpty())
                .allMatch(line -> WELL.contains(line.outcome()));
    }
}
