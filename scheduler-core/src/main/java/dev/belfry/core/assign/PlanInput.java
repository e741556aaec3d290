package dev.belfry.core.assign;

import static java.util.Objects.requireNonNull;

import dev.belfry.core.agent.AgentFacts;
import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.ownership.AssignmentTable;
import dev.belfry.core.ownership.Release;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * All that a plan depends on. An incarnation in the table that is neither in {@code agents} nor in
 * {@code replaceable} is gone but may still hold its lease: its shards are left alone.
 *
 * @param jobs every sticky job; rows of a job that is not listed are withdrawn, so the list must be complete
 * @param agents every live registration
 * @param table the present assignment
 * @param replaceable incarnations that are gone and whose lease is over for certain
 * @param released tenancies listed in hand-overs
 * @param settled those of {@code released} that nobody has to own again
 * @param restarting incarnations that announced their restart, and when
 * @param now the wall clock, only compared with {@code restarting}
 * @param mostMoves how many moves may be under way at once, at least 1
 */
public record PlanInput(
        List<JobSpec> jobs,
        List<AgentFacts> agents,
        AssignmentTable table,
        SortedSet<Incarnation> replaceable,
        SortedSet<Release> released,
        SortedSet<Release> settled,
        SortedMap<Incarnation, Instant> restarting,
        Instant now,
        int mostMoves) {

    /** Moves under way at once unless set otherwise. */
    public static final int DEFAULT_MOST_MOVES = 1000;

    /**
     * Copies and sorts. Throws {@link IllegalArgumentException} for a job or an incarnation listed twice, and for an
     * incarnation that is both live and replaceable.
     */
    public PlanInput {
        jobs = jobs.stream().sorted(Comparator.comparing(JobSpec::key)).toList();
        agents = agents.stream()
                .sorted(Comparator.comparing(AgentFacts::incarnation))
                .toList();
        requireNonNull(table);
        requireNonNull(now);
        replaceable = Collections.unmodifiableSortedSet(new TreeSet<>(replaceable));
        released = Collections.unmodifiableSortedSet(new TreeSet<>(released));
        settled = Collections.unmodifiableSortedSet(new TreeSet<>(settled));
        restarting = Collections.unmodifiableSortedMap(new TreeMap<>(restarting));
        if (mostMoves < 1) {
            throw new IllegalArgumentException("at least one move must be allowed at once: " + mostMoves);
        }
        checkJobs(jobs);
        checkAgents(agents, replaceable);
    }

    /** An input with nobody gone, nothing released and no restart announced. */
    public static PlanInput of(Collection<JobSpec> jobs, Collection<AgentFacts> agents, AssignmentTable table) {
        return new PlanInput(
                List.copyOf(jobs),
                List.copyOf(agents),
                table,
                new TreeSet<>(),
                new TreeSet<>(),
                new TreeSet<>(),
                new TreeMap<>(),
                Instant.EPOCH,
                DEFAULT_MOST_MOVES);
    }

    /** The same with other replaceable incarnations. */
    public PlanInput withReplaceable(Collection<Incarnation> gone) {
        return new PlanInput(jobs, agents, table, new TreeSet<>(gone), released, settled, restarting, now, mostMoves);
    }

    /** The same with other releases, none of which ends its layout. */
    public PlanInput withReleased(Collection<Release> releases) {
        return withReleased(releases, List.of());
    }

    /** The same with other releases, of which {@code ends} need no owner again. */
    public PlanInput withReleased(Collection<Release> releases, Collection<Release> ends) {
        return new PlanInput(
                jobs,
                agents,
                table,
                replaceable,
                new TreeSet<>(releases),
                new TreeSet<>(ends),
                restarting,
                now,
                mostMoves);
    }

    /** The same with other announced restarts. */
    public PlanInput withRestarting(Map<Incarnation, Instant> announced, Instant at) {
        return new PlanInput(
                jobs, agents, table, replaceable, released, settled, new TreeMap<>(announced), at, mostMoves);
    }

    /** The same with another bound on moves. */
    public PlanInput withMostMoves(int most) {
        return new PlanInput(jobs, agents, table, replaceable, released, settled, restarting, now, most);
    }

    private static void checkJobs(List<JobSpec> sorted) {
        for (int i = 1; i < sorted.size(); i++) {
            if (sorted.get(i).jobUid().equals(sorted.get(i - 1).jobUid())) {
                throw new IllegalArgumentException("job " + sorted.get(i).jobUid() + " is listed twice");
            }
        }
    }

    private static void checkAgents(List<AgentFacts> agents, SortedSet<Incarnation> replaceable) {
        Set<Incarnation> seen = new HashSet<>();
        for (AgentFacts agent : agents) {
            if (!seen.add(agent.incarnation())) {
                throw new IllegalArgumentException(agent.incarnation() + " is listed twice");
            }
            if (replaceable.contains(agent.incarnation())) {
                throw new IllegalArgumentException(agent.incarnation() + " is both live and replaceable");
            }
        }
    }
}
