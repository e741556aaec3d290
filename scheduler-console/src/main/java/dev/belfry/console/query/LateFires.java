package dev.belfry.console.query;

import dev.belfry.agent.client.JobState;
import dev.belfry.core.agent.AgentFacts;
import dev.belfry.core.job.MisfirePolicy;
import dev.belfry.core.ownership.LayoutKey;
import dev.belfry.core.ownership.Lease;
import dev.belfry.core.ownership.ShardKey;
import dev.belfry.core.trigger.Owed;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.JobVersion;
import dev.belfry.core.version.VersionedDueSet;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What falls due on the shards of agents that die, before another owner is there, and what the job's misfire policy makes of
 * it.
 *
 * @param usual how long the shards have no owner when the master has seen the agents' last heartbeats: the session time-out,
 *     after which no lease is left to be waited for
 * @param most the same where it has not, because it is new in office or was cut off: 1.1 leases more
 * @param jobs those of which something is due in the usual time
 * @param stranded how many shards of a job, by its name, nobody can take: nothing runs there until somebody can
 */
public record LateFires(Duration usual, Duration most, List<OfJob> jobs, SortedMap<String, Integer> stranded) {
    private static final long MOST_COUNTED = 1_000_000;

    /**
     * One job. Numbers are per shard; every shard that is lost fares the same.
     *
     * @param shards how many of its shards are lost
     * @param due fires in the time without an owner
     * @param late how many of them run, late
     * @param missed how many do not, by reason
     * @param delayed whether it runs a fixed delay after its last run: nothing is missed, the next fire comes later
     */
    public record OfJob(
            String job,
            int shards,
            MisfirePolicy policy,
            long due,
            int late,
            Map<String, Long> missed,
            boolean delayed) {}

    public LateFires {
        jobs = List.copyOf(jobs);
        stranded = Collections.unmodifiableSortedMap(new TreeMap<>(stranded));
    }

    /** What is late with the losses of a forecast, at the present of the snapshot. */
    public static LateFires of(Snapshot snapshot, WhatIf whatIf) {
        List<AgentFacts> gone = whatIf.lost();
        Set<ShardKey> nobody =
                whatIf.unplaced().stream().map(one -> one.shard()).collect(java.util.stream.Collectors.toSet());
        Duration session = gone.stream()
                .map(AgentFacts::sessionTimeout)
                .max(Comparator.naturalOrder())
                .orElse(Duration.ZERO);
        Duration lease = Lease.length(session);
        Set<String> incarnations =
                gone.stream().map(agent -> agent.incarnation().name()).collect(java.util.stream.Collectors.toSet());
        Map<LayoutKey, Integer> lost = new TreeMap<>();
        SortedMap<String, Integer> stranded = new TreeMap<>();
        snapshot.table().forEach((shard, row) -> {
            if (!incarnations.contains(row.owner().name())) {
                return;
            }
            if (nobody.contains(shard)) {
                stranded.merge(snapshot.nameOf(shard.jobUid()), 1, Integer::sum);
            } else {
                lost.merge(shard.of(), 1, Integer::sum);
            }
        });
        List<OfJob> jobs = new ArrayList<>();
        for (JobState state : snapshot.jobs()) {
            JobRecord job = state.record();
            JobVersion version = job.at(snapshot.now());
            int shards = lost.getOrDefault(new LayoutKey(job.uid(), version.layout()), 0);
            if (shards > 0) {
                OfJob one = of(job, version, shards, snapshot.now(), session);
                if (one.due() > 0 || one.delayed()) {
                    jobs.add(one);
                }
            }
        }
        return new LateFires(session, session.plus(lease).plus(lease.dividedBy(10)), jobs, stranded);
    }

    private static OfJob of(JobRecord job, JobVersion version, int shards, Instant now, Duration gap) {
        VersionedDueSet due = VersionedDueSet.of(job, version.layout());
        Instant until = now.plus(gap);
        boolean delayed = version.definition().schedule().delay().isPresent();
        var misfire = version.definition().misfire();
        if (delayed) {
            return new OfJob(job.name(), shards, misfire.policy(), 0, 0, Map.of(), true);
        }
        Owed owed = Owed.settle(due, List.of(new Owed.Gap(now, until)), misfire, until);
        Map<String, Long> missed = new TreeMap<>();
        owed.missed().forEach(range -> missed.merge(range.reason(), range.count(), Long::sum));
        return new OfJob(
                job.name(),
                shards,
                misfire.policy(),
                due.count(now, until, MOST_COUNTED),
                owed.late().size(),
                missed,
                false);
    }
}
