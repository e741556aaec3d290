package dev.belfry.master;

import dev.belfry.core.agent.AgentFacts;
import dev.belfry.core.agent.Eligibility;
import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.agent.LabelSelector;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.job.Placement;
import dev.belfry.core.ledger.LedgerRecord;
import dev.belfry.core.overdue.LayoutFires;
import dev.belfry.core.overdue.ShardFires;
import dev.belfry.core.overdue.Stretch;
import dev.belfry.core.overdue.Tolerance;
import dev.belfry.core.ownership.AssignmentTable;
import dev.belfry.core.ownership.LayoutKey;
import dev.belfry.core.ownership.Tenancy;
import dev.belfry.core.shard.ShardRef;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.JobVersion;
import dev.belfry.core.version.RunRequest;
import dev.belfry.core.version.VersionedDueSet;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * One look at one layout of a job, or at what the queue owes of it: what of it may be overdue, and what is found to be. Not thread-safe; lives as long as the
 * look.
 */
final class LayoutLook {
    final JobRecord job;
    final JobVersion version;
    private final boolean queued;
    final VersionedDueSet due;
    final Tolerance tolerance;
    final Instant now;
    final LayoutFires fires;
    /** Shards with a fire that is overdue, in the order in which they were read. */
    final List<Overdue> overdue = new ArrayList<>();
    /** Runs that were asked for and that the layout owes, oldest first. */
    private final List<RunRequest> asked;
    /** Of those that are overdue: the shards that have no outcome of them, in the order in which they were read. */
    final Map<RunRequest, List<Overdue>> overdueRuns = new LinkedHashMap<>();
    /** Whether an event of the fires found was written, or tried. */
    boolean firesTold;
    /** Of which runs found an event was written, or tried. */
    final Set<String> runsTold = new HashSet<>();

    /**
     * What is known of a shard from a read of its ledger.
     *
     * @param upTo every scheduled fire up to then is settled
     * @param runs those of the runs asked for that were not settled, of those that the record listed at the time
     * @param asked when the last of those was accepted
     */
    record Known(Instant upTo, Set<String> runs, Instant asked) {
        /** Whether a run that the shard owes may be without an outcome. */
        boolean mayLack(RunRequest run) {
            return run.accepted().isAfter(asked) || runs.contains(run.runId());
        }
    }

    /**
     * One shard that has to be looked at.
     *
     * @param since nothing due up to then is owed
     * @param owes whether what is open counts as overdue; if not, it may later
     * @param owner who runs it; empty if nobody does
     * @param row its row of the table; empty for a broadcast job, and while nobody owns it
     */
    record Shard(ShardRef ref, Instant since, boolean owes, Optional<Incarnation> owner, Optional<Tenancy> row) {
        Shard ownedBy(Optional<Incarnation> other) {
            return new Shard(ref, since, owes, other, row);
        }
    }

    /**
     * A shard with something overdue.
     *
     * @param ledger empty if it has none
     */
    record Overdue(Shard shard, Optional<LedgerRecord> ledger, boolean busy, Duration limit) {}

    private LayoutLook(JobRecord job, JobVersion version, boolean queued, Instant now) {
        this.job = job;
        this.version = version;
        this.queued = queued;
        this.due = queued ? VersionedDueSet.queued(job) : VersionedDueSet.of(job, version.layout());
        this.tolerance = Tolerance.of(version.definition());
        this.now = now;
        boolean delayed = job.versions().stream()
                .anyMatch(each -> (queued ? isQueued(each) : each.layout() == version.layout())
                        && each.definition().schedule().delay().isPresent());
        this.fires = new LayoutFires(due, delayed);
        this.asked = job.requests().stream()
                .filter(run -> !queued
                        && job.layoutOf(run)
                                .filter(layout -> layout == version.layout())
                                .isPresent())
                .toList();
    }

    /** What there is to look at of a job: the layout in force, and sticky ones that are over and not settled. */
    static List<LayoutLook> of(JobRecord job, Instant now) {
        List<LayoutLook> looks = new ArrayList<>();
        for (JobVersion ended : job.unsettled(now)) {
            if (ended.definition().placement() == Placement.STICKY) {
                looks.add(new LayoutLook(job, ended, false, now));
            }
        }
        JobVersion version = job.at(now);
        boolean over = job.endOfLayout(version.layout())
                .filter(end -> !end.isAfter(now))
                .isPresent();
        if (!over && version.definition().placement() != Placement.QUEUED) {
            looks.add(new LayoutLook(job, version, false, now));
        }
        job.versions().stream()
                .filter(LayoutLook::isQueued)
                .reduce((one, newer) -> newer)
                .filter(newest -> job.versions().stream()
                        .anyMatch(each ->
                                isQueued(each) && !each.definition().schedule().manualOnly()))
                .ifPresent(newest -> looks.add(new LayoutLook(job, newest, true, now)));
        return looks;
    }

    LayoutKey key() {
        return new LayoutKey(job.uid(), version.layout());
    }

    /** Whether it is what the queue owes, which nobody owns, and which has no ledger. */
    boolean queued() {
        return queued;
    }

    private static boolean isQueued(JobVersion version) {
        return version.definition().placement() == Placement.QUEUED;
    }

    boolean broadcast() {
        return version.definition().placement() == Placement.BROADCAST;
    }

    /** The shards that may owe something, by number, or those agents that take part. */
    List<Shard> shards(AssignmentTable table, Collection<AgentFacts> agents) {
        Optional<Instant> start = due.start();
        if (start.isEmpty()) {
            return List.of();
        }
        return broadcast() ? agents(agents, start.get()) : numbered(table, start.get());
    }

