package dev.belfry.console.query;

import dev.belfry.agent.client.AgentState;
import dev.belfry.agent.client.Journal;
import dev.belfry.agent.client.QueueState;
import dev.belfry.core.agent.AgentFacts;
import dev.belfry.core.agent.Eligibility;
import dev.belfry.core.agent.LabelSelector;
import dev.belfry.core.job.Placement;
import dev.belfry.core.journal.JournalCounts;
import dev.belfry.core.ledger.LedgerRecord;
import dev.belfry.core.ownership.LayoutKey;
import dev.belfry.core.ownership.Tenancy;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.JobVersion;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * What an explanation goes by.
 *
 * @param ledgers of the layout in force at the instant asked for, by shard
 * @param queue what it holds
 * @param workflows workflow runs, if the job runs after others
 * @param at the instant asked for
 */
record Case(
        Snapshot snapshot,
        Journal journal,
        JobRecord job,
        Map<String, LedgerRecord> ledgers,
        QueueState queue,
        List<WorkflowView> workflows,
        Instant at) {

    Instant now() {
        return snapshot.now();
    }

    boolean isPast() {
        return at.isBefore(now());
    }

    boolean isToCome() {
        return at.isAfter(now());
    }

    Optional<LedgerRecord> ledger(String shard) {
        return Optional.ofNullable(ledgers.get(shard));
    }

    static boolean isBroadcast(JobVersion version) {
        return version.definition().placement() == Placement.BROADCAST;
    }

    static boolean isQueued(JobVersion version) {
        return version.definition().placement() == Placement.QUEUED;
    }

    /** The shards of a version; of a broadcast job every agent that has recorded anything or takes part. */
    List<String> shards(JobVersion version, Instant fire) {
        if (isBroadcast(version)) {
            TreeSet<String> agents = new TreeSet<>(ledgers.keySet());
            snapshot.agents().stream()
                    .filter(agent -> agent.facts().registeredAt().isBefore(fire) && takesPart(agent, version))
                    .forEach(agent -> agents.add(agent.id()));
            return List.copyOf(agents);
        }
        List<String> shards = new ArrayList<>();
        for (int shard = 0; shard < version.definition().shards().count(); shard++) {
            shards.add(Integer.toString(shard));
        }
        return shards;
    }

    private static boolean takesPart(AgentState agent, JobVersion version) {
        AgentFacts facts = agent.present();
        var definition = version.definition();
        return Eligibility.refusal(
                        facts,
                        definition.handler(),
                        LabelSelector.anyOf(definition.requires().labels()))
                .isEmpty();
    }

    /** The agents of an id that are registered, the one that was first. */
    Optional<AgentState> registered(String agentId) {
        return snapshot.agents().stream()
                .filter(agent -> agent.id().equals(agentId))
                .min(java.util.Comparator.comparing(agent -> agent.facts().registeredAt()));
    }

    Optional<Tenancy> tenancy(JobVersion version, String shard) {
        return isBroadcast(version)
                ? Optional.empty()
                : snapshot.table().tenancy(new LayoutKey(job.uid(), version.layout()).shard(Integer.parseInt(shard)));
    }

    /** What the journal lists of one scheduled fire, by shard. */
    Map<String, List<Journal.Line>> lines(Instant fire, JobVersion version) {
        int layout = isBroadcast(version) || isQueued(version) ? 0 : version.layout();
        Map<String, List<Journal.Line>> byShard = new HashMap<>();
        journal.fires().stream()
                .filter(line -> line.entry().jobUid().equals(job.uid())
                        && line.entry().layout() == layout
                        && line.entry().fire().isScheduled()
                        && !line.entry().fire().due().isAfter(fire)
                        && !line.entry().last().isBefore(fire))
                .forEach(line -> byShard.computeIfAbsent(line.entry().shard(), shard -> new ArrayList<>())
                        .add(line));
        return byShard;
    }

    /** Whether the journals of {@code writers} count an outcome that may be that of a fire. */
    boolean isCounted(Instant fire, java.util.function.Predicate<String> writers) {
        Instant hour = Instant.ofEpochMilli(Math.floorDiv(fire.toEpochMilli(), 3_600_000L)
                * Duration.ofHours(1).toMillis());
        return journal.counts().entrySet().stream()
                .filter(counts -> writers.test(counts.getKey()))
                .anyMatch(counts -> counts.getValue().cells().keySet().stream()
                        .filter(cell -> cell.origin() == JournalCounts.Origin.SCHEDULED)
                        .anyMatch(cell -> cell.isEarlier()
                                ? !hour.isAfter(counts.getValue().earlierUntil())
                                : cell.jobUid().equals(job.uid())
                                        && !hour.isBefore(cell.hour())
                                        && !hour.isAfter(cell.lastHour())));
    }
}
