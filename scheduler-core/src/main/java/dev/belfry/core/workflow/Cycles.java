package dev.belfry.core.workflow;

import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.job.JobProblem;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Finds the cycles of a graph, each with a shortest path through the first of its jobs by name. */
final class Cycles {

    /** A tangle has more cycles than anybody wants to read; one that is resolved shows the next. */
    private static final int MOST = 20;

    private static final int MOST_NAMES = 12;

    private Cycles() {}

    /** One problem for each cycle found among the jobs of these names. */
    static List<JobProblem> among(Collection<String> names, WorkflowGraph graph) {
        TreeSet<String> left = new TreeSet<>(names);
        graph.ordered(names).forEach(job -> left.remove(job.name()));
        List<JobProblem> problems = new ArrayList<>();
        Set<String> told = new HashSet<>();
        for (String name : left) {
            if (problems.size() < MOST && !told.contains(name)) {
                List<String> path = shortest(name, left, graph);
                if (!path.isEmpty()) {
                    told.addAll(path);
                    problems.add(problem(path, graph));
                }
            }
        }
        return problems;
    }

    /** The jobs from one back to itself, which is named once; empty if no path leads back. */
    private static List<String> shortest(String start, Set<String> within, WorkflowGraph graph) {
        Map<String, String> before = new HashMap<>();
        Deque<String> toSee = new ArrayDeque<>(List.of(start));
        while (!toSee.isEmpty()) {
            String name = toSee.remove();
            for (String follower : graph.followers(name)) {
                if (follower.equals(start)) {
                    return path(start, name, before);
                }
                if (within.contains(follower) && before.putIfAbsent(follower, name) == null) {
                    toSee.add(follower);
                }
            }
        }
        return List.of();
    }

    private static List<String> path(String start, String last, Map<String, String> before) {
        List<String> path = new ArrayList<>();
        for (String at = last; at != null && !at.equals(start); at = before.get(at)) {
            path.add(0, at);
        }
        path.add(0, start);
        return path;
    }

    private static JobProblem problem(List<String> path, WorkflowGraph graph) {
        String first = path.get(0);
        String last = path.get(path.size() - 1);
        JobDefinition job = graph.jobs().get(first);
        int item = job == null ? -1 : job.upstreams().after().indexOf(last);
        return JobProblem.of(first, "after", "closes a cycle: " + shown(path) + " -> " + first)
                .at(item)
                .expecting("upstreams that do not wait for " + first + " themselves");
    }

    private static String shown(List<String> path) {
        if (path.size() <= MOST_NAMES) {
            return String.join(" -> ", path);
        }
        int left = path.size() - MOST_NAMES;
        return String.join(" -> ", path.subList(0, MOST_NAMES / 2)) + " -> (" + left + " more) -> "
                + String.join(" -> ", path.subList(path.size() - MOST_NAMES / 2, path.size()));
    }
}