    private List<Shard> numbered(AssignmentTable table, Instant start) {
        int count = version.definition().shards().count();
        List<Shard> shards = new ArrayList<>(count);
        for (int shard = 0; shard < count; shard++) {
            Optional<Tenancy> row = table.tenancy(key().shard(shard));
            ShardRef ref = ShardRef.numbered(job.uid(), version.layout(), count, shard);
            shards.add(new Shard(ref, start, true, row.map(Tenancy::owner), row));
        }
        return shards;
    }

    private List<Shard> agents(Collection<AgentFacts> agents, Instant start) {
        JobDefinition definition = version.definition();
        LabelSelector labels = LabelSelector.anyOf(definition.requires().labels());
        Set<Incarnation> duplicates = Eligibility.duplicates(agents);
        Map<String, Shard> byId = new TreeMap<>();
        for (AgentFacts agent : agents) {
            // One that drains owes nothing now, and what was due meanwhile as soon as it does not drain any more.
            if (Eligibility.refusal(agent.withDraining(false), definition.handler(), labels)
                    .isEmpty()) {
                boolean owes = !agent.draining() && !duplicates.contains(agent.incarnation());
                Shard shard = agent(agent, start, owes);
                byId.merge(shard.ref().shard(), shard, (one, other) -> one.owes() ? one : other);
            }
        }
        return List.copyOf(byId.values());
    }

    private Shard agent(AgentFacts agent, Instant start, boolean owes) {
        return new Shard(
                ShardRef.broadcast(job.uid(), agent.incarnation().agentId()),
                agent.registeredAt().isAfter(start) ? agent.registeredAt() : start,
                owes,
                Optional.of(agent.incarnation()),
                Optional.empty());
    }

    /** Whether a shard of which this is known may have something overdue: if not, its ledger need not be read. */
    boolean mayBeOverdue(Shard shard, Known known) {
        Instant upTo = known.upTo().isAfter(shard.since()) ? known.upTo() : shard.since();
        return fireMayBeOverdue(upTo) || runMayBeOverdue(shard, known);
    }

    private boolean runMayBeOverdue(Shard shard, Known known) {
        Instant begun = now.minus(tolerance.waiting());
        return owed(shard).stream().anyMatch(run -> !run.accepted().isAfter(begun) && known.mayLack(run));
    }

    /** The runs that were asked for and that a shard owes or has owed. */
    private List<RunRequest> owed(Shard shard) {
        // An agent of a broadcast job owes what was accepted while it was registered, and no more.
        return broadcast()
                ? asked.stream()
                        .filter(run -> run.accepted().isAfter(shard.since()))
                        .toList()
                : asked;
    }

    private boolean fireMayBeOverdue(Instant settledUpTo) {
        if (fires.delayed()) {
            // When it is due, the ledger alone tells; but never before the tolerance has passed since the last one.
            return settledUpTo.plus(tolerance.waiting()).isBefore(now);
        }
        Instant upTo = ShardFires.startedBy(due, settledUpTo, now.minus(tolerance.waiting()));
        return settledUpTo.isBefore(upTo) && due.latest(settledUpTo, upTo).isPresent();
    }

    /** Takes in what the ledger of a shard says, and answers what is known of the shard by that. */
    Known read(Shard shard, Optional<LedgerRecord> stored) {
        LedgerRecord ledger = stored.orElseGet(() -> LedgerRecord.fresh(shard.since()));
        Instant mark = ledger.mark().isAfter(shard.since()) ? ledger.mark() : shard.since();
        String owner = shard.owner().map(Incarnation::name).orElse("");
        ShardFires of = new ShardFires(due, withMark(ledger, mark), owner);
        List<Stretch> found = shard.owes() ? of.overdue(tolerance, now) : List.of();
        if (!found.isEmpty()) {
            fires.add(found);
            overdue.add(
                    new Overdue(shard, stored, of.busy(), of.limit(tolerance).orElseThrow()));
        }
        List<RunRequest> owed = owed(shard);
        for (RunRequest run : shard.owes() ? of.overdue(owed, tolerance, now) : List.<RunRequest>of()) {
            overdueRuns
                    .computeIfAbsent(run, one -> new ArrayList<>())
                    .add(new Overdue(
                            shard, stored, of.busy(), of.limit(tolerance).orElseThrow()));
        }
        return new Known(
                mark,
                of.unsettled(owed).stream().map(RunRequest::runId).collect(Collectors.toSet()),
                asked.isEmpty() ? Instant.MIN : asked.get(asked.size() - 1).accepted());
    }

    /** The runs that are overdue of which no event was raised, in the order in which they were found. */
    List<RunRequest> freshRuns(List<String> raised) {
        return overdueRuns.keySet().stream()
                .filter(run -> !raised.contains(run.runId()) && !runsTold.contains(run.runId()))
                .toList();
    }

    /**
     * Of the runs raised, those that are still listed and not known to be settled on every shard.
     *
     * @param known what is known of each shard; empty for one whose ledger was not read yet
     */
    List<String> rememberedRuns(List<String> raised, List<Optional<Known>> known) {
        return asked.stream()
                .filter(run -> raised.contains(run.runId()))
                .filter(run -> known.stream()
                        .anyMatch(shard -> shard.isEmpty() || shard.get().mayLack(run)))
                .map(RunRequest::runId)
                .toList();
    }

    private static LedgerRecord withMark(LedgerRecord ledger, Instant mark) {
        return new LedgerRecord(
                ledger.writer(),
                ledger.batch(),
                ledger.since(),
                mark,
                ledger.above(),
                ledger.requested(),
                ledger.recent(),
                ledger.delayNext(),
                ledger.released(),
                ledger.attended());
    }
}
