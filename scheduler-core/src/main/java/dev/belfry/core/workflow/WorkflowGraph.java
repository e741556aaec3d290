package dev.belfry.core.workflow;

import dev.belfry.core.job.JobDefinition;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The jobs of a namespace and which follow which. Immutable.
 *
 * <p>Built of any definitions; {@link WorkflowChecks} says what is wrong with them. Names in {@code after} that no job has are no
 * edges.
 */
public final class WorkflowGraph {

    private final NavigableMap<String, JobDefinition> jobs;
    private final Map<String, List<String>> followers;

    private WorkflowGraph(NavigableMap<String, JobDefinition> jobs) {
        this.jobs = Collections.unmodifiableNavigableMap(jobs);
        this.followers = new LinkedHashMap<>();
        for (JobDefinition job : jobs.values()) {
            for (String upstream : upstreams(job)) {
                followers.computeIfAbsent(upstream, absent -> new ArrayList<>()).add(job.name());
            }
        }
    }

    /** The graph of these jobs; of several of one name the last counts. */
    public static WorkflowGraph of(Collection<JobDefinition> jobs) {
        NavigableMap<String, JobDefinition> byName = new TreeMap<>();
        jobs.forEach(job -> byName.put(job.name(), job));
        return new WorkflowGraph(byName);
    }

    /** All jobs by name, in the order of their names. */
    public NavigableMap<String, JobDefinition> jobs() {
        return jobs;
    }

    /** The names of the jobs that run directly after a job, in order; deleting it would leave them without. */
    public List<String> followers(String job) {
        return List.copyOf(followers.getOrDefault(job, List.of()));
    }

    List<String> upstreams(JobDefinition job) {
        return job.upstreams().after().stream().filter(jobs::containsKey).toList();
    }

    /** The workflow of a job; empty if the job is not known, follows none and has no followers, or is part of a cycle. */
    public Optional<Workflow> workflow(String job) {
        JobDefinition known = jobs.get(job);
        boolean alone = known != null && known.upstreams().after().isEmpty() && !followers.containsKey(job);
        if (known == null || alone) {
            return Optional.empty();
        }
        List<String> connected = connected(job);
        List<JobDefinition> ordered = ordered(connected);
        return ordered.size() == connected.size() ? Optional.of(new Workflow(ordered)) : Optional.empty();
    }

    /** All workflows, by the name of their first job in order. */
    public List<Workflow> workflows() {
        List<Workflow> found = new ArrayList<>();
        for (List<String> set : sets()) {
            workflow(set.get(0)).ifPresent(found::add);
        }
        return found;
    }

    /** The connected sets of at least two jobs, or with upstreams that nobody knows; names in order. */
    List<List<String>> sets() {
        List<List<String>> sets = new ArrayList<>();
        TreeSet<String> left = new TreeSet<>(jobs.keySet());
        left.removeIf(name -> {
            JobDefinition job = jobs.get(name);
            return job == null || (job.upstreams().after().isEmpty() && !followers.containsKey(name));
        });
        while (!left.isEmpty()) {
            List<String> set = connected(left.first());
            sets.add(set);
            set.forEach(left::remove);
        }
        return sets;
    }

    private List<String> connected(String start) {
        TreeSet<String> seen = new TreeSet<>(List.of(start));
        Deque<String> toSee = new ArrayDeque<>(seen);
        while (!toSee.isEmpty()) {
            String name = toSee.remove();
            List<String> neighbours = new ArrayList<>(followers.getOrDefault(name, List.of()));
            JobDefinition job = jobs.get(name);
            if (job != null) {
                neighbours.addAll(upstreams(job));
            }
            neighbours.stream().filter(seen::add).forEach(toSee::add);
        }
        return List.copyOf(seen);
    }

    /** Those that can be ordered, upstreams first; what is missing is part of a cycle or follows one. */
    List<JobDefinition> ordered(Collection<String> names) {
        Map<String, Integer> open = new LinkedHashMap<>();
        PriorityQueue<String> ready = new PriorityQueue<>();
        for (String name : names) {
            int upstreams = Optional.ofNullable(jobs.get(name))
                    .map(job -> upstreams(job).size())
                    .orElse(0);
            open.put(name, upstreams);
            if (upstreams == 0) {
                ready.add(name);
            }
        }
        List<JobDefinition> ordered = new ArrayList<>();
        while (!ready.isEmpty()) {
            String name = ready.remove();
            Optional.ofNullable(jobs.get(name)).ifPresent(ordered::add);
            for (String follower : followers.getOrDefault(name, List.of())) {
                if (open.merge(follower, -1, Integer::sum) == 0) {
                    ready.add(follower);
                }
            }
        }
        return ordered;
    }
}
